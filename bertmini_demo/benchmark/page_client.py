"""A visitor's open page without a browser: it sends what Gradio's front end would send, and reads the answers."""

import asyncio
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
from gradio_client.utils import apply_diff

PATIENCE = 300  # seconds until the end of an event
ROOM = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


class BusyError(RuntimeError):
    """The app has no room for another request."""


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What came of one event, by the names of components.

    Attributes:
        sent: values of the components that the event reads.
        outputs: values that changed.
    """

    sent: dict[str, object]
    outputs: dict[str, object]


class PageClient:
    """One session: the values of its controls, and the stream of answers to its events.

    A component's name is its elem_id, a tab's "tab-" and its id. While an event is under way the same one waits, and of those that
    wait only the newest is sent, as the page asks of a browser (``always_last``).
    """

    def __init__(self, client: httpx.AsyncClient, config: dict) -> None:
        """Args:
        client: with the app's address as its base.
        config: what the app answers to /config.
        """
        props = {one["id"]: one["props"] for one in config["components"]}
        self.session = uuid.uuid4().hex
        self._client = client
        self._events = config["dependencies"]
        self._values = {place: one.get("value") for place, one in props.items()}
        self._names = {
            place: f"tab-{one['id']}" if one.get("id") else one.get("elem_id") for place, one in props.items()
        }
        self._places = {name: place for place, name in self._names.items()} | {"page": 0}
        self._messages: defaultdict[str, list[dict]] = defaultdict(list)
        self._outcomes: defaultdict[str, asyncio.Future] = defaultdict(lambda: asyncio.Future())
        self._awaited, self._reader = 0, None
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked: Counter[int] = Counter()
        self._open = "tab-why"

    def fill(self, **values: object) -> None:
        """Sets controls, without an event; a dash in a name is written as an underscore."""
        for name, value in values.items():
            self._values[self._places[name.replace("_", "-")]] = value

    def value(self, name: str) -> object:
        """What a component shows."""
        return self._values[self._places[name]]

    async def press(
        self, name: str, event: str = "click", data: object = None
    ) -> AsyncIterator[EventOutcome]:
        """Triggers an event of a component, and yields the outcome of it and of each event that follows.

        Raises:
            BusyError: the app takes no more.
            RuntimeError: an event was refused or failed.
            TimeoutError: it did not end.
            httpx.HTTPError: the app could not be reached.
        """
        due = self._listening(name, event)
        if name.startswith("tab-"):
            self._open = name
            due += self._asking()
        while due:
            one, states = due.pop(0), []
            if one["backend_fn"]:  # else the browser does it alone
                result = await self._send(one, data)
                if result is None:
                    continue
                sent, answers = result
                outputs = {}
                for answer in answers:
                    outputs |= self._take(one["outputs"], answer["data"])
                    states += (answer.get("changed_state_ids") or ()) if one["queue"] else ()
                yield EventOutcome(self._named(one["inputs"], sent), outputs)
                if "view" in outputs:
                    due += self._asking()
            for state in dict.fromkeys(states):
                due += [one for one in self._events if [state, "change"] in one["targets"]]
            due += [after for after in self._events if after["trigger_after"] == one["id"]]

    async def upload(self, name: str, content: bytes) -> dict:
        """Sends a file; returns what a control for files holds then."""
        answer = await self._client.post("/gradio_api/upload", files={"files": (name, content)})
        path = answer.raise_for_status().json()[0]
        return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    async def download(self, file: dict) -> str:
        """The text of a file that the page offers."""
        return (await self._client.get(f"/gradio_api/file={file['path']}")).raise_for_status().text

    def _listening(self, name: str, event: str) -> list[dict]:
        return [one for one in self._events if [self._places[name], event] in one["targets"]]

    def _asking(self) -> list[dict]:
        """What follows where the open tab asks to be brought up to date, see :mod:`bertmini_demo.ui.laboratory.sight`."""
        return self._listening(self._open.replace("tab-", "asks-"), "select")

    def _named(self, places: list[int], values: list) -> dict[str, object]:
        return {
            self._names[place]: value
            for place, value in zip(places, values, strict=True)
            if self._names[place]
        }

    def _take(self, places: list[int], values: list) -> dict[str, object]:
        """Sets what an event returned; unchanged values are left out."""
        new = {}
        for place, value in zip(places, values, strict=False):
            if isinstance(value, dict) and value.get("__type__") == "update":
                if "value" in value:
                    new[place] = value["value"]
            else:
                new[place] = value
        self._values |= new
        return self._named(list(new), list(new.values()))

    async def _send(self, event: dict, data: object) -> tuple[list, list[dict]] | None:
        """What was sent, and the answers one after another; None where a newer one of the same event is sent in its place."""
        number = event["id"]
        self._asked[number] += 1
        mine = self._asked[number]
        async with self._turns[number]:
            if mine < self._asked[number]:
                return None
            sent = [self._values.get(place) for place in event["inputs"]]
            trigger = event["targets"][0][0] if event["targets"] else None
            body = {"fn_index": number, "data": sent, "event_data": data, "trigger_id": trigger}
            body["session_hash"] = self.session
            async with asyncio.timeout(PATIENCE):
                if event["queue"]:
                    return sent, await self._queued(body)
                return sent, [await self._post("run/predict", body)]

    async def _post(self, route: str, body: dict) -> dict:
        answer = await self._client.post(f"/gradio_api/{route}", json=body)
        if answer.status_code != httpx.codes.OK:
            busy = answer.status_code in ROOM or "is busy" in answer.text
            raise (BusyError if busy else RuntimeError)(f"{answer.status_code} {answer.text[:300]}")
        return answer.json()

    async def _queued(self, body: dict) -> list[dict]:
        self._awaited += 1
        try:
            event = (await self._post("queue/join", body))["event_id"]
            if self._reader is None or self._reader.done():
                self._reader = asyncio.create_task(self._read())
            *steps, last = await self._outcomes[event]
        finally:
            self._awaited -= 1
        del self._outcomes[event], self._messages[event]
        if not last["success"]:
            raise RuntimeError(f"an event failed: {last['output'].get('error')}")
        return [*full_outputs([one["output"] for one in steps]), last["output"]]

    async def _read(self) -> None:
        """Reads the stream, which the app closes whenever nothing is under way, as long as anything is awaited.

        It may report an event before the event's own request is answered.
        """
        place = {"session_hash": self.session}
        try:
            while self._awaited:
                async with self._client.stream("GET", "/gradio_api/queue/data", params=place) as stream:
                    async for line in stream.aiter_lines():
                        message = json.loads(line.removeprefix("data: ")) if line else {}
                        if message.get("msg") in ("process_generating", "process_completed"):
                            messages = self._messages[message["event_id"]]
                            messages.append(message)
                            if message["msg"] == "process_completed":
                                self._outcomes[message["event_id"]].set_result(messages)
        except httpx.HTTPError as error:
            for outcome in self._outcomes.values():
                if not outcome.done():
                    outcome.set_exception(error)


def full_outputs(outputs: list[dict]) -> list[dict]:
    """What an event returned step by step: after the first step the app sends only the differences from the step before."""
    result = outputs[:1]
    for one in outputs[1:]:
        data = [apply_diff(old, new) for old, new in zip(result[-1]["data"], one["data"], strict=True)]
        result.append(one | {"data": data})
    return result
