"""Behind nginx, by the README's own lines: two copies, a cookie that keeps a visitor on one of them, and a sub-path."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from asking import Asker
from conftest import write_tiny_checkpoint
from in_process import LEFT_OPEN, served_page
from readme_tables import SERVER
from serving import PATIENCE, free_port

import bertmini_demo

NGINX = shutil.which("nginx")
pytestmark = [LEFT_OPEN, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]
PAIR = {"premise": "a man sleeps .", "hypothesis": "a dog runs ."}
COPIES = ("first", "second")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The addresses of two pages, whose models differ in name only."""
    folder = tmp_path_factory.mktemp("copies")
    models = [bertmini_demo.load_model(str(write_tiny_checkpoint(folder / name))) for name in COPIES]
    with served_page(models[0]) as first, served_page(models[1]) as second:
        yield first, second


@contextlib.contextmanager
def nginx(
    folder: Path, copies: tuple[str, ...], *, address: str | None = None, cookie: bool = True
) -> Iterator[str]:
    """Yields the address at which nginx serves the copies, by the lines of the README; a free port without one."""
    [lines] = re.findall(r"```nginx\n(.*?)```", SERVER.read_text(encoding="utf-8"), re.DOTALL)
    address = address or f"http://127.0.0.1:{free_port()}/"
    place, path = urlsplit(address)[1:3]
    changes = {"listen 80": f"listen {place}", "location /": f"location {path}"}
    if not cookie:
        changes["  hash $copy consistent;\n"] = ""
    for written, copy in zip(re.findall(r"127\.0\.0\.1:\d+", lines), copies, strict=True):
        changes[written] = urlsplit(copy).netloc
    for written, changed in changes.items():
        assert lines.count(written) == 1
        lines = lines.replace(written, changed)
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    user = "" if os.getuid() else "user root;"  # else its workers could not write below the folder
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{lines}}}\n"
    )
    process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-e", folder / "errors"])
    try:
        wait_until_open(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_open(address: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=PATIENCE).close()
            return
    raise RuntimeError("nginx did not start")


def models_that_answer(address: str, *, calls: int, keep: bool) -> set[str]:
    """The copies that answer one visitor, who keeps cookies, or several who have none yet."""
    with httpx.Client(timeout=PATIENCE) as client:
        names = set()
        for _ in range(calls):
            names.add(client.get(f"{address}health").json()["model"])
            if not keep:
                client.cookies.clear()
        return names


def test_the_cookie_keeps_a_visitor_on_one_copy(copies, tmp_path):
    with nginx(tmp_path, copies) as address:
        assert models_that_answer(address, calls=40, keep=False) == set(COPIES)
        assert len(models_that_answer(address, calls=40, keep=True)) == 1
        found = Asker(address, verbose=False).predict(*PAIR.values(), api_name="/predict")
    assert sum(found["probabilities"].values()) == pytest.approx(1)


def test_without_it_any_copy_answers_the_page(copies, tmp_path):
    with nginx(tmp_path, copies, cookie=False) as address, httpx.Client(timeout=PATIENCE) as client:
        assert models_that_answer(address, calls=4, keep=True) == set(COPIES)
        replies = [
            client.post(f"{address}answer", json={"question": "verdict", "state": PAIR}).json()["verdict"]
            for _ in range(4)
        ]
    assert all(reply == replies[0] for reply in replies)


def test_a_request_of_the_largest_file_passes(copies, tmp_path):
    """The server's own answer to a file over its limit, not nginx's."""
    with nginx(tmp_path, copies) as address:
        form = {"ask": json.dumps({"question": "verdict", "state": PAIR})}
        files = {"file": ("pairs.csv", b"a" * 6_000_000)}
        reply = httpx.post(f"{address}answer", data=form, files=files, timeout=PATIENCE)
    assert "the limit is 5 MB" in reply.json()["error"]["message"]


@pytest.mark.parametrize("named", [False, True], ids=["without the variable", "with the variable"])
def test_below_a_path_the_page_finds_its_files_and_answers(tiny, tmp_path, monkeypatch, named):
    public = f"http://127.0.0.1:{free_port()}/bert/"
    if named:
        monkeypatch.setenv("GRADIO_ROOT_PATH", public.rstrip("/"))
    with served_page(tiny) as page, nginx(tmp_path, (page, page), address=public) as address:
        html = httpx.get(address, timeout=PATIENCE).text
        [script] = set(re.findall(r"\./page/\w+/components/main\.js", html))
        code = httpx.get(urljoin(address, script), timeout=PATIENCE)
        asked = urljoin(urljoin(address, script), "../../../answer")
        reply = httpx.post(asked, json={"question": "verdict", "state": PAIR}, timeout=PATIENCE)
        found = Asker(address, verbose=False).predict(*PAIR.values(), api_name="/predict")
    assert code.headers["content-type"].startswith("text/javascript")
    assert reply.json()["verdict"]["label"] == found["label"] == tiny.predict(*PAIR.values()).label
