"""Many pairs at once: verdicts, measurements and the files that go back."""

import json
import re
from dataclasses import replace

import pytest
from workbench_answers import STATE, ask, pairs_file, quoted, saved

import bertmini_demo
from bertmini_demo.data.examples import gallery
from bertmini_demo.settings import Settings
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.visit import SentFile, Visit, file_name

EXAMPLES = {"batch_from": "examples"}


SUBJECTS = ["a man", "the <b>woman</b>", "no dog", "the cat", "=a dog"]


LABELS = ["entailment", "neutral", "contradiction", ""]


ROWS = 2_000


def row(number: int) -> list[str]:
    one, other = SUBJECTS[number % 5], SUBJECTS[number // 5 % 5]
    return [f"{one} runs .", f"{other} is not awake .", LABELS[number % 4]]


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
        (b"only one", "got 1: 'only one'. Put a tab or a comma between them."),
        (b'{"premise": 3, "hypothesis": "a"}', "the premise is 3, not text in quotes"),
        (b'{"premise": [["a"]], "hypothesis": "a"}', 'the premise is [["a"]], not text in quotes'),
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
