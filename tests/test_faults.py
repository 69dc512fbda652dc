"""The app where nothing can be written, and killed in the middle of its work."""

import os
import subprocess
import sys
import urllib.request

import pytest
from in_process import SECONDS, get_json, post_json, request_of
from serving import ROOT, starting_app, wait_until_served

from bertmini_demo.benchmark.startup_time import call

PAIR = ["the man doesn't sleep in the park .", "a man is asleep ."]
FROZEN = {"PYTHONPATH": str(ROOT / "tests" / "guard"), "READ_ONLY": str(ROOT)}


def test_the_guard_lets_nothing_be_written_below_its_folder(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; place = Path(sys.argv[1])\n"
        "for harm in ((place / 'new').mkdir, (place / 'new').touch, (place / 'old').unlink,\n"
        "             lambda: (place / 'old').write_text('x'), lambda: os.rename(place / 'old', '/tmp/old')):\n"
        "    try: harm()\n"
        "    except OSError as error: print(error.errno)\n"
        "print((place / 'old').read_text())"
    )
    (tmp_path / "old").write_text("whole")
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=os.environ | FROZEN | {"READ_ONLY": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["30"] * 5 + ["whole"]


def told_until(address: str, text: bytes) -> None:
    """Reads what the session is told until it holds a text."""
    place = f"{address}/gradio_api/queue/data?session_hash=one"
    with urllib.request.urlopen(place, timeout=SECONDS) as stream:
        for line in stream:
            if text in line:
                return
    pytest.fail("the stream ended")


def test_from_a_read_only_checkout_it_answers_and_after_a_kill_at_work_as_before(tiny_folder, tmp_path):
    """Killed while it trains a copy, makes a report and judges a pair; all it wrote is in the temporary folder."""
    work = tmp_path / "temporary"
    work.mkdir()
    variables = FROZEN | {"TMPDIR": str(work), "GRADIO_TEMP_DIR": str(work / "gradio")}
    found = []
    for killed in (True, False):
        log = tmp_path / f"log-{killed}"
        with starting_app(log, "--model", str(tiny_folder), **variables) as (address, process):
            wait_until_served(address, process, log)
            found.append(call(address, "predict", PAIR))
            if killed:
                config = get_json(f"{address}/config")
                join = f"{address}/gradio_api/queue/join"
                post_json(join, request_of(config, "train-copy", **{"train-steps": 500}))
                told_until(address, b" of 500: loss")
                for name in ("save-report", "analyze"):
                    typed = {"premise": PAIR[0] * 9, "hypothesis": PAIR[1]}
                    post_json(join, request_of(config, name, **typed))
                process.kill()
                process.wait(timeout=30)
        assert "Traceback" not in log.read_text(encoding="utf-8")
    assert found[0] == found[1]
    assert not [place for place in work.rglob("*") if place.suffix in (".zip", ".html")]
