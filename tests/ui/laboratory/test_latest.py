"""Work for a pair that its visitor has replaced is dropped; what replaces it is shown, and nobody else loses anything."""

import time
from threading import Event
from types import SimpleNamespace

import gradio as gr
import pytest
from in_process import LEFT_OPEN, SECONDS, completed, get_json, post_json, served

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.inputs import validator
from bertmini_demo.ui.laboratory.latest import Latest
from bertmini_demo.ui.laboratory.tab_page import build_tab_page
from bertmini_demo.ui.laboratory.tabs import Panel
from bertmini_demo.ui.laboratory.wiring import REASONS

pytestmark = LEFT_OPEN
ONE, TWO = ("A heron stands.", "A bird stands."), ("A fox runs.", "An animal runs.")
CHOICES = (None, [], "saliency", "verdict", "logit", "pad", "0-0")


def visitor(session: str | None) -> SimpleNamespace:
    return SimpleNamespace(session_hash=session)


def test_a_pair_is_replaced_by_another_of_the_same_session_only():
    latest = Latest()
    latest.note("a", ONE)
    latest.note("b", TWO)
    assert not latest.replaced("a", ONE)
    assert latest.replaced("a", TWO)
    latest.note("a", TWO)
    assert latest.replaced("a", ONE)
    assert not latest.replaced("b", TWO)


def test_of_sessions_unknown_forgotten_or_nameless_nothing_is_dropped():
    latest = Latest(most=2)
    for session in ("a", "b", "c", None):
        latest.note(session, ONE)
    assert not latest.replaced("a", TWO)
    assert latest.replaced("b", TWO)
    assert not latest.replaced("z", TWO)
    assert not latest.replaced(None, TWO)


def test_panels_of_a_replaced_pair_are_skipped_and_shown_by_the_next_request(tiny):
    handlers = Handlers(Analysis(tiny))
    panel = Panel(("words",), lambda _analysis, view: [view.premise])
    handle = handlers.refresh([panel], choices=len(CHOICES))
    check = validator(tiny, handlers.latest)

    def ask(pair, shown):
        return handle(visitor("a"), gr.EventData(None, None), *pair, shown, "why", None, *CHOICES)

    assert check(*ONE, visitor("a"))[0]["is_valid"]
    assert check(*TWO, visitor("a"))[0]["is_valid"]
    assert ask(ONE, {}) == [gr.skip(), gr.skip()]
    shown, words = ask(TWO, {})
    assert words == TWO[0]
    check(*ONE, visitor("a"))
    assert ask(ONE, shown)[1] == ONE[0]


def test_a_pair_that_cannot_be_read_or_is_only_being_typed_replaces_none(tiny):
    latest = Latest()
    validator(tiny, latest)(*ONE, visitor("a"))
    validator(tiny, latest)("", TWO[1], visitor("a"))
    validator(tiny)(*TWO, visitor("a"))
    assert not latest.replaced("a", ONE)


@pytest.fixture
def held():
    """Set: the lane of the panels is free."""
    return Event()


@pytest.fixture
def address(tiny, held):
    """A page with one more request in that lane, which takes as long as the test wants."""

    def hold() -> bool:
        return held.wait(SECONDS)

    with build_tab_page(tiny) as page:
        gr.api(hold, api_name="hold", concurrency_id=REASONS["concurrency_id"])
    with served(page, tiny) as address:
        yield address


def panels_request(config: dict, pair: tuple[str, str]) -> dict:
    """What a browser sends when another head is chosen: what is always seen is brought up to date."""
    props = {one["id"]: one["props"] for one in config["components"]}
    [head] = [place for place, one in props.items() if one.get("elem_id") == "head"]
    follow = [one for one in config["dependencies"] if [head, "change"] in one["targets"]]
    asked = max(follow, key=lambda one: len(one["outputs"]))
    typed = dict(zip(("premise", "hypothesis"), pair, strict=True))
    data = [typed.get(props[place].get("elem_id"), props[place].get("value")) for place in asked["inputs"]]
    return {"fn_index": asked["id"], "data": data, "trigger_id": head, "event_data": None}


def test_over_http_each_session_gets_its_newest_pair(address, held):
    """The lane is held meanwhile, so that three requests of two sessions wait in it."""
    config = get_json(f"{address}/config")
    post_json(f"{address}/gradio_api/call/hold", {"data": []})
    while not get_json(f"{address}/health")["running"]:
        time.sleep(0.05)
    asked = {}
    for session, pair in (("one", ONE), ("one", TWO), ("two", ONE)):
        body = panels_request(config, pair) | {"session_hash": session}
        asked[post_json(f"{address}/gradio_api/queue/join", body)["event_id"]] = (session, pair)
    assert get_json(f"{address}/health")["waiting"] == 3
    held.set()
    found = {
        asked[event]: str(data) for session in ("one", "two") for event, data in completed(address, session)
    }
    assert set(found) == set(asked.values())
    assert "heron" not in found["one", ONE]
    assert "fox" in found["one", TWO]
    assert "heron" in found["two", ONE]
