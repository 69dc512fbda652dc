"""The command writes one change for each example pair, and what it says of it is true."""

import json

from bertmini_demo.data.examples import gallery
from bertmini_demo.training import example_changes
from bertmini_demo.training.__main__ import main


def test_the_command_writes_a_change_for_each_example(tmp_path, shipped, monkeypatch):
    monkeypatch.setattr(example_changes, "gallery", lambda: gallery()[3:5])
    output = tmp_path / "changes.json"
    assert main(["changes", "--output", str(output)]) == 0
    entries = json.loads(output.read_text(encoding="utf-8"))["changes"]
    assert [entry["premise"] for entry in entries] == [one.premise for one in gallery()[3:5]]
    for entry in entries:
        changed = {**entry, entry["change"]["sentence"]: entry["change"]["text"]}
        verdict = shipped.predict(changed["premise"], changed["hypothesis"])
        assert entry["after"][verdict.label] == max(entry["after"].values())
        assert entry["flips"] == (verdict.label != max(entry["before"], key=entry["before"].get))
