"""Starts the app as a user would, in a process of its own, on a free port of this machine."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = (
    300  # seconds for anything that a loaded machine does slowly; nothing waits so long where all is well
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def starting_app(log: Path, *options: str, **variables: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Yields address and process of an app that is starting; its output goes to ``log``."""
    port = free_port()
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "GRADIO_SERVER_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        **variables,
    }
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py", *options],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@contextlib.contextmanager
def running_app(log: Path, *options: str, **variables: str) -> Iterator[str]:
    """Yields the address of a running app; its output goes to ``log``, its environment has these variables, too."""
    with starting_app(log, *options, **variables) as (address, process):
        wait_until_served(address, process, log)
        yield address


def wait_until_served(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):  # refused, or slower than the timeout
            urllib.request.urlopen(address, timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"the app did not start:\n{log.read_text(encoding='utf-8')}")


def wait_until(condition: Callable[[], object]) -> None:
    """Returns once a condition holds, or fails."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the condition never came to hold"
        time.sleep(0.05)
