"""A message's way through a standard queue."""

import hashlib
import struct
import time

from claims import claim, eventually, same


@claim
def a_message_arrives_as_it_was_sent(it):
    queue = it.queue()
    body = "grüße 👋\t\n{}"
    sent = it.send(queue, body)
    received = it.receive_one(queue)
    same(received["Body"], body)
    same(received["MessageId"], sent["MessageId"])
    same(received["MD5OfBody"], hashlib.md5(body.encode()).hexdigest())
    same(sent["MD5OfMessageBody"], received["MD5OfBody"])


@claim
def message_attributes_arrive_with_their_digest(it):
    queue = it.queue()
    attributes = {
        "text": {"DataType": "String.custom", "StringValue": "ö"},
        "count": {"DataType": "Number", "StringValue": "12.5"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sent = it.send(queue, MessageAttributes=attributes)
    received = it.receive_one(queue)
    same(received["MessageAttributes"], attributes)
    digest = hashlib.md5()
    for name in sorted(attributes):
        kind = attributes[name]["DataType"]
        binary = kind.startswith("Binary")
        value = attributes[name]["BinaryValue" if binary else "StringValue"]
        value = value if binary else value.encode()
        for part in (name.encode(), kind.encode()):
            digest.update(struct.pack(">I", len(part)) + part)
        digest.update(bytes([2 if binary else 1]) + struct.pack(">I", len(value)) + value)
    same(sent["MD5OfMessageAttributes"], digest.hexdigest())
    same(received["MD5OfMessageAttributes"], digest.hexdigest())


@claim
def only_the_message_attributes_asked_for_arrive(it):
    queue = it.queue(VisibilityTimeout="0")
    names = ["a.one", "a.two", "b"]
    value = {"DataType": "String", "StringValue": "x"}
    it.send(queue, MessageAttributes={name: value for name in names})

    def received(*asked):
        answer = it.sqs.receive_message(QueueUrl=queue, MessageAttributeNames=list(asked))
        return sorted(answer["Messages"][0].get("MessageAttributes", {}))

    same(received(), [])
    same(received("b"), ["b"])
    same(received("a.*"), ["a.one", "a.two"])
    same(received(".*"), names)


@claim
def system_attributes_tell_of_the_deliveries(it):
    queue = it.queue(VisibilityTimeout="0")
    before = int(time.time() * 1000)
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793"
    trace = {"DataType": "String", "StringValue": trace}
    it.send(queue, MessageSystemAttributes={"AWSTraceHeader": trace})
    first = it.receive_one(queue)["Attributes"]
    second = it.receive_one(queue)["Attributes"]
    same(first["ApproximateReceiveCount"], "1")
    same(second["ApproximateReceiveCount"], "2")
    same(first["AWSTraceHeader"], trace["StringValue"])
    assert before <= int(first["SentTimestamp"]) <= int(first["ApproximateFirstReceiveTimestamp"])
    name = "ApproximateFirstReceiveTimestamp"
    same(first[name], second[name])
    assert first["SenderId"]


@claim
def a_received_message_is_hidden_until_its_timeout_ends(it):
    queue = it.queue(VisibilityTimeout="1")
    it.send(queue)
    first = it.receive_one(queue)
    same(it.receive(queue), [])
    [second] = eventually(lambda: it.receive(queue))
    same(second["MessageId"], first["MessageId"])
    assert second["ReceiptHandle"] != first["ReceiptHandle"], "a handle belongs to one receive"


@claim
def a_receive_may_hide_for_its_own_time(it):
    queue = it.queue(VisibilityTimeout="30")
    it.send(queue)
    it.receive_one(queue, VisibilityTimeout=1)
    eventually(lambda: it.receive(queue))


@claim
def hiding_for_no_time_gives_the_message_back(it):
    queue = it.queue()
    it.send(queue)
    it.hide(queue, it.receive_one(queue), 0)
    it.receive_one(queue)


@claim
def hiding_longer_keeps_the_message_away(it):
    queue = it.queue(VisibilityTimeout="1")
    it.send(queue)
    it.hide(queue, it.receive_one(queue), 30)
    same(it.receive(queue, WaitTimeSeconds=2), [])


@claim
def a_deleted_message_does_not_come_back(it):
    queue = it.queue(VisibilityTimeout="1")
    it.send(queue)
    message = it.receive_one(queue)
    it.delete(queue, message)
    it.delete(queue, message)
    same(it.receive(queue, WaitTimeSeconds=2), [])


@claim
def a_delayed_message_arrives_later(it):
    queue = it.queue()
    it.send(queue, DelaySeconds=1)
    same(it.receive(queue), [])
    same(it.attribute(queue, "ApproximateNumberOfMessagesDelayed"), "1")
    eventually(lambda: it.receive(queue))


@claim
def a_queue_delays_what_does_not_say_otherwise(it):
    queue = it.queue(DelaySeconds="1")
    it.send(queue, "later")
    it.send(queue, "now", DelaySeconds=0)
    same(it.bodies(queue, MaxNumberOfMessages=10), ["now"])
    same(eventually(lambda: it.bodies(queue)), ["later"])


@claim
def the_queue_counts_its_messages(it):
    queue = it.queue()
    for _ in range(3):
        it.send(queue)
    it.receive_one(queue)
    same(it.attribute(queue, "ApproximateNumberOfMessages"), "2")
    same(it.attribute(queue, "ApproximateNumberOfMessagesNotVisible"), "1")


@claim
def a_message_may_be_a_mebibyte_and_no_more(it):
    queue = it.queue()
    it.send(queue, "x" * (1 << 20))
    body = "x" * ((1 << 20) + 1)
    it.refused("InvalidParameterValue", "send_message", QueueUrl=queue, MessageBody=body)
    same(len(it.receive_one(queue)["Body"]), 1 << 20)


@claim
def a_group_on_a_standard_queue_is_told_and_blocks_nothing(it):
    queue = it.queue()
    for _ in range(2):
        it.send(queue, MessageGroupId="tenant")
    first, second = it.receive_one(queue), it.receive_one(queue)
    same(first["Attributes"]["MessageGroupId"], "tenant")
    assert first["MessageId"] != second["MessageId"]
