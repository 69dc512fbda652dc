"""The app where nothing can be written, and killed in the middle of its work."""

import json
import os
import subprocess
import sys

import httpx
from serving import PATIENCE, ROOT, starting_app, wait_until_served

from bertmini_demo.benchmark.startup_time import call

PAIR = ["the man doesn't sleep in the park .", "a man is asleep ."]
PAIRS = "premise\thypothesis\tlabel\n" + "\n".join(
    f"{number} dogs run .\t{number} dogs {verb} .\t{label}"
    for number in range(2, 9)
    for verb, label in (("move", "entailment"), ("sleep", "contradiction"))
)
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


def ask(address: str, question: str, **options: str) -> dict:
    """The last line of an answer of the page; with ``options``, a file of pairs goes along."""
    state = {"premise": PAIR[0], "hypothesis": PAIR[1], "options": options}
    form = {"ask": json.dumps({"question": question, "state": state})}
    files = {"file": ("pairs.tsv", PAIRS.encode())}
    reply = httpx.post(f"{address}/answer", data=form, files=files, timeout=PATIENCE)
    return json.loads(reply.text.splitlines()[-1])


def test_from_a_read_only_checkout_it_answers_and_after_a_kill_at_work_as_before(tiny_folder, tmp_path):
    """Killed while it trains a copy; all it wrote is in the temporary folder."""
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
                begun = ask(address, "workbench.train", steps="500")
                while not (under_way := ask(address, "workbench.training", training=begun["token"]))["share"]:
                    assert under_way["running"]
                process.kill()
                process.wait(timeout=30)
        assert "Traceback" not in log.read_text(encoding="utf-8")
    assert found[0] == found[1]
    assert not [place for place in work.rglob("*") if place.suffix == ".zip"]
