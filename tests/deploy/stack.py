"""The deployed stack."""

import json
from functools import cache

import boto3

class Stack:
    """What is asked of a stack, by logical ids and names of outputs."""

    def __init__(self, url, name="lambda-queue-test"):
        self.url = url
        self.name = name
        # A client is not safe to build side by side, and slow to build twice.
        self.client = cache(self._client)

    def _client(self, service):
        session = boto3.session.Session("test", "test", region_name="us-east-1")
        return session.client(service, endpoint_url=self.url)

    def output(self, key):
        [stack] = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return next(it["OutputValue"] for it in stack["Outputs"] if it["OutputKey"] == key)

    def resources(self):
        """Physical ids by logical ids."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        pages = pages.paginate(StackName=self.name)
        listed = [it for page in pages for it in page["StackResourceSummaries"]]
        return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in listed}

    def resource(self, logical_id):
        return self.resources()[logical_id]

    def attributes(self, queue):
        """A queue's attributes, with those that are JSON read."""
        url = self.resource(queue)
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        found = found["Attributes"]
        documents = {"Policy", "RedrivePolicy", "RedriveAllowPolicy"} & found.keys()
        return found | {name: json.loads(found[name]) for name in documents}

    def queue_name(self, queue):
        return self.resource(queue).rsplit("/", 1)[1]

    def depth(self, queue):
        found = self.attributes(queue)
        hidden = found["ApproximateNumberOfMessagesNotVisible"]
        return int(found["ApproximateNumberOfMessages"]) + int(hidden)

    def items(self, table):
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.resource(table))
        return [{name: plain(value) for name, value in it.items()} for page in pages for it in page["Items"]]

    def send(self, queue, body, **more):
        text = body if isinstance(body, str) else json.dumps(body)
        self.client("sqs").send_message(QueueUrl=self.resource(queue), MessageBody=text, **more)

    def receive(self, queue):
        found = self.client("sqs").receive_message(
            QueueUrl=self.resource(queue),
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return found.get("Messages", [])

    def mapping(self, function):
        found = self.client("lambda").list_event_source_mappings(FunctionName=self.resource(function))
        [mapping] = found["EventSourceMappings"]
        return mapping

    def mend_mappings(self):
        """MaximumConcurrency comes as text, as every parameter's value does, and CloudFormation makes it the number
        that it is. ministack leaves it a text, and then cannot poll."""
        for function in ["IngestionFunction", "ToolExecutorFunction", "ConversationFunction"]:
            mapping = self.mapping(function)
            scaling = {"MaximumConcurrency": int(mapping["ScalingConfig"]["MaximumConcurrency"])}
            self.client("lambda").update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling)


def plain(value):
    """A DynamoDB value without its type."""
    [(kind, found)] = value.items()
    match kind:
        case "N":
            return int(found)
        case "M":
            return {name: plain(it) for name, it in found.items()}
        case _:
            return found
