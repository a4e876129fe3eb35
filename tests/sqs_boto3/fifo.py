"""FIFO queues."""

from claims import claim, eventually, same

INVALID = "InvalidParameterValue"


def send(it, queue, body, group="g", **more):
    more.setdefault("MessageDeduplicationId", body)
    return it.send(queue, body, MessageGroupId=group, **more)


@claim
def a_fifo_queue_is_told_by_its_name(it):
    queue = it.fifo()
    assert queue.endswith(".fifo")
    same(it.attribute(queue, "FifoQueue"), "true")
    same(it.attribute(queue, "ContentBasedDeduplication"), "false")
    same(it.attribute(queue, "DeduplicationScope"), "queue")
    same(it.attribute(queue, "FifoThroughputLimit"), "perQueue")


@claim
def name_and_attribute_must_agree(it):
    fifo = {"FifoQueue": "true"}
    it.refused(INVALID, "create_queue", QueueName="no-ending", Attributes=fifo)
    it.refused(INVALID, "create_queue", QueueName="no-attribute.fifo")


@claim
def a_message_needs_a_group(it):
    parameters = {"MessageBody": "x", "MessageDeduplicationId": "1"}
    it.refused("MissingParameter", "send_message", QueueUrl=it.fifo(), **parameters)


@claim
def a_message_needs_something_to_be_deduplicated_by(it):
    parameters = {"MessageBody": "x", "MessageGroupId": "g"}
    it.refused(INVALID, "send_message", QueueUrl=it.fifo(), **parameters)


@claim
def a_message_cannot_be_delayed_by_itself(it):
    parameters = {"MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "1"}
    it.refused(INVALID, "send_message", QueueUrl=it.fifo(), DelaySeconds=1, **parameters)


@claim
def messages_of_a_group_come_in_order_also_in_one_batch(it):
    queue = it.fifo()
    numbers = [send(it, queue, f"m{n}")["SequenceNumber"] for n in range(5)]
    same(numbers, sorted(numbers))
    same(it.bodies(queue, MaxNumberOfMessages=10), [f"m{n}" for n in range(5)])


@claim
def a_batch_keeps_its_order(it):
    queue = it.fifo(ContentBasedDeduplication="true")
    batch = [{"Id": str(n), "MessageBody": f"m{n}", "MessageGroupId": "g"} for n in range(10)]
    it.sqs.send_message_batch(QueueUrl=queue, Entries=batch)
    same(it.bodies(queue, MaxNumberOfMessages=10), [f"m{n}" for n in range(10)])


@claim
def a_group_waits_while_one_of_its_messages_is_in_flight(it):
    queue = it.fifo()
    send(it, queue, "first")
    send(it, queue, "second")
    send(it, queue, "other", "h")
    first = it.receive_one(queue)
    same(first["Body"], "first")
    same(it.bodies(queue, MaxNumberOfMessages=10), ["other"])
    same(it.receive(queue), [])
    it.delete(queue, first)
    same(it.bodies(queue), ["second"])


@claim
def a_message_that_comes_back_is_still_the_first(it):
    queue = it.fifo()
    send(it, queue, "first")
    send(it, queue, "second")
    it.hide(queue, it.receive_one(queue), 0)
    same(it.bodies(queue, MaxNumberOfMessages=10), ["first", "second"])


@claim
def messages_tell_their_group_and_place(it):
    queue = it.fifo()
    sent = send(it, queue, "m", MessageDeduplicationId="d")
    found = it.receive_one(queue)["Attributes"]
    same(found["MessageGroupId"], "g")
    same(found["MessageDeduplicationId"], "d")
    same(found["SequenceNumber"], sent["SequenceNumber"])


@claim
def a_message_sent_twice_is_one(it):
    queue = it.fifo()
    first = send(it, queue, "m", MessageDeduplicationId="d")
    second = send(it, queue, "other body", MessageDeduplicationId="d")
    same(second["MessageId"], first["MessageId"])
    same(second["SequenceNumber"], first["SequenceNumber"])
    same(it.bodies(queue, MaxNumberOfMessages=10), ["m"])


@claim
def it_is_still_one_after_it_was_deleted(it):
    queue = it.fifo()
    send(it, queue, "m", MessageDeduplicationId="d")
    it.delete(queue, it.receive_one(queue))
    send(it, queue, "m", MessageDeduplicationId="d")
    same(it.receive(queue), [])


@claim
def equal_bodies_are_one_message_where_the_content_decides(it):
    queue = it.fifo(ContentBasedDeduplication="true")
    for body in ["m", "m", "n"]:
        it.send(queue, body, MessageGroupId="g")
    same(it.bodies(queue, MaxNumberOfMessages=10), ["m", "n"])


@claim
def deduplication_may_be_a_matter_of_the_group(it):
    queue = it.fifo(DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    for group in ["g", "h"]:
        send(it, queue, "m", group, MessageDeduplicationId="d")
    same(it.bodies(queue, MaxNumberOfMessages=10), ["m", "m"])


@claim
def high_throughput_needs_the_groups_scope(it):
    attributes = {"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"}
    name = "high-throughput.fifo"
    it.refused("InvalidAttributeValue", "create_queue", QueueName=name, Attributes=attributes)


@claim
def a_receive_can_be_tried_again(it):
    queue = it.fifo()
    send(it, queue, "m")
    first = it.receive_one(queue, ReceiveRequestAttemptId="attempt")
    again = it.receive_one(queue, ReceiveRequestAttemptId="attempt")
    same(again["MessageId"], first["MessageId"])
    same(again["ReceiptHandle"], first["ReceiptHandle"])
    same(it.receive(queue, ReceiveRequestAttemptId="another"), [])


@claim
def an_expired_handle_deletes_nothing(it):
    queue = it.fifo(VisibilityTimeout="1")
    send(it, queue, "m")
    expired = it.receive_one(queue)["ReceiptHandle"]
    eventually(lambda: it.receive(queue, VisibilityTimeout=30))
    it.refused(INVALID, "delete_message", QueueUrl=queue, ReceiptHandle=expired)
