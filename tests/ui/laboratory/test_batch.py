"""A file of pairs is judged row by row and given back; nothing in it stops the rest."""

import asyncio
import csv
import json
import re
from types import SimpleNamespace

import gradio as gr
import pytest

import bertmini_demo
from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory.batch import EXAMPLES, FILE, build_batch, judge_file, read_source

VIEW = SimpleNamespace(method="input_x_gradient", output="logit", baseline="pad")
SUBJECTS = ["a man", "the <b>woman</b>", "no dog", "the cat", "=a dog"]
LABELS = ["entailment", "neutral", "contradiction", ""]
ROWS = Settings().batch_rows
STATUS, CSV, JSONL, CONFUSION, CURVE, FOUND = range(6)


def row(number: int) -> list[str]:
    one, other = SUBJECTS[number % 5], SUBJECTS[number // 5 % 5]
    return [f"{one} runs .", f"{other} is not awake .", LABELS[number % 4]]


@pytest.fixture
def judged(tiny, tmp_path):
    """What the work yields for a file of these lines."""

    def judge(lines: list[str], *, name: str = "pairs.csv", explained: int = 0, model=tiny) -> list[list]:
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return list(judge_file(Analysis(model), VIEW, FILE, str(path), explained, folder=tmp_path / "gradio"))

    return judge


def saved(told: list) -> tuple[list[dict], list[dict]]:
    """The rows of the CSV file and of the JSON lines."""
    with open(told[CSV]["value"], encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    with open(told[JSONL]["value"], encoding="utf-8") as lines:
        return rows, list(map(json.loads, lines))


def quoted(cells: list[str]) -> str:
    return ",".join(f'"{cell}"' for cell in cells)


def test_ten_thousand_rows_are_judged_and_bad_ones_among_them_told(judged, tiny):
    lines = [quoted(row(number)) for number in range(ROWS + 5)]
    lines[17], lines[18], lines[9_000] = "only one", '"never closed,x', f"{'x' * 11_000},y"
    *first, last = judged(lines)
    assert len(first) > 50
    assert all("<progress" in told[STATUS] for told in first)
    rows, whole = saved(last)
    assert [int(one["line"]) for one in rows] == [one["line"] for one in whole] == [*range(1, ROWS + 1)]
    assert [one["line"] for one in whole if "error" in one] == [18, 19, 9_001]
    for number in (0, 4, 5_000, 9_999):
        premise, hypothesis, label = row(number)
        answer = tiny.predict(premise, hypothesis)
        assert (whole[number]["predicted_label"], rows[number]["predicted_label"]) == (
            answer.label,
            answer.label,
        )
        assert whole[number]["probabilities"] == pytest.approx(answer.probabilities, abs=1e-5)
        assert rows[number]["gold_label"] == label == whole[number].get("gold_label", "")
    status = last[STATUS]
    assert (
        "judged 9,997 pairs. 3 rows could not be read. Rows beyond the first 10,000 were left out" in status
    )
    assert "pairs.csv: " in status
    assert all(f"Line {line}: " in status for line in (18, 19, 9_001))
    assert rows[4]["premise"].startswith("'=")
    labelled = [one for one in whole if "gold_label" in one]
    right = sum(one["predicted_label"] == one["gold_label"] for one in labelled) / len(labelled)
    assert (
        f"Of {len(labelled):,} pairs with a label the model gets {right:.1%} right (95 % interval "
        in last[FOUND]
    )
    assert last[CONFUSION]["visible"]
    assert last[CURVE]["visible"]
    counts = last[CONFUSION]["value"].data[0].text
    assert sum(int(cell.split("<br>")[1].replace(",", "")) for line in counts for cell in line) == len(
        labelled
    )


def test_the_surest_mistakes_open_as_pairs_and_text_stays_text(judged):
    last = judged([quoted(row(number)) for number in range(100)])[-1]
    _, whole = saved(last)
    wrong = [one for one in whole if one.get("gold_label", one["predicted_label"]) != one["predicted_label"]]
    surest = max(wrong, key=lambda one: one["probabilities"][one["predicted_label"]])
    html = last[FOUND]
    assert html.index(f"Line {surest['line']}: ") == html.index("Line ")
    assert len(re.findall("data-pair", html)) == 20
    assert "<b>" not in html + last[STATUS]


def test_the_first_rows_are_explained_where_asked(judged):
    last = judged([quoted(row(number)) for number in range(30)] + ["bad"], explained=10)[-1]
    rows, whole = saved(last)
    assert ["attribution" in one for one in whole] == [True] * 10 + [False] * 21
    words = json.loads(rows[0]["words"])
    assert [word for sentence, word, _ in words if sentence == "premise"] == ["a", "man", "runs", "."]
    assert whole[0]["attribution"]["target"] == whole[0]["predicted_label"]
    assert "The words of 10 pairs have scores" in last[STATUS]


def test_no_more_rows_are_explained_than_the_limit(judged, tiny_folder):
    few = bertmini_demo.load_model(str(tiny_folder), settings=Settings(explained_rows=2))
    _, whole = saved(judged([quoted(row(number)) for number in range(5)], explained=3, model=few)[-1])
    assert ["attribution" in one for one in whole] == [True, True, False, False, False]


def test_what_is_judged_so_far_can_be_saved_when_the_work_is_stopped(tiny, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        "\n".join(json.dumps({"premise": "a man .", "hypothesis": "a dog ."}) for _ in range(400))
    )
    work = judge_file(Analysis(tiny), VIEW, FILE, str(path), 0, folder=tmp_path)
    next(work)
    told = next(work)
    work.close()
    rows, whole = saved(told)
    assert 0 < len(rows) == len(whole) < 400


def test_without_labels_verdicts_are_counted_and_nothing_is_measured(judged, tiny):
    lines = [json.dumps({"premise": "a man .", "hypothesis": "a dog ."})] * 3
    last = judged(lines, name="pairs.jsonl")[-1]
    assert not last[CONFUSION]["visible"]
    assert not last[CURVE]["visible"]
    assert "with a label" not in last[FOUND]
    assert "<td>3</td><td>100.0%</td>" in last[FOUND]
    assert f"pairs.jsonl: {tiny.name} judged 3 pairs." in last[STATUS]


def test_two_labels_are_scored_as_two(judged):
    last = judged(["a man .,a dog .,not_entailment", "a man .,a cat .,neutral"])[-1]
    assert "count as one" in last[FOUND]
    assert not last[CURVE]["visible"]
    assert len(last[CONFUSION]["value"].data[0].z) == 2


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([""], "There is no pair in pairs.csv. It is empty."),
        (["<b>"], "no pair in pairs.csv. Line 1: expected two or three cells"),
        (["premise,x", "a,b"], "columns premise, x"),
        (["question\tsentence", "a\tb"], "questions, and sentences"),
        (["\0"], "zero bytes"),
    ],
)
def test_a_file_without_pairs_is_refused_in_words(judged, lines, told):
    last = judged(lines)[-1]
    assert told in last[STATUS]
    assert not any(output["visible"] for output in last[CSV:FOUND])


