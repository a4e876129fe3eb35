"""What people do in a shell."""

import os
import tempfile

from aws_cli import answer, aws
from claims import claim, same


@claim
def the_command_line_sends_and_receives(it):
    created = answer(it, "sqs", "create-queue", "--queue-name", "from-the-shell")
    queue = ["--queue-url", created["QueueUrl"]]
    sent = answer(it, "sqs", "send-message", *queue, "--message-body", "hello")
    [found] = answer(it, "sqs", "receive-message", *queue, "--wait-time-seconds", "5")["Messages"]
    same((found["MessageId"], found["Body"]), (sent["MessageId"], "hello"))


@claim
def the_command_line_shows_what_is_refused(it):
    code, text = aws(it, "sqs", "get-queue-url", "--queue-name", "no-such-queue")
    assert code != 0 and "NonExistentQueue" in text, text
    code, text = aws(it, "kinesis", "list-streams")
    assert code != 0 and "UnknownOperationException" in text, text


@claim
def the_command_line_copies_files(it):
    with tempfile.TemporaryDirectory() as folder:
        there, back = f"{folder}/there", f"{folder}/back"
        with open(there, "wb") as file:
            # More than the CLI sends in one part.
            file.write(os.urandom(20_000_000))
        same(aws(it, "s3", "mb", "s3://from-the-shell")[0], 0)
        same(aws(it, "s3", "cp", there, "s3://from-the-shell/a file")[0], 0)
        same(aws(it, "s3", "cp", "s3://from-the-shell/a file", back)[0], 0)
        with open(there, "rb") as one, open(back, "rb") as other:
            assert one.read() == other.read(), "the file came back changed"


@claim
def the_command_line_finds_the_templates_tables(it):
    tables = answer(it, "dynamodb", "list-tables")["TableNames"]
    assert "lambda-queue-IdempotencyTable" in tables, tables
