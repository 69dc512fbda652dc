"""What is asked too late, never read or broken off."""

import json

from in_process import LEFT_OPEN
from requests_by_hand import PAIR, ask, stream_of
from serving import wait_until

pytestmark = LEFT_OPEN


def test_what_was_never_asked_or_is_gone_is_said_in_one_line(address, capfd):
    status, text, _ = ask(address, "/gradio_api/call/predict/0123")
    assert (status, json.loads(text)["detail"][:17]) == (404, "The answer '0123'")
    told = json.loads(stream_of(address, "nobody").removeprefix("data: "))
    assert (told["msg"], told["session_not_found"]) == ("unexpected_error", True)
    assert "Traceback" not in capfd.readouterr().err


def test_answers_that_nobody_reads_are_dropped(page, address):
    queue = page._queue
    events = [
        json.loads(ask(address, "/gradio_api/call/attention", {"data": [f"a {word} .", PAIR[1]]})[1])[
            "event_id"
        ]
        for word in ("man", "dog", "cat")
    ]
    assert set(events) <= set(queue.pending_messages_per_session)
    wait_until(
        lambda: not set(events) & {*queue.pending_messages_per_session, *queue.pending_event_ids_session}
    )
    assert ask(address, f"/gradio_api/call/attention/{events[0]}")[0] == 404
