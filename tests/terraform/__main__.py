"""The Terraform module: `python tests/terraform` checks its form, runs its tests, and applies it to
an AWS on this machine.

Needs boto3 (tests/requirements.txt), and ministack, which MINISTACK names if it is not on the PATH.
Terraform and the AWS provider do not come from PyPI: the provider is taken from a folder of plugins
that TERRAFORM_PLUGINS names or that lies in /opt, or from the network. What is missing is said, and
what needs it is skipped; exits with 1 if something does not hold.
"""

import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "sqs_boto3"))

import example  # noqa: E402
import fifo  # noqa: E402
from check import check  # noqa: E402
from deployed import deployed  # noqa: E402
from emulator import installed  # noqa: E402
from readme import undocumented  # noqa: E402
from terraform import Missing, Terraform  # noqa: E402

MODULES = [example, fifo]


def main(folder):
    if missing := undocumented():
        print(f"FAILED terraform/README.md does not tell of: {', '.join(missing)}")
        return 1
    try:
        terraform = Terraform.found(folder)
        if terraform.format() != 0:
            return 1
        terraform.initialise()
    except Missing as what:
        print(f"SKIPPED tests and apply of the Terraform module: {what}")
        return 0
    if terraform.validate() != 0 or terraform.test() != 0:
        return 1
    if not installed():
        print("SKIPPED apply of the Terraform module: ministack is not on the PATH, and MINISTACK names none")
        return 0
    return check("what Terraform creates", deployed(terraform, folder))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(main(Path(folder)))
