"""Measures against cases worked out by hand."""

import pytest

from bertmini_demo.data.metrics import BINS, MIN_CALIBRATION_PAIRS, Tally, wilson_interval
from bertmini_demo.results import LABELS, Prediction

TWO = ("entailment", "not_entailment")


def prediction(label: str, confidence: float) -> Prediction:
    rest = (1 - confidence) / 2
    probabilities = {name: confidence if name == label else rest for name in LABELS}
    return Prediction(label, probabilities, logits={}, tokens=(), notes=(), seconds=0.0)


def tallied(predictions, truths, labels=LABELS, **choices) -> Tally:
    tally = Tally(labels, **choices)
    for number, (truth, found) in enumerate(zip(truths, predictions, strict=True)):
        tally.add(truth, found, number)
    return tally


def calibrated(predictions, truths) -> dict:
    """Of the pairs repeated until there are enough of them."""
    return tallied(predictions * 60, truths * 60).calibration()


def test_classification_by_hand():
    truths = ["entailment"] * 4 + ["neutral"] * 3 + ["contradiction"]
    answers = [
        "entailment",
        "entailment",
        "entailment",
        "neutral",
        "neutral",
        "neutral",
        "entailment",
        "neutral",
    ]
    found = tallied([prediction(answer, 0.5) for answer in answers], truths).classification()
    assert found == {
        "accuracy": 0.625,
        "accuracy_interval": [0.3057, 0.8632],
        "precision": {"entailment": 0.75, "neutral": 0.5, "contradiction": None},
        "recall": {"entailment": 0.75, "neutral": 0.6667, "contradiction": 0.0},
        "confusion": {
            "entailment": {"entailment": 3, "neutral": 1, "contradiction": 0},
            "neutral": {"entailment": 1, "neutral": 2, "contradiction": 0},
            "contradiction": {"entailment": 0, "neutral": 1, "contradiction": 0},
        },
    }


def test_calibration_by_hand():
    # 0.65 and 0.66 share a bin (9 to 10 fifteenths): one right of two; 0.9 stands alone and is right
    predictions = [prediction("neutral", 0.65), prediction("entailment", 0.66), prediction("neutral", 0.9)]
    found = calibrated(predictions, ["neutral", "neutral", "neutral"])
    assert found["bins"] == [
        {"pairs": 120, "confidence": 0.655, "accuracy": 0.5, "interval": [0.4119, 0.5881]},
        {"pairs": 60, "confidence": 0.9, "accuracy": 1.0, "interval": [0.9398, 1.0]},
    ]
    assert found["expected_calibration_error"] == pytest.approx(2 / 3 * 0.155 + 1 / 3 * 0.1, abs=1e-4)


def test_perfect_calibration_has_no_error():
    predictions = [prediction("neutral", 0.75)] * 8 + [prediction("entailment", 0.5)] * 4
    truths = ["neutral"] * 6 + ["contradiction"] * 2 + ["entailment"] * 2 + ["neutral"] * 2
    assert calibrated(predictions, truths)["expected_calibration_error"] == 0.0


@pytest.mark.parametrize(("confidence", "truth", "error"), [(1.0, "neutral", 0.0), (1.0, "entailment", 1.0)])
def test_full_confidence_has_a_bin(confidence, truth, error):
    found = calibrated([prediction("neutral", confidence)] * 5, [truth] * 5)
    assert found["expected_calibration_error"] == error
    assert len(found["bins"]) == 1


def test_bins_are_equally_wide():
    levels = [(number + 0.5) / BINS for number in range(BINS) if (number + 0.5) / BINS > 1 / 3]
    found = calibrated([prediction("neutral", level) for level in levels], ["neutral"] * len(levels))
    assert [bin_["confidence"] for bin_ in found["bins"]] == [round(level, 4) for level in levels]


def test_where_one_side_knows_two_labels_the_others_count_as_one():
    answers = [prediction(label, 0.5) for label in ("neutral", "contradiction", "entailment")]
    tally = tallied(answers, ["contradiction", "not_entailment", "neutral"], TWO, max_mistakes=5)
    assert tally.confusion.tolist() == [[0, 0], [1, 2]]
    assert (tally.accuracy, tally.mistakes) == (2 / 3, [2])


def test_the_surest_mistakes_are_kept_and_no_more():
    sure = [0.5, 0.9, 0.7, 0.9, 0.99, 0.6]
    answers = [prediction("neutral", level) for level in sure]
    truths = ["entailment"] * 4 + ["neutral"] + ["entailment"]  # the surest is right
    assert tallied(answers, truths, max_mistakes=3).mistakes == [1, 3, 2]
    assert tallied(answers, truths).mistakes == []


@pytest.mark.parametrize(
    ("hits", "total", "expected"),
    [  # statsmodels' proportion_confint(method="wilson"); 10 of 10 and 0 of 10 as in Newcombe 1998
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_intervals_are_those_of_newcombe(hits, total, expected):
    assert wilson_interval(hits, total) == pytest.approx(expected, abs=1e-4)
    low, high = wilson_interval(total - hits, total)
    assert (1 - high, 1 - low) == pytest.approx(expected, abs=1e-4)


def test_a_few_pairs_have_no_calibration():
    few = [prediction("neutral", 0.7)] * (MIN_CALIBRATION_PAIRS - 1)
    assert tallied(few, ["neutral"] * len(few)).calibration() is None
    assert tallied([*few, few[0]], ["neutral"] * MIN_CALIBRATION_PAIRS).calibration()
