"""The commands of README.md's section "To AWS", as they stand there."""

import re
import subprocess

from sam import ROOT

SECTION = "## To AWS"
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# In the text between the blocks, whole commands of one line.
INLINE = re.compile(r"`(sam [a-z]+ [^`]*--[^`]*)`")


def section():
    text = (ROOT / "README.md").read_text()
    _, _, after = text.partition(f"{SECTION}\n")
    return after.partition("\n## ")[0]


def parts():
    """The section's commands, in its order: a list for each block, and one for the text after each block."""
    found = []
    end = 0
    text = section()
    for block in FENCE.finditer(text):
        found.append(INLINE.findall(text[end : block.start()]))
        found.append(split(block[1]))
        end = block.end()
    found.append(INLINE.findall(text[end:]))
    return [part for part in found if part]


def split(block):
    """A command is as many lines as bash needs to understand it."""
    commands = []
    pending = ""
    for line in block.splitlines():
        pending = f"{pending}\n{line}" if pending else line
        if pending.strip() and is_whole(pending):
            commands.append(pending)
            pending = ""
    assert not pending.strip(), f"bash does not understand: {pending}"
    return commands


def is_whole(text):
    # Of a backslash at the end it says nothing.
    if text.endswith("\\"):
        return False
    return subprocess.run(["bash", "-n"], input=text, text=True, stderr=subprocess.DEVNULL).returncode == 0
