"""POST /answer: a question and the state in, lines of JSON out; the last line is the answer.

    {"question": "how_it_decides.head", "state": {...}, "visitor": "6f1c...", "number": 12}

With a file of pairs, the request is a form of two fields: "ask", which holds this object, and "file".

A browser that goes away, or aborts, stops the work: what waits is dropped, and what yields progress ends after its next step.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bertmini_demo.errors import InputError
from bertmini_demo.settings import Settings
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.questions import Reply
from bertmini_demo.ui.server.error_responses import BUSY
from bertmini_demo.ui.server.network_address import network_address
from bertmini_demo.ui.visit import SentFile, Visit, file_name

DROPPED = {"dropped": True}
LINES = "application/x-ndjson"
UNREADABLE = "The request must be a JSON object, or a form that holds one as “ask” and a file as “file”."


def answer_route(answers: Answers, *, max_waiting: int) -> Route:
    """The route. At most ``max_waiting`` questions wait in a lane; one more is refused as busy (503)."""
    waiting, files = dict.fromkeys(answers.lanes, 0), SentFiles(answers.models.settings)

    async def ask(request: Request) -> Response:
        data, file = await read_request(request)
        if data is None:
            return failure(UNREADABLE, status=400)
        try:
            question, state = answers.read(data)
            files.check(file)
        except InputError as error:
            return failure(str(error), field=error.field, status=422)
        if waiting[question.lane] >= max_waiting or files.full:
            count = waiting[question.lane]
            return failure(BUSY.format(waiting=count, place=count + 1), status=503)
        ticket = answers.note(data.get("visitor"), question, data.get("number"))
        replies = answers.answer(question, state, Visit(answers.models, network_address(request), file))

        async def lines() -> AsyncIterator[bytes]:
            waiting[question.lane] += 1
            files.add(file)
            lane = answers.lanes[question.lane]
            try:
                while (reply := await asyncio.wrap_future(running := lane.submit(step))) is not None:
                    lane = answers.lanes[question.then or question.lane]
                    yield json.dumps(reply, allow_nan=False).encode() + b"\n"
                    if "progress" not in reply:
                        break
            finally:
                waiting[question.lane] -= 1
                files.remove(file)
                running.add_done_callback(lambda _step: replies.close())  # not while a step is under way

        def step() -> Reply | None:
            return DROPPED if answers.is_stale(ticket) else next_reply(replies)

        return StreamingResponse(lines(), media_type=LINES, headers={"Cache-Control": "no-store"})

    return Route("/answer", ask, methods=["POST"])


class SentFiles:
    """The files that came with the questions being answered, bounded in bytes."""

    def __init__(self, settings: Settings) -> None:
        self._file_megabytes = settings.file_megabytes
        self._max_bytes, self._bytes = settings.upload_megabytes * 1_000_000, 0

    def check(self, file: SentFile | None) -> None:
        """Refuses a file that is too large.

        Raises:
            InputError: its size and the limit; field "pairs".
        """
        size = size_of(file)
        if size > self._file_megabytes * 1_000_000:
            raise InputError(
                f"{file.name} has {size / 1e6:.1f} MB; the limit is {self._file_megabytes} MB. Split it.",
                field="pairs",
            )

    @property
    def full(self) -> bool:
        """Whether the files held now exceed the limit, so that no more are taken."""
        return self._bytes > self._max_bytes

    def add(self, file: SentFile | None) -> None:
        """Counts a file whose question is being answered."""
        self._bytes += size_of(file)

    def remove(self, file: SentFile | None) -> None:
        """Uncounts a file whose question is answered."""
        self._bytes -= size_of(file)


def size_of(file: SentFile | None) -> int:
    """Bytes of a file; 0 without one."""
    return len(file.content) if file else 0


async def read_request(request: Request) -> tuple[dict | None, SentFile | None]:
    """What is asked, and the file that came with it; None where it is neither a JSON object nor such a form."""
    try:
        data, file = await parse_request(request)
    except (ValueError, RecursionError, KeyError, HTTPException):
        return None, None
    return (data, file) if isinstance(data, dict) else (None, None)


async def parse_request(request: Request) -> tuple[object, SentFile | None]:
    """The JSON and the file of a request.

    Raises:
        ValueError, KeyError, HTTPException: it is neither JSON nor a form that holds it.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return json.loads(await request.body()), None
    async with request.form(max_files=1, max_fields=1) as form:
        upload = form["file"]
        if not isinstance(upload, UploadFile):
            raise ValueError("The field file holds no file.")
        return json.loads(form["ask"]), SentFile(file_name(upload.filename or ""), await upload.read())


def next_reply(replies: Iterator[Reply]) -> Reply | None:
    """The next line; after the last one the work is run to its end, so that it does not count as stopped half-way."""
    reply = next(replies, None)
    if reply is not None and "progress" not in reply:
        next(replies, None)
    return reply


def failure(message: str, *, status: int, field: str | None = None) -> JSONResponse:
    """An error in words, beside the field that it is about."""
    return JSONResponse({"error": {"field": field, "message": message}}, status)
