"""Unmodified programs, with nothing set but AWS_ENDPOINT_URL and, as they ask for these, any
credentials and region.

Version 1 of the AWS CLI is the only exception: for SQS in a region that it knows, it sets an old
address of AWS as if it had been given as an argument, which comes before all variables.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from claims import claim, same
from functions import event


def run(it, *command, **more):
    """The exit code of a program, and what it said."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": it.url,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "thing",
        "AWS_DEFAULT_REGION": "us-east-1",
        # What is in the home of who runs this is none of the claim's.
        "HOME": os.devnull,
        **more,
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout or done.stderr


def answer(it, *command, **more):
    code, text = run(it, *command, **more)
    assert code == 0, text
    return json.loads(text or "null")


def aws(it, *arguments, **more):
    return answer(it, sys.executable, "-m", "awscli", *arguments, "--output", "json", **more)


def boto3(it, service, call):
    program = f"import boto3, json; it = boto3.client('{service}'); print(json.dumps({call}))"
    return answer(it, sys.executable, "-c", program)


@claim
def boto3_finds_sqs_by_the_variable_alone(it):
    queue = it.queue()
    name = queue.rsplit("/", 1)[1]
    same(boto3(it, "sqs", f"it.get_queue_url(QueueName='{name}')['QueueUrl']"), queue)
    sent = boto3(it, "sqs", f"it.send_message(QueueUrl='{queue}', MessageBody='hi')['MessageId']")
    same(it.receive_one(queue)["MessageId"], sent)


@claim
def boto3_finds_tables_by_the_variable_alone(it):
    call = "it.describe_table(TableName='lambda-queue-Things')['Table']['TableStatus']"
    same(boto3(it, "dynamodb", call), "ACTIVE")


@claim
def boto3_finds_buckets_by_the_variable_alone(it):
    # As a host of its own, a bucket could not be reached at an address.
    call = "it.put_object(Bucket='lambda-queue-quiet', Key='a/b', Body=b'x')['ETag']"
    assert boto3(it, "s3", call)
    call = "it.get_object(Bucket='lambda-queue-quiet', Key='a/b')['Body'].read().decode()"
    same(boto3(it, "s3", call), "x")


@claim
def boto3_finds_functions_by_the_variable_alone(it):
    call = f"it.invoke(FunctionName='Work', Payload='{event('work')}')['Payload'].read().decode()"
    same(json.loads(boto3(it, "lambda", call)), {"batchItemFailures": []})


@claim
def the_command_line_finds_tables_by_the_variable_alone(it):
    assert "lambda-queue-Things" in aws(it, "dynamodb", "list-tables")["TableNames"]


@claim
def the_command_line_finds_buckets_by_the_variable_alone(it):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "note.txt"
        file.write_text("hello")
        there = "s3://lambda-queue-quiet/note.txt"
        command = [sys.executable, "-m", "awscli", "s3", "cp"]
        same(run(it, *command, str(file), there)[0], 0)
        file.unlink()
        same(run(it, *command, there, str(file))[0], 0)
        same(file.read_text(), "hello")


@claim
def the_command_line_finds_functions_by_the_variable_alone(it):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "response.json"
        named = ["--function-name", "Published", "--qualifier", "live", "--payload", event("work")]
        told = aws(it, "lambda", "invoke", *named, str(file))
        same(told, {"StatusCode": 200, "ExecutedVersion": "1"})
        found = aws(it, "lambda", "list-aliases", "--function-name", "Published")["Aliases"]
        same([each["Name"] for each in found], ["live"])


@claim
def the_command_line_finds_sqs_by_the_variable_alone_in_a_region_it_has_no_old_name_for(it):
    queue = it.queue()
    call = ["sqs", "get-queue-url", "--queue-name", queue.rsplit("/", 1)[1]]
    same(aws(it, *call, AWS_DEFAULT_REGION="local")["QueueUrl"], queue)


@claim
def the_command_line_takes_an_address_for_sqs_as_an_argument(it):
    queue = it.queue()
    call = ["sqs", "get-queue-url", "--queue-name", queue.rsplit("/", 1)[1]]
    same(aws(it, *call, "--endpoint-url", it.url)["QueueUrl"], queue)
