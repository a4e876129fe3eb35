"""Terraform, in a copy of the module: what it writes stays out of the repository."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from readme import MODULE

EXAMPLE = "examples/tool-executor"
PROVIDER = "registry.terraform.io/hashicorp/aws"
GENERATED = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan")


class Missing(Exception):
    """Something that is not to be had on this machine."""


class Terraform:
    """The module and its example."""

    def __init__(self, copy):
        self.copy = copy

    @classmethod
    def found(cls, folder):
        if not shutil.which("terraform"):
            raise Missing("terraform is not on the PATH")
        copy = folder / "terraform"
        shutil.copytree(MODULE, copy, ignore=GENERATED)
        return cls(copy)

    def initialise(self):
        arguments = ["-input=false", *[f"-plugin-dir={folder}" for folder in plugins()[:1]]]
        for part in ["", EXAMPLE]:
            done = self.run(part, "init", *arguments, capture_output=True)
            if done.returncode != 0 and "provider packages" in done.stderr:
                raise Missing(f"no AWS provider; TERRAFORM_PLUGINS may name a folder of plugins\n{done.stderr}")
            assert done.returncode == 0, done.stderr

    def run(self, part, command, *arguments, url=None, **more):
        line = ["terraform", f"-chdir={self.copy / part}", command, "-no-color", *arguments]
        return subprocess.run(line, env=environment(url), text=True, **more)

    def format(self):
        line = ["terraform", "fmt", "-check", "-diff", "-recursive", str(MODULE)]
        return subprocess.run(line, env=environment()).returncode

    def validate(self):
        return max(self.run(part, "validate").returncode for part in ["", EXAMPLE])

    def test(self):
        return self.run("", "test").returncode

    def change(self, command, part, url, variables):
        """Applies or destroys."""
        arguments = ["-auto-approve", "-input=false", *given(variables)]
        done = self.run(part, command, *arguments, url=url, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def planned(self, part, url, variables):
        """The addresses of resources that another apply would change."""
        file = "-out=again.tfplan"
        done = self.run(part, "plan", file, *given(variables), url=url, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
        shown = self.run(part, "show", "-json", "again.tfplan", capture_output=True)
        changes = json.loads(shown.stdout)["resource_changes"]
        return [each["address"] for each in changes if each["change"]["actions"] != ["no-op"]]


def plugins():
    """Where machines without network keep the provider, beside the places Terraform looks in by itself."""
    if named := os.environ.get("TERRAFORM_PLUGINS"):
        return [Path(named)]
    return [found.parents[2] for found in Path("/opt").glob(f"*/{PROVIDER}")]


def given(variables):
    return [f"-var={name}={value}" for name, value in variables.items()]


def environment(url=None):
    """The environment without what leads to an account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    configuration = os.environ.get("TF_CLI_CONFIG_FILE")
    if configuration and Path(configuration).exists():
        kept["TF_CLI_CONFIG_FILE"] = configuration
    return {
        **kept,
        "AWS_ENDPOINT_URL": url or "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "thing",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }
