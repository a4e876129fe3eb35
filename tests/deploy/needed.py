"""What tests/deploy cannot do without, and where it comes from."""

import importlib.util
import os
import shutil

REQUIREMENTS = {
    "tests/requirements.txt": {
        "programs": ["sam", "cargo-lambda", "aws"],
        "modules": ["boto3", "jsonschema", "samtranslator"],
    },
    "tests/requirements-deploy.txt": {"programs": [os.environ.get("MINISTACK", "ministack")], "modules": []},
}
ELSEWHERE = {"cargo": "https://rustup.rs"}


def missing():
    """A line for everything that is not here: what, and how to get it."""
    lines = []
    for file, needed in REQUIREMENTS.items():
        absent = [it for it in needed["programs"] if not shutil.which(it)]
        absent += [f"Python's {it}" for it in needed["modules"] if not importlib.util.find_spec(it)]
        own = ", into an environment of its own that MINISTACK names: MINISTACK=…/bin/ministack" if "deploy" in file else ""
        lines += [f"{', '.join(absent)}: pip install --requirement {file}{own}"] if absent else []
    return lines + [f"{it}: {where}" for it, where in ELSEWHERE.items() if not shutil.which(it)]
