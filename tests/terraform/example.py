"""The example: tool-executor, its queue and its tables."""

import json

from claims import claim, eventually, same

NAME = "tool-executor"
ACCOUNT = "arn:aws:sqs:us-east-1:000000000000"


def attributes(it, name):
    url = it.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return it.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def among(found, expected):
    same({name: found.get(name) for name in expected}, expected)


def statements(policy):
    policy = json.loads(policy) if isinstance(policy, str) else policy
    return {each["Sid"]: each for each in policy["Statement"]}


@claim
def the_queue_has_the_recommended_settings(it):
    found = attributes(it, NAME)
    expected = {
        "VisibilityTimeout": "360",
        "ReceiveMessageWaitTimeSeconds": "20",
        "MessageRetentionPeriod": "345600",
        "SqsManagedSseEnabled": "true",
    }
    among(found, expected)
    expected = {"deadLetterTargetArn": f"{ACCOUNT}:{NAME}-dlq", "maxReceiveCount": 5}
    same(json.loads(found["RedrivePolicy"]), expected)


@claim
def the_dead_letter_queue_keeps_messages_of_its_source_alone(it):
    found = attributes(it, f"{NAME}-dlq")
    among(found, {"MessageRetentionPeriod": "1209600", "SqsManagedSseEnabled": "true"})
    expected = {"redrivePermission": "byQueue", "sourceQueueArns": [f"{ACCOUNT}:{NAME}"]}
    same(json.loads(found["RedriveAllowPolicy"]), expected)


@claim
def both_queues_refuse_plain_http(it):
    for name in [NAME, f"{NAME}-dlq"]:
        denied = statements(attributes(it, name)["Policy"])["OnlyOverTls"]
        same((denied["Effect"], denied["Resource"]), ("Deny", f"{ACCOUNT}:{name}"))


@claim
def the_mapping_reads_partial_responses_and_is_limited(it):
    client = it.client("lambda")
    [found] = client.list_event_source_mappings(FunctionName=NAME)["EventSourceMappings"]
    expected = {
        "EventSourceArn": f"{ACCOUNT}:{NAME}",
        "State": "Enabled",
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 20},
    }
    among(found, expected)


@claim
def the_role_has_two_policies_and_no_wildcards(it):
    iam = it.client("iam")
    same(iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"], [])
    names = iam.list_role_policies(RoleName=NAME)["PolicyNames"]
    same(sorted(names), [f"{NAME}-consumer", f"{NAME}-function"])
    for name in names:
        found = iam.get_role_policy(RoleName=NAME, PolicyName=name)["PolicyDocument"]
        for statement in statements(found).values():
            assert all("*" not in action for action in statement["Action"]), statement
            # A log group's streams have no other address.
            assert "*" not in statement["Resource"].removesuffix(":log-group:/aws/lambda/tool-executor:*"), statement


@claim
def dead_letters_and_old_messages_have_alarms(it):
    found = it.client("cloudwatch").describe_alarms(AlarmNamePrefix=NAME)["MetricAlarms"]
    metrics = {alarm["Dimensions"][0]["Value"]: (alarm["MetricName"], alarm["Threshold"]) for alarm in found}
    expected = {
        NAME: ("ApproximateAgeOfOldestMessage", 900.0),
        f"{NAME}-dlq": ("ApproximateNumberOfMessagesVisible", 0.0),
    }
    same(metrics, expected)


@claim
def logs_are_not_kept_for_ever(it):
    [found] = it.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}")["logGroups"]
    same(found["retentionInDays"], 30)


@claim
def idempotency_records_expire(it):
    found = it.client("dynamodb").describe_time_to_live(TableName=f"{NAME}-idempotency")
    expected = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiration"}
    same(found["TimeToLiveDescription"], expected)


@claim
def a_tool_call_becomes_a_result(it):
    call = {"type": "tool_use", "id": "toolu_1", "name": "calculator", "input": {"expression": "6 * 7"}}
    queue = it.sqs.get_queue_url(QueueName=NAME)["QueueUrl"]
    it.send(queue, json.dumps({"conversation_id": "c-1", "call": call}))
    key = {"conversation_id": {"S": "c-1"}, "tool_call_id": {"S": "toolu_1"}}
    read = it.client("dynamodb").get_item
    result = eventually(lambda: read(TableName=f"{NAME}-results", Key=key).get("Item"), seconds=60)
    same(json.loads(result["result"]["S"])["content"], "42")


@claim
def what_is_no_tool_call_becomes_a_dead_letter_with_its_reason(it):
    queue = it.sqs.get_queue_url(QueueName=NAME)["QueueUrl"]
    dead = it.sqs.get_queue_url(QueueName=f"{NAME}-dlq")["QueueUrl"]
    it.send(queue, "no tool call")
    [found] = eventually(lambda: it.receive(dead, WaitTimeSeconds=0), seconds=60)
    same(found["Body"], "no tool call")
    same(found["MessageAttributes"]["DeadLetterErrorType"]["StringValue"], "BadBody")
