"""Event source mappings, looked at and changed while they run.

The claims that change one use the queue Errands, in one claim, as they would disturb each other.
"""

from claims import claim, eventually, refused, same

JOBS = "arn:aws:sqs:us-east-1:000000000000:lambda-queue-Jobs"
ERRANDS = JOBS.replace("Jobs", "Errands")


def mapping(it, queue):
    client = it.client("lambda")
    [found] = client.list_event_source_mappings(EventSourceArn=queue)["EventSourceMappings"]
    return found


def shown(found):
    names = ["BatchSize", "MaximumBatchingWindowInSeconds", "ScalingConfig", "FunctionResponseTypes"]
    return {name: found[name] for name in names if name in found}


@claim
def mappings_are_described(it):
    found = mapping(it, JOBS)
    same(found["State"], "Enabled")
    expected = {
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        "ScalingConfig": {"MaximumConcurrency": 7},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    same(shown(found), expected)
    assert found["FunctionArn"].endswith(":function:lambda-queue-Work"), found
    one = it.client("lambda").get_event_source_mapping(UUID=found["UUID"])
    same((one["UUID"], one["EventSourceArn"]), (found["UUID"], JOBS))


@claim
def mappings_are_listed_by_function_and_in_pages(it):
    list_mappings = it.client("lambda").list_event_source_mappings
    same(len(list_mappings(FunctionName="Work")["EventSourceMappings"]), 2)
    same(list_mappings(FunctionName="Single")["EventSourceMappings"], [])
    first = list_mappings(MaxItems=1)
    rest = list_mappings(Marker=first["NextMarker"])
    found = first["EventSourceMappings"] + rest["EventSourceMappings"]
    # Another claim may have made one meanwhile.
    same([each["EventSourceArn"] for each in found][:2], [JOBS, ERRANDS])
    refused("ResourceNotFoundException", list_mappings, FunctionName="nope")


@claim
def a_mapping_that_is_not_there_is_not_found(it):
    client = it.client("lambda")
    for operation in [client.get_event_source_mapping, client.update_event_source_mapping]:
        refused("ResourceNotFoundException", operation, UUID="0" * 36)


@claim
def changes_that_lambda_refuses_are_refused_in_its_words(it):
    update = it.client("lambda").update_event_source_mapping
    uuid = mapping(it, JOBS)["UUID"]
    many = {"UUID": uuid, "BatchSize": 11}
    message = refused("InvalidParameterValueException", update, **many)
    assert message.startswith("Maximum batch window in seconds must be greater than 0"), message
    scaling = {"UUID": uuid, "ScalingConfig": {"MaximumConcurrency": 1001}}
    refused("ValidationException", update, **scaling)
    filters = {"UUID": uuid, "FilterCriteria": {"Filters": [{"Pattern": "{"}]}}
    message = refused("InvalidParameterValueException", update, **filters)
    same(message, "Invalid filter pattern definition.")
    refused("InvalidParameterValueException", update, UUID=uuid, ParallelizationFactor=2)
    same(shown(mapping(it, JOBS))["BatchSize"], 10)


@claim
def a_mapping_is_stopped_changed_and_started(it):
    client = it.client("lambda")
    uuid = mapping(it, ERRANDS)["UUID"]
    queue = it.sqs.get_queue_url(QueueName="lambda-queue-Errands")["QueueUrl"]
    done = lambda: sum_of(it, queue) == 0  # noqa: E731
    it.send(queue, "work")
    eventually(done)

    answer = client.update_event_source_mapping(UUID=uuid, Enabled=False)
    same((answer["State"], answer["StateTransitionReason"]), ("Disabling", "USER_INITIATED"))
    eventually(lambda: mapping(it, ERRANDS)["State"] == "Disabled")
    it.send(queue, "work")
    same(it.bodies(queue, VisibilityTimeout=0, WaitTimeSeconds=1), ["work"])

    # The queue as it is now counts, not as it was made.
    it.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    update = client.update_event_source_mapping
    message = refused("InvalidParameterValueException", update, UUID=uuid, BatchSize=2)
    same(message, "Queue visibility timeout: 1 seconds is less than Function timeout: 2 seconds")
    it.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})

    pattern = '{"body":["work"]}'
    answer = update(
        UUID=uuid,
        Enabled=True,
        BatchSize=100,
        MaximumBatchingWindowInSeconds=1,
        ScalingConfig={"MaximumConcurrency": 60},
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    same(answer["State"], "Enabling")
    found = mapping(it, ERRANDS)
    same((found["State"], found["ScalingConfig"]), ("Enabled", {"MaximumConcurrency": 60}))
    same(found["FilterCriteria"], {"Filters": [{"Pattern": pattern}]})
    eventually(done)
    it.send(queue, "exit")
    eventually(done)

    update(UUID=uuid, ScalingConfig={}, FilterCriteria={}, FunctionResponseTypes=[])
    found = mapping(it, ERRANDS)
    same(shown(found), {"BatchSize": 100, "MaximumBatchingWindowInSeconds": 1, "FunctionResponseTypes": []})
    assert "FilterCriteria" not in found, found


@claim
def a_mapping_is_created_and_deleted(it):
    client = it.client("lambda")
    queue = it.queue(VisibilityTimeout=2)
    named = {"EventSourceArn": it.arn(queue), "FunctionName": "slow-one"}
    it.send(queue, "work")
    created = client.create_event_source_mapping(**named, BatchSize=3)
    same((created["State"], created["BatchSize"]), ("Creating", 3))
    eventually(lambda: sum_of(it, queue) == 0)
    same(mapping(it, it.arn(queue))["State"], "Enabled")
    message = refused("ResourceConflictException", client.create_event_source_mapping, **named)
    assert message.endswith(f"existing mapping with UUID {created['UUID']}"), message

    deleted = client.delete_event_source_mapping(UUID=created["UUID"])
    same(deleted["State"], "Deleting")
    found = client.list_event_source_mappings
    eventually(lambda: not found(EventSourceArn=it.arn(queue))["EventSourceMappings"])
    delete = client.delete_event_source_mapping
    refused("ResourceNotFoundException", delete, UUID=created["UUID"])
    it.send(queue, "work")
    same(it.bodies(queue, VisibilityTimeout=0, WaitTimeSeconds=1), ["work"])


@claim
def a_mapping_that_lambda_refuses_is_not_created(it):
    create = it.client("lambda").create_event_source_mapping
    nowhere = {"EventSourceArn": JOBS + "-none", "FunctionName": "Work"}
    message = refused("InvalidParameterValueException", create, **nowhere)
    assert "The specified queue does not exist." in message, message
    nobody = {"EventSourceArn": JOBS, "FunctionName": "nope"}
    refused("ResourceNotFoundException", create, **nobody)
    hasty = {"EventSourceArn": it.arn(it.queue(VisibilityTimeout=1)), "FunctionName": "Work"}
    message = refused("InvalidParameterValueException", create, **hasty)
    assert message.startswith("Queue visibility timeout: 1 seconds is less than"), message


def sum_of(it, queue):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    return sum(int(it.attribute(queue, name)) for name in names)
