"""The app as Hugging Face Spaces run it, what they ask of the repository, and whether their packages fit ours."""

import os
import re
import socket
import subprocess
import sys
from types import ModuleType

import pytest
from asking import Asker
from readme_tables import README, ROOT
from serving import running_app

from bertmini_demo.ui.server.zero_gpu import gpu_name, register

COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
LARGEST = 17_000_000  # bytes, the repository's own limit; `hf upload` stores files over 10 MB by itself
VARIABLES = {  # as Spaces set them
    "SYSTEM": "spaces",
    "SPACE_ID": "owner/bert-mini",
    "SPACE_HOST": "owner-bert-mini.hf.space",
    "SPACE_AUTHOR_NAME": "owner",
    "SPACE_REPO_NAME": "bert-mini",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "HF_HUB_OFFLINE": "0",
}
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
OUT_OF_REACH = ("NewConnectionError", "Name or service not known", "Connection refused", "timed out")


def front_matter() -> dict[str, str]:
    block = README.read_text(encoding="utf-8").split("---\n")[1]
    return dict(re.findall(r"^(\w+): \"?([^\"\n]*)", block, re.MULTILINE))


def test_the_front_matter_has_what_spaces_ask_for():
    matter = front_matter()
    assert (matter["sdk"], matter["app_file"], matter["license"]) == ("gradio", "app.py", "mit")
    assert {matter["colorFrom"], matter["colorTo"]} <= COLOURS
    assert {"title", "emoji", "sdk_version", "python_version", "short_description"} <= set(matter)


def test_no_file_is_too_large():
    files = [file for folder in ("assets", "bertmini_demo", "tests") for file in (ROOT / folder).rglob("*")]
    assert [file.name for file in files if file.is_file() and file.stat().st_size >= LARGEST] == []


def test_it_starts_and_answers_as_a_space_and_asks_nothing_of_the_network(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        place = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        advice = dict.fromkeys(PROXIES, place) | {"NO_PROXY": "127.0.0.1,localhost", "HF_ENDPOINT": place}
        with running_app(tmp_path / "log", **VARIABLES, **advice) as address:
            found = Asker(address, verbose=False).predict("A dog.", "A cat.", api_name="/predict")
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()  # nobody has called
    assert sum(found["probabilities"].values()) == pytest.approx(1)


@pytest.mark.skipif(
    not os.environ.get("RESOLVE"), reason="takes minutes; set RESOLVE to ask pip whether all fits together"
)
def test_what_spaces_install_beside_the_requirements_fits_them():
    extra = f"gradio[oauth,mcp]=={front_matter()['sdk_version']}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--quiet",
        "--retries",
        "0",
        "--timeout",
        "10",
    ]
    done = subprocess.run(
        [*command, "-r", "requirements.txt", extra],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode and any(sign in done.stderr for sign in OUT_OF_REACH):
        pytest.skip("no package index is reached from here")
    assert done.returncode == 0, done.stderr


def test_one_function_is_for_the_gpu_where_the_space_has_zero_gpu(monkeypatch):
    wrapped = []
    spaces = ModuleType("spaces")
    spaces.__spec__ = type("Spec", (), {})()
    spaces.GPU = wrapped.append
    monkeypatch.setitem(sys.modules, "spaces", spaces)
    assert register({"SPACES_ZERO_GPU": "true"})
    assert wrapped == [gpu_name]
    assert not register({})
    monkeypatch.delitem(sys.modules, "spaces")
    assert not register({"SPACES_ZERO_GPU": "true"})
    assert wrapped == [gpu_name]
