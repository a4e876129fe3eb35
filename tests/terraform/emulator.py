"""ministack: AWS on this machine, functions included."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager
from urllib.request import urlopen

from claims import eventually

PROGRAM = os.environ.get("MINISTACK", "ministack")


def installed():
    return shutil.which(PROGRAM) is not None


@contextmanager
def running(folder):
    """The URL of a ministack that ends with the block, and with it the functions that it has started."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = {
        "cwd": folder,
        "env": environment(folder, port, url),
        "stderr": subprocess.STDOUT,
        # A group of its own: functions are its children, and end with the group.
        "start_new_session": True,
    }
    with open(folder / "ministack.log", "w") as log:
        server = subprocess.Popen([PROGRAM], stdout=log, **options)
        try:
            eventually(lambda: answers(url), seconds=60)
            yield url
        except BaseException:
            print(f"--- the end of ministack's log\n{(folder / 'ministack.log').read_text()[-4000:]}---")
            raise
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def environment(folder, port, url):
    """Nothing of the caller's that is about AWS, and every listener on this machine only."""
    kept = {name: os.environ[name] for name in ["PATH", "HOME", "LANG"] if name in os.environ}
    return {
        **kept,
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Functions are processes here, and find their tables and queues by what they inherit.
        "LAMBDA_EXECUTOR": "local",
        "AWS_ENDPOINT_URL": url,
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        with urlopen(f"{url}/_ministack/health", timeout=1):
            return True
    except OSError:
        return False
