"""The stack as it is deployed: `python tests/deploy` runs `sam build`, `sam deploy`, messages, `check --aws` and `dlq` on
what is deployed, `sam deploy` with changes, and `sam delete`, against ministack, an emulator of AWS, on this machine; and
then the commands of README.md, as they are written there, on an account of their own.

Needs cargo-lambda and the SAM CLI (tests/requirements.txt) on the PATH, and ministack (tests/requirements-deploy.txt),
whose program MINISTACK names if it is not on the PATH. Needs no account and no credentials, and talks to 127.0.0.1
only. Exits with 1 if a claim does not hold.
"""

import signal
import sys
import tempfile
from pathlib import Path
from time import monotonic

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS / "sqs_boto3"), str(TESTS / "terraform")]

import needed  # noqa: E402

if absent := needed.missing():
    sys.exit("tests/deploy needs these as well:\n  " + "\n  ".join(absent))

import changed  # noqa: E402
import checked  # noqa: E402
import created  # noqa: E402
import deleted  # noqa: E402
import dlq  # noqa: E402
import emulator  # noqa: E402
import followed  # noqa: E402
import front_door  # noqa: E402
import phases  # noqa: E402
import processed  # noqa: E402
import skipped  # noqa: E402
import translated  # noqa: E402
from sam import Sam  # noqa: E402
from stack import Stack  # noqa: E402


def main():
    started = monotonic()
    # As an exception, which ends the emulator on its way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    with tempfile.TemporaryDirectory(prefix="lambda-queue-deploy-") as folder:
        sam = Sam(Path(folder))
        sam.build()
        phases.check(translated, sam)
        phases.check(front_door, sam)
        with emulator.running(Path(folder), phases.FAILED) as url:
            stack = Stack(url)
            sam.deploy(stack, **created.parameters(stack))
            phases.check(created, stack)
            phases.check(processed, stack)
            phases.check(checked, stack)
            phases.check(dlq, stack)
            sam.deploy(stack, **changed.parameters(stack))
            phases.check(changed, stack)
            deleted.remember(stack)
            sam.delete(stack)
            phases.check(deleted, stack)
        with emulator.running(Path(folder), phases.FAILED) as url, followed.of_its_own():
            phases.check(followed, followed.Readme(url))
    skipped.say()
    return phases.verdict(monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
