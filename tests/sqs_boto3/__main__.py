"""SQS as boto3 sees it: `python tests/sqs_boto3` checks what `lambda-queue local serve` answers.

Every check is a claim about SQS that holds on AWS too, and has queues of its own, so that they run
side by side. Needs boto3 and awscli (tests/requirements.txt); exits with 1 if a claim does not hold.
"""

import sys

import batches
import command_line
import dead_letters
import fifo
import messages
import model
import move_tasks
import polling
import purging
import queues
import refusals
import wire
from check import check
from server import running

MODULES = [
    queues,
    messages,
    batches,
    polling,
    refusals,
    fifo,
    dead_letters,
    move_tasks,
    wire,
    command_line,
    purging,
    model,
]


if __name__ == "__main__":
    sys.exit(check("SQS", running("serve")))
