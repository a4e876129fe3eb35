"""The module's README, held against the module."""

import re
from pathlib import Path

MODULE = Path(__file__).parents[2] / "terraform"


def undocumented():
    """The inputs and outputs that have no row in the README's tables."""
    declared = "".join((MODULE / file).read_text() for file in ["variables.tf", "outputs.tf"])
    readme = (MODULE / "README.md").read_text()
    names = re.findall(r'^(?:variable|output) "(\w+)"', declared, re.MULTILINE)
    return [name for name in names if f"| `{name}` |" not in readme]
