"""Lambda, alarms and notifications as boto3 sees them: `python tests/local_boto3` checks what
`lambda-queue local` answers beyond SQS, with a function that does what its messages say.

Claims about different resources run side by side. Needs boto3 and awscli (tests/requirements.txt);
exits with 1 if a claim does not hold.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "sqs_boto3"))

import alarms  # noqa: E402
import alone  # noqa: E402
import event_sources  # noqa: E402
import functions  # noqa: E402
import notifications  # noqa: E402
import shell  # noqa: E402
import versions  # noqa: E402
from check import check  # noqa: E402
from server import running  # noqa: E402

MODULES = [alone, functions, event_sources, alarms, notifications, shell, versions]
TEMPLATE = Path(__file__).with_name("template.yaml")

if __name__ == "__main__":
    sys.exit(check("Lambda, CloudWatch and S3", running("--template", str(TEMPLATE))))
