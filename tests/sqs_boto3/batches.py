"""Ten at a time."""

from claims import claim, same

PREFIX = "AWS.SimpleQueueService."


def entries(count, **more):
    return [{"Id": f"id-{n}", "MessageBody": f"body {n}", **more} for n in range(count)]


@claim
def a_batch_is_answered_entry_by_entry(it):
    queue = it.queue()
    answer = it.sqs.send_message_batch(QueueUrl=queue, Entries=entries(10))
    same([entry["Id"] for entry in answer["Successful"]], [f"id-{n}" for n in range(10)])
    assert "Failed" not in answer
    same(len(it.receive(queue, MaxNumberOfMessages=10)), 10)


@claim
def a_bad_entry_fails_alone(it):
    queue = it.queue()
    batch = entries(2)
    batch[1]["DelaySeconds"] = 901
    answer = it.sqs.send_message_batch(QueueUrl=queue, Entries=batch)
    same([entry["Id"] for entry in answer["Successful"]], ["id-0"])
    [failed] = answer["Failed"]
    same((failed["Id"], failed["Code"], failed["SenderFault"]), ("id-1", "InvalidParameterValue", True))


@claim
def an_entry_s_attributes_are_answered_with_their_digests(it):
    value = {"StringValue": "eu", "DataType": "String"}
    trace = {"StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793", "DataType": "String"}
    more = {
        "MessageAttributes": {"region": value},
        "MessageSystemAttributes": {"AWSTraceHeader": trace},
    }
    queue = it.queue()
    # boto3 compares the first with its own.
    answer = it.sqs.send_message_batch(QueueUrl=queue, Entries=entries(1, **more))
    [sent] = answer["Successful"]
    assert sent["MD5OfMessageAttributes"] != sent["MD5OfMessageSystemAttributes"]
    same(it.receive_one(queue)["Attributes"]["AWSTraceHeader"], trace["StringValue"])


@claim
def messages_are_deleted_in_batches(it):
    queue = it.queue(VisibilityTimeout="1")
    it.sqs.send_message_batch(QueueUrl=queue, Entries=entries(3))
    received = it.receive(queue, MaxNumberOfMessages=10)
    batch = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(received)]
    batch.append({"Id": "wrong", "ReceiptHandle": "nobody's"})
    answer = it.sqs.delete_message_batch(QueueUrl=queue, Entries=batch)
    same(len(answer["Successful"]), 3)
    same([(e["Id"], e["Code"]) for e in answer["Failed"]], [("wrong", "ReceiptHandleIsInvalid")])
    same(it.receive(queue, WaitTimeSeconds=2), [])


@claim
def messages_are_hidden_in_batches(it):
    queue = it.queue()
    it.sqs.send_message_batch(QueueUrl=queue, Entries=entries(3))
    received = it.receive(queue, MaxNumberOfMessages=10)
    batch = [
        {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
        for n, message in enumerate(received)
    ]
    batch.append({"Id": "wrong", "ReceiptHandle": "nobody's", "VisibilityTimeout": 0})
    answer = it.sqs.change_message_visibility_batch(QueueUrl=queue, Entries=batch)
    same(len(answer["Successful"]), 3)
    [failed] = answer["Failed"]
    same((failed["Id"], failed["SenderFault"]), ("wrong", True))
    same(failed["Code"], "ReceiptHandleIsInvalid")
    assert failed["Message"]
    same(len(it.receive(queue, MaxNumberOfMessages=10)), 3)


@claim
def an_empty_batch_is_refused(it):
    code = PREFIX + "EmptyBatchRequest"
    it.refused(code, "send_message_batch", QueueUrl=it.queue(), Entries=[])


@claim
def more_than_ten_entries_are_refused(it):
    code = PREFIX + "TooManyEntriesInBatchRequest"
    it.refused(code, "send_message_batch", QueueUrl=it.queue(), Entries=entries(11))


@claim
def two_entries_of_one_id_are_refused(it):
    code = PREFIX + "BatchEntryIdsNotDistinct"
    it.refused(code, "send_message_batch", QueueUrl=it.queue(), Entries=entries(1) * 2)


@claim
def ids_of_other_characters_are_refused(it):
    code = PREFIX + "InvalidBatchEntryId"
    for name in ["a b", "a.b", "x" * 81]:
        batch = [{"Id": name, "MessageBody": "x"}]
        it.refused(code, "send_message_batch", QueueUrl=it.queue(), Entries=batch)


@claim
def a_batch_of_more_than_a_mebibyte_is_refused(it):
    batch = [{"Id": str(n), "MessageBody": "x" * (600 * 1024)} for n in range(2)]
    code = PREFIX + "BatchRequestTooLong"
    it.refused(code, "send_message_batch", QueueUrl=it.queue(), Entries=batch)
