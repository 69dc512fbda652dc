"""The workbench's answers without a browser: what is judged, saved, refused and compared; text stays text."""

import csv
import io
import json
import re
from dataclasses import replace
from zipfile import ZipFile

import numpy as np
import pytest
from conftest import write_tiny_checkpoint
from serving import PATIENCE
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tiny_pairs import PAIRS

import bertmini_demo
from bertmini_demo.data import model_family
from bertmini_demo.data.examples import gallery
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
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.workbench import text
from bertmini_demo.ui.views.workbench.train_answers import example_text, pairs_text
from bertmini_demo.ui.visit import SentFile, Visit, file_name

STATE = State("a man sleeps .", "a dog runs .", method="input_x_gradient")
EXAMPLES = {"batch_from": "examples"}
SUBJECTS = ["a man", "the <b>woman</b>", "no dog", "the cat", "=a dog"]
LABELS = ["entailment", "neutral", "contradiction", ""]
ROWS = 2_000


@pytest.fixture(scope="module")
def answers(tiny):
    return build_answers(tiny)


def ask(
    answers: Answers, name: str, state: State = STATE, *, file: SentFile | None = None, **options: str
) -> list[dict]:
    """Everything that comes back for a question, as a browser reads it."""
    state = replace(state, options=options)
    replies = answers.answer(answers.questions[f"workbench.{name}"], state, Visit(answers.models, file=file))
    return [json.loads(json.dumps(reply, allow_nan=False)) for reply in replies]


def pairs_file(lines: list[str], name: str = "pairs.csv") -> SentFile:
    return SentFile(name, "\n".join(lines).encode())


