"""The tab Train: what its handlers answer to one visitor, and that another visitor gets nothing of it."""

import asyncio
import contextlib
import json
import re
from types import SimpleNamespace

import gradio as gr
import pytest
from tiny_pairs import PAIRS

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.fine_tune import ALL, copy_of
from bertmini_demo.training.on_page.training_queue import TrainingQueue
from bertmini_demo.ui.laboratory import train_html as html
from bertmini_demo.ui.laboratory.train import (
    GONE,
    PRESS,
    example_rows,
    show_copy,
    starting,
    training,
    visitor,
)
from bertmini_demo.ui.laboratory.train_table import BAD_ROWS_SHOWN, empty_rows, from_file, from_text

ROWS = [[pair.premise, pair.hypothesis, pair.label] for pair in PAIRS]
QUESTION = {"method": "input_x_gradient", "target": "verdict", "output": "logit", "baseline": "pad"}
VIEW = SimpleNamespace(premise="the <b>man</b> runs .", hypothesis="a dog is asleep .", **QUESTION)


@pytest.fixture(scope="module")
def analysis(tiny):
    return Analysis(tiny)


@pytest.fixture
def queue(tmp_path):
    return TrainingQueue(tmp_path, Settings())


@pytest.fixture
def train(queue, analysis):
    """Everything that one press of the button shows a visitor, one after another."""

    def press(who: str, rows=ROWS, *, steps=5, rate=3e-3, of=analysis):
        handle = training(queue, starting(queue, lambda _: of))

        async def follow():
            request = SimpleNamespace(session_hash=who)
            return [told async for told in handle(None, rows, steps, rate, ALL, request)]

        with contextlib.closing(
            asyncio.new_event_loop()
        ) as loop:  # asyncio.run would drop the one that Gradio left
            return loop.run_until_complete(follow())

    return press


def test_progress_then_the_outcome_the_file_and_the_copy(train, queue, analysis):
    *way, (says, curves, outcome, download, key) = train("one")
    assert way
    assert all(told[4] == gr.skip() for told in way)
    assert "Done: 5 of 5 steps" in says
    assert curves.visible
    result = queue.copy("one")
    for group in result.groups:
        assert all(f"<td>{share:.0%}</td>" in outcome for share in group.right)
        assert html.GROUPS[group.name] in outcome
    assert f"--labels {','.join(analysis.model.output_labels)}" in outcome
    assert (download["value"], download["interactive"]) == (str(result.download), True)
    assert key[0] == "one"


def test_the_copy_stands_beside_the_model_on_the_pair_at_hand_for_its_visitor_only(train, queue, analysis):
    assert PRESS in show_copy(queue, analysis, VIEW, None)[0]
    [told] = show_copy(queue, analysis, VIEW, train("one")[-1][4])
    copied = queue.copy("one").analysis.model
    assert f"your copy of {analysis.model.name}" in told
    for model in (analysis.model, copied):
        shares = model.predict(VIEW.premise, VIEW.hypothesis).probabilities.values()
        assert all(f"{share:.1%}" in told for share in shares)
    assert "<b>" not in told
    assert GONE in show_copy(queue, analysis, VIEW, ("other", "file"))[0]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"rows": [["a man .", "<b>dog</b> .", "perhaps"], *ROWS]},
            "Row 1: the label &#x27;perhaps&#x27; is not understood",
        ),
        ({"rows": ROWS[:3]}, "There are 3 pairs; training takes from 8 to 500."),
        ({"steps": 501}, "Training takes 501 steps; the limit is 500."),
        ({"rate": 1.0}, "The learning rate is 1.0; it must be above 0 and at most 0.01."),
    ],
)
def test_what_cannot_be_trained_on_is_told_and_nothing_else_changes(train, queue, changes, told):
    [(says, *others)] = train("one", **changes)
    assert told in says
    assert others == [gr.skip()] * 4
    assert queue.copy("one") is None


