"""The table of baselines against predictions on pairs without words, put together by hand."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.attribution import attribute
from bertmini_demo.data.baseline_results import BASELINE_RESULTS
from bertmini_demo.errors import DataError
from bertmini_demo.training import baseline_choice
from bertmini_demo.training.baseline_choice import confident_pairs, mean_falls, measure_label

PAIR = ("A man is sleeping .", "A man is awake .")


def test_a_fall_is_the_verdicts_probability_less_the_one_without_the_first_fifth(shipped):
    pair = shipped.encode(*PAIR)  # ten words: two are removed
    order = np.array([[3, 8, *[index for index in range(10) if index not in (3, 8)]]])
    falls = mean_falls(shipped, [pair], [order], "contradiction")
    whole = shipped.predict(*PAIR).probabilities["contradiction"]
    deleted = shipped.predict("A man is .", "A man is .").probabilities["contradiction"]
    masked = shipped.predict("A man is [MASK] .", "A man is [MASK] .").probabilities["contradiction"]
    assert falls == pytest.approx({"delete": whole - deleted, "mask": whole - masked}, abs=6e-4)


def test_the_words_of_the_highest_scores_are_removed_first(shipped):
    pair = shipped.encode(*PAIR)
    table = measure_label(shipped, [pair], "contradiction")
    scores = attribute(shipped, *PAIR, target="contradiction", output="margin", baseline="mask").word_scores
    expected = mean_falls(shipped, [pair], [np.argsort(-scores)[None]], "contradiction")
    assert table["falls"]["margin"]["mask"] == expected


def test_only_confident_and_correct_pairs_count_and_too_few_are_refused(shipped, monkeypatch):
    label = shipped.predict(*PAIR).label
    rows = [SimpleNamespace(premise=PAIR[0], hypothesis=PAIR[1], label=name) for name in shipped.labels]
    monkeypatch.setattr(baseline_choice, "CONFIDENT", shipped.predict(*PAIR).probabilities[label] - 1e-6)
    assert len(confident_pairs(shipped, rows, label, count=1)) == 1
    with pytest.raises(DataError, match=f"Only 1 pairs of {label}"):
        confident_pairs(shipped, rows, label, count=2)
    monkeypatch.setattr(baseline_choice, "CONFIDENT", shipped.predict(*PAIR).probabilities[label] + 1e-6)
    with pytest.raises(DataError, match=f"Only 0 pairs of {label}"):
        confident_pairs(shipped, rows, label, count=1)


def test_the_stored_table_covers_every_label_output_and_baseline(shipped):
    table = json.loads(BASELINE_RESULTS.read_text(encoding="utf-8"))
    assert set(table["labels"]) == set(shipped.labels)
    for entry in table["labels"].values():
        assert set(entry["falls"]) == {"logit", "margin"}
        for by_baseline in entry["falls"].values():
            assert set(by_baseline) == set(entry["baselines"]) == {"pad", "mask", "zero"}
        for shares in entry["baselines"].values():
            assert sum(shares.values()) == pytest.approx(1, abs=0.003)
