"""Receives that wait."""

import threading
import time

from claims import claim, same


def timed(step):
    started = time.monotonic()
    return step(), time.monotonic() - started


@claim
def a_receive_without_a_wait_answers_at_once(it):
    queue = it.queue()
    found, took = timed(lambda: it.receive(queue))
    same(found, [])
    assert took < 1, took


@claim
def an_empty_queue_is_waited_for_as_long_as_asked(it):
    queue = it.queue()
    found, took = timed(lambda: it.receive(queue, WaitTimeSeconds=2))
    same(found, [])
    assert 2 <= took < 3, took


@claim
def a_queue_may_say_how_long_to_wait(it):
    queue = it.queue(ReceiveMessageWaitTimeSeconds="1")
    _, took = timed(lambda: it.receive(queue))
    assert 1 <= took < 2, took
    _, took = timed(lambda: it.receive(queue, WaitTimeSeconds=0))
    assert took < 1, took


@claim
def a_send_ends_a_wait(it):
    queue = it.queue()
    sender = threading.Timer(0.5, lambda: it.send(queue))
    it.sqs.get_queue_attributes(QueueUrl=queue)
    sender.start()
    found, took = timed(lambda: it.receive(queue, WaitTimeSeconds=20))
    same([message["Body"] for message in found], ["hello"])
    assert took < 3, took


@claim
def a_message_that_becomes_visible_ends_a_wait(it):
    queue = it.queue(VisibilityTimeout="1")
    it.send(queue)
    it.receive_one(queue)
    found, took = timed(lambda: it.receive(queue, WaitTimeSeconds=20))
    same(len(found), 1)
    assert took < 3, took


@claim
def a_dead_letter_ends_a_wait(it):
    dead = it.queue()
    policy = {"deadLetterTargetArn": it.arn(dead), "maxReceiveCount": 1}
    source = it.queue(VisibilityTimeout="0", RedrivePolicy=policy)
    it.send(source)
    it.receive_one(source)
    mover = threading.Timer(0.5, lambda: it.receive(source))
    mover.start()
    found, took = timed(lambda: it.receive(dead, WaitTimeSeconds=20))
    same(len(found), 1)
    assert took < 4, took