def row(number: int) -> list[str]:
    one, other = SUBJECTS[number % 5], SUBJECTS[number // 5 % 5]
    return [f"{one} runs .", f"{other} is not awake .", LABELS[number % 4]]


def quoted(cells: list[str]) -> str:
    return ",".join(f'"{cell}"' for cell in cells)


def saved(replies: list[dict]) -> tuple[list[dict], list[dict]]:
    """The rows of the CSV file and of the JSON lines that a browser puts together."""
    parts = [reply["saved"] for reply in replies if "saved" in reply]
    table = io.StringIO("".join(part["csv"] for part in parts).removeprefix("\ufeff"), newline="")
    lines = "".join(part["jsonl"] for part in parts).splitlines()
    return list(csv.DictReader(table)), list(map(json.loads, lines))


def test_a_long_file_is_judged_up_to_the_limit_and_bad_rows_are_named(tiny_folder, tiny):
    answers = build_answers(bertmini_demo.load_model(str(tiny_folder), settings=Settings(batch_rows=ROWS)))
    lines = [quoted(row(number)) for number in range(ROWS + 5)]
    lines[17], lines[18], lines[1_900] = "only one", '"never closed,x', f"{'x' * 11_000},y"
    *way, last = replies = ask(answers, "batch", file=pairs_file(lines))
    shares = [reply["progress"] for reply in way]
    assert shares == sorted(shares)
    assert len(set(shares)) > 10
    rows, whole = saved(replies)
    assert [int(one["line"]) for one in rows] == [one["line"] for one in whole] == [*range(1, ROWS + 1)]
    assert [one["line"] for one in whole if "error" in one] == [18, 19, 1_901]
    for number in (0, 4, 1_000, 1_999):
        premise, hypothesis, label = row(number)
        prediction = tiny.predict(premise, hypothesis)
        assert whole[number]["predicted_label"] == rows[number]["predicted_label"] == prediction.label
        assert whole[number]["probabilities"] == pytest.approx(prediction.probabilities, abs=1e-5)
        assert rows[number]["gold_label"] == label == whole[number].get("gold_label", "")
    assert rows[4]["premise"].startswith("'=")  # no spreadsheet runs it
    html = last["html"]
    assert (
        "judged 1,997 pairs of pairs.csv. 3 rows could not be read. Rows beyond the first 2,000 were left out"
        in html
    )
    assert all(f"Line {line}: " in html for line in (18, 19, 1_901))
    labelled = [one for one in whole if "gold_label" in one]
    right = sum(one["predicted_label"] == one["gold_label"] for one in labelled) / len(labelled)
    assert (
        f"Of {len(labelled):,} pairs with a label, the model gets {100 * right:.1f}\u00a0% right (95\u00a0% interval "
        in html
    )
    confusion, calibration = last["figures"]
    counts = [int(cell.replace(",", "")) for _, *cells in confusion["table"]["rows"] for cell in cells]
    assert sum(counts) == len(labelled)
    assert sum(int(one[0].replace(",", "")) for one in calibration["table"]["rows"]) == len(labelled)


def test_the_most_confident_mistakes_open_as_pairs_and_text_stays_text(answers):
    replies = ask(answers, "batch", file=pairs_file([quoted(row(number)) for number in range(100)]))
    _, whole = saved(replies)
    wrong = [one for one in whole if one.get("gold_label", one["predicted_label"]) != one["predicted_label"]]
    first = max(wrong, key=lambda one: one["probabilities"][one["predicted_label"]])
    html = replies[-1]["html"]
    assert f"Line {first['line']}: " in html[: html.index("data-pair")]
    assert html.count("data-pair") == 20
    assert "<b>" not in html


def test_the_first_pairs_are_explained_where_asked(answers):
    lines = [quoted(row(number)) for number in range(30)] + ["bad"]
    replies = ask(answers, "batch", file=pairs_file(lines), explain="10")
    rows, whole = saved(replies)
    assert ["attribution" in one for one in whole] == [True] * 10 + [False] * 21
    words = json.loads(rows[0]["words"])
    assert [word for sentence, word, _ in words if sentence == "premise"] == ["a", "man", "runs", "."]
    assert whole[0]["attribution"]["target"] == whole[0]["predicted_label"]
    assert "It explained the words of 10 pairs." in replies[-1]["html"]


def test_no_more_pairs_are_explained_than_the_operator_allows(tiny_folder):
    few = build_answers(bertmini_demo.load_model(str(tiny_folder), settings=Settings(explained_rows=10)))
    [last] = ask(few, "batch", file=pairs_file([quoted(row(1))]), explain="50")
    assert last["error"]["field"] == "explain"


def test_what_is_judged_before_a_stop_can_be_saved(answers):
    file = pairs_file([json.dumps({"premise": "a man .", "hypothesis": "a dog ."})] * 400, "pairs.jsonl")
    question = answers.questions["workbench.batch"]
    work = answers.answer(question, STATE, Visit(answers.models, file=file))
    replies = [next(work) for _ in range(3)]
    work.close()
    rows, whole = saved(replies)
    assert 0 < len(rows) == len(whole) < 400


def test_without_labels_verdicts_are_counted_and_nothing_is_measured(answers, tiny):
    lines = [json.dumps({"premise": "a man .", "hypothesis": "a dog ."})] * 3
    last = ask(answers, "batch", file=pairs_file(lines, "pairs.jsonl"))[-1]
    assert last["figures"] == []
    assert "with a label" not in last["html"]
    assert "<td>3</td><td>100.0\u00a0%</td>" in last["html"]
    assert f"{tiny.name} judged 3 pairs of pairs.jsonl." in last["html"]


def test_two_labels_are_scored_as_two_without_calibration(answers):
    lines = ["a man .,a dog .,not_entailment", "a man .,a cat .,neutral"] * 60
    last = ask(answers, "batch", file=pairs_file(lines))[-1]
    assert "count as one label" in last["html"]
    [confusion] = last["figures"]
    assert len(confusion["table"]["rows"]) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "There is no pair in mine.csv. It is empty."),
        (b"<b>", "no pair in mine.csv. Line 1: expected two or three cells"),
        (b"premise,x\na,b", "columns premise, x"),
        (b"question\tsentence\na\tb", "questions, and sentences"),
        (b"\0", "zero bytes"),
        (b"\x89PNG\r\n", "mine.csv"),
        (b"PK\x05\x06", "mine.csv"),
        ("Мужчина спит,Он".encode("koi8-r"), "mine.csv"),
    ],
)
def test_a_file_without_pairs_is_refused_in_words_and_nothing_is_judged(answers, content, message):
    *way, last = ask(answers, "batch", file=SentFile("mine.csv", content))
    assert last["error"]["field"] == "pairs"
    assert message in last["error"]["message"]
    assert not any("saved" in reply for reply in way)


def test_the_examples_are_judged_only_where_they_are_chosen(answers, tiny):
    assert "no pairs yet" in ask(answers, "batch")[-1]["error"]["message"]
    replies = ask(answers, "batch", **EXAMPLES)
    _, whole = saved(replies)
    assert [one["premise"] for one in whole] == [one.premise for one in gallery()]
    assert f"{tiny.name} judged {len(gallery())} pairs of the example pairs." in replies[-1]["html"]


def test_few_pairs_have_no_curve_and_without_mistakes_none_are_listed(answers, tiny):
    pairs = [row(number)[:2] for number in range(3)]
    right = [quoted([*pair, tiny.predict(*pair).label]) for pair in pairs]
    last = ask(answers, "batch", file=pairs_file(right))[-1]
    assert len(last["figures"]) == 1
    assert "100.0\u00a0% right" in last["html"]
    assert "mistake" not in last["html"]
    assert last["figures"][0]["says"] == "It makes no mistakes on these pairs."


