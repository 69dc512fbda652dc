"""Training on the visitor's own pairs: the line, the copy, its measurements and its file."""

import io
import re
from dataclasses import replace
from zipfile import ZipFile

import pytest
from serving import PATIENCE
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tiny_pairs import PAIRS
from workbench_answers import STATE, ask, pairs_file

from bertmini_demo.data.pair_files import read_text
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.naming import percent
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.fine_tune import Plan, copy_of
from bertmini_demo.training.on_page.training_jobs import TrainingJob
from bertmini_demo.training.on_page.training_queue import ABANDONED_SECONDS, TrainingQueue
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.copy_route import copy_route
from bertmini_demo.ui.views.workbench import text
from bertmini_demo.ui.views.workbench.train_answers import example_text, pairs_text
from bertmini_demo.ui.visit import SentFile

RULE = pairs_text(PAIRS)


PLAN = {"steps": "5", "rate": "0.0003", "learns": "all"}


def started(answers: Answers, text: str = RULE, **plan: str) -> dict:
    return ask(answers, "train", file=SentFile("your pairs", text.encode()), **{**PLAN, **plan})[-1]


def finished(answers: Answers, token: str):
    """Waits for a training that may be over already."""
    job, *_ = answers.models.training.status(token)
    if job is not None:
        job.future.exception(timeout=PATIENCE)


def test_a_copy_is_trained_measured_and_found_by_its_token_alone(answers, tiny):
    token = started(answers)["token"]
    assert token.startswith("copy-")
    assert len(token) > 25
    finished(answers, token)
    reply = ask(answers, "training", training=token)[-1]
    assert not reply["running"]
    assert "Done after 5 steps" in reply["html"]
    copy = answers.models.trained(token)
    for group in copy.groups:
        assert all(f"<td>{percent(share)}</td>" in reply["html"] for share in group.right)
    assert reply["html"].count("<tr>") == 2 + len(copy.groups) + len(PAIRS)
    assert f"--labels {','.join(tiny.output_labels)}" in reply["html"]
    steps = [int(row[0]) for row in reply["curves"]["table"]["rows"]]
    assert steps[-1] == 5
    assert [row[1] for row in reply["curves"]["table"]["rows"]] == [f"{one.loss:.3f}" for one in copy.reports]
    verdict = answers.questions["verdict"]
    *_, own = answers.answer(verdict, replace(STATE, model=token))
    shares = copy.analysis.model.predict(*STATE.pair).probabilities
    assert own["verdict"]["probabilities"] == pytest.approx(shares, abs=1e-6)
    *_, other = answers.answer(verdict, replace(STATE, model=token[:-1] + "!"))
    assert other["error"]["field"] == "model"
    both = ask(answers, "copy_pair", training=token)[-1]
    assert {row[0] for row in both["table"]["rows"]} == {tiny.name, f"your copy of {tiny.name}"}
    in_use = ask(answers, "copy_pair", replace(STATE, model=token), training=token)[-1]
    assert {row[0] for row in in_use["table"]["rows"]} == {tiny.name, f"your copy of {tiny.name}"}


