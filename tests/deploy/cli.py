"""`lambda-queue`, built with all that it can do."""

import json
import subprocess
from functools import cache

from sam import CREDENTIALS, ROOT, environment
from terminal import at_terminal

# With the features that the other tests build dependencies with, so that those are built once.
BUILD = ["cargo", "build", "--workspace", "--features", "lambda-queue-cli/aws", "--bin", "lambda-queue"]


@cache
def program():
    """Its path. The SDKs for `check --aws` are what takes long the first time."""
    done = subprocess.run([*BUILD, "--message-format=json"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = map(json.loads, done.stdout.splitlines())
    [path] = [it["executable"] for it in messages if it.get("executable")]
    return path


def surroundings(url):
    """What it needs on AWS as well: credentials, a Region, and here the address."""
    return environment(url) | {"AWS_REGION": CREDENTIALS["AWS_DEFAULT_REGION"]}


def run(url, *arguments, expected=0):
    """What it prints, if it ends as expected."""
    done = subprocess.run([program(), *arguments], cwd=ROOT, env=surroundings(url), capture_output=True, text=True)
    said = f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    assert done.returncode == expected, said
    return done.stdout if expected == 0 else done.stdout + done.stderr


def document(url, *arguments, expected=0):
    """The same as a document."""
    return json.loads(run(url, *arguments, "--output", "json", expected=expected))


def typed(url, answer, *arguments):
    """Its exit code and what it shows, with an answer typed at a terminal."""
    return at_terminal([program(), *arguments], answer, ROOT, surroundings(url))
