"""README.md's section "To AWS", followed word for word: each command by bash, in its order, in the repository's root.

What the text leaves open is filled in by `filled`, and what the emulator cannot do is changed by `bent`, each by a rule that
is written down here; `bent`'s changes are listed as not proven (skipped.py).
"""

import json
import os
import platform
import re
import shutil
import subprocess
from contextlib import contextmanager
from functools import cached_property
from time import monotonic

import commands
from claims import eventually, same
from created import BUCKETS, FUNCTIONS
from deleted import KEPT_TABLES
from phases import claim
from processed import PATIENCE, manifests, results
from sam import ROOT, environment
from stack import Stack

NAME = "lambda-queue"
# Answers what `sam` asks, however often it does.
YES = "y\n" * 10
BUILT = ROOT / ".aws-sam"


class Readme:
    """The section's commands, in the order in which they are run."""

    def __init__(self, url):
        self.url = url
        self.stack = Stack(url, NAME)
        self.parts = commands.parts()
        self.functions = ""

    @cached_property
    def topic(self):
        return self.stack.client("sns").create_topic(Name="on-call")["TopicArn"]

    def follow(self, part):
        """Runs a part; what each of its commands printed."""
        return [self.run(each) for command in self.parts[part] for each in self.filled(command)]

    def filled(self, command):
        """What the reader fills in: ARNs, names that end with `…`, and BUCKET, once for each that there is."""
        command = command.replace("arn:aws:sns:…", self.topic)
        if f"{NAME}-DocumentsTable-…" in command:
            return [command.replace(f"{NAME}-DocumentsTable-…", self.kept[it]) for it in KEPT_TABLES]
        if "BUCKET" in command:
            buckets = [command.replace("BUCKET", self.kept[it]) for it in BUCKETS]
            # "until it is empty": what is empty already is not emptied.
            return [it for it, name in zip(buckets, BUCKETS) if "delete-objects" not in it or self.holds(name)]
        return [command]

    def holds(self, bucket):
        found = self.stack.client("s3").list_object_versions(Bucket=self.kept[bucket])
        return "Versions" in found or "DeleteMarkers" in found

    def bent(self, command):
        """What the emulator needs: functions for this machine, as the README says it for x86, its address where version 1
        of the AWS CLI has one of its own, and no CodeDeploy."""
        if platform.machine() == "x86_64" and re.match(r"sam (build|deploy)\b", command):
            command = with_override(command, "Architecture=x86_64")
        command = command.replace("aws sqs", f"aws --endpoint-url {self.url} sqs")
        return command.replace("GradualDeployment=true", "GradualDeployment=false")

    def run(self, command):
        written, command = command, self.bent(command)
        print(f"$ {command}", flush=True)
        started = monotonic()
        if re.match(r"\w+\(\)", command):
            self.functions += f"{command}\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.functions + command],
            cwd=ROOT,
            env=environment(self.url),
            input=YES,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{written}\nended with {done.returncode}:\n{done.stdout}"
        print(f"  {monotonic() - started:.0f} s", flush=True)
        if command.startswith("sam deploy"):
            Stack(self.url, name_of(command)).mend_mappings()
        return done.stdout


def with_override(command, value):
    """A command of `sam` with one more parameter of the template."""
    command, *comment = re.split(r"\s+(?=#)", command, maxsplit=1)
    words = "--parameter-overrides"
    if words in command:
        command = command.replace(words, f"{words} {value}")
    else:
        command = f"{command} {words} {value}"
    return "    ".join([command, *comment])


def name_of(command):
    """The stack that a `sam deploy` is for, by samconfig.toml."""
    chosen = re.search(r"--config-env (\w+)", command)
    return f"{NAME}-{chosen[1]}" if chosen else NAME


@contextmanager
def of_its_own():
    """`sam build` writes beside the template: what is there stays somebody's, and nothing quick is left to be deployed."""
    kept = BUILT.with_suffix(".kept")
    if BUILT.exists():
        os.replace(BUILT, kept)
    try:
        yield
    finally:
        shutil.rmtree(BUILT, ignore_errors=True)
        if kept.exists():
            os.replace(kept, BUILT)


@claim
def readme_installs_what_is_used_here(readme):
    [installed] = re.findall(r"`pip install ([^`]*)`", commands.section())
    required = (ROOT / "tests/requirements.txt").read_text()
    assert all(f"\n{it}==" in required for it in installed.split()), required


@claim
def readme_builds_deploys_and_sends_as_written(readme):
    *_, link = readme.follow(0)
    assert link.strip().endswith(f"#dashboards/dashboard/{NAME}-us-east-1"), link
    stack = readme.stack
    document = f"s3://{stack.output('DocumentsBucketName')}/README.md"
    eventually(lambda: document in manifests(stack), PATIENCE)
    result = eventually(lambda: results(stack, "c-1").get("toolu_1"), PATIENCE)
    assert "content" in json.loads(result["result"]), result


@claim
def readme_shows_logs_as_written(readme):
    [command] = [it for it in readme.parts[0] if it.startswith("sam logs")]
    eventually(lambda: '"Processed"' in readme.run(command), PATIENCE)


@claim
def readme_lists_outputs_and_deploys_without_questions_as_written(readme):
    outputs, _ = readme.follow(1)
    assert "IngestionQueueUrl" in outputs, outputs
    same(len(Stack(readme.url, f"{NAME}-dev").mapping("IngestionFunction")["FunctionResponseTypes"]), 1)


@claim
def readme_deploys_to_production_as_written(readme):
    readme.follow(2)
    production = Stack(readme.url, f"{NAME}-prod")
    alarms = production.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{NAME}-prod")["MetricAlarms"]
    assert alarms and all(it["AlarmActions"] == [readme.topic] for it in alarms), alarms
    group = production.output("FunctionLogsName")
    [group] = production.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    same(group["retentionInDays"], 90)


@claim
def readme_takes_the_stack_down_as_written(readme):
    readme.kept = readme.stack.resources()
    listed, *_ = readme.follow(3)
    data = [readme.kept[it] for it in [*KEPT_TABLES, *BUCKETS]]
    assert set(data) <= set(listed.split()), listed
    tables = readme.stack.client("dynamodb").list_tables()["TableNames"]
    buckets = [it["Name"] for it in readme.stack.client("s3").list_buckets()["Buckets"]]
    same([it for it in data if it in [*tables, *buckets]], [])
    functions = readme.stack.client("lambda").list_functions()["Functions"]
    gone = {readme.kept[it] for it in FUNCTIONS}
    same([it["FunctionName"] for it in functions if it["FunctionName"] in gone], [])
