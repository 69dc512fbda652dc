"""From ``python app.py`` to the first verdict over HTTP, against importing the libraries that it stands on."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from bertmini_demo.benchmark.memory_use import installed_megabytes, resident_megabytes
from bertmini_demo.benchmark.timing import in_turns, milliseconds
from bertmini_demo.settings import ASSETS

IMPORTS = "import torch, gradio; from transformers import BertForSequenceClassification, BertTokenizerFast"
PAIR = ["A man is asleep.", "A man is awake."]
TIMEOUT = 300  # seconds


def first_verdict(*, repetitions: int) -> dict:
    """Both starts in turns, what the app holds after its first verdict, and what its packages take on disk."""
    held = []

    def imports() -> float:
        return milliseconds(lambda: subprocess.run([sys.executable, "-c", IMPORTS], check=True))

    def app() -> float:
        started = time.perf_counter()
        with running_app() as (address, process):
            call(address, "predict", PAIR)
            spent = time.perf_counter() - started  # its end is not part of a start
            held.append(resident_megabytes(process.pid))
        return 1000 * spent

    ways = {"imports": imports, "app": app}
    timings = in_turns(ways, peer="imports", repetitions=repetitions, warm=1, clock=lambda way: way())
    return {"timings": timings, "resident_megabytes": held[-1], "installed": installed_megabytes()}


@contextlib.contextmanager
def running_app(*options: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """The app on a free port in a process of its own, ended afterwards; yields as soon as the port answers.

    Raises:
        RuntimeError: it ended or did not answer; the message holds what it wrote.
    """
    port = str(free_port())
    command = [sys.executable, "app.py", "--host", "127.0.0.1", "--port", port, *options]
    with running_server(command, f"http://127.0.0.1:{port}") as server:
        yield server


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_server(command: list[str], address: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """A Gradio server in a process of its own, ended afterwards; yields its address as soon as it answers.

    Raises:
        RuntimeError: it ended or did not answer; the message holds what it wrote.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            command,
            cwd=ASSETS.parent,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            if not answers(address, process):
                output.seek(0)
                raise RuntimeError(f"the server did not start:\n{output.read()}")
            yield address, process
        finally:
            process.terminate()
            process.wait(timeout=30)


def answers(address: str, process: subprocess.Popen) -> bool:
    """Whether the app answers before it ends or patience does."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{address}/gradio_api/info", timeout=5).close()
            return True
        time.sleep(0.02)
    return False


def call(address: str, endpoint: str, values: list) -> dict:
    """One request to a named endpoint, by plain HTTP as the README shows it.

    Raises:
        RuntimeError: the app answered with an error.
    """
    place = f"{address}/gradio_api/call/{endpoint}"
    request = urllib.request.Request(
        place, data=json.dumps({"data": values}).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{place}/{event}", timeout=TIMEOUT) as response:
        lines = response.read().decode().splitlines()
    kind, data = lines[-3:-1] if not lines[-1] else lines[-2:]
    if kind != "event: complete":
        raise RuntimeError(f"{endpoint} answered {kind} {data}")
    return json.loads(data.removeprefix("data: "))[0]
