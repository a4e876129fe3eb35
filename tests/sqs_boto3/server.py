"""The endpoint under test."""

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = ["cargo", "run", "--quiet", "--bin", "lambda-queue", "--"]


@contextmanager
def running(*arguments):
    """The URL of a `local` that ends with the block."""
    command = [*COMMAND, "local", *arguments, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            lines = iter(server.stdout.readline, "")
            urls = (re.search(r"AWS_ENDPOINT_URL=(\S+)", line) for line in lines)
            yield next(found[1] for found in urls if found)
        finally:
            server.terminate()
