"""`lambda-queue check --aws` on the stack as it is deployed."""

import cli
from claims import same
from phases import claim


@claim
def the_deployed_stack_is_read_and_nothing_is_found_in_it(stack):
    report = cli.document(stack.url, "check", "--aws", stack.name)
    same(report["findings"], [])


@claim
def what_somebody_changed_by_hand_is_found(stack):
    sqs = stack.client("sqs")
    queue = stack.resource("IngestionQueue")
    before = stack.attributes("IngestionQueue")["VisibilityTimeout"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "90"})
    try:
        report = cli.document(stack.url, "check", "--aws", stack.name)
        same([(it["rule"], it["resource"]) for it in report["findings"]], [("visibility-timeout", "IngestionQueue")])
        cli.run(stack.url, "check", "--aws", stack.name, "--deny", "warnings", expected=1)
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": before})


@claim
def a_stack_that_is_not_there_cannot_be_read(stack):
    said = cli.run(stack.url, "check", "--aws", "no-such-stack", expected=2)
    assert "no-such-stack" in said, said
