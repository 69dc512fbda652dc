"""Computes the one-word change of each example pair, which the page then shows at once. Run it for each new checkpoint."""

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

import bertmini_demo
from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.counterfactuals.one_word_change import STORED, one_word_change
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.masked_lm import LanguageModel, load_language_model
from bertmini_demo.results import Prediction

ABOUT = (
    "For each example pair the change of one word that flips the shipped model's verdict and reads naturally, or moves it "
    "most; written by: python -m bertmini_demo.training changes"
)

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``changes``."""
    parser.add_argument("--output", type=Path, help="file to write (default: the one that ships)")


def run(arguments: argparse.Namespace) -> None:
    """Finds the smallest change of one word for each pair of the gallery and writes them to a JSON file."""
    model, language_model, output = (
        bertmini_demo.load_model(),
        load_language_model(),
        arguments.output or STORED,
    )
    pairs = [(example.premise, example.hypothesis) for example in gallery()]
    entries = [entry for pair in pairs if (entry := stored_entry(model, language_model, *pair))]
    lines = ",\n  ".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    text = f'{{\n "about": {json.dumps(ABOUT)},\n "changes": [\n  {lines}\n ]\n}}\n'
    output.write_text(text, encoding="utf-8")
    flipped = sum(entry["flips"] for entry in entries)
    log.info("%d of %d example pairs flip with one word; written to %s", flipped, len(pairs), output)


def stored_entry(
    model: NLIModel, language_model: LanguageModel, premise: str, hypothesis: str
) -> dict | None:
    """The JSON of one pair's change; None where no word can be changed."""
    result = one_word_change(
        model,
        premise,
        hypothesis,
        language_model=language_model,
        limit=model.settings.page_word_pieces,
    )
    if result is None:
        return None
    change = asdict(result.change)
    if change["probability"] is not None:
        change["probability"] = round(change["probability"], 6)
    return {
        "premise": premise,
        "hypothesis": hypothesis,
        "change": change,
        "before": _rounded(result.before),
        "after": _rounded(result.after),
        "flips": result.flips,
        "tried": result.tried,
    }


def _rounded(prediction: Prediction) -> dict[str, float]:
    return {label: round(share, 4) for label, share in prediction.probabilities.items()}
