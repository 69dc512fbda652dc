"""Many pairs at once: the model's own verdicts, in order, and rows that are inert in a spreadsheet."""

import csv
import io
import json

import pytest

from bertmini_demo.attribution import attribute
from bertmini_demo.data.batch import Answer, csv_columns, csv_row, explain_answer, json_row, predict_rows
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import read_text

QUESTION = {"method": "input_x_gradient", "output": "logit", "baseline": "pad"}
ROWS = [
    Pair("a man is asleep .", "the man is awake .", "contradiction", line=2),
    BadRow(3, "found 1 columns."),
    Pair("x" * 10_001, "a dog .", line=4),
    Pair("\u200b\u0300", "a dog .", line=5),
    Pair('=HYPERLINK("a")', "@a dog", "neutral", line=6),
]


@pytest.fixture(scope="module")
def found(tiny):
    return predict_rows(tiny, ROWS)


def test_each_row_has_the_models_own_verdict_or_a_fault_of_its_line(tiny, found):
    assert [isinstance(one, Answer) for one in found] == [True, False, False, False, True]
    assert [one.line for one in found if isinstance(one, BadRow)] == [3, 4, 5]
    assert "the limit is 10,000" in found[2].message
    assert "no character that the model can read" in found[3].message
    for row, one in zip(ROWS, found, strict=True):
        if isinstance(one, Answer):
            expected = tiny.predict(row.premise, row.hypothesis)
            assert (one.pair, one.prediction.label) == (row, expected.label)
            assert one.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-5)


def test_long_pairs_are_cut_at_the_limit_and_it_is_noted(tiny):
    [answer] = predict_rows(tiny, [Pair("a man . " * 30, "a dog .")], limit=16)
    assert len(answer.prediction.tokens) == 16
    assert "Cut at 16" in answer.prediction.notes[0]
    assert len(explain_answer(tiny, answer, **QUESTION, limit=16).attribution.tokens) == 16


def test_json_rows_hold_all_of_an_answer(tiny, found):
    row = json.loads(json.dumps(json_row(found[0])))
    assert (row["line"], row["premise"], row["gold_label"]) == (2, ROWS[0].premise, "contradiction")
    assert row["predicted_label"] == found[0].prediction.label
    assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert "attribution" not in row
    assert json_row(found[1]) == {"line": 3, "error": "found 1 columns."}
    words = json_row(explain_answer(tiny, found[0], **QUESTION))["attribution"]["words"]
    expected = attribute(tiny, ROWS[0].premise, ROWS[0].hypothesis, **QUESTION)
    assert [word["score"] for word in words] == pytest.approx(expected.word_scores.tolist(), abs=1e-5)
    assert " ".join(word["text"] for word in words if word["sentence"] == "premise") == ROWS[0].premise


def test_a_row_of_csv_holds_the_label_that_was_given(found, tiny):
    labels = [dict(zip(csv_columns(tiny.labels), csv_row(one, tiny.labels), strict=True)) for one in found]
    given = [one.pair.label or "" if isinstance(one, Answer) else "" for one in found]
    assert [row["gold_label"] for row in labels] == given
    assert "contradiction" in given


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(tiny, sign):
    pair = Pair(f"{sign}a dog runs", f"{sign}cmd|' /C calc'!A0")
    [answer] = predict_rows(tiny, [pair])
    for one in (explain_answer(tiny, answer, **QUESTION), BadRow(9, f"{sign}fault")):
        text = io.StringIO(newline="")
        csv.writer(text).writerow(csv_row(one, tiny.labels))
        [cells] = csv.reader(io.StringIO(text.getvalue(), newline=""))
        row = dict(zip(csv_columns(tiny.labels), cells, strict=True))
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    assert row["error"] == f"'{sign}fault"
    shares = dict(zip(csv_columns(tiny.labels), csv_row(answer, tiny.labels), strict=True))
    assert sum(shares[label] for label in tiny.labels) == pytest.approx(1, abs=1e-5)


def test_what_is_saved_can_be_read_again_and_no_prediction_is_taken_for_a_label(found):
    text = "\n".join(json.dumps(json_row(one)) for one in found)
    again = [(pair.premise, pair.label) for pair in read_text(text, max_rows=9).pairs]
    assert again == [(one.pair.premise, one.pair.label) for one in found if isinstance(one, Answer)]
    unlabelled = json_row(Answer(Pair("a", "b"), found[0].prediction))
    assert read_text(json.dumps(unlabelled), max_rows=9).pairs[0].label is None
