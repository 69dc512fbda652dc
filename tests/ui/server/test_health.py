"""What the app tells those who keep it running: health, log lines, and how it stops."""

import json
import signal
import urllib.request

import pytest
from asking import Asker
from gradio_client.exceptions import AppError
from serving import PATIENCE, starting_app, wait_until_served

import bertmini_demo
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.checksums import MANIFEST, digest

PAIR = ("A heron stands in the reeds.", "A bird is standing.")
LONG = ("one heron after another stands " * 30, "a bird is standing in the reeds " * 30)
SLOW = "shapley_value_sampling"


def health(address: str) -> dict:
    with urllib.request.urlopen(f"{address}/health", timeout=PATIENCE) as response:
        return json.load(response)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the app said of its health, and all it wrote, once it was stopped in the middle of some work."""
    log = tmp_path_factory.mktemp("app") / "log"
    with starting_app(log) as (address, process):
        wait_until_served(address, process, log)
        client = Asker(address, verbose=False)
        before = health(address)
        tokens = client.predict(*PAIR, api_name="/predict")["tokens"]
        with pytest.raises(AppError):
            client.predict("", PAIR[1], api_name="/predict")
        work = client.submit(*LONG, SLOW, api_name="/attribute")
        while not (busy := health(address))["running"]:
            assert not work.done()
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)
    return {
        "before": before,
        "busy": busy,
        "status": status,
        "tokens": len(tokens),
        "lines": log.read_text(encoding="utf-8").splitlines(),
    }


def test_health_names_model_checksum_version_and_queue(told):
    before = told["before"]
    assert before["model"] == "BERT-mini, shipped"
    assert before["checksum"] == digest(SHIPPED / MANIFEST)
    assert before["version"] == bertmini_demo.__version__
    assert (before["waiting"], before["running"]) == (0, 0)
    assert told["busy"]["running"] == 1
    assert told["busy"]["uptime_seconds"] >= before["uptime_seconds"] >= 0


def test_told_to_stop_it_ends_running_work_and_itself_without_a_traceback(told):
    assert told["status"] == 0
    assert not any("Traceback" in line for line in told["lines"])


def test_each_request_is_one_line_without_what_was_typed(told):
    lines = [json.loads(line) for line in told["lines"] if line.startswith("{")]
    assert [line["event"] for line in lines][:1] == ["started"]
    assert "stopping" in [line["event"] for line in lines]
    done, refused, *_ = [line for line in lines if line["event"] == "request"]
    assert (done["endpoint"], done["outcome"], done["word_pieces"]) == ("predict", "done", told["tokens"])
    assert (refused["endpoint"], refused["outcome"], refused["word_pieces"]) == ("predict", "refused", None)
    assert done["milliseconds"] > 0
    written = "\n".join(told["lines"])
    assert "heron" not in written
    assert "standing" not in written
