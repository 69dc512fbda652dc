"""The command: what it says when it cannot start."""

import shutil
import socket
import subprocess
import sys
from importlib.util import find_spec

import gradio
import pytest
from checkpoints import change_config
from conftest import write_tiny_checkpoint
from in_process import LEFT_OPEN
from serving import PATIENCE, ROOT

import app
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.checksums import MANIFEST
from bertmini_demo.results import LABELS


def run_app(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "app.py", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def line_of(errors: str) -> str:
    """The one line that app.py ends with."""
    assert "Traceback" not in errors
    lines = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    return lines[0]


def refused_as_program(*options: str) -> str:
    done = run_app(*options)
    assert done.returncode == 1
    return line_of(done.stderr)


@pytest.fixture
def refused(monkeypatch, capsys, tmp_path):
    """What is told of options that are refused before a page is served, which needs no program of its own."""
    monkeypatch.setattr("bertmini_demo.ui.server.serve.set_threads", lambda *_: 1)
    monkeypatch.setenv(
        "GRADIO_TEMP_DIR", str(tmp_path / "uploads")
    )  # else the app sets it, for all tests to come

    def run(*options: str) -> str:
        monkeypatch.setattr(sys, "argv", ["app.py", *options])
        assert app.main() == 1
        return line_of(capsys.readouterr().err)

    return run


def test_help_lists_the_options(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["app.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for option in ("--host", "--port", "--model", "--labels", "--lessons", "--mcp"):
        assert option in told


def test_it_says_that_it_is_loading_before_it_loads_anything_heavy(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "bertmini_demo.ui.server.serve", None)  # its import fails
    monkeypatch.setattr(sys, "argv", ["app.py"])
    with pytest.raises(ImportError):
        app.main()
    assert capsys.readouterr().err == "loading …\n"


@LEFT_OPEN
def test_a_port_in_use_is_named(refused, tiny_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        options = ("--port", port, "--host", "127.0.0.1", "--model", str(tiny_folder))
        assert port in refused(*options)


@pytest.mark.parametrize(
    ("labels", "kind", "reason"),
    [
        (LABELS, "roberta", "only bert"),
        (("negative", "positive"), "bert", "another task"),
        (("grammatical",), "bert", "two or three"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_in_one_line(refused, tmp_path, labels, kind, reason):
    numbers = {label: place for place, label in enumerate(labels)}
    write_tiny_checkpoint(tmp_path, id2label=dict(enumerate(labels)), label2id=numbers)
    change_config(tmp_path, model_type=kind)
    (tmp_path / MANIFEST).unlink()
    assert reason in refused("--model", str(tmp_path))


@pytest.mark.parametrize("name", ["nowhere", "./nowhere", "/nowhere/at/all"])
def test_a_folder_that_is_not_there_is_named(refused, name):
    assert name in refused("--model", name)


@pytest.mark.skipif(find_spec("mcp") is not None, reason="the extra is installed")
def test_what_the_mcp_server_needs_is_told(refused):
    assert f"pip install 'gradio[mcp]=={gradio.__version__}'" in refused("--mcp")


def test_labels_that_are_not_the_models_are_told(refused):
    assert "yes, no; the model has 3" in refused("--labels", "yes, no")


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_a_faulty_checkpoint_is_told_by_its_file(refused, tmp_path, fault):
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


@LEFT_OPEN
def test_a_faulty_lesson_is_named_by_file_and_line(refused, tmp_path, tiny_folder):
    card = tmp_path / "mine.md"
    prose = "word " * 25
    card.write_text(
        f"# Mine\n\n## Card\ndo: Look.\ndone: word\nfigure: nothing\n\n{prose}\n", encoding="utf-8"
    )
    told = refused("--lessons", str(tmp_path), "--model", str(tiny_folder))
    assert f"{card}, line 3" in told
    assert "'nothing'" in told


def test_a_folder_of_lessons_that_is_not_there_is_named(tmp_path):
    assert "is not a folder" in refused_as_program("--lessons", str(tmp_path / "nowhere"))


def test_app_is_short():
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 40
