"""`lambda-queue dlq` on an SQS that is not ours."""

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path

import cli
from claims import same
from phases import claim

ARN = "arn:aws:sqs:us-east-1:000000000000"


class Letters:
    """A queue and its dead-letter queue, with messages as the toolkit writes them."""

    def __init__(self, stack, name):
        self.sqs = stack.client("sqs")
        self.url = stack.url
        self.name, self.dead_name = name, f"{name}-dead"
        self.dead = self.sqs.create_queue(QueueName=self.dead_name)["QueueUrl"]
        policy = {"deadLetterTargetArn": f"{ARN}:{self.dead_name}", "maxReceiveCount": 5}
        attributes = {"RedrivePolicy": json.dumps(policy)}
        self.source = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def fill(self, reasons):
        for number, reason in enumerate(reasons):
            told = {
                "DeadLetterErrorType": "permanent",
                "DeadLetterReason": reason,
                "DeadLetterSourceQueue": f"{ARN}:{self.name}",
                "DeadLetterMessageId": f"was-{number}",
                "colour": "blue",
            }
            attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
            self.sqs.send_message(QueueUrl=self.dead, MessageBody=f"m{number}", MessageAttributes=attributes)

    def inside(self, url):
        """Bodies and names of attributes, all of which can be received."""
        found = {}
        while True:
            options = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 30, "MessageAttributeNames": ["All"]}
            messages = self.sqs.receive_message(QueueUrl=url, **options).get("Messages", [])
            if not messages:
                break
            found |= {it["ReceiptHandle"]: it for it in messages}
        for handle in found:
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
        return sorted((it["Body"], sorted(it.get("MessageAttributes", {}))) for it in found.values())

    def bodies(self, url):
        return [body for body, _ in self.inside(url)]

    def dlq(self, *arguments, **more):
        return cli.document(self.url, "dlq", *arguments, **more)


@contextmanager
def letters(stack, name, reasons):
    """Queues that are gone after the block."""
    made = Letters(stack, name)
    made.fill(reasons)
    try:
        yield made
    finally:
        for url in [made.source, made.dead]:
            made.sqs.delete_queue(QueueUrl=url)


@claim
def list_tells_the_stack_s_dead_letters_and_why_they_failed(stack):
    queues = {it["queue"]: it for it in cli.document(stack.url, "dlq", "list")}
    name = stack.queue_name("IngestionDeadLetterQueue")
    same(queues[name]["visible"], 1)
    assert stack.queue_name("TurnReadyDeadLetterQueue") in queues, queues
    told = cli.run(stack.url, "dlq", "list", name)
    assert "the PDF is damaged" in told, told
    # By its logical id, of which CloudFormation has made a name.
    again = cli.run(stack.url, "dlq", "list", "IngestionDeadLetterQueue")
    same(again.splitlines()[0], told.splitlines()[0])


@claim
def show_leaves_messages_where_they_are(stack):
    with letters(stack, "shown", ["timed out", "no such city"]) as it:
        [one] = it.dlq("show", it.dead_name, "--reason", "city", "--body")
        same((one["body"], one["reason"], one["original_id"]), ("m1", "no such city", "was-1"))
        same(it.bodies(it.dead), ["m0", "m1"])


@claim
def redrive_moves_what_was_selected_and_a_dry_run_nothing(stack):
    with letters(stack, "redriven", ["timed out", "no such city", "timed out"]) as it:
        would = it.dlq("redrive", it.dead_name, "--reason", "timed", "--dry-run")
        same((would["would_move"], it.bodies(it.source), len(it.bodies(it.dead))), (2, [], 3))
        moved = it.dlq("redrive", it.dead_name, "--reason", "timed", "--rate", "100")
        same(moved["moved"], 2)
        same(it.inside(it.source), [("m0", ["colour"]), ("m2", ["colour"])])
        same(it.bodies(it.dead), ["m1"])


@claim
def where_sqs_has_no_move_tasks_nothing_is_lost_and_a_limit_moves_all(stack):
    with letters(stack, "without-tasks", ["timed out"] * 3) as it:
        said = cli.run(it.url, "dlq", "redrive", it.dead_name, expected=2)
        assert "move task" in said, said
        same(len(it.bodies(it.dead)), 3)
        same(it.dlq("redrive", it.dead_name, "--limit", "1000")["moved"], 3)
        same((it.bodies(it.source), it.bodies(it.dead)), (["m0", "m1", "m2"], []))


@claim
def what_is_exported_and_deleted_can_be_imported(stack):
    with letters(stack, "exported", ["timed out", "no such city"]) as it, tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "dead.jsonl")
        exported = it.dlq("export", it.dead_name, file, "--delete")
        same((exported["written"], exported["deleted"], it.bodies(it.dead)), (2, 2, []))
        same(it.dlq("import", file, "--to", it.name)["sent"], 2)
        same(it.bodies(it.source), ["m0", "m1"])


@claim
def purge_wants_the_queue_s_name_typed(stack):
    with letters(stack, "purged", ["timed out"]) as it:
        code, shown = cli.typed(it.url, "yes", "dlq", "purge", it.dead_name)
        same((code, it.bodies(it.dead)), (2, ["m0"]))
        code, shown = cli.typed(it.url, it.dead_name, "dlq", "purge", it.dead_name)
        same((code, it.bodies(it.dead)), (0, []))
        assert "All of them will be gone for good" in shown, shown
