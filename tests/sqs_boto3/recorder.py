"""What SQS has answered to all the claims, as it came over the wire."""

import json

ANSWERS = []


def record(client):
    """Keeps the answers to this client, if SQS speaks JSON to it; older SDKs ask for XML."""
    if client.meta.service_model.service_name == "sqs":
        client.meta.events.register("before-parse.sqs.*", keep)


def keep(operation_model, response_dict, **_):
    if operation_model.service_model.metadata["protocol"] == "json":
        body = json.loads(response_dict["body"] or b"{}")
        ANSWERS.append((operation_model.name, response_dict["status_code"], body))
