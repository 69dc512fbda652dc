"""The command that sets the probe beside the real HANS set."""

import json
import shutil

import pytest

import bertmini_demo
from bertmini_demo.explain.hans.probe import hans_agreement, run_probe, subcases
from bertmini_demo.model.files import METRICS, read_metrics
from bertmini_demo.training.__main__ import main

HANS = {name: number / 29 for number, name in enumerate(subcases())}
METRICS_WITH_HANS = {
    "parameters": 1,
    "data": {"hans": {"subcases": {name: {case.label: HANS[name]} for name, case in subcases().items()}}},
}


@pytest.fixture
def measured(tiny_folder, tmp_path):
    """A checkpoint of the tests' own with made-up HANS figures."""
    folder = tmp_path / "measured"
    shutil.copytree(tiny_folder, folder)
    (folder / METRICS).write_text(json.dumps(METRICS_WITH_HANS))
    return folder


def test_the_comparison_is_added_to_what_was_measured(measured, capsys):
    assert main(["probe", "--model", str(measured), "--seed", "3"]) == 0
    printed, metrics = capsys.readouterr().out, read_metrics(measured)
    stored = metrics.pop("probe")
    assert metrics == METRICS_WITH_HANS
    result = run_probe(bertmini_demo.load_model(str(measured)), seed=3)
    assert (stored["seed"], stored["pairs"]) == (3, len(result.pairs))
    assert stored["subcases"] == pytest.approx(result.accuracy, abs=1e-4)
    expected = hans_agreement(result.accuracy, HANS)
    assert stored["agreement_with_hans"].keys() == expected.keys()
    for label, values in expected.items():
        assert stored["agreement_with_hans"][label] == pytest.approx(values, abs=1e-4)
        assert f"{label}: " in printed
        assert f"{values['mean_difference']:.1%}" in printed


def test_without_hans_figures_the_way_to_get_them_is_told(tiny_folder, caplog):
    assert main(["probe", "--model", str(tiny_folder)]) == 1
    [error] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "holds no HANS figures" in error
    assert "evaluate" in error
    assert not (tiny_folder / METRICS).exists()
