"""The stack after a second `sam deploy`, with other parameters."""

import json

from claims import eventually, same
from created import FUNCTIONS, QUEUES
from phases import claim
from processed import PATIENCE, manifests, transcript


def parameters(stack):
    key = stack.client("kms").create_key(Description="queues")["KeyMetadata"]["Arn"]
    return {
        "Architecture": "x86_64",
        "HttpFetchAllowedHosts": "example.com",
        "MaximumConcurrency": 5,
        "QueueKmsKeyArn": key,
        "FrontDoor": "true",
    }


@claim
def a_changed_parameter_makes_a_new_version_which_the_alias_names(stack):
    versions = {}
    for function in FUNCTIONS:
        alias = stack.client("lambda").get_alias(FunctionName=stack.resource(function), Name="live")
        versions[function] = alias["FunctionVersion"]
    same(versions, {"IngestionFunction": "1", "ToolExecutorFunction": "2", "ConversationFunction": "1"})
    found = stack.client("lambda").get_function_configuration(
        FunctionName=stack.resource("ToolExecutorFunction"), Qualifier="live"
    )
    same(found["Environment"]["Variables"]["HTTP_FETCH_ALLOWED_HOSTS"], "example.com")


@claim
def every_mapping_has_the_new_maximum(stack):
    for function in FUNCTIONS:
        same(stack.mapping(function)["ScalingConfig"], {"MaximumConcurrency": 5})


@claim
def queues_are_encrypted_with_the_key_and_functions_may_use_it(stack):
    for queue in [*QUEUES, *QUEUES.values()]:
        found = stack.attributes(queue)
        assert found["KmsMasterKeyId"].startswith("arn:aws:kms:"), found
    policy = stack.resource("QueueKeyPolicy")
    for function in FUNCTIONS:
        found = stack.client("iam").list_attached_role_policies(RoleName=stack.resource(f"{function}Role"))
        assert policy in [it["PolicyArn"] for it in found["AttachedPolicies"]], found


@claim
def the_front_door_leads_to_the_queue_and_asks_for_a_signature(stack):
    api = stack.output("FrontDoorUrl").split("//")[1].split(".")[0]
    found = stack.client("apigateway").get_resources(restApiId=api, embed=["methods"])["items"]
    [route] = [it for it in found if it["path"] == "/documents"]
    method = route["resourceMethods"]["POST"]
    same(method["authorizationType"], "AWS_IAM")
    uri = method["methodIntegration"]["uri"]
    assert uri.endswith(f":sqs:path/000000000000/{stack.queue_name('IngestionQueue')}"), uri


@claim
def what_was_there_is_still_there_and_messages_go_on(stack):
    assert "help/returns" in manifests(stack)
    same(stack.depth("IngestionDeadLetterQueue"), 1)
    source = {"inline": {"content_type": "text/plain", "text": "After the second deployment."}}
    stack.send("IngestionQueue", {"document_id": "second", "source": source})
    call = {"type": "tool_use", "id": "toolu_3", "name": "calculator", "input": {"expression": "1 + 1"}}
    stack.send("ToolExecutorQueue", json.dumps({"conversation_id": "c-1", "call": call}))
    eventually(lambda: "second" in manifests(stack), PATIENCE)
    eventually(lambda: transcript(stack, "c-1")[2:] == ["toolu_3"], PATIENCE)
