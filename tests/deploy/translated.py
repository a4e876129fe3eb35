"""What SAM makes of the template, for what the emulator cannot carry out."""

import json
import logging
import os

import jsonschema
from claims import same
from phases import claim
from sam import CREDENTIALS, ROOT
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# Features of AWS's own deployment of it that it misses here.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

FUNCTIONS = ["Ingestion", "ToolExecutor", "Conversation"]


class NoManagedPolicies:
    def load(self):
        return {}


def translated(sam, **parameters):
    # It is asked for its region, and for nothing else.
    os.environ.setdefault("AWS_DEFAULT_REGION", CREDENTIALS["AWS_DEFAULT_REGION"])
    template = yaml_parse(sam.template.read_text())
    for function in of_type(template["Resources"], "AWS::Serverless::Function").values():
        # Where `sam deploy` would have put it.
        function["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(template, parameters, NoManagedPolicies())["Resources"]


def of_type(resources, kind):
    return {name: it for name, it in resources.items() if it["Type"] == kind}


@claim
def new_code_is_given_a_tenth_of_the_invocations_until_its_alarms_have_stayed_silent(sam):
    resources = translated(sam, GradualDeployment="true")
    groups = of_type(resources, "AWS::CodeDeploy::DeploymentGroup")
    same(len(groups), len(FUNCTIONS))
    for name in FUNCTIONS:
        group = groups[f"{name}FunctionDeploymentGroup"]["Properties"]
        alarms = [it["Name"]["Ref"] for it in group["AlarmConfiguration"]["Alarms"]]
        same(alarms, [f"{name}ErrorsAlarm", f"{name}RetriesAlarm"])
        same(group["AutoRollbackConfiguration"]["Enabled"], True)
        config = group["DeploymentConfigName"]["Fn::Sub"]
        same(config, ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": "Canary10Percent5Minutes"}])
        assert "CodeDeployLambdaAliasUpdate" in resources[f"{name}FunctionAliaslive"]["UpdatePolicy"]


@claim
def without_gradual_deployment_there_is_nothing_of_it(sam):
    resources = translated(sam, GradualDeployment="false")
    assert not any("CodeDeploy" in it["Type"] for it in resources.values())
    same(len(of_type(resources, "AWS::Lambda::Alias")), len(FUNCTIONS))


@claim
def the_front_door_takes_the_documents_of_the_event_files_and_no_others(sam):
    api = translated(sam)["FrontDoorApi"]["Properties"]["Body"]
    schema = jsonschema.Draft4Validator(api["components"]["schemas"]["Document"])
    for name in ["success", "partial-failure", "duplicate-in-batch"]:
        records = json.loads((ROOT / f"events/sqs-ingestion-{name}.json").read_text())["Records"]
        for record in records:
            schema.validate(json.loads(record["body"]))
    inline = {"inline": {"content_type": "text/plain", "text": "hello"}}
    for refused in [
        "hello",
        {},
        {"document_id": "a"},
        {"document_id": "", "source": inline},
        {"document_id": 1, "source": inline},
        {"document_id": "a", "source": {}},
        {"document_id": "a", "source": {"inline": {"text": "hello"}}},
        {"document_id": "a", "source": inline | {"s3": {"bucket": "b", "key": "k"}}},
    ]:
        assert not schema.is_valid(refused), refused


@claim
def the_front_door_lets_nothing_past_its_schema_and_nobody_in_unsigned(sam):
    api = translated(sam)["FrontDoorApi"]["Properties"]["Body"]
    validator = api["x-amazon-apigateway-request-validators"][api["x-amazon-apigateway-request-validator"]]
    same(validator["validateRequestBody"], True)
    [operations] = api["paths"].values()
    [operation] = operations.values()
    same(operation["requestBody"]["required"], True)
    same(list(operation["requestBody"]["content"]), ["application/json"])
    same(operation["x-amazon-apigateway-integration"]["passthroughBehavior"], "never")
    [(scheme, _)] = operation["security"][0].items()
    same(api["components"]["securitySchemes"][scheme]["x-amazon-apigateway-authtype"], "awsSigv4")
