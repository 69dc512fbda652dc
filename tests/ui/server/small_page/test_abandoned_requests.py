"""What is asked too late, never read or broken off."""

import http.client
import json
from urllib.parse import urlsplit

from in_process import LEFT_OPEN
from requests_by_hand import PAIR, ask, stream_of
from serving import PATIENCE, wait_until

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


def test_an_upload_that_is_broken_off_leaves_nothing(page, address):
    folder = page.server_app.uploaded_file_dir

    def entries():
        from pathlib import Path

        return {path for path in Path(folder).glob("*") if path.is_file()} if Path(folder).is_dir() else set()

    before = entries()
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\n' + b"x" * 200_000
    for _ in range(3):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        connection.putrequest("POST", "/gradio_api/upload")
        connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        connection.send(head)
        connection.close()
    wait_until(lambda: entries() <= before)
