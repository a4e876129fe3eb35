"""Functions: what there are, and what becomes of an invocation."""

import base64
import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from claims import claim, eventually, refused, same

NAME = "lambda-queue-Work"
ARN = f"arn:aws:lambda:us-east-1:000000000000:function:{NAME}"


def event(*bodies):
    records = [{"messageId": str(index), "body": body} for index, body in enumerate(bodies)]
    # The function reads no more JSON than it must.
    return json.dumps({"Records": records}, separators=(",", ":"))


def invoke(it, *bodies, name=NAME, **more):
    answer = it.client("lambda").invoke(FunctionName=name, Payload=event(*bodies), **more)
    return answer, answer["Payload"].read().decode()


def failure(it, *bodies, **more):
    answer, payload = invoke(it, *bodies, **more)
    same((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
    report = json.loads(payload)
    request = answer["ResponseMetadata"]["RequestId"]
    message = report["errorMessage"].replace(f"RequestId: {request} ", "RequestId: … ")
    return report["errorType"], message


@claim
def an_invocation_gives_the_functions_response(it):
    answer, payload = invoke(it, "work")
    same((answer["StatusCode"], answer["ExecutedVersion"]), (200, "$LATEST"))
    assert "FunctionError" not in answer, answer
    same(payload, '{"batchItemFailures":[]}')


@claim
def a_function_is_found_by_any_of_its_names(it):
    for name in [NAME, "Work", ARN, f"{ARN}:$LATEST", f"000000000000:function:{NAME}"]:
        same(invoke(it, "work", name=name)[0]["StatusCode"], 200)
    same(invoke(it, "work", Qualifier="$LATEST")[0]["StatusCode"], 200)


@claim
def a_function_that_is_not_there_is_named(it):
    for operation in [it.client("lambda").invoke, it.client("lambda").get_function]:
        message = refused("ResourceNotFoundException", operation, FunctionName="nope")
        same(message, f"Function not found: {ARN.replace(NAME, 'nope')}")
    versions = it.client("lambda").get_function
    refused("ResourceNotFoundException", versions, FunctionName=NAME, Qualifier="7")


@claim
def a_name_that_cannot_be_one_is_refused(it):
    refused("ValidationException", it.client("lambda").invoke, FunctionName="a b")


@claim
def a_reported_error_is_the_payload(it):
    same(failure(it, "fail"), ("Oops", "it broke"))


@claim
def a_crash_is_told_as_lambda_tells_it(it):
    message = "RequestId: … Error: Runtime exited with error: exit status 4"
    same(failure(it, "exit"), ("Runtime.ExitError", message))
    same(invoke(it, "work")[0]["StatusCode"], 200)


@claim
def a_timeout_is_told_as_lambda_tells_it(it):
    message = "RequestId: … Error: Task timed out after 1.00 seconds"
    same(failure(it, "sleep", name="slow-one"), ("Sandbox.Timedout", message))


@claim
def more_invocations_than_are_reserved_are_throttled(it):
    def alarm():
        [found] = it.client("cloudwatch").describe_alarms(AlarmNames=["throttles"])["MetricAlarms"]
        return found["StateValue"]

    same(alarm(), "OK")
    invoke = partial(it.client("lambda").invoke, FunctionName="Single", Payload=event("sleep"))

    def refusals():
        with ThreadPoolExecutor(max_workers=4) as pool:
            answers = [pool.submit(invoke) for _ in range(4)]
        return [each.exception() for each in answers if each.exception()]

    # They may miss each other on a busy machine.
    error = eventually(refusals, seconds=20)[0].response["Error"]
    same((error["Code"], error["Message"]), ("TooManyRequestsException", "Rate Exceeded."))
    same(alarm(), "ALARM")


@claim
def a_response_of_more_than_six_megabytes_is_an_error(it):
    kind, message = failure(it, "shout")
    same(kind, "Function.ResponseSizeTooLarge")
    assert "exceeded maximum allowed payload size (6291556 bytes)" in message, message


@claim
def a_response_need_not_be_json(it):
    same(invoke(it, "mumble")[1], "certainly")
    same(invoke(it, "say nothing")[1], "")


@claim
def the_end_of_the_log_comes_along_if_asked_for(it):
    answer, _ = invoke(it, "work", LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "told to work" in log and len(log) <= 4096, log
    assert "LogResult" not in invoke(it, "work")[0]


@claim
def a_dry_run_runs_nothing(it):
    answer, payload = invoke(it, "exit", InvocationType="DryRun")
    same((answer["StatusCode"], payload), (204, ""))


@claim
def an_event_is_accepted_before_it_is_run(it):
    answer, payload = invoke(it, "sleep", InvocationType="Event", name="slow-one")
    same((answer["StatusCode"], payload), (202, ""))


@claim
def what_is_no_event_is_refused(it):
    invoke = it.client("lambda").invoke
    message = refused("InvalidRequestContentException", invoke, FunctionName=NAME, Payload="{")
    assert message.startswith("Could not parse request body into json: "), message
    large = json.dumps("a" * 7_000_000)
    refused("RequestTooLargeException", invoke, FunctionName=NAME, Payload=large)
    kind = {"FunctionName": NAME, "InvocationType": "Event", "Payload": large[-2_000_000:]}
    refused("RequestTooLargeException", invoke, **kind)
    message = refused("ValidationException", invoke, FunctionName=NAME, InvocationType="Later")
    assert "[Event, RequestResponse, DryRun]" in message, message


@claim
def no_payload_is_an_empty_event(it):
    answer = it.client("lambda").invoke(FunctionName=NAME)
    same(answer["Payload"].read(), b'{"batchItemFailures":[]}')


@claim
def a_shell_needs_no_signature(it):
    url = f"{it.url}/2015-03-31/functions/Work/invocations"
    answer = urllib.request.urlopen(urllib.request.Request(url, event("work").encode()))
    same(json.loads(answer.read()), {"batchItemFailures": []})


@claim
def functions_are_described(it):
    client = it.client("lambda")
    found = client.get_function(FunctionName="Work")
    same(found["Concurrency"], {"ReservedConcurrentExecutions": 20})
    configuration = client.get_function_configuration(FunctionName=ARN)
    del configuration["ResponseMetadata"]
    same(configuration, found["Configuration"])
    expected = {"FunctionName": NAME, "FunctionArn": ARN, "Timeout": 2, "State": "Active"}
    same({name: configuration[name] for name in expected}, expected)
    same(configuration["Environment"]["Variables"], {"COLOR": "red"})
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000"
    assert re.fullmatch(pattern, configuration["LastModified"]), configuration


@claim
def functions_are_listed_in_pages(it):
    client = it.client("lambda")
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    names = [[each["FunctionName"] for each in page["Functions"]] for page in pages]
    same(names, [[NAME], ["slow-one"]] + [[f"lambda-queue-{each}"] for each in ["Single", "Published", "Plain"]])
    refused("InvalidParameterValueException", client.list_functions, Marker="x")


@claim
def a_waiter_finds_a_function_active(it):
    it.client("lambda").get_waiter("function_active_v2").wait(FunctionName=NAME)


@claim
def other_operations_are_named(it):
    client = it.client("lambda")
    refused("UnknownOperationException", client.delete_function, FunctionName=NAME)
    refused("UnknownOperationException", client.list_layers)