def test_the_examples_are_judged_only_where_they_are_chosen(tiny, tmp_path):
    name, examples = read_source(EXAMPLES, None, Settings())
    assert name == "the example pairs"
    assert [pair.label for pair in examples.pairs] == [one.label for one in gallery()]
    [_, last] = judge_file(Analysis(tiny), VIEW, FILE, None, 0, folder=tmp_path)
    assert "No file was chosen" in last[STATUS]
    assert not any(output["visible"] for output in last[CSV:FOUND])
    *_, last = judge_file(Analysis(tiny), VIEW, EXAMPLES, None, 0, folder=tmp_path)
    assert f"the example pairs: {tiny.name} judged {len(gallery())} pairs" in last[STATUS]


@pytest.mark.parametrize("content", [b"\x89PNG\r\n", b"PK\x05\x06", "Мужчина спит,Он".encode("koi8-r")])
def test_after_a_refused_file_nothing_is_judged(tiny, tmp_path, content):
    path = tmp_path / "mine.zip"
    path.write_bytes(content)
    *_, last = judge_file(Analysis(tiny), VIEW, FILE, str(path), 0, folder=tmp_path)
    assert "mine.zip" in last[STATUS]
    assert "judged" not in last[STATUS]
    assert last[FOUND] is None


def test_few_pairs_have_no_curve_and_no_mistakes_are_no_list(judged, tiny):
    pairs = [row(number)[:2] for number in range(3)]
    right = [quoted([*pair, tiny.predict(*pair).label]) for pair in pairs]
    last = judged(right)[-1]
    assert not last[CURVE]["visible"]
    assert "100.0% right" in last[FOUND]
    assert not any(word in last[FOUND] for word in ("mistake", "<h4>", "confidence"))


def test_labels_that_are_lost_are_said_before_any_accuracy(judged):
    labels = ["1", "entails", "neutral", "2"]
    last = judged([quoted([*row(number)[:2], label]) for number, label in enumerate(labels)])[-1]
    assert "judged 4 pairs" in last[STATUS]
    assert "labels of 2 pairs are not understood" in last[STATUS]
    assert "No pair is labelled contradiction" in last[STATUS]
    assert "Of 2 pairs with a label" in last[FOUND]


def test_it_waits_for_no_other_work_and_goes_on_under_another_pair():
    async def build():  # Gradio would leave a loop of its own unclosed
        with gr.Blocks():
            return build_batch(Settings())

    [action] = asyncio.run(build()).actions
    assert (action.lane, action.of_pair) == ("batch", False)
