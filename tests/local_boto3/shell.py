"""What people do in a shell."""

import tempfile
from pathlib import Path

from aws_cli import answer, aws
from claims import claim, same
from functions import event


@claim
def the_command_line_invokes_a_function(it):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "response.json"
        named = ["--function-name", "Work", "--payload", event("work")]
        told = answer(it, "lambda", "invoke", *named, str(file))
        same(told, {"StatusCode": 200, "ExecutedVersion": "$LATEST"})
        same(file.read_text(), '{"batchItemFailures":[]}')


@claim
def the_command_line_shows_mappings_and_alarms(it):
    found = answer(it, "lambda", "list-event-source-mappings", "--function-name", "Work")
    same([each["State"] for each in found["EventSourceMappings"]][0], "Enabled")
    found = answer(it, "cloudwatch", "describe-alarms", "--alarm-names", "traffic")
    same([each["StateValue"] for each in found["MetricAlarms"]], ["INSUFFICIENT_DATA"])


@claim
def the_command_line_shows_what_is_refused(it):
    code, text = aws(it, "lambda", "get-function", "--function-name", "nope")
    assert code != 0 and "ResourceNotFoundException" in text, text
    code, text = aws(it, "cloudwatch", "list-metrics")
    assert code != 0 and "UnknownOperation" in text, text
