"""The emulator, beside the test."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

SECONDS_TO_START = 60
SECONDS_TO_END = 15


@contextmanager
def running(folder, failed):
    """The URL of a ministack that ends with the block, and with it the functions that it has started.

    Its log, which has those of the functions in it, is shown if the block raises, or if something `failed`.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with open(folder / "ministack.log", "w+") as log:
        server = subprocess.Popen(
            [os.environ.get("MINISTACK", "ministack")],
            env=environment(folder, port, url),
            cwd=folder,
            stdout=log,
            stderr=log,
            # A group of its own: functions are its children, and end with the group.
            start_new_session=True,
        )
        try:
            wait(server, url)
            yield url
        except BaseException:
            show(log)
            raise
        finally:
            end(server)
        if failed:
            show(log)


def environment(folder, port, url):
    """Nothing of the caller's that is about AWS, and every listener on this machine only."""
    kept = {name: os.environ[name] for name in ["PATH", "HOME", "LANG"] if name in os.environ}
    return kept | {
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Functions are processes of this machine: there is no Docker.
        "LAMBDA_EXECUTOR": "local",
        # Functions inherit it, and find their tables and queues by it.
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def wait(server, url):
    ends = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < ends:
        assert server.poll() is None, f"ministack has ended with {server.returncode}"
        try:
            with urlopen(f"{url}/_ministack/health", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"ministack does not answer at {url}")


def end(server):
    server.terminate()
    try:
        server.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    server.wait()


def show(log, lines=60):
    log.seek(0)
    print("--- the end of ministack's log")
    for line in log.readlines()[-lines:]:
        print(line.rstrip()[:500])
    print("---", flush=True)
