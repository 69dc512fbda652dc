"""The shipped results of probes, and what a damaged file says."""

import pytest

from bertmini_demo.data.probe_results import PROBES, read_probes
from bertmini_demo.errors import DataError
from bertmini_demo.explain.probes.probe_tasks import TASKS


def test_each_task_has_two_curves_over_all_depths(shipped):
    results = read_probes()
    assert [result.task for result in results] == list(TASKS)
    assert PROBES.stat().st_size < 10_000
    for result in results:
        for curve in (result.accuracy, result.control):
            assert curve.shape == (shipped.layers + 1,)
            assert ((curve >= 0) & (curve <= 1)).all()
        assert 0.5 <= result.majority <= 1
        assert result.selectivity == pytest.approx(result.accuracy - result.control)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tasks": [{"task": "x"}]}', '{"tasks": [1]}'])
def test_a_damaged_file_is_refused(tmp_path, text):
    file = tmp_path / "probes.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"probes\.json holds no results"):
        read_probes(file)
    with pytest.raises(DataError, match="no file"):
        read_probes(tmp_path / "missing.json")
