"""The work of the benchmark by Powertools for AWS Lambda (Python), as its documentation has it."""

import hashlib
import os

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

processor = BatchProcessor(event_type=EventType.SQS)
config = IdempotencyConfig(event_key_jmespath="id")


def work(order, body):
    hashlib.sha256(body.encode()).digest()
    if order["fail"]:
        raise ValueError("told to fail")


if os.environ["STORE"] == "none":
    once = work
else:
    once = idempotent_function(
        work,
        data_keyword_argument="order",
        config=config,
        persistence_store=DynamoDBPersistenceLayer(table_name="idempotency"),
    )


def handle(record):
    once(order=record.json_body, body=record.body)


def handler(event, context):
    config.register_lambda_context(context)
    return process_partial_response(
        event=event, record_handler=handle, processor=processor, context=context
    )
