"""Every Python snippet of the README files runs as it is written, in the order in which a reader would run it.

That of the HTTP interface needs a running page; it runs in tests/ui/server/test_api.py.
"""

import ast
import json
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

from readme_tables import README, ROOT, SERVER

from bertmini_demo.data.pair_files import read_file
from bertmini_demo.notebook import Coloured, Heads

TRAINING = ROOT / "bertmini_demo" / "training" / "README.md"
SNIPPETS = {
    file: found
    for file in [README, *(ROOT / "bertmini_demo").rglob("*.md"), *(ROOT / "assets").rglob("*.md")]
    if (found := re.findall(r"```python\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL))
}


def run_cell(source: str, names: dict[str, object]) -> object:
    """Runs a snippet as a notebook's cell does, and returns the value of its last line; None if that is a statement."""
    tree = ast.parse(source)
    if isinstance(last := tree.body[-1], ast.Expr):
        kept = ast.Assign([ast.Name("_", ast.Store())], last.value)
        tree.body[-1] = ast.fix_missing_locations(ast.copy_location(kept, last))
    exec(compile(tree, "README.md", "exec"), names)
    return names.pop("_", None)


def test_no_snippet_is_left_out():
    assert set(SNIPPETS) == {README, SERVER, TRAINING}


def test_python_and_the_two_cells_of_a_notebook():
    names: dict[str, object] = {}
    scored, heads, words = (run_cell(source, names) for source in SNIPPETS[README])
    pairs, gap = scored
    assert [token for token, _ in pairs] == list(names["trace"].tokens)
    assert gap == names["scores"].completeness_gap
    assert isinstance(heads, Heads)
    assert heads.trace is names["trace"]
    assert isinstance(words, Coloured)
    assert words.attribution is names["scores"]


class Rows:
    """As much of a data set of the ``datasets`` package as the snippet uses; it was tried with the package, too."""

    def __init__(self, rows: list[dict], names: list[str] | None) -> None:
        self.rows = rows
        self.features = {"label": SimpleNamespace(names=names)}

    def filter(self, keep) -> "Rows":
        return Rows([row for row in self.rows if keep(row)], self.features["label"].names)

    def cast_column(self, name: str, kind: str) -> "Rows":
        assert (name, kind) == ("label", "int64")
        return Rows(self.rows, None)

    def map(self, change) -> "Rows":
        assert self.features["label"].names is None, "the package turns the words back into numbers"
        return Rows([{**row, **change(row)} for row in self.rows], None)

    def to_json(self, path: str) -> None:
        Path(path).write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf-8")


def test_the_pairs_of_the_hub_become_a_file_that_training_reads(monkeypatch, tmp_path):
    rows = [
        {"premise": f"{number} dogs run .", "hypothesis": "dogs run .", "label": number - 1}
        for number in range(4)
    ]
    package = ModuleType("datasets")
    package.Value = str
    package.load_dataset = lambda _name, **_split: Rows(rows, ["entailment", "neutral", "contradiction"])
    monkeypatch.setitem(sys.modules, "datasets", package)
    monkeypatch.chdir(tmp_path)
    [source] = SNIPPETS[TRAINING]
    run_cell(source, {})
    written = read_file(tmp_path / "pairs.jsonl", max_rows=10, megabytes=1)
    assert [pair.label for pair in written.pairs] == ["entailment", "neutral", "contradiction"]
