"""The module and its example, applied to ministack and destroyed again."""

import json
import platform
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from claims import Claims, same
from emulator import running
from readme import MODULE
from terraform import EXAMPLE

# ministack leaves out most of an alarm where it is asked in the protocol of this provider.
HALF_TOLD = "aws_cloudwatch_metric_alarm"


@contextmanager
def deployed(terraform, folder):
    """The URL of an AWS that has both, which are gone after the block."""
    package = packaged(folder)
    with running(folder) as url:
        stacks = {EXAMPLE: function(package), "": fifo(url)}

        def side_by_side(step):
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda part: step(part, url, stacks[part]), stacks))

        def applied(part, url, variables):
            terraform.change("apply", part, url, variables)
            changing = terraform.planned(part, url, variables)
            same([address for address in changing if HALF_TOLD not in address], [])

        def destroyed(part, url, variables):
            terraform.change("destroy", part, url, variables)

        side_by_side(applied)
        try:
            yield url
        finally:
            side_by_side(destroyed)
            same(left(Claims(url, "left")), [])


def packaged(folder):
    """The function as Lambda takes it, of the same build as the other tests use."""
    command = ["cargo", "build", "--bin", "tool-executor", "--message-format=json"]
    built = subprocess.run(command, cwd=MODULE, stdout=subprocess.PIPE, text=True, check=True)
    messages = map(json.loads, built.stdout.splitlines())
    [binary] = [message["executable"] for message in messages if message.get("executable")]
    package = folder / "bootstrap.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(binary, "bootstrap")
    return package


def function(package):
    architecture = "arm64" if platform.machine() in ["aarch64", "arm64"] else "x86_64"
    return {"package": package, "architecture": architecture}


def fifo(url):
    key = Claims(url, "key").client("kms").create_key()["KeyMetadata"]["Arn"]
    return {"name": "orders", "fifo": "true", "kms": json.dumps({"key_arn": key})}


def left(it):
    """What is still there."""
    alarms = it.client("cloudwatch").describe_alarms()["MetricAlarms"]
    functions = it.client("lambda").list_functions()["Functions"]
    mappings = it.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    roles = it.client("iam").list_roles()["Roles"]
    tables = it.client("dynamodb").list_tables()["TableNames"]
    queues = it.sqs.list_queues().get("QueueUrls", [])
    return [*alarms, *functions, *mappings, *roles, *tables, *queues]
