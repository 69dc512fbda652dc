"""Marks in assets/examples.json what the shipped model makes of each pair of the gallery.

``python tests/gallery_marks.py`` rewrites the marks after a new checkpoint; a test compares.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bertmini_demo  # noqa: E402
from bertmini_demo.data.examples import Example, gallery, mark  # noqa: E402
from bertmini_demo.inference import NLIModel  # noqa: E402

FILE = ROOT / "assets" / "examples.json"


def marks(model: NLIModel, examples: tuple[Example, ...]) -> list[str | None]:
    """The mark of each example, worked out."""
    verdicts = model.predict_batch([(one.premise, one.hypothesis) for one in examples])
    alone = model.predict_batch([("", one.hypothesis) for one in examples], empty_premise=True)
    return [
        mark(example.label, verdict=verdict.label, alone=other.label)
        for example, verdict, other in zip(examples, verdicts, alone, strict=True)
    ]


def marked(text: str, found: list[str | None]) -> str:
    """The file's text with these marks and no others."""
    content, found = json.loads(text), iter(found)
    for pair in (pair for group in content["groups"] for pair in group["pairs"]):
        pair.pop("shipped", None)
        shipped = next(found)
        if shipped:
            pair["shipped"] = shipped
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    text = FILE.read_text(encoding="utf-8")
    FILE.write_text(marked(text, marks(bertmini_demo.load_model(), gallery())), encoding="utf-8")
