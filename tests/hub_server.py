"""A server on this machine that speaks as much of the Hugging Face Hub's file protocol as its library needs.

Faults are put in on purpose, by the name of the file they are about ("" for the listing).
"""

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

DRIP_SECONDS = 0.2  # between two bytes of a dripping answer


class Hub:
    """What is served, what goes wrong, and what was asked for.

    Attributes:
        models: folder by Hub name.
        faults: by file: an HTTP status with its X-Error-Code, "silent", "drip", "cut", "cut once", or "garbage".
        sizes: what the listing says in place of the truth, by file; None for nothing.
        fetched: names of files whose contents were asked for, in order.
        tokens: whether an access token came, request by request.
        commit: the newest version of every model.
    """

    def __init__(self) -> None:
        self.models: dict[str, Path] = {}
        self.faults: dict[str, object] = {}
        self.sizes: dict[str, int | None] = {}
        self.fetched: list[str] = []
        self.tokens: list[bool] = []
        self.address = ""
        self.commit = "a" * 40
        self.closing = threading.Event()

    def listing(self, name: str) -> bytes:
        files = [file for file in sorted(self.models[name].iterdir()) if file.is_file()]
        siblings = [
            {"rfilename": file.name, "size": self.sizes.get(file.name, file.stat().st_size)} for file in files
        ]
        return json.dumps({"id": name, "sha": self.commit, "siblings": siblings}).encode()


class Answer(BaseHTTPRequestHandler):
    """One request; the server holds the Hub."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.hub.tokens.append("authorization" in self.headers)
        if listed := re.fullmatch(r"/api/models/([^/]+/[^/]+)", path):
            self.answer_listing(listed[1])
        elif file := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/([^/]+)", path):
            self.answer_file(*file.groups())
        else:
            self.refuse(404, "EntryNotFound")

    do_HEAD = do_GET

    def answer_listing(self, name: str) -> None:
        if name not in self.hub.models:
            self.refuse(404, "RepoNotFound")
        elif not self.goes_wrong(""):
            self.send(
                b"<html>not the Hub" if self.hub.faults.get("") == "garbage" else self.hub.listing(name)
            )

    def answer_file(self, name: str, version: str, file: str) -> None:
        path = self.hub.models[name] / file
        if not path.is_file():
            self.refuse(404, "EntryNotFound")
        elif not self.goes_wrong(file):
            if self.command == "GET":
                self.hub.fetched.append(file)
            self.send(path.read_bytes(), file, version=version)

    def goes_wrong(self, file: str) -> bool:
        fault = self.hub.faults.get(file)
        if isinstance(fault, tuple):
            self.refuse(*fault)
        elif fault == "silent":
            self.hub.closing.wait()
        return isinstance(fault, tuple) or fault == "silent"

    def refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send(self, content: bytes, file: str = "", *, version: str = "main") -> None:
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", self.hub.commit if version == "main" else version)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if self.command == "GET":
            self.write(content[start:], self.hub.faults.get(file))

    def write(self, content: bytes, fault: object) -> None:
        if fault == "drip":
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if self.hub.closing.wait(DRIP_SECONDS):
                    break
        elif fault in ("cut", "cut once"):
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            if fault == "cut once":
                self.hub.faults.clear()
        else:
            self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Nothing: a test tells what it saw."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """A caller who hangs up in the middle is part of the tests."""


@contextlib.contextmanager
def running_hub() -> Iterator[Hub]:
    """Yields a Hub that answers at its ``address`` until the end."""
    hub = Hub()
    server = Server(("127.0.0.1", 0), Answer)
    server.hub, hub.address = hub, f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
