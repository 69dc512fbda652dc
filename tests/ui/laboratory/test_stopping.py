"""Work that is stopped ends on the server, too, keeps what it had, and goes on from there when it is asked for again."""

import json
import logging
import time
import urllib.request
from collections.abc import Iterator

import pytest
from in_process import LEFT_OPEN, SECONDS, get_json, post_json, served

from bertmini_demo.ui.laboratory.tab_page import build_tab_page
from bertmini_demo.ui.server import request_log

pytestmark = LEFT_OPEN
PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}
ACTIONS = {
    "make-variants": "bertmini_demo.explain.counterfactuals.edits.EDITS_PER_BATCH",
    "together-run": None,
}


@pytest.fixture
def address(tiny):
    with served(build_tab_page(tiny), tiny) as address:
        yield address


def request_of(config: dict, button: str) -> dict:
    """What a browser sends when a button is pressed for PAIR."""
    props = {one["id"]: one["props"] for one in config["components"]}
    [place] = [place for place, one in props.items() if one.get("elem_id") == button]
    [asked] = [one for one in config["dependencies"] if [place, "click"] in one["targets"]]
    data = [PAIR.get(props[given].get("elem_id"), props[given].get("value")) for given in asked["inputs"]]
    return {
        "fn_index": asked["id"],
        "data": data,
        "trigger_id": place,
        "event_data": None,
        "session_hash": "one",
    }


def messages(address: str) -> Iterator[dict]:
    """What a browser is told."""
    place = f"{address}/gradio_api/queue/data?session_hash=one"
    with urllib.request.urlopen(place, timeout=SECONDS) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def outcomes(caplog, button: str) -> list[str]:
    facts = [
        json.loads(record.getMessage()) for record in caplog.records if record.name == request_log.__name__
    ]
    return [one["outcome"] for one in facts if one.get("endpoint") == button]


@pytest.mark.parametrize("button", ACTIONS)
def test_a_stop_ends_the_work_and_a_second_press_finishes_it(address, caplog, monkeypatch, button):
    caplog.set_level(logging.INFO, logger=request_log.__name__)
    if ACTIONS[button]:
        monkeypatch.setattr(ACTIONS[button], 1)  # many steps, to be stopped between two of them
    body = request_of(get_json(f"{address}/config"), button)
    event = post_json(f"{address}/gradio_api/queue/join", body)["event_id"]
    told = messages(address)
    assert any(message["msg"] == "process_generating" for message in told)
    post_json(
        f"{address}/gradio_api/cancel",
        {"session_hash": "one", "fn_index": body["fn_index"], "event_id": event},
    )
    end = time.monotonic() + SECONDS
    while not outcomes(caplog, button) and time.monotonic() < end:
        time.sleep(0.05)
    assert outcomes(caplog, button) == ["ended"]
    told.close()
    event = post_json(f"{address}/gradio_api/queue/join", body)["event_id"]
    assert any(message["msg"] == "process_completed" and message["success"] for message in messages(address))
    assert outcomes(caplog, button) == ["ended", "done"]
