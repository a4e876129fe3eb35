"""`lambda-queue dlq purge`, which asks somebody at a terminal."""

import os

from claims import claim, same
from server import COMMAND, ROOT
from terminal import at_terminal


def purge(it, queue, typed):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = kept | {"AWS_ENDPOINT_URL": it.url}
    name = queue.rsplit("/", 1)[1]
    return at_terminal([*COMMAND, "dlq", "purge", name], typed, ROOT, environment)


def filled(it):
    """A dead-letter queue with two messages."""
    dead = it.queue()
    it.queue(RedrivePolicy={"deadLetterTargetArn": it.arn(dead), "maxReceiveCount": 1})
    for body in ["one", "two"]:
        it.send(dead, body)
    return dead


@claim
def a_queue_is_purged_once_its_name_is_typed(it):
    dead = filled(it)
    code, shown = purge(it, dead, dead.rsplit("/", 1)[1])
    same(code, 0)
    assert "about 2 visible" in shown and "about 2 messages" in shown, shown
    same(it.receive(dead, WaitTimeSeconds=0), [])


@claim
def another_name_purges_nothing(it):
    dead = filled(it)
    for typed in ["", "yes", "y"]:
        code, shown = purge(it, dead, typed)
        same(code, 2)
        assert "nothing was purged: that is not the queue's name" in shown, shown
    same(sorted(it.bodies(dead, MaxNumberOfMessages=10)), ["one", "two"])
