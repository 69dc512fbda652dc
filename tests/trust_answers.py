"""Asks the view Can you trust it? and reads the figures of its answers."""

import base64
import json
import re
from dataclasses import replace
from html import unescape

import numpy as np

from bertmini_demo.ui.state import State

STATE = State("a man sleeps .", "a dog runs .")


RECORD = {
    "pairs": 400,
    "file": "made.jsonl",
    "accuracy": 0.5,
    "confusion": {
        "entailment": {"entailment": 150, "neutral": 40, "contradiction": 10},
        "neutral": {"entailment": 20, "neutral": 20, "contradiction": 60},
        "contradiction": {"entailment": 40, "neutral": 30, "contradiction": 30},
    },
    "calibration": {
        "rows": "odd",
        "expected_calibration_error": 0.123,
        "bins": [
            {"pairs": 100, "confidence": 0.5, "accuracy": 0.4},
            {"pairs": 100, "confidence": 0.9, "accuracy": 0.6},
        ],
    },
    "empty_premise_accuracy": 0.3,
}


def asked(answers, what, state=STATE, **options):
    question = answers.questions[f"trust.{what}"]
    *progress, last = answers.answer(question, replace(state, options=options))
    assert all("progress" in reply for reply in progress)
    return json.loads(json.dumps(last, allow_nan=False))


def traces(reply):
    return json.loads(reply["figure"])["data"]


def numbers(values):
    """The values of an axis, which Plotly may have packed."""
    return (
        np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
        if isinstance(values, dict)
        else values
    )


def pair_in(reply):
    """The pair that the button of a trap opens."""
    fields = [json.loads(unescape(found)) for found in re.findall(r'data-set="([^"]*)"', reply["html"])]
    return next((one["premise"], one["hypothesis"]) for one in fields if "premise" in one)
