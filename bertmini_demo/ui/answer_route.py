"""POST /answer: a question and the state in, lines of JSON out; the last line is the answer.

    {"question": "how_it_decides.head", "state": {...}, "visitor": "6f1c...", "number": 12}

A browser that goes away, or aborts, stops the work: what waits is dropped, and what yields progress ends after its next step.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bertmini_demo.errors import InputError
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.questions import Reply

DROPPED = {"dropped": True}
LINES = "application/x-ndjson"


def answer_route(answers: Answers, *, max_waiting: int) -> Route:
    """The route. At most ``max_waiting`` questions wait in a lane; one more is refused as busy (503)."""
    waiting = dict.fromkeys(answers.lanes, 0)

    async def ask(request: Request) -> Response:
        try:
            data = json.loads(await request.body())
            if not isinstance(data, dict):
                raise ValueError
        except (ValueError, RecursionError):
            return failure("The request must be a JSON object.", status=400)
        try:
            question, state = answers.read(data)
        except InputError as error:
            return failure(str(error), field=error.field, status=422)
        if waiting[question.lane] >= max_waiting:
            return failure(
                f"The page is busy: {max_waiting} requests wait. Try again in a moment.", status=503
            )
        ticket = answers.note(data.get("visitor"), question, data.get("number"))
        replies = answers.answer(question, state)
        lane = answers.lanes[question.lane]
        loop = asyncio.get_running_loop()

        async def lines() -> AsyncIterator[bytes]:
            waiting[question.lane] += 1
            try:
                while (reply := await loop.run_in_executor(lane, step)) is not None:
                    yield json.dumps(reply, allow_nan=False).encode() + b"\n"
                    if "progress" not in reply:
                        break
            finally:
                waiting[question.lane] -= 1
                loop.run_in_executor(lane, close, replies)

        def step() -> Reply | None:
            return DROPPED if answers.is_stale(ticket) else next(replies, None)

        return StreamingResponse(lines(), media_type=LINES, headers={"Cache-Control": "no-store"})

    return Route("/answer", ask, methods=["POST"])


def close(replies: Iterator[Reply]) -> None:
    """Ends work that is not finished."""
    replies.close()


def failure(message: str, *, status: int, field: str | None = None) -> JSONResponse:
    """An error in words, beside the field that it is about."""
    return JSONResponse({"error": {"field": field, "message": message}}, status)
