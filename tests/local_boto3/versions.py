"""Versions and aliases, as a stack has them after its first deployment."""

import json

from claims import claim, eventually, refused, same
from functions import ARN, NAME, event, invoke

PUBLISHED = NAME.replace("Work", "Published")
PUBLISHED_ARN = ARN.replace("Work", "Published")
PLAIN_ARN = ARN.replace("Work", "Plain")


def seen(it, order, name, **more):
    answer, payload = invoke(it, order, name=name, **more)
    return answer["ExecutedVersion"], json.loads(payload)


@claim
def an_alias_invokes_the_version_it_leads_to(it):
    for name, more in [
        (PUBLISHED, {"Qualifier": "live"}),
        (f"{PUBLISHED}:live", {}),
        ("Published:live", {}),
        (f"{PUBLISHED_ARN}:live", {}),
    ]:
        version, headers = seen(it, "show headers", name, **more)
        same(version, "1")
        same(headers["lambda-runtime-invoked-function-arn"], f"{PUBLISHED_ARN}:live")
        version, variables = seen(it, "show environment", name, **more)
        same((version, variables["AWS_LAMBDA_FUNCTION_VERSION"]), ("1", "1"))


@claim
def a_version_is_invoked_by_its_number(it):
    version, headers = seen(it, "show headers", PUBLISHED, Qualifier="1")
    same(version, "1")
    same(headers["lambda-runtime-invoked-function-arn"], f"{PUBLISHED_ARN}:1")


@claim
def without_a_qualifier_it_is_the_unpublished_function(it):
    version, headers = seen(it, "show headers", PUBLISHED)
    same((version, headers["lambda-runtime-invoked-function-arn"]), ("$LATEST", PUBLISHED_ARN))
    _, variables = seen(it, "show environment", PUBLISHED)
    same(variables["AWS_LAMBDA_FUNCTION_VERSION"], "$LATEST")
    _, headers = seen(it, "show headers", PUBLISHED, Qualifier="$LATEST")
    same(headers["lambda-runtime-invoked-function-arn"], f"{PUBLISHED_ARN}:$LATEST")


@claim
def an_alias_that_is_not_there_is_not_found(it):
    client = it.client("lambda")
    unknown = {"FunctionName": PUBLISHED, "Qualifier": "beta", "Payload": event("work")}
    message = refused("ResourceNotFoundException", client.invoke, **unknown)
    same(message, f"Function not found: {PUBLISHED_ARN}:beta")
    named = {"FunctionName": PUBLISHED, "Name": "beta"}
    message = refused("ResourceNotFoundException", client.get_alias, **named)
    same(message, f"Alias not found: {PUBLISHED_ARN}:beta")


@claim
def aliases_are_described(it):
    client = it.client("lambda")
    found = client.get_alias(FunctionName=PUBLISHED, Name="live")
    expected = {"AliasArn": f"{PUBLISHED_ARN}:live", "Name": "live", "FunctionVersion": "1"}
    same({name: found[name] for name in expected}, expected)
    del found["ResponseMetadata"]
    same(client.list_aliases(FunctionName=PUBLISHED)["Aliases"], [found])
    same(client.list_aliases(FunctionName=PUBLISHED, FunctionVersion="2")["Aliases"], [])
    same(client.list_aliases(FunctionName="Work")["Aliases"], [])
    [stable] = client.list_aliases(FunctionName="Plain")["Aliases"]
    same((stable["AliasArn"], stable["FunctionVersion"]), (f"{PLAIN_ARN}:stable", "1"))


@claim
def versions_are_listed(it):
    client = it.client("lambda")
    shown = lambda found: [(each["Version"], each["FunctionArn"]) for each in found]  # noqa: E731
    expected = [("$LATEST", f"{PUBLISHED_ARN}:$LATEST"), ("1", f"{PUBLISHED_ARN}:1")]
    same(shown(client.list_versions_by_function(FunctionName=PUBLISHED)["Versions"]), expected)
    [only] = client.list_versions_by_function(FunctionName="Work")["Versions"]
    same(only["Version"], "$LATEST")
    all_of_them = client.list_functions(FunctionVersion="ALL")["Functions"]
    same(shown(each for each in all_of_them if each["FunctionName"] == PUBLISHED), expected)


@claim
def a_function_is_described_under_its_alias(it):
    client = it.client("lambda")
    found = client.get_function_configuration(FunctionName=PUBLISHED, Qualifier="live")
    same((found["Version"], found["FunctionArn"]), ("1", f"{PUBLISHED_ARN}:live"))
    found = client.get_function(FunctionName=f"{PUBLISHED}:1")["Configuration"]
    same((found["Version"], found["FunctionArn"]), ("1", f"{PUBLISHED_ARN}:1"))


@claim
def a_queue_feeds_the_alias_of_a_published_function(it):
    client = it.client("lambda")
    for name in [PUBLISHED, f"{PUBLISHED}:live"]:
        [found] = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        same(found["FunctionArn"], f"{PUBLISHED_ARN}:live")
    other = client.list_event_source_mappings(FunctionName=f"{PUBLISHED}:1")
    same(other["EventSourceMappings"], [])
    same(processed(it, "Parcels"), True)


@claim
def a_mapping_without_sam_feeds_a_function_without_sam(it):
    client = it.client("lambda")
    [found] = client.list_event_source_mappings(FunctionName="Plain")["EventSourceMappings"]
    same(found["FunctionArn"], f"{PLAIN_ARN}:stable")
    same(found["ProvisionedPollerConfig"], {"MinimumPollers": 2, "MaximumPollers": 30})
    same(processed(it, "Letters"), True)
    _, variables = seen(it, "show environment", "Plain")
    same(variables["PUBLISHED"], f"{PUBLISHED_ARN}:live")
    same(variables["THINGS"], "lambda-queue-Things")


@claim
def a_simple_table_has_its_key(it):
    table = it.client("dynamodb").describe_table(TableName="lambda-queue-Things")["Table"]
    same(table["KeySchema"], [{"AttributeName": "id", "KeyType": "HASH"}])


@claim
def a_mapping_to_an_alias_is_another_than_one_to_the_function(it):
    client = it.client("lambda")
    queue = it.queue()
    made = []
    for name in [PUBLISHED, f"{PUBLISHED}:live"]:
        new = {"FunctionName": name, "EventSourceArn": it.arn(queue)}
        made.append(client.create_event_source_mapping(**new))
        refused("ResourceConflictException", client.create_event_source_mapping, **new)
    arns = [PUBLISHED_ARN, f"{PUBLISHED_ARN}:live"]
    same([each["FunctionArn"] for each in made], arns)
    for each in made:
        client.delete_event_source_mapping(UUID=each["UUID"])


def processed(it, queue):
    url = it.sqs.get_queue_url(QueueName=f"lambda-queue-{queue}")["QueueUrl"]
    it.send(url, "work")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def gone():
        found = it.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(value == "0" for value in found.values())

    return eventually(gone)
