"""Requests to a page as any program may send them."""

import json
import urllib.error
import urllib.request

from serving import PATIENCE

PAIR = ["a man runs .", "a man is asleep ."]


JSON = {"Content-Type": "application/json"}


def ask(
    address: str, path: str, body: object = None, *, method: str | None = None, headers: dict | None = None
):
    """Status, text and headers of an answer; a body is sent as JSON unless it is bytes."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}{path}", data, headers or JSON, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def event_of(page, function_name: str) -> int:
    [event] = [one._id for one in page.fns.values() if one.fn.__name__ == function_name][:1]
    return event


def stream_of(address: str, session: str) -> str:
    return ask(address, f"/gradio_api/queue/data?session_hash={session}")[1]


def join(address: str, event: int, data: list, session: str, **more: object):
    body = {"fn_index": event, "data": data, "session_hash": session, **more}
    return ask(address, "/gradio_api/queue/join", body)


def file_at(path: str) -> dict:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}
