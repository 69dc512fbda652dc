"""The browser's modules and the templates: node reads each, all that is named exists, and no JavaScript is in Python."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import bertmini_demo
from bertmini_demo.ui import static_files

UI = Path(bertmini_demo.__file__).parent / "ui"
MODULES = sorted(UI.rglob("*.js"))
OURS = [path for path in UI.rglob("*.py") if "server" not in path.relative_to(UI).parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_node_reads_every_module(path, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    copy = tmp_path / f"{path.stem}.mjs"  # so that it is read as a module wherever it is
    copy.write_bytes(path.read_bytes())
    done = subprocess.run([node, "--check", copy], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", sorted(UI.rglob("*.html")), ids=lambda path: path.stem)
def test_what_scrolls_has_a_name_and_can_be_reached_with_the_keyboard(path):
    for tag in re.findall(r'<\w+ [^>]*class="[^"]*\bscroll\b[^>]*>', path.read_text(encoding="utf-8")):
        assert 'tabindex="0"' in tag
        assert 'role="region"' in tag
        assert re.search('aria-label="[^"]+"', tag)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_what_a_module_imports_is_there(path):
    for name in re.findall(r"from '([^']+)'", path.read_text(encoding="utf-8")):
        assert (path.parent / name).resolve() in MODULES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_of_the_window_is_replaced(path):
    assert not re.search(r"\b(window|globalThis|Plotly)(\.\w+)+\s*=[^=]", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_markup_and_no_script_of_more_than_a_line_is_in_python(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value:
            assert not re.search(r"=>|addEventListener|</\w+>", node.value), node.lineno


@pytest.fixture
def client():
    return TestClient(Starlette(routes=[static_files.static_route()]))


def test_files_are_kept_for_good_below_their_version(client):
    place = static_files.address("components/main.js").removeprefix(".")
    reply = client.get(place)
    assert reply.text == (UI / "components" / "main.js").read_text(encoding="utf-8")
    assert "immutable" in reply.headers["cache-control"]
    assert reply.headers["content-type"].startswith("text/javascript")
    old = client.get(place.replace(static_files.version(), "0" * 12))
    assert old.headers["cache-control"] == "no-store"


def test_the_style_sheet_ends_with_the_styles_of_every_view(client):
    reply = client.get(static_files.address("style.css").removeprefix("."))
    own = (UI / "views" / "how_it_decides" / "style.css").read_text(encoding="utf-8")
    assert own in reply.text
    assert reply.text.startswith((static_files.ASSETS / "style.css").read_text(encoding="utf-8"))
    assert reply.headers["content-type"].startswith("text/css")


def test_plotly_is_the_pinned_packages_and_is_sent_compressed(client):
    reply = client.get(
        static_files.address("plotly.js").removeprefix("."), headers={"accept-encoding": "gzip"}
    )
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.text.startswith("/**\n* plotly.js v3.")


@pytest.mark.parametrize(
    "name", ["../page.py", "page.py", "components/../state.py", "%2e%2e/state.py", "components/"]
)
def test_nothing_else_is_served(client, name):
    assert client.get(f"/page/{static_files.version()}/{name}").status_code == 404
