"""The way back from a dead-letter queue."""

from claims import claim, eventually, same
from dead_letters import INVALID, pair


def fail(it, source, count=1):
    """Sends messages to a source whose first receive is its last, and has them dead-lettered."""
    sent = [it.send(source) for _ in range(count)]
    for _ in range(count):
        it.receive(source, MaxNumberOfMessages=10)
    return sent


def task_of(it, dead):
    """The latest move task of a dead-letter queue."""
    [found] = it.sqs.list_message_move_tasks(SourceArn=it.arn(dead))["Results"]
    return found


def ended(it, dead, status):
    """The latest move task, once it has come to this."""

    def probe():
        task = task_of(it, dead)
        return task["Status"] == status and task

    return eventually(probe)


@claim
def a_move_task_brings_messages_back_under_new_ids(it):
    source, dead = pair(it)
    [sent] = fail(it, source)
    same(it.receive(source), [])
    task = it.sqs.start_message_move_task(SourceArn=it.arn(dead))
    assert task["TaskHandle"]
    [message] = eventually(lambda: it.receive(source))
    assert message["MessageId"] != sent["MessageId"]
    same(message["Body"], "hello")
    task = ended(it, dead, "COMPLETED")
    same(task["ApproximateNumberOfMessagesMoved"], 1)


@claim
def only_dead_letter_queues_are_redriven(it):
    it.refused(INVALID, "start_message_move_task", SourceArn=it.arn(it.queue()))
    missing = "arn:aws:sqs:us-east-1:000000000000:no-such-queue"
    it.refused("ResourceNotFoundException", "start_message_move_task", SourceArn=missing)


@claim
def a_task_that_does_not_exist_cannot_be_cancelled(it):
    it.refused(INVALID, "cancel_message_move_task", TaskHandle="nobody's")


@claim
def a_running_task_is_told_with_its_destination_rate_and_handle(it):
    source, dead = pair(it)
    fail(it, source, 3)
    same(it.receive(source), [])
    elsewhere = it.queue()
    settings = {"DestinationArn": it.arn(elsewhere), "MaxNumberOfMessagesPerSecond": 1}
    started = it.sqs.start_message_move_task(SourceArn=it.arn(dead), **settings)
    task = task_of(it, dead)
    same((task["Status"], task["TaskHandle"]), ("RUNNING", started["TaskHandle"]))
    same({name: task[name] for name in settings}, settings)
    same(task["ApproximateNumberOfMessagesToMove"], 3)


@claim
def a_cancelled_task_leaves_what_it_has_not_moved(it):
    source, dead = pair(it)
    fail(it, source, 3)
    same(it.receive(source), [])
    slowly = {"MaxNumberOfMessagesPerSecond": 1}
    handle = it.sqs.start_message_move_task(SourceArn=it.arn(dead), **slowly)["TaskHandle"]
    moved = it.sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    assert moved < 3
    same(task_of(it, dead)["Status"], "CANCELLED")
    same(len(it.receive(dead, MaxNumberOfMessages=10)), 3 - moved)
    code = "AWS.SimpleQueueService.UnsupportedOperation"
    it.refused(code, "cancel_message_move_task", TaskHandle=handle)


@claim
def a_task_fails_on_a_message_that_came_from_nowhere(it):
    _, dead = pair(it)
    it.send(dead)
    it.sqs.start_message_move_task(SourceArn=it.arn(dead))
    same(ended(it, dead, "FAILED")["FailureReason"], "CouldNotDetermineMessageSource")
    same(it.bodies(dead), ["hello"])
