"""A command as somebody at a terminal sees it."""

import os
import pty
import select


def at_terminal(command, answer, folder, environment):
    """Types `answer` once the command asks for something; its exit code and what it showed."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, environment)
    shown = b""
    asked = False
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            # The other side is closed.
            break
        if not part:
            break
        shown += part
        if not asked and shown.rstrip().endswith(b":"):
            asked = True
            os.write(terminal, f"{answer}\n".encode())
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode()