@pytest.mark.parametrize(
    ("text", "plan", "field", "message"),
    [
        (
            "a man .\t<b>dog</b> .\tperhaps\n" + RULE.partition("\n")[2],
            {},
            "pairs",
            "Line 1: the label 'perhaps'",
        ),
        ("a man .\ta dog .\tneutral\n" * 3, {}, "pairs", "There are 3 pairs; training takes from 8 to 500."),
        ("", {}, "pairs", "There are 0 pairs"),
        ("a man .\ta dog .\tneutral\n" * 501, {}, "pairs", "500"),
        (RULE, {"steps": "501"}, "steps", "from 1 to 500"),
        (RULE, {"steps": "٣"}, "steps", "whole number"),
        (RULE, {"rate": "1"}, "rate", "choose one of"),
        (RULE, {"learns": "none"}, "learns", "choose one of"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_beside_its_field(answers, text, plan, field, message):
    error = started(answers, text, **plan)["error"]
    assert error["field"] == field
    assert message in error["message"]


def test_a_training_that_waits_shows_its_place_and_leaves_the_line_when_stopped(answers):
    queue = answers.models.training
    first = started(answers, steps="500")["token"]
    second = started(answers)["token"]
    reply = ask(answers, "training", training=second)[-1]
    assert reply["running"]
    assert "number 2 in the queue" in reply["says"]
    ask(answers, "stop_training", training=second)
    assert "no such training" in ask(answers, "training", training=second)[-1]["error"]["message"]
    ask(answers, "stop_training", training=first)
    finished(answers, first)
    assert queue.status(second) == (None, None, None)


def test_a_training_that_fails_says_why(answers, tiny):
    broken = Analysis(copy_of(tiny))
    broken.model.network.classifier.bias.data.fill_(float("nan"))
    job = TrainingJob(broken.model, (PAIRS, PAIRS), Plan(2, 1e-3))
    answers.models.training.start("copy-broken", job)
    assert isinstance(job.future.exception(timeout=PATIENCE), DemoError)
    message = ask(answers, "training", training="copy-broken")[-1]["error"]["message"]
    assert message == str(job.future.exception())


def test_a_training_that_no_page_asks_for_leaves_the_line(tiny, tmp_path):
    queue = TrainingQueue(tmp_path, Settings())
    job, other = (TrainingJob(tiny, (PAIRS, PAIRS), Plan(1, 1e-3)) for _ in range(2))
    job.looked_at -= ABANDONED_SECONDS + 1
    queue._jobs["copy-left"] = job  # in the line, before the next one is started
    queue.start("copy-here", other)
    assert other.future.result(timeout=PATIENCE).ended == "done"
    assert job.future.result(timeout=PATIENCE) is None
    assert queue.status("copy-left") == (None, None, None)


def test_a_file_becomes_lines_that_are_read_as_the_same_pairs(answers):
    lines = ["premise,hypothesis,label", '"a, ""man"" .",a dog,neutral', "a,b", "x"]
    reply = ask(answers, "train_pairs", file=pairs_file(lines))[-1]
    assert "The field holds 1 pair of pairs.csv." in reply["says"]
    assert reply["left_out"][0].startswith("Line 3: the label is missing")
    [pair] = read_text(reply["text"], max_rows=9, labels="required").pairs
    assert (pair.premise, pair.hypothesis, pair.label) == ('a, "man" .', "a dog", "neutral")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"no pair at all", b"x" * 5_000_001])
def test_a_file_that_cannot_be_taken_gives_no_lines(answers, content):
    [reply] = ask(answers, "train_pairs", file=SentFile("mine.csv", content))
    assert reply["error"]["field"] == "pairs"
    assert "mine.csv" in reply["error"]["message"]


def test_the_example_rule_can_be_trained_on(shipped):
    pairs = read_text(example_text(), max_rows=500, labels="required").pairs
    assert 8 <= len(pairs) <= shipped.settings.train_pairs
    assert {pair.label for pair in pairs} <= set(shipped.labels)
    assert "<b>" not in example_text()


def test_what_is_learned_and_forgotten_is_said_as_it_is():
    assert "More of the held-out pairs are right" in text.learned((0.5, 0.9))
    assert text.learned((0.5, 0.5)).startswith("No more of the held-out pairs")
    assert re.match(
        "It also forgot: of 100 .* 90\u00a0% right before and 60\u00a0% now", text.forgotten((0.9, 0.6), 100)
    )
    assert text.forgotten((0.9, 0.89), 100).startswith("It forgot little")


def test_a_copy_is_downloaded_by_its_token(answers):
    token = started(answers)["token"]
    finished(answers, token)
    client = TestClient(Starlette(routes=[copy_route(answers.models)]))
    reply = client.get(f"/copies/{token}")
    with ZipFile(io.BytesIO(reply.content)) as packed:
        assert "your-copy/config.json" in packed.namelist()
    gone = client.get("/copies/copy-other")
    assert gone.status_code == 404
    assert "no such copy" in gone.text
