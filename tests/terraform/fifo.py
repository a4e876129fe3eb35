"""The module by itself: a FIFO queue with a key of its owner's."""

from claims import claim, same
from example import among, attributes


@claim
def a_fifo_queue_and_its_dead_letter_queue_use_the_key(it):
    [key] = it.client("kms").list_keys()["Keys"]
    for name in ["orders.fifo", "orders-dlq.fifo"]:
        expected = {"FifoQueue": "true", "KmsMasterKeyId": key["KeyArn"], "KmsDataKeyReusePeriodSeconds": "300"}
        among(attributes(it, name), expected)


@claim
def equal_bodies_are_two_messages(it):
    queue = it.sqs.get_queue_url(QueueName="orders.fifo")["QueueUrl"]
    for number in ["1", "2"]:
        it.send(queue, "equal", MessageGroupId="group", MessageDeduplicationId=number)
    same(it.bodies(queue, MaxNumberOfMessages=10), ["equal", "equal"])
