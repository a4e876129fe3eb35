"""What a check is made of."""

import json
import time
from functools import cached_property

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from recorder import record

CLAIMS = []
# About what came of all the others.
LAST = []
# Refusals are answers here, not something to try again.
CONFIG = Config(retries={"max_attempts": 0}, max_pool_connections=4)


def claim(function):
    """Registers a check."""
    CLAIMS.append(function)
    return function


def last(function):
    """Registers a check that comes after all others."""
    LAST.append(function)
    return function


class Claims:
    """A client, and queues with names of one check's own."""

    def __init__(self, url, name):
        self.url = url
        self.prefix = name[:60]
        self.count = 0

    @cached_property
    def sqs(self):
        return self.client("sqs")

    @cached_property
    def system_attribute_names(self):
        """The parameter's name, which older SDKs have another for."""
        operation = self.sqs.meta.service_model.operation_model("ReceiveMessage")
        new = "MessageSystemAttributeNames"
        return new if new in operation.input_shape.members else "AttributeNames"

    def client(self, service):
        session = boto3.session.Session("any", "thing", region_name="us-east-1")
        client = session.client(service, endpoint_url=self.url, config=CONFIG)
        record(client)
        return client

    def queue(self, **attributes):
        """A new queue's URL."""
        self.count += 1
        fifo = ".fifo" if attributes.get("FifoQueue") else ""
        return self.create(f"{self.prefix}-{self.count}{fifo}", **attributes)

    def fifo(self, **attributes):
        return self.queue(FifoQueue="true", **attributes)

    def create(self, name, **attributes):
        attributes = {key: text(value) for key, value in attributes.items()}
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def arn(self, queue):
        return self.attribute(queue, "QueueArn")

    def attribute(self, queue, name):
        answer = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
        return answer["Attributes"][name]

    def send(self, queue, body="hello", **more):
        return self.sqs.send_message(QueueUrl=queue, MessageBody=body, **more)

    def receive(self, queue, **more):
        """The messages of one receive, with all that belongs to them."""
        answer = self.sqs.receive_message(
            QueueUrl=queue,
            MessageAttributeNames=["All"],
            **{self.system_attribute_names: ["All"]},
            **more,
        )
        return answer.get("Messages", [])

    def receive_one(self, queue, **more):
        [message] = self.receive(queue, **more)
        return message

    def bodies(self, queue, **more):
        return [message["Body"] for message in self.receive(queue, **more)]

    def delete(self, queue, message):
        handle = message["ReceiptHandle"]
        self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)

    def hide(self, queue, message, seconds):
        self.sqs.change_message_visibility(
            QueueUrl=queue,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=seconds,
        )

    def refused(self, code, operation, **parameters):
        """The message of the error that `operation` must give."""
        return refused(code, getattr(self.sqs, operation), **parameters)


def refused(code, operation, **parameters):
    """The message of the error that `operation` must give."""
    try:
        operation(**parameters)
    except ClientError as error:
        found = error.response["Error"]["Code"]
        assert found == code, f"{found} instead of {code}: {error}"
        return error.response["Error"]["Message"]
    raise AssertionError(f"{operation.__name__} was not refused as {code}")


def text(value):
    return value if isinstance(value, str) else json.dumps(value)


def eventually(probe, seconds=5):
    """What `probe` gives once it gives something."""
    ends = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < ends, "nothing after all that time"
        time.sleep(0.05)
    return found


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"
