"""Hostile requests to a served page: an answer each, no status 500, no path or traceback told, no file read or written."""

import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from fuzz.hostile import CORPUS, as_json, examples, texts, values
from hypothesis import given
from hypothesis import strategies as st
from in_process import LEFT_OPEN, get_json, served_page
from serving import PATIENCE, ROOT

pytestmark = LEFT_OPEN
JSON = {"Content-Type": "application/json"}
NEVER_TOLD = ("Traceback", "site-packages", str(ROOT), tempfile.gettempdir(), "root:x:0:0", "bertmini_demo/")
PLACES = (  # of files that are there, and none of a visitor's business
    ROOT / "app.py",
    ROOT / "assets" / "nli" / "config.json",
    ROOT / ".git" / "config",
    Path("/etc/passwd"),
    Path("/proc/self/environ"),
)


BODIES = (b"[" * 50_000, b'{"data":' * 20_000, b"{}", b"null", b'{"data": null}')


def body_of(place: int) -> bytes:
    return BODIES[place]


class Caller:
    """One connection that is kept, and opened anew where the server closed it."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)

    def __call__(self, method: str, place: str, body: bytes | None = None, headers: dict | None = None):
        """Status and text of an answer, after looking at what it must not hold."""
        try:
            self.connection.request(method, place, body, headers or {})
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.connection.close()
            self.connection.request(method, place, body, headers or {})
            answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        assert answer.status < 500 or answer.status == 503, (answer.status, text[:300])
        return answer.status, text

    def stream(self, place: str) -> str:
        """All that is told until the server ends a stream; one that it breaks off counts as ended, one left open fails."""
        try:
            return self("GET", place)[1]
        except http.client.IncompleteRead as broken_off:
            self.connection.close()
            return broken_off.partial.decode(errors="replace")


@pytest.fixture(scope="module")
def address(tiny) -> Iterator[str]:
    before = files()
    with served_page(tiny) as address:
        yield address
    assert files() == before


def files() -> dict[str, int]:
    """Every file of the app, with the time it was changed last."""
    places = (
        place
        for part in ("app.py", "bertmini_demo", "assets")
        for place in [ROOT / part, *(ROOT / part).rglob("*")]
    )
    return {
        str(one): one.stat().st_mtime_ns
        for one in places
        if one.is_file() and one.parent.name != "__pycache__"
    }


@pytest.fixture(scope="module")
def call(address) -> Caller:
    return Caller(address)


def silent(text: str) -> None:
    assert not [secret for secret in NEVER_TOLD if secret in text], text[:500]


@given(endpoint=st.sampled_from(("predict", "attribute", "attention")), data=st.lists(values(), max_size=5))
@examples(0.15)
def test_every_endpoint_answers_whatever_it_is_given(call, endpoint, data):
    place = f"/gradio_api/call/{endpoint}"
    status, told = call("POST", place, as_json({"data": data}), JSON)
    silent(told)
    if status == 200:
        status, told = call("GET", f"{place}/{json.loads(told)['event_id']}")
        assert status == 200
        assert "event: complete" in told or "event: error" in told
        silent(told)


@given(
    place=st.sampled_from(("call/predict", "queue/join", "cancel", "run/predict", "call/v2/predict")),
    body=st.one_of(st.binary(max_size=200), st.integers(0, len(BODIES) - 1).map(body_of)),
    kind=st.sampled_from(("application/json", "text/plain", "multipart/form-data; boundary=x", "image/png")),
)
@examples(0.05)
def test_bodies_that_are_no_json_are_refused(call, place, body, kind):
    silent(call("POST", f"/gradio_api/{place}", body, {"Content-Type": kind})[1])


@pytest.fixture(scope="module")
def events(address) -> list[int]:
    return [one["id"] for one in get_json(f"{address}/config")["dependencies"]]


def test_a_file_that_nobody_uploaded_tells_nothing_of_this_machine(address, call):
    """An empty path is that of the folder in which the app was started."""
    config = get_json(f"{address}/config")
    for one in config["dependencies"]:
        data = [{"path": "", "meta": {"_type": "gradio.FileData"}}] * len(one["inputs"])
        body = {"fn_index": one["id"], "data": data, "event_data": None, "session_hash": "nobody"}
        silent(call("POST", "/gradio_api/queue/join", as_json(body), JSON)[1])


@given(data=st.data())
@examples(0.1)
def test_every_event_of_the_page_answers_whatever_it_is_given(call, events, data):
    session = data.draw(st.uuids()).hex
    body = {
        "fn_index": data.draw(st.sampled_from(events)),
        "data": data.draw(st.lists(values(), max_size=30)),
        "event_data": data.draw(values()),
        "session_hash": session,
    }
    status, told = call("POST", "/gradio_api/queue/join", as_json(body), JSON)
    silent(told)
    end = time.monotonic() + PATIENCE
    while any(json.loads(call("GET", "/health")[1])[name] for name in ("waiting", "running")):
        assert time.monotonic() < end, "it is still at work"
    if status == 200:
        told = call.stream(f"/gradio_api/queue/data?session_hash={session}")
        assert "process_completed" in told or "unexpected_error" in told
        silent(told)


@given(data=st.data())
@examples(0.05)
def test_a_direct_call_of_any_event_is_no_fault_of_the_server(call, events, data):
    body = {
        "fn_index": data.draw(st.sampled_from(events)),
        "data": data.draw(st.lists(values(), max_size=4)),
        "event_data": data.draw(values()),
        "session_hash": data.draw(st.uuids()).hex,
    }
    silent(call("POST", "/gradio_api/run/predict", as_json(body), JSON)[1])


@given(
    query=st.dictionaries(
        st.one_of(st.sampled_from(("premise", "word", "tab", "model", "__theme")), texts()),
        texts(),
        max_size=4,
    )
)
@examples(0.05)
def test_the_page_opens_with_any_query(call, query):
    status, told = call("GET", "/?" + urlencode(query, errors="surrogatepass"))
    assert status == 200
    assert "<img src=x onerror" not in told


def spellings(place: Path) -> list[str]:
    """Ways to ask for one file."""
    bare = str(place).lstrip("/")
    up = "../" * 12
    return [
        str(place), quote(str(place), safe=""), f"//{bare}", f"{up}{bare}", quote(f"{up}{bare}", safe=""),
        f"{up}{bare}".replace("../", "..%2f"), f"{up}{bare}".replace("../", "%252e%252e%252f"), f"file://{place}",
        f"{tempfile.gettempdir()}/gradio/{up}{bare}", f"static/{up}{bare}", f"{place}%00.png", f"./{bare}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "route", ["gradio_api/file=", "gradio_api/file/", "file=", "static/", "assets/", "svelte/", "theme/", ""]
)
def test_no_file_can_be_read_through_any_route(call, route):
    for place in PLACES:
        content = place.read_bytes()[:60].decode(errors="replace") if place.is_file() else None
        for spelling in spellings(place):
            status, told = call("GET", f"/{route}{spelling}")
            assert status in (400, 403, 404, 405), (status, spelling)
            assert not content or content not in told


@given(
    route=st.sampled_from(("gradio_api/file=", "gradio_api/proxy=", "static/", "gradio_api/stream/")),
    place=texts(),
)
@examples(0.05)
def test_no_place_asked_for_breaks_the_server(call, route, place):
    silent(call("GET", f"/{route}{quote(place, errors='surrogatepass')}")[1])


@pytest.mark.parametrize("scheme", ["http", "https", "HTTP"])
@pytest.mark.parametrize("route", ["file=", "proxy="])
def test_the_server_fetches_nothing_for_others(call, route, scheme):
    status, _ = call("GET", f"/gradio_api/{route}{scheme}://127.0.0.1:1/x")
    assert status == 403


@given(name=texts(), content=st.binary(max_size=100))
@examples(0.05)
def test_a_file_of_any_name_and_content_is_read_or_refused(call, name, content):
    shown = name.encode(errors="replace").replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
    ask = as_json({"question": "workbench.train_pairs", "state": {"premise": "a", "hypothesis": "b"}})
    body = (
        b'--b\r\nContent-Disposition: form-data; name="ask"\r\n\r\n' + ask
        + b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="' + shown + b'"\r\n\r\n' + content
        + b"\r\n--b--\r\n"
    )  # fmt: skip
    status, told = call("POST", "/answer", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert status in (200, 400)
    silent(told)


def test_the_corpus_as_names_of_models_and_methods(call):
    for text in CORPUS:
        for data in (["A dog.", "A cat.", text], ["A dog.", "A cat.", "saliency", text]):
            _, told = call("POST", "/gradio_api/call/attribute", as_json({"data": data}), JSON)
            silent(told)
