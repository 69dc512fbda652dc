"""The command trains every probe, and the same seed gives the same results."""

import json

import pytest

from bertmini_demo.data.probe_results import read_probes
from bertmini_demo.explain.probes.probe_tasks import TASKS
from bertmini_demo.training.__main__ import main

NOUNS = ("man", "dog", "cat", "woman", "park")


@pytest.fixture
def file(tmp_path):
    rows = [
        {
            "premise": f"The {NOUNS[number % 5]} sleeps in the park.",
            "hypothesis": f"A {NOUNS[number // 5 % 5]} is{' not' * (number % 2)} awake{' in the park' * (number % 3)}.",
            "label": "neutral",
        }
        for number in range(60)
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_command_writes_every_task_and_repeats_itself(file, tiny_folder, tmp_path):
    outputs = [tmp_path / name for name in ("one.json", "two.json")]
    for output in outputs:
        assert (
            main(["linear-probes", "--data", str(file), "--model", str(tiny_folder), "--output", str(output)])
            == 0
        )
    assert outputs[0].read_text() == outputs[1].read_text()
    results = read_probes(outputs[0])
    assert [result.task for result in results] == list(TASKS)
    assert all(len(result.accuracy) == 4 for result in results)


def test_too_few_pairs_are_refused(file, tiny_folder, tmp_path, caplog):
    output = tmp_path / "out.json"
    file.write_text("\n".join(file.read_text().splitlines()[:5]))
    command = [
        "linear-probes",
        "--data",
        str(file),
        "--model",
        str(tiny_folder),
        "--output",
        str(output),
    ]
    assert main(command) == 1
    assert "at least 8" in caplog.text
    assert not output.exists()
