"""Below boto3: what goes over the wire."""

import json
import urllib.error
import urllib.request

from claims import claim, same


def post(it, target, body="{}", **headers):
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0", **headers}
    request = urllib.request.Request(it.url, body.encode(), headers)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, json.loads(answer.read())


@claim
def answers_carry_a_request_id_and_their_type(it):
    status, headers, body = post(it, "AmazonSQS.GetQueueUrl", json.dumps({"QueueName": "x"}))
    same((status, headers["Content-Type"]), (400, "application/x-amz-json-1.0"))
    assert len(headers["x-amzn-RequestId"]) == 36
    same(headers["x-amzn-query-error"], "AWS.SimpleQueueService.NonExistentQueue;Sender")
    same(body["__type"], "com.amazonaws.sqs#QueueDoesNotExist")
    same(body["message"], "The specified queue does not exist.")


@claim
def an_operation_that_does_not_exist_is_named_so(it):
    status, _, body = post(it, "AmazonSQS.MakeCoffee")
    assert status == 400 and "UnknownOperation" in body["__type"], body


@claim
def a_body_that_is_not_json_is_named_so(it):
    status, _, body = post(it, "AmazonSQS.SendMessage", "{")
    assert status == 400 and "SerializationException" in body["__type"], body


@claim
def queues_are_found_by_any_name_of_the_endpoint(it):
    queue = it.queue()
    other = queue.replace("127.0.0.1", "localhost")
    it.send(other)
    same(it.bodies(queue), ["hello"])


@claim
def web_sites_are_refused(it):
    for foreign in [{"Host": "example.com"}, {"Origin": "https://example.com"}]:
        status, _, body = post(it, "AmazonSQS.ListQueues", **foreign)
        same((status, body["__type"]), (403, "AccessDeniedException"))