def test_a_model_that_cannot_be_copied_is_told(train, tiny):
    broken = copy_of(tiny)
    broken.network.classifier.bias.data.fill_(float("inf"))
    assert "fails its self-test" in train("one", of=Analysis(broken))[-1][0]


@pytest.mark.parametrize("session", [None, ""])
def test_who_has_no_page_has_no_copy(session):
    with pytest.raises(gr.Error, match="on the page only"):
        visitor(SimpleNamespace(session_hash=session))


def test_lines_that_are_no_pairs_are_told_and_the_others_stand_in_the_table():
    lines = ["premise\thypothesis\tlabel", "a <b>man</b>\ta dog\tneutral", "a\tb", *["x"] * 6]
    rows, told = from_text("\n".join(lines), Settings())
    assert rows == [["a <b>man</b>", "a dog", "neutral"]]
    assert "1 pair of the pasted text is in the table." in told
    assert "Left out: Line 3: the label is missing" in told
    assert told.count("Line ") == BAD_ROWS_SHOWN
    assert "And 2 more." in told
    assert "<b>" not in told


@pytest.mark.parametrize("text", ["", "\n \n", "no pair at all"])
def test_where_there_is_no_pair_the_table_is_empty(text):
    rows, told = from_text(text, Settings())
    assert rows == empty_rows()
    assert "the table is empty now" in told


def test_a_file_is_read_like_pasted_lines_and_held_to_its_size(tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text("a man,a dog,neutral\n", encoding="utf-8")
    assert from_file(str(file), Settings())[0] == [["a man", "a dog", "neutral"]]
    file.write_bytes(b"x" * 5_000_001)
    rows, told = from_file(str(file), Settings())
    assert rows == empty_rows()
    assert "more than 5 MB" in told
    assert "The table is empty now" in told


def test_after_a_refused_file_no_other_pairs_are_trained_on(train, tmp_path):
    file = tmp_path / "pairs.zip"
    file.write_bytes(b"PK\x05\x06" + bytes(18))
    rows, _ = from_file(str(file), Settings())
    [(says, *others)] = train("one", rows=rows)
    assert "There are 0 pairs; training takes from 8" in says
    assert others == [gr.skip()] * 4


def test_labels_of_a_file_that_are_missing_are_said(tmp_path):
    file = tmp_path / "scitail.tsv"
    file.write_text("A fox.\tAn animal.\tentails\n" * 5 + "A fox.\tA red one.\tneutral\n" * 5)
    rows, told = from_file(str(file), Settings())
    assert [row[2] for row in rows] == ["entailment"] * 5 + ["neutral"] * 5
    assert "10 pairs of scitail.tsv are in the table. No pair is labelled contradiction" in told


def test_more_pairs_than_can_be_trained_on_are_told():
    text = "\n".join(json.dumps({"premise": "a", "hypothesis": "b", "label": "neutral"}) for _ in range(12))
    rows, told = from_text(text, Settings(train_pairs=9))
    assert len(rows) == 9
    assert "the rest was left out" in told


def test_the_example_can_be_trained_on_and_tried(shipped, queue):
    assert 8 <= len(example_rows()) <= queue.settings.train_pairs
    assert {row[2] for row in example_rows()} <= set(shipped.labels)


def test_what_is_learnt_and_forgotten_is_told_as_it_is():
    def group(before, after):
        return SimpleNamespace(pairs=range(100), right=(before, after))

    assert "holds beyond" in html.learnt(group(0.5, 0.9))
    assert html.learnt(group(0.5, 0.5)).startswith("Nothing was learnt")
    assert re.match("It also forgot: of 100 .* 90% were right, now 60% are", html.forgotten(group(0.9, 0.6)))
    assert html.forgotten(group(0.9, 0.89)).startswith("It forgot little")
    assert "number 3 in line" in html.in_line(2)


def test_pairs_to_try_are_text():
    assert "<b>" not in html.to_try([("<b>a", "b'\"<i>")])
    assert json.loads(
        re.search('data-pair="([^"]*)"', html.to_try([("a", "b")]))[1].replace("&quot;", '"')
    ) == ["a", "b"]
