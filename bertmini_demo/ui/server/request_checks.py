"""Reads requests before Gradio does: fills in what may be left out, and refuses what cannot be read in one line."""

import inspect
import json
import re
from http import HTTPStatus

import gradio as gr
from gradio.block_function import BlockFunction
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bertmini_demo.ui.gradio_fixes.downloads_for_anyone import file_addresses, refuse_address
from bertmini_demo.ui.server.error_responses import describe, shorten

API = "/gradio_api/"
NAMED = re.compile(r"/gradio_api/(?P<way>call/v2|call|run|api)/(?P<name>[^/]*)/?")
INFO = "See GET /gradio_api/info."


class CheckRequests:
    """Middleware that answers a request which cannot be served with status 404 or 422 and one line saying why."""

    def __init__(self, app: ASGIApp, *, page: gr.Blocks) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_json_post(scope):
            await self.app(scope, receive, send)
            return
        try:
            body = await read_body(receive)
            body = check_body(self.page, scope["path"], body)
        except HTTPException as error:
            await JSONResponse({"detail": error.detail}, error.status_code)(scope, receive, send)
            return
        await self.app(with_length(scope, len(body)), replay(body, receive), send)


def is_json_post(scope: Scope) -> bool:
    """Whether Gradio would read the body of a request as JSON."""
    return scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(API)


async def read_body(receive: Receive) -> bytes:
    """The whole body; what is larger than a request may be raises while it is received."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """A channel that delivers a body once more, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


def with_length(scope: Scope, length: int) -> Scope:
    """The scope with the length of a body that may have been completed."""
    others = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
    return {**scope, "headers": [*others, (b"content-length", str(length).encode())]}


def check_body(page: gr.Blocks, path: str, body: bytes) -> bytes:
    """The body that Gradio is to read.

    Raises:
        HTTPException: 404 or 422, with the field, its value and the way out.
    """
    try:
        content = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise refusal('The body is not JSON. Send an object such as {"data": []}. ' + INFO) from None
    for field, address in file_addresses(content):
        raise refusal(refuse_address(field, address))
    if path.startswith(f"{API}mcp"):
        return body
    if not isinstance(content, dict):
        raise refusal(f'The body is {describe(content)}; it must be an object such as {{"data": []}}. {INFO}')
    if content.get("session_hash") == "":  # Gradio would lose the event
        raise refusal('session_hash is ""; leave it out, or send any text that names your session.')
    if named := NAMED.fullmatch(path):
        content = check_call(page, named["way"], named["name"], content)
    elif path.rstrip("/") == f"{API}queue/join":
        check_event(page, content)
    return json.dumps(content).encode()


def check_call(page: gr.Blocks, way: str, name: str, content: dict) -> dict:
    """The content of a call of a named endpoint, what was left out filled in with its default.

    Raises:
        HTTPException: there is no such endpoint, or its arguments are not those it takes.
    """
    if way in ("run", "api") and content.get("fn_index") is not None:
        check_event(page, content)
        return content
    functions = {one.api_name: one for one in page.fns.values() if one.api_visibility == "public"}
    if name not in functions:
        known = ", ".join(f"/{one}" for one in functions)
        raise refusal(
            f"There is no endpoint {shorten('/' + name)}; there are {known}. {INFO}", HTTPStatus.NOT_FOUND
        )
    parameters = inspect.signature(functions[name].fn).parameters.values()
    if way == "call/v2":
        check_names(name, parameters, content)
        return content
    data = content.get("data")
    if not isinstance(data, list):
        raise refusal(
            f"data is {describe(data)}; it must be the list of arguments: {takes(name, parameters)}."
        )
    return content | {"data": complete(name, list(parameters), data)}


def complete(name: str, parameters: list[inspect.Parameter], data: list) -> list:
    """The arguments, by place, with those that may be left out.

    Raises:
        HTTPException: too many arguments, or one is missing; the message lists what the endpoint takes.
    """
    if len(data) > len(parameters):
        raise refusal(f"data holds {len(data)} arguments; {takes(name, parameters)}.")
    defaults = [one.default for one in parameters[len(data) :]]
    for parameter, default in zip(parameters[len(data) :], defaults, strict=True):
        if default is inspect.Parameter.empty:
            raise refusal(f"The argument {parameter.name} is missing; {takes(name, parameters)}.")
    return [*data, *defaults]


def check_names(name: str, parameters: object, content: dict) -> None:
    """Refuses arguments given by name that are missing or unknown."""
    known = {one.name: one for one in parameters}
    for field in content.keys() - known.keys() - {"oauth_token"}:
        raise refusal(f"There is no argument {shorten(field)}; {takes(name, known.values())}.")
    for field, parameter in known.items():
        if field not in content and parameter.default is inspect.Parameter.empty:
            raise refusal(f"The argument {field} is missing; {takes(name, known.values())}.")


def takes(name: str, parameters: object) -> str:
    """What an endpoint takes, as part of a sentence: "/predict takes premise, hypothesis"."""
    shown = [
        one.name if one.default is inspect.Parameter.empty else f"{one.name} (may be left out)"
        for one in parameters
    ]
    return f"/{name} takes {', '.join(shown) or 'no arguments'}"


def check_event(page: gr.Blocks, content: dict) -> BlockFunction:
    """The event of the page that a request names.

    Raises:
        HTTPException: there is none of that number, or it is sent fewer values than it reads.
    """
    number, data = content.get("fn_index"), content.get("data")
    if type(number) is not int or number not in page.fns:
        raise refusal(
            f"fn_index is {describe(number)}; the page has no such event. GET /config lists its events.",
            HTTPStatus.NOT_FOUND,
        )
    event = page.fns[number]
    if not isinstance(data, list):
        raise refusal(
            f"data is {describe(data)}; it must be the list of the event's {len(event.inputs)} values."
        )
    if len(data) < len(event.inputs) and not event.cancels:
        raise refusal(f"data holds {len(data)} values; event {number} reads {len(event.inputs)}.")
    return event


def refusal(message: str, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> HTTPException:
    """An error that Gradio's routes turn into an answer with this message."""
    return HTTPException(status, message)
