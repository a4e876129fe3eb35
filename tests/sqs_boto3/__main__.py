"""SQS as boto3 sees it: `python tests/sqs_boto3` checks what `lambda-queue local serve` answers.

Every check is a claim about SQS that holds on AWS too, and has queues of its own, so that they run
side by side. Needs boto3 and awscli (tests/requirements.txt); exits with 1 if a claim does not hold.
"""

import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import batches
import command_line
import dead_letters
import fifo
import messages
import polling
import queues
import refusals
import wire
from claims import CLAIMS, Claims
from server import serve

MODULES = [queues, messages, batches, polling, refusals, fifo, dead_letters, wire, command_line]


def verdict(claim, url):
    try:
        claim(Claims(url, claim.__name__))
        return None
    except Exception:
        return traceback.format_exc(limit=-2)


def main():
    started = monotonic()
    with serve() as url, ThreadPoolExecutor(max_workers=24) as pool:
        verdicts = list(pool.map(lambda claim: verdict(claim, url), CLAIMS))
    failures = [(claim, why) for claim, why in zip(CLAIMS, verdicts) if why]
    for claim, why in failures:
        print(f"FAILED {claim.__module__}: {claim.__name__.replace('_', ' ')}\n{why}")
    took = monotonic() - started
    held = len(CLAIMS) - len(failures)
    print(f"{held} of {len(CLAIMS)} claims about SQS hold ({took:.1f} s)")
    return 1 if failures or not CLAIMS else 0


if __name__ == "__main__":
    sys.exit(main())
