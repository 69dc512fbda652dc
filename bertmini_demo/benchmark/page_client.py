"""A page without a browser: asks the app questions as the page's own script does."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Mapping

import httpx


class BusyError(Exception):
    """The app had no room for a question."""


class PageClient:
    """One visitor's page: holds the state, asks questions of it.

    Attributes:
        state: the visitor's choices, as the address bar has them.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.state: dict[str, object] = {"premise": "", "hypothesis": ""}
        self._client, self._visitor, self._numbers = client, secrets.token_hex(12), itertools.count(1)

    async def ask(
        self,
        question: str,
        *,
        on_progress: Callable[[Mapping], None] | None = None,
        file: bytes | None = None,
        **choices: object,
    ) -> dict | None:
        """The answer to a question about the state; None where a newer question of the same kind replaced this one.

        Args:
            file: a table of pairs that goes along.
            choices: fields of the state for this question alone.

        Raises:
            BusyError: the app had no room.
            RuntimeError: the app answered with an error; the message is the app's own.
        """
        body = {
            "question": question,
            "state": {**self.state, **choices},
            "visitor": f"{self._visitor}-{question}",
            "number": next(self._numbers),
        }
        async with self._client.stream("POST", "/answer", **content(body, file)) as response:
            async for line in response.aiter_lines():
                reply = json.loads(line)
                if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                    raise BusyError(reply["error"]["message"])
                if "error" in reply:
                    raise RuntimeError(reply["error"]["message"])
                if "dropped" in reply:
                    return None
                if "progress" not in reply:
                    return reply
                if on_progress:
                    on_progress(reply)
        raise RuntimeError(f"The app ended before it answered {question}.")


def content(body: Mapping[str, object], file: bytes | None) -> dict[str, object]:
    """What httpx sends: JSON, or a form with the file."""
    if file is None:
        return {"json": body}
    return {"data": {"ask": json.dumps(body)}, "files": {"file": ("pairs.tsv", file)}}