def test_labels_that_are_lost_are_reported_before_any_accuracy(answers):
    labels = ["1", "entails", "neutral", "2"]
    lines = [quoted([*row(number)[:2], label]) for number, label in enumerate(labels)]
    html = ask(answers, "batch", file=pairs_file(lines))[-1]["html"]
    assert html.index("labels of 2 pairs are not understood") < html.index("Of 2 pairs with a label")
    assert "No pair is labelled contradiction" in html


def test_a_pair_that_cannot_be_read_is_no_obstacle(answers):
    assert "html" in ask(answers, "batch", replace(STATE, premise=""), **EXAMPLES)[-1]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\mine\\pairs.csv", "pairs.csv"),
        ("..", "the file"),
        ("a\0b\n.csv", "ab.csv"),
        ("", "the file"),
        ("é" * 300 + ".csv", "é" * 56 + ".csv"),
    ],
)
def test_a_files_name_is_only_a_name(name, kept):
    assert file_name(name) == kept
    assert re.fullmatch(r"[^/\\\0]+", kept)


MEASURED = {
    "pairs": 8,
    "accuracy": 0.625,
    "confusion": {
        "entailment": {"entailment": 4, "neutral": 0, "contradiction": 0},
        "neutral": {"entailment": 1, "neutral": 0, "contradiction": 3},
        "contradiction": {"entailment": 0, "neutral": 0, "contradiction": 0},
    },
    "calibration": {"expected_calibration_error": 0.123, "bins": []},
    "empty_premise_accuracy": 0.4,
}
STAGE = {
    "command": "finetune",
    "steps": 2,
    "word_pieces": 3_000_000,
    "hours": 1.25,
    "hardware": "<b>",
    "loss": [[1, 1.0], [2, 0.5]],
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A model that comes with measurements and a record."""
    folder = write_tiny_checkpoint(tmp_path_factory.mktemp("measured"))
    metrics = {
        "data": {"mnli_dev_matched": MEASURED, "hans": {**MEASURED, "accuracy": 0.5}},
        "hypothesis_only_classifier": {"mnli_dev_matched": 0.53},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "training.json").write_text(json.dumps({"stages": [STAGE]}))
    return build_answers(bertmini_demo.load_model(str(folder)))


def test_a_model_without_files_says_so_and_borrows_no_numbers(answers):
    assert "without measurements" in ask(answers, "accuracy")[-1]["error"]["message"]
    assert "without a record" in ask(answers, "record")[-1]["error"]["message"]
    assert len(json.loads(ask(answers, "family")[-1]["figure"])["data"]) == 1  # no mark of its own
    html = ask(answers, "build")[-1]["html"]
    assert "workbench.accuracy" not in html
    assert "workbench.record" not in html


def test_the_measured_numbers_are_those_beside_the_model(measured):
    reply = ask(measured, "accuracy")[-1]
    assert all(
        text in reply["html"]
        for text in ("MultiNLI dev, matched", "62.5\u00a0%", "40.0\u00a0%", "53.0\u00a0%", "12.3\u00a0%")
    )
    assert reply["says"] == "It gets 62.5\u00a0% of MultiNLI dev, matched right, and 50.0\u00a0% of HANS."
    confusion = ask(measured, "confusion", measured_on="mnli_dev_matched")[-1]
    assert "predict contradiction for pairs labelled neutral (75\u00a0% of them)" in confusion["says"]
    assert ask(measured, "confusion", measured_on="<b>")[-1]["error"]["field"] == "measured_on"
    own = json.loads(ask(measured, "family")[-1]["figure"])["data"][1]
    assert own["y"] == [62.5]
    build = ask(measured, "build")[-1]["html"]
    assert "1 run" in build


def test_the_record_of_training_is_a_table(measured):
    reply = ask(measured, "record")[-1]
    assert "1 run of training read 3 million word pieces in 1.2 hours" in reply["says"]
    assert reply["table"]["rows"] == [["1. fine-tuning", "2", "3.0", "1.25", "<b>", "0.500"]]


def test_speeds_are_measured_once(answers, monkeypatch):
    monkeypatch.setattr(model_family, "MIN_SECONDS", 0.001)
    monkeypatch.setattr(model_family, "FAMILY", model_family.FAMILY[:2])
    monkeypatch.setattr("bertmini_demo.ui.views.workbench.model_answers.FAMILY", model_family.FAMILY)
    *way, first = ask(answers, "family_speed")
    assert [reply["progress"] for reply in way] == [0.5, 1.0]
    assert "times as long as BERT-tiny" in first["says"]
    assert ask(answers, "family_speed") == [first]


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Write the name"), ("no/such", "not among the models"), ("copy-abc", "no such copy")],
)
def test_a_model_that_cannot_be_fetched_is_refused_beside_its_field(answers, name, message):
    error = ask(answers, "fetch", wanted=name)[-1]["error"]
    assert message in error["message"]
    assert error["field"] in ("wanted", "model")


@pytest.fixture
def two(answers, tmp_path_factory, monkeypatch):
    """A second model in memory: two labels and other sizes."""
    labels = {0: "not_entailment", 1: "entailment"}
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 4, "id2label": labels}
    folder = tmp_path_factory.mktemp("two")
    write_tiny_checkpoint(folder, seed=5, label2id={"not_entailment": 0, "entailment": 1}, **sizes)
    other = Analysis(bertmini_demo.load_model(str(folder)))
    known = {"two/labels": other, None: answers.models.first}
    monkeypatch.setattr(answers.models, "get", lambda name=None: known[name])
    return other


HOSTILE = replace(STATE, premise="the <b>man</b> runs .")


def test_both_verdicts_and_words_are_each_models_own(answers, two, tiny):
    reply = ask(answers, "compare_pair", HOSTILE, other="two/labels")[-1]
    first, second = tiny.predict(*HOSTILE.pair), two.model.predict(*HOSTILE.pair)
    for prediction in (first, second):
        assert prediction.label.replace("_", " ") in reply["says"]
    assert reply["html"].count('<span class="odds-share">–</span>') == 3  # two labels here, one there
    assert "<b>" not in reply["html"]
    target = first.label if first.label in two.model.labels else None
    choices = {"method": STATE.method, "output": "logit", "baseline": "pad"}
    scores = two.attribution(*HOSTILE.pair, target=target, **choices).word_scores
    shown = [float(row[3]) for row in reply["table"]["rows"] if row[0] == two.model.name]
    assert np.allclose(shown, scores, atol=6e-4)
    heads = ask(answers, "other_heads", HOSTILE, other="two/labels")[-1]
    assert len(json.loads(heads["figure"])["data"]) == 2 * 4


def test_on_many_pairs_the_share_is_that_of_the_answers(answers, two, tiny):
    pairs = [HOSTILE.pair, ("a man .", "a dog ."), ("no cat runs .", "the cat walks .")]
    file = pairs_file(["\t".join(pair) for pair in pairs] + ["only one"], "pairs.tsv")
    *way, last = ask(answers, "compare_pairs", file=file, other="two/labels")
    same = [
        (tiny.predict(*pair).label == "entailment") == (two.model.predict(*pair).label == "entailment")
        for pair in pairs
    ]
    assert way[-1]["progress"] == 1
    assert f"agree on {100 * sum(same) / 3:.1f}\u00a0% of 3 pairs" in last["says"]
    assert last["html"].count("data-pair") == 3 - sum(same)
    assert "Line 4: " in last["html"]
    assert "<b>" not in last["html"]
    assert sum(int(cell) for row in last["table"]["rows"] for cell in row[1:]) == 3
    examples = ask(answers, "compare_pairs", other="two/labels")[-1]
    assert f"of {len(gallery())} pairs" in examples["says"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\t\n", "no pair in pairs.tsv. Line 1"),
        (b"", "It is empty"),
        (b"a\tb\n" * 2_001, "over 2,000 rows"),
    ],
)
@pytest.mark.usefixtures("two")
def test_a_file_that_cannot_be_compared_is_refused(answers, content, message):
    error = ask(answers, "compare_pairs", file=SentFile("pairs.tsv", content), other="two/labels")[-1][
        "error"
    ]
    assert message in error["message"]


def test_a_model_is_not_compared_with_itself(answers):
    assert "is the model in use" in ask(answers, "compare_pair", other="")[-1]["error"]["message"]


@pytest.mark.parametrize("kind", ["report", "csv", "json"])
def test_a_file_of_the_pair_is_what_it_is_called(answers, kind):
    first = gallery()[0]
    link = "http://127.0.0.1:7860/?premise=x"
    state = replace(
        State(first.premise, first.hypothesis, method="saliency"), options={"kind": kind, "link": link}
    )
    [reply] = answers.answer(answers.questions["download"], state)
    text = reply["text"]
    assert reply["name"].endswith("html" if kind == "report" else kind)
    if kind == "json":
        assert json.loads(text)["premise"] == first.premise
    elif kind == "csv":
        rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        assert first.premise in [row["text"] for row in rows]
    else:
        assert f"Expected: {first.label}." in text
        assert f'href="{link}"' in text


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
