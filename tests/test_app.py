"""The command: what it says when it cannot start."""

import shutil
import socket
import subprocess
import sys

import pytest
from serving import ROOT

from bertmini_demo.checkpoint import SHIPPED


def run_app(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "app.py", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refused(*options: str) -> str:
    """The one line that app.py ends with."""
    done = run_app(*options)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    return lines[0]


def test_help_tells_the_options():
    told = run_app("--help").stdout
    for option in ("--host", "--port", "--model"):
        assert option in told


def test_a_port_in_use_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in refused("--port", port, "--host", "127.0.0.1")


def test_an_unknown_model_is_told():
    assert "nowhere" in refused("--model", "nowhere")


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_a_faulty_checkpoint_is_told_by_its_file(tmp_path, fault):
    folder = shutil.copytree(SHIPPED, tmp_path / "nli")
    shard = sorted(folder.glob("*.safetensors"))[0]
    if fault == "missing":
        shard.unlink()
    else:
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1
        shard.write_bytes(content)
    told = refused("--model", str(folder))
    assert shard.name in told
    assert fault in told


def test_app_is_short():
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 40
