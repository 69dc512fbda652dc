"""Writes the README's reference tables from the code and the stored measurements.

``python tests/readme_tables.py`` rewrites what stands between ``<!-- name -->`` and ``<!-- end -->``; a test
compares.
"""

import inspect
import json
import re
import sys
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bertmini_demo.rendering import data_name  # noqa: E402
from bertmini_demo.settings import Settings  # noqa: E402

README = ROOT / "README.md"
MEASURED = ("mnli_dev_matched", "snli_dev")


def settings_table() -> str:
    rows = ["| what | default | environment variable |", "| --- | --- | --- |"]
    for entry in fields(Settings):
        default = "none" if entry.default is None else f"{entry.default:,}"
        variable = entry.metadata["variable"]
        rows.append(
            f"| {entry.metadata['meaning']} | {default} | {f'`{variable}`' if variable else 'fixed'} |"
        )
    return "\n".join(rows)


def endpoints_table() -> str:
    from bertmini_demo.ui.api import endpoints

    rows = ["| endpoint | what it does | returns |", "| --- | --- | --- |"]
    for function in endpoints(None):
        parameters = ", ".join(inspect.signature(function).parameters)
        text = inspect.getdoc(function)
        summary = text.split("\n", 1)[0]
        returned = " ".join(text.split("Returns:\n", 1)[1].split())
        rows.append(f"| `/{function.__name__}({parameters})` | {summary} | {returned} |")
    return "\n".join(rows)


def accuracy_table() -> str:
    metrics = json.loads((ROOT / "assets" / "nli" / "metrics.json").read_text(encoding="utf-8"))
    rows = ["| measured on | pairs | accuracy | hypotheses alone |", "| --- | --- | --- | --- |"]
    for key in MEASURED:
        found = metrics["data"][key]
        alone = metrics["hypothesis_only_classifier"][key]
        rows.append(f"| {data_name(key)} | {found['pairs']:,} | {found['accuracy']:.1%} | {alone:.1%} |")
    return "\n".join(rows) + (
        "\n\nThe last column is a second classifier of the same shape that was trained on hypotheses only."
    )


TABLES = {"settings": settings_table, "endpoints": endpoints_table, "accuracy": accuracy_table}


def filled(readme: str) -> str:
    """The README with every table as it should be."""
    for name, table in TABLES.items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        readme, count = block.subn(lambda found, table=table: f"{found[1]}\n{table()}\n\n{found[2]}", readme)
        assert count == 1, name
    return readme


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
