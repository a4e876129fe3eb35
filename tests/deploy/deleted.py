"""What `sam delete` leaves."""

from botocore.exceptions import ClientError
from claims import same
from phases import claim

KEPT_TABLES = ["DocumentsTable", "ToolResultsTable", "ConversationsTable"]
KEPT_BUCKETS = ["DocumentsBucket", "ResultsBucket"]

BEFORE = {}


def remember(stack):
    BEFORE.update(stack.resources())


@claim
def queues_functions_and_idempotency_records_are_gone(stack):
    same(stack.client("sqs").list_queues().get("QueueUrls", []), [])
    same(stack.client("lambda").list_functions()["Functions"], [])
    same(stack.client("lambda").list_event_source_mappings()["EventSourceMappings"], [])
    same(stack.client("cloudwatch").describe_alarms()["MetricAlarms"], [])
    try:
        [found] = stack.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
        same(found["StackStatus"], "DELETE_COMPLETE")
    except ClientError as error:
        assert "does not exist" in str(error), error


@claim
def data_outlives_the_stack(stack):
    kept = {BEFORE[it] for it in KEPT_TABLES}
    same(set(stack.client("dynamodb").list_tables()["TableNames"]), kept)
    buckets = {it["Name"] for it in stack.client("s3").list_buckets()["Buckets"]}
    assert {BEFORE[it] for it in KEPT_BUCKETS} <= buckets, buckets
    found = stack.client("dynamodb").scan(TableName=BEFORE["DocumentsTable"])["Items"]
    assert any(it["document_id"]["S"] == "help/returns" for it in found), found
