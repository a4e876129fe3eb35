"""The AWS CLI, with nothing but an endpoint and any credentials.

Version 1, the one on PyPI, overrides AWS_ENDPOINT_URL with the old names of SQS and therefore takes
it as an argument; version 2 does not.
"""

import json
import os
import subprocess
import sys

from claims import same


def aws(it, *arguments):
    """Runs `aws`; its exit code and what it said."""
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "thing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    command = [sys.executable, "-m", "awscli", "--endpoint-url", it.url, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout or done.stderr


def answer(it, *arguments):
    code, text = aws(it, *arguments, "--output", "json")
    same(code, 0)
    return json.loads(text)
