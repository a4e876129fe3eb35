"""The SAM CLI, as README.md uses it."""

import os
import subprocess
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[2]

# What is deployed to AWS is optimised over all crates, which takes much longer. What is proven here does not depend on it.
QUICK_BUILD = {
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
}
# Nobody's; ministack takes any.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class Sam:
    """Builds into `folder`, and deploys from there."""

    def __init__(self, folder):
        self.built = folder / "built"

    @property
    def template(self):
        return self.built / "template.yaml"

    def build(self):
        architecture = "Architecture=x86_64" if os.uname().machine == "x86_64" else "Architecture=arm64"
        self.run("build", "--build-dir", str(self.built), "--parameter-overrides", architecture)

    def deploy(self, stack, **parameters):
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        self.run(
            "deploy",
            *["--template-file", str(self.template)],
            *["--config-env", "dev", "--stack-name", stack.name],
            *["--parameter-overrides", *overrides],
            url=stack.url,
        )
        stack.mend_mappings()

    def delete(self, stack):
        self.run("delete", "--stack-name", stack.name, "--no-prompts", "--region", "us-east-1", url=stack.url)

    def run(self, command, *arguments, url=None):
        # With the file's own settings, which are looked for beside the template otherwise.
        config = ["--config-file", str(ROOT / "samconfig.toml")]
        words = ["sam", command, *config, *arguments]
        print(f"$ sam {command} {' '.join(arguments)}", flush=True)
        started = monotonic()
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environment(url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"sam {command} ended with {done.returncode}:\n{done.stdout}"
        print(f"  {monotonic() - started:.0f} s", flush=True)


def environment(url):
    """The caller's, less what is about AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    endpoint = {"AWS_ENDPOINT_URL": url} if url else {}
    return kept | CREDENTIALS | QUICK_BUILD | endpoint | {"SAM_CLI_TELEMETRY": "0"}
