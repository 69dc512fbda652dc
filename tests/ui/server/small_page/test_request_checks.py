"""What cannot be read is refused in one line, and what may be left out is filled in."""

import json

import pytest
from in_process import LEFT_OPEN
from requests_by_hand import PAIR, ask, event_of, file_at, join, stream_of

pytestmark = LEFT_OPEN


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (
            "call/predict",
            {"data": ["only one"]},
            422,
            "The argument hypothesis is missing; /predict takes premise, ",
        ),
        ("call/predict", {"data": []}, 422, "The argument premise is missing"),
        ("call/predict", {}, 422, "data is null; it must be the list of arguments: /predict takes premise, "),
        ("call/predict", {"data": ["a", "b"], "session_hash": ""}, 422, 'session_hash is ""; leave it out'),
        ("queue/join", {"fn_index": 0, "data": ["a", "b"], "session_hash": ""}, 422, 'session_hash is ""'),
        ("call/predict", {"data": "ab"}, 422, 'data is "ab"; it must be the list'),
        (
            "call/predict",
            {"data": ["a", "b", "c"]},
            422,
            "data holds 3 arguments; /predict takes premise, hypothesis.",
        ),
        ("call/predict", [], 422, "The body is []"),
        ("call/predict", b"{", 422, "The body is not JSON"),
        ("call/predict", b"[" * 100_000, 422, "The body is not JSON"),
        ("call/nothing", {"data": []}, 404, "There is no endpoint /nothing; there are /predict, /attribute"),
        ("call/v2/nothing", {}, 404, "There is no endpoint /nothing"),
        ("run/nothing", {"data": []}, 404, "There is no endpoint /nothing"),
        ("call/read", {"data": []}, 404, "There is no endpoint /read"),
        ("call/v2/predict", {"premise": "a"}, 422, "The argument hypothesis is missing"),
        ("call/v2/predict", {"premise": "a", "hypothesis": "b", "x": 1}, 422, "There is no argument x"),
        (
            "queue/join",
            {"fn_index": 999, "data": [], "session_hash": "a"},
            404,
            "fn_index is 999; the page has no such",
        ),
        ("queue/join", {"fn_index": "0", "data": [], "session_hash": "a"}, 404, 'fn_index is "0"'),
        ("queue/join", {"fn_index": True, "data": [], "session_hash": "a"}, 404, "fn_index is true"),
        ("queue/join", {"data": [], "session_hash": "a"}, 404, "fn_index is null"),
        (
            "queue/join",
            {"fn_index": 0, "session_hash": "a"},
            422,
            "data is null; it must be the list of the event's 1",
        ),
        (
            "queue/join",
            {"fn_index": 0, "data": [], "session_hash": "a"},
            422,
            "data holds 0 values; event 0 reads 1.",
        ),
        ("run/predict", {"fn_index": 77, "data": []}, 404, "fn_index is 77"),
        ("cancel", {"session_hash": 3}, 422, "session_hash: Input should be a valid string; it is 3"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(address, capfd, path, body, status, message):
    answered, text, _ = ask(address, f"/gradio_api/{path}", body)
    assert answered == status, text
    line = json.loads(text)["detail"]
    assert message in line
    assert "\n" not in line
    assert len(line) < 300
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("event", "data", "more", "message"),
    [
        ("read", [file_at("/etc/passwd")], {}, "cannot be read"),
        ("read", [5], {}, "cannot be read"),
        ("pressed", [], {"event_data": None}, "event_data is null"),
        ("pressed", [], {}, "event_data is null"),
        ("fail", [1], {}, "the fault is in its log"),
    ],
)
def test_an_event_that_fails_answers_in_one_line(page, address, capfd, event, data, more, message):
    status, text, _ = join(address, event_of(page, event), data, f"failing {event}", **more)
    assert status == 200, text
    told = [json.loads(line[6:]) for line in stream_of(address, f"failing%20{event}").splitlines() if line]
    [done] = [one for one in told if one["msg"] == "process_completed"]
    assert message in done["output"]["error"]
    assert "\n" not in done["output"]["error"]
    assert "Traceback" not in capfd.readouterr().err


def test_arguments_that_are_not_text_are_named_with_their_value(address):
    for place, (field, value) in enumerate(
        [("premise", 5), ("hypothesis", ["a"]), ("method", {}), ("target", 1)]
    ):
        data: list[object] = [*PAIR, "saliency", "neutral"]
        data[place] = value
        event = json.loads(ask(address, "/gradio_api/call/attribute", {"data": data})[1])["event_id"]
        text = ask(address, f"/gradio_api/call/attribute/{event}")[1]
        assert f"{field} is {json.dumps(value)}" in json.loads(text.split("data: ")[1])["error"]


@pytest.mark.parametrize("way", ["call", "call/v2"])
def test_what_attribute_may_be_asked_without_has_its_default(address, way):
    shorter, longer = (
        {"data": [*PAIR, *rest]}
        if way == "call"
        else dict(zip(("premise", "hypothesis", "method"), [*PAIR, *rest], strict=False))
        for rest in ([], ["integrated_gradients"])
    )
    answers = []
    for body in (shorter, longer):
        event = json.loads(ask(address, f"/gradio_api/{way}/attribute", body)[1])["event_id"]
        answers.append(ask(address, f"/gradio_api/{way}/attribute/{event}")[1])
    assert "event: complete" in answers[0]
    assert answers[0] == answers[1]
