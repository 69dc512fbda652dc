"""The answers about models with and without a record of their measurements."""

import json
import shutil

import pytest
from trust_answers import RECORD

import bertmini_demo
from bertmini_demo.explain.hans.probe import (
    subcases,
)
from bertmini_demo.model.files import METRICS
from bertmini_demo.ui.page import build_answers


@pytest.fixture(scope="module")
def bare(tiny):
    """The answers about a model that brings no record."""
    return build_answers(tiny)


@pytest.fixture(scope="module")
def full(shipped):
    return build_answers(shipped)


@pytest.fixture(scope="module")
def recorded(tiny_folder, tmp_path_factory):
    """The answers about a model with a record of its own."""
    folder = tmp_path_factory.mktemp("recorded") / "model"
    shutil.copytree(tiny_folder, folder)
    probe = {name: place / 29 for place, name in enumerate(subcases())}
    hans = {name: {case.label: 1 - probe[name]} for name, case in subcases().items()}
    data = {"mnli_dev_matched": RECORD, "made": {**RECORD, "accuracy": 0.75}, "hans": {"subcases": hans}}
    metrics = {
        "data": data,
        "probe": {"subcases": probe},
        "temperature": {"fitted_on": ["made.jsonl"]},
        "hypothesis_only_classifier": {"made": 0.45},
    }
    (folder / METRICS).write_text(json.dumps(metrics))
    return build_answers(bertmini_demo.load_model(str(folder)))
