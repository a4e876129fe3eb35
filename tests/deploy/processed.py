"""Messages through the deployed functions."""

import json

from claims import eventually, same
from phases import claim
from sam import ROOT

# Seconds: a claim that was lost to a slow machine comes back when its lease of a minute ends.
PATIENCE = 180


def bodies(name):
    records = json.loads((ROOT / f"events/sqs-{name}.json").read_text())["Records"]
    return [record["body"] for record in records]


def manifests(stack):
    return {it["document_id"]: it for it in stack.items("DocumentsTable") if it["sort"] == "manifest"}


def transcript(stack, conversation):
    items = [it for it in stack.items("ConversationsTable") if it["conversation_id"] == conversation]
    entries = sorted((it for it in items if it["sort"].startswith("entry#")), key=lambda it: it["sort"])
    return [it["tool_call_id"] for it in entries]


def results(stack, conversation):
    items = stack.items("ToolResultsTable")
    return {it["tool_call_id"]: it for it in items if it["conversation_id"] == conversation}


def calculation(conversation, call, expression, turn=None):
    call = {"type": "tool_use", "id": call, "name": "calculator", "input": {"expression": expression}}
    message = {"conversation_id": conversation, "call": call}
    return message | ({"turn": turn} if turn else {})


@claim
def documents_become_chunks_and_what_cannot_is_dead_lettered_with_its_reason(stack):
    for body in bodies("ingestion-partial-failure"):
        stack.send("IngestionQueue", body)
    eventually(lambda: {"help/returns", "minutes/2026-11-12"} <= manifests(stack).keys(), PATIENCE)
    [dead] = eventually(lambda: stack.receive("IngestionDeadLetterQueue"), PATIENCE)
    same(json.loads(dead["Body"])["document_id"], "contracts/4711")
    told = {name: it["StringValue"] for name, it in dead["MessageAttributes"].items()}
    same(told["DeadLetterReason"], "the PDF is damaged")
    same(told["DeadLetterSourceQueue"], stack.attributes("IngestionQueue")["QueueArn"])
    assert "contracts/4711" not in manifests(stack)


@claim
def a_file_in_the_bucket_is_ingested(stack):
    bucket = stack.output("DocumentsBucketName")
    stack.client("s3").put_object(Bucket=bucket, Key="opening hours.txt", Body=b"From nine to five.")
    document = f"s3://{bucket}/opening hours.txt"
    found = eventually(lambda: manifests(stack).get(document), PATIENCE)
    same(found["chunk_count"], 1)


@claim
def tool_calls_become_a_transcript_each_once_and_the_turn_is_told_of(stack):
    turn = {"id": "msg_1", "tool_call_ids": ["toolu_1", "toolu_2"]}
    calls = [calculation("c-1", "toolu_1", "6 * 7", turn), calculation("c-1", "toolu_2", "7 * 8", turn)]
    for message in calls:
        stack.send("ToolExecutorQueue", message)
    [ready] = eventually(lambda: stack.receive("TurnReadyQueue"), PATIENCE)
    stack.send("ToolExecutorQueue", calls[0])
    same(json.loads(ready["Body"]), {"conversation_id": "c-1", "turn_id": "msg_1", "entries": 2})
    same(ready["Attributes"]["MessageGroupId"], "c-1")
    eventually(lambda: stack.depth("ToolExecutorQueue") + stack.depth("ToolResultsQueue") == 0, PATIENCE)
    same(sorted(transcript(stack, "c-1")), ["toolu_1", "toolu_2"])
    same(json.loads(results(stack, "c-1")["toolu_1"]["result"])["content"], "42")


@claim
def output_that_is_too_long_for_a_result_is_in_the_bucket(stack):
    stack.send("ToolExecutorQueue", calculation("c-2", "toolu_long", "10^40000"))
    result = eventually(lambda: results(stack, "c-2").get("toolu_long"), PATIENCE)
    same(result["status"], "succeeded")
    output = result["output"]
    same(output["bucket"], stack.output("ResultsBucketName"))
    content = stack.client("s3").get_object(Bucket=output["bucket"], Key=output["key"])["Body"].read()
    same(len(content), 40_001)


@claim
def a_message_that_can_never_be_handled_is_dead_lettered_alone(stack):
    poisoned = bodies("tool-executor-poison")
    for body in poisoned:
        stack.send("ToolExecutorQueue", body)
    dead = eventually(lambda: stack.receive("ToolExecutorDeadLetterQueue"), PATIENCE)
    assert all("DeadLetterReason" in it["MessageAttributes"] for it in dead), dead
    eventually(lambda: stack.depth("ToolExecutorQueue") == 0, PATIENCE)
    assert {it["Body"] for it in dead} <= set(poisoned), dead


@claim
def nothing_is_left_in_a_queue_that_feeds_a_function(stack):
    for queue in ["IngestionQueue", "ToolExecutorQueue", "ToolResultsQueue"]:
        eventually(lambda: stack.depth(queue) == 0, PATIENCE)
    same(stack.depth("ToolResultsDeadLetterQueue"), 0)


@claim
def the_dashboard_shows_metrics_that_are_written(stack):
    names = set(stack.resources().values())
    names |= {it.rsplit("/", 1)[1] for it in names if it.startswith("http")}
    told = stack.client("cloudwatch").get_dashboard(DashboardName=stack.resource("Dashboard"))
    widgets = json.loads(told["DashboardBody"])["widgets"]
    written = embedded_metrics(stack)
    for widget in widgets:
        metrics = [it for it in widget["properties"].get("metrics", []) if it[0] != "..."]
        above = None
        for namespace, metric, dimension, value, *_ in metrics:
            values = [namespace, metric, dimension, value]
            above = [old if new == "." else new for new, old in zip(values, above or values)]
            assert above[3] in names, above
            if above[0] == "lambda-queue":
                assert (above[2], above[1]) in written, (above, written)
    alarms = next(it for it in widgets if it["type"] == "alarm")["properties"]["alarms"]
    there = stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    same(sorted(alarms), sorted(it["AlarmArn"] for it in there))


def embedded_metrics(stack):
    """The metrics in the functions' logs, by dimension."""
    found = set()
    for line in logged(stack):
        for told in line.get("_aws", {}).get("CloudWatchMetrics", []):
            same(told["Namespace"], "lambda-queue")
            dimensions = [only for only in told["Dimensions"] if len(only) == 1]
            found |= {(only, metric["Name"]) for [only] in dimensions for metric in told["Metrics"]}
    return found


@claim
def the_log_tells_what_became_of_messages_and_nothing_of_what_was_in_them(stack):
    lines = logged(stack)
    outcomes = [it["fields"] for it in lines if it.get("target") == "lambda_queue::outcome"]
    assert any(it["outcome"] == "dead_lettered" and it["error"] == "the PDF is damaged" for it in outcomes), outcomes
    text = json.dumps(lines)
    for secret in ["From nine to five", "6 * 7", "Returns and refunds"]:
        assert secret not in text, secret


def logged(stack):
    pages = stack.client("logs").get_paginator("filter_log_events")
    pages = pages.paginate(logGroupName=stack.output("FunctionLogsName"))
    lines = []
    for event in (it for page in pages for it in page["events"]):
        for line in event["message"].splitlines():
            if line.startswith("{"):
                lines.append(json.loads(line))
    return lines
