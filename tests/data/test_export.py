"""The numbers that are taken along are those of the analysis, and nothing in them runs in a spreadsheet."""

import csv
import io
import json

import numpy as np
import pytest

from bertmini_demo.attribution import attribute
from bertmini_demo.data.export import COLUMNS, FORMULA, as_csv, as_json
from bertmini_demo.results import Head

PAIR = ("=SUM(A1:A9) a dog runs .", '-2+3 "a cat", sleeps .')


@pytest.fixture(scope="module")
def trace(model):
    return model.trace(*PAIR)


@pytest.fixture(scope="module")
def attribution(model):
    return attribute(model, *PAIR, method="input_x_gradient", target=model.labels[0])


@pytest.fixture(scope="module")
def rows(trace, attribution):
    text = as_csv(trace, attribution, head=Head(1, 0), model="@model")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def values(rows, what):
    return [float(row["value"]) for row in rows if row["what"].startswith(what)]


def test_json_holds_every_number(trace, attribution):
    read = json.loads(as_json(trace, attribution, model="m"))
    assert (read["premise"], read["hypothesis"], read["model"]) == (*PAIR, "m")
    assert read["label"] == trace.prediction.label
    assert read["probabilities"] == pytest.approx(trace.prediction.probabilities, abs=1e-6)
    assert tuple(read["tokens"]) == trace.tokens
    assert np.allclose(read["attentions"], trace.attentions, atol=1e-6)
    assert np.allclose(read["attribution"]["scores"], attribution.scores, atol=1e-6)
    assert [word["score"] for word in read["attribution"]["words"]] == pytest.approx(
        attribution.word_scores, abs=1e-6
    )


def test_csv_holds_the_same_numbers_under_its_headings(rows, trace, attribution):
    assert tuple(rows[0]) == COLUMNS
    assert values(rows, "probability") == pytest.approx(
        list(trace.prediction.probabilities.values()), abs=1e-6
    )
    assert values(rows, "logit") == pytest.approx(list(trace.prediction.logits.values()), abs=1e-6)
    assert values(rows, "word:") == pytest.approx(attribution.word_scores, abs=1e-6)
    assert values(rows, "word piece:") == pytest.approx(attribution.scores, abs=1e-6)
    tokens = len(trace.tokens)
    weights = np.array(values(rows, "attention")).reshape(tokens, tokens)
    assert np.allclose(weights, trace.attentions[1, 0], atol=1e-6)
    place = next(row for row in rows if row["what"] == "attention")
    assert (place["layer"], place["head"], place["position"], place["to position"]) == ("2", "1", "1", "1")


def test_no_cell_is_a_formula_and_negative_numbers_stay_numbers(rows):
    texts = [cell for row in rows for name, cell in row.items() if name != "value"]
    assert not [cell for cell in texts if cell.startswith(FORMULA)]
    assert [f"'{sentence}" for sentence in PAIR] == [row["text"] for row in rows if row["what"] == "sentence"]
    assert "'@model" in texts
    assert min(values(rows, "word piece:")) < 0
