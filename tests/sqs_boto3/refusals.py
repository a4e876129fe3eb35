"""What SQS refuses, and under which code."""

from claims import claim

GONE = "AWS.SimpleQueueService.NonExistentQueue"
INVALID = "InvalidParameterValue"


@claim
def a_queue_that_does_not_exist_is_named_so(it):
    queue = it.queue() + "-not"
    it.refused(GONE, "send_message", QueueUrl=queue, MessageBody="x")
    it.refused(GONE, "receive_message", QueueUrl=queue)
    it.refused(GONE, "get_queue_attributes", QueueUrl=queue)
    it.refused(GONE, "get_queue_url", QueueName="no-such-queue")


@claim
def names_are_limited(it):
    for name in ["a b", "a/b", "x" * 81, "a.b"]:
        it.refused(INVALID, "create_queue", QueueName=name)


@claim
def attributes_have_bounds(it):
    for name, value in [
        ("VisibilityTimeout", "43201"),
        ("DelaySeconds", "901"),
        ("MessageRetentionPeriod", "59"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("MaximumMessageSize", "1023"),
        ("VisibilityTimeout", "soon"),
    ]:
        attributes = {name: value}
        it.refused("InvalidAttributeValue", "create_queue", QueueName="bounds", Attributes=attributes)


@claim
def attributes_that_nobody_knows_are_refused(it):
    queue = it.queue()
    code = "InvalidAttributeName"
    it.refused(code, "set_queue_attributes", QueueUrl=queue, Attributes={"Colour": "red"})
    it.refused(code, "get_queue_attributes", QueueUrl=queue, AttributeNames=["Colour"])


@claim
def a_receive_has_bounds(it):
    queue = it.queue()
    for parameters in [
        {"MaxNumberOfMessages": 0},
        {"MaxNumberOfMessages": 11},
        {"WaitTimeSeconds": 21},
        {"WaitTimeSeconds": -1},
        {"VisibilityTimeout": 43201},
    ]:
        it.refused(INVALID, "receive_message", QueueUrl=queue, **parameters)


@claim
def a_delay_has_a_bound(it):
    parameters = {"QueueUrl": it.queue(), "MessageBody": "x", "DelaySeconds": 901}
    it.refused(INVALID, "send_message", **parameters)


@claim
def a_body_must_not_be_empty(it):
    it.refused("MissingParameter", "send_message", QueueUrl=it.queue(), MessageBody="")


@claim
def control_characters_are_not_allowed_in_a_body(it):
    it.refused("InvalidMessageContents", "send_message", QueueUrl=it.queue(), MessageBody="\x01")


@claim
def a_body_larger_than_the_queue_allows_is_refused(it):
    queue = it.queue(MaximumMessageSize="1024")
    it.send(queue, "x" * 1024)
    it.refused(INVALID, "send_message", QueueUrl=queue, MessageBody="x" * 1025)


@claim
def message_attributes_are_checked(it):
    queue = it.queue()
    good = {"DataType": "String", "StringValue": "x"}
    for attributes in [
        {"a": {"DataType": "Text", "StringValue": "x"}},
        {"a": {"DataType": "Number", "StringValue": "ten"}},
        {"a": {"DataType": "String", "StringValue": ""}},
        {"AWS.a": good},
        {"a b": good},
        {f"a{n}": good for n in range(11)},
    ]:
        parameters = {"MessageBody": "x", "MessageAttributes": attributes}
        it.refused(INVALID, "send_message", QueueUrl=queue, **parameters)


@claim
def a_handle_that_nobody_gave_is_refused(it):
    queue = it.queue()
    code = "ReceiptHandleIsInvalid"
    it.refused(code, "delete_message", QueueUrl=queue, ReceiptHandle="nobody's")
    parameters = {"ReceiptHandle": "nobody's", "VisibilityTimeout": 1}
    it.refused(code, "change_message_visibility", QueueUrl=queue, **parameters)


@claim
def a_message_is_hidden_for_twelve_hours_at_most(it):
    queue = it.queue()
    it.send(queue)
    handle = it.receive_one(queue)["ReceiptHandle"]
    parameters = {"ReceiptHandle": handle, "VisibilityTimeout": 43201}
    it.refused(INVALID, "change_message_visibility", QueueUrl=queue, **parameters)


@claim
def a_standard_queue_takes_no_deduplication(it):
    parameters = {"MessageBody": "x", "MessageDeduplicationId": "1"}
    it.refused(INVALID, "send_message", QueueUrl=it.queue(), **parameters)


@claim
def an_address_that_is_no_queue_s_is_refused(it):
    queue = f"{it.url}/nobody/orders"
    it.refused("InvalidAddress", "send_message", QueueUrl=queue, MessageBody="x")
