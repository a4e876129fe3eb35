"""The stack as the first `sam deploy` leaves it."""

import json
from urllib.parse import unquote

from claims import same
from phases import claim

FUNCTIONS = {
    "IngestionFunction": "IngestionQueue",
    "ToolExecutorFunction": "ToolExecutorQueue",
    "ConversationFunction": "ToolResultsQueue",
}
QUEUES = {
    "IngestionQueue": "IngestionDeadLetterQueue",
    "ToolExecutorQueue": "ToolExecutorDeadLetterQueue",
    "ToolResultsQueue": "ToolResultsDeadLetterQueue",
    "TurnReadyQueue": "TurnReadyDeadLetterQueue",
}
TABLES = ["IdempotencyTable", "DocumentsTable", "ToolResultsTable", "ConversationsTable"]
BUCKETS = ["DocumentsBucket", "ResultsBucket"]


def parameters(stack):
    topic = stack.client("sns").create_topic(Name="on-call")["TopicArn"]
    return {"Architecture": "x86_64", "AlarmTopicArn": topic, "LogRetentionDays": 3}


@claim
def every_queue_has_its_dead_letter_queue_which_takes_from_it_alone(stack):
    for queue, dead_letter_queue in QUEUES.items():
        source, dead = stack.attributes(queue), stack.attributes(dead_letter_queue)
        redrive = source["RedrivePolicy"]
        same(redrive["deadLetterTargetArn"], dead["QueueArn"])
        same(int(redrive["maxReceiveCount"]), 5)
        allowed = dead["RedriveAllowPolicy"]
        same(allowed["redrivePermission"], "byQueue")
        same(allowed["sourceQueueArns"], [source["QueueArn"]])
        same(source.get("FifoQueue"), dead.get("FifoQueue"))
        same(source["VisibilityTimeout"], "360")
        same((source["MessageRetentionPeriod"], dead["MessageRetentionPeriod"]), ("345600", "1209600"))
    same(stack.attributes("ToolResultsQueue")["ContentBasedDeduplication"], "false")


@claim
def every_queue_is_encrypted_by_sqs_and_refuses_plain_http(stack):
    for queue in [*QUEUES, *QUEUES.values()]:
        found = stack.attributes(queue)
        same(found["SqsManagedSseEnabled"], "true")
        assert refuses_plain_http(found["Policy"], "sqs:*"), found["Policy"]


@claim
def every_bucket_keeps_versions_is_private_and_refuses_plain_http(stack):
    s3 = stack.client("s3")
    for bucket in BUCKETS:
        name = stack.resource(bucket)
        same(s3.get_bucket_versioning(Bucket=name)["Status"], "Enabled")
        access = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        assert all(access.values()), access
        policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
        assert refuses_plain_http(policy, "s3:*"), policy


@claim
def the_documents_bucket_tells_the_ingestion_queue(stack):
    told = stack.client("s3").get_bucket_notification_configuration(Bucket=stack.resource("DocumentsBucket"))
    arn = stack.attributes("IngestionQueue")["QueueArn"]
    told = {event: it["QueueArn"] for it in told["QueueConfigurations"] for event in it["Events"]}
    same(told, {"s3:ObjectCreated:*": arn, "s3:ObjectRemoved:*": arn})


@claim
def every_table_is_paid_by_request(stack):
    for table in TABLES:
        found = stack.client("dynamodb").describe_table(TableName=stack.resource(table))["Table"]
        same(found["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")


@claim
def every_function_logs_json_into_the_group_of_the_stack_and_is_traced(stack):
    [group] = stack.client("logs").describe_log_groups(logGroupNamePrefix=stack.output("FunctionLogsName"))["logGroups"]
    same(group["retentionInDays"], 3)
    for function in FUNCTIONS:
        found = stack.client("lambda").get_function_configuration(FunctionName=stack.resource(function))
        same(found["Runtime"], "provided.al2023")
        same(found["LoggingConfig"]["LogFormat"], "JSON")
        same(found["LoggingConfig"]["LogGroup"], group["logGroupName"])
        same(found["TracingConfig"]["Mode"], "Active")


@claim
def every_queue_feeds_the_alias_of_its_function(stack):
    for function, queue in FUNCTIONS.items():
        mapping = stack.mapping(function)
        same(mapping["FunctionArn"].rsplit(":", 1)[1], "live")
        same(mapping["EventSourceArn"], stack.attributes(queue)["QueueArn"])
        same(mapping["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        same((mapping["BatchSize"], mapping["ScalingConfig"]), (10, {"MaximumConcurrency": 20}))
        same(mapping["State"], "Enabled")


@claim
def every_queue_and_function_has_alarms_that_call_somebody(stack):
    alarms = stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    watched = {}
    for alarm in alarms:
        [dimension] = alarm["Dimensions"]
        watched.setdefault(dimension["Value"], set()).add(alarm["MetricName"])
        same([it.rsplit(":", 1)[1] for it in alarm["AlarmActions"]], ["on-call"])
        same(alarm["TreatMissingData"], "notBreaching")
    expected = {stack.queue_name(it): {"ApproximateAgeOfOldestMessage"} for it in QUEUES}
    expected |= {stack.queue_name(it): {"ApproximateNumberOfMessagesVisible"} for it in QUEUES.values()}
    counted = {"Errors", "Retry", "Throttles", "RecursiveInvocationsDropped"}
    expected |= {stack.resource(it): counted for it in FUNCTIONS}
    same(watched, expected)


@claim
def outputs_lead_to_what_is_there(stack):
    for output, resource in {
        "IngestionQueueUrl": "IngestionQueue",
        "ToolExecutorDeadLetterQueueUrl": "ToolExecutorDeadLetterQueue",
        "DocumentsBucketName": "DocumentsBucket",
        "FunctionLogsName": "FunctionLogs",
    }.items():
        same(stack.output(output), stack.resource(resource))
    for function in FUNCTIONS:
        link = stack.output(f"{function}Link")
        assert link.endswith(f"/lambda/home?region=us-east-1#/functions/{stack.resource(function)}"), link
    for queue in QUEUES.values():
        link = unquote(stack.output(f"{queue}Link"))
        assert link.endswith(f"#/queues/https://sqs.us-east-1.amazonaws.com/000000000000/{stack.queue_name(queue)}"), link
    link = stack.output("DashboardLink")
    assert link.endswith(f"#dashboards/dashboard/{stack.name}-us-east-1"), link


def refuses_plain_http(policy, action):
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    told = [(it["Effect"], it["Action"], it.get("Condition")) for it in policy["Statement"]]
    return ("Deny", action, condition) in told
