"""Measures a classifier on labelled pairs: accuracy, per-label figures, confusion, calibration, HANS."""

import argparse
import json
import logging
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

import bertmini_demo
from bertmini_demo.data.metrics import Tally, scored_labels
from bertmini_demo.errors import DataError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.model.masked_lm import LanguageModel, load_language_model
from bertmini_demo.results import LABELS, Prediction, fold_label
from bertmini_demo.settings import ASSETS
from bertmini_demo.training.corpus_files import Pair, read_pairs
from bertmini_demo.training.predictions import write_predictions

log = logging.getLogger(__name__)

CHUNK = 1_000  # pairs between two ticks of the progress bar
FILL_MASK = ASSETS / "fill_mask.json"
FIRST = 5  # candidates for a gap among which the right word must be
TEMPERATURE = "temperature.json"  # what `calibrate` writes beside the model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", help="folder or Hub name (default: the shipped checkpoint)")
    parser.add_argument(
        "--data", nargs="+", type=Path, required=True, help="JSON-lines files of labelled pairs"
    )
    parser.add_argument(
        "--hypothesis-only", help="a classifier trained on hypotheses alone, to set beside it"
    )
    parser.add_argument(
        "--language-model",
        type=Path,
        help="folder of the masked-language model it came from, to measure it, too",
    )
    parser.add_argument("--json", action="store_true", help="print JSON rather than a table")
    parser.add_argument("--output", type=Path, help="also write the JSON to this file")
    parser.add_argument(
        "--predictions", type=Path, help="write a verdict for each line of one file here, and measure nothing"
    )


def run(arguments: argparse.Namespace) -> None:
    model = bertmini_demo.load_model(arguments.model)
    if arguments.predictions:
        if len(arguments.data) > 1:
            raise DataError("--predictions takes one file of pairs at a time. Name one after --data.")
        write_predictions(model, arguments.data[0], arguments.predictions)
        return
    names = short_names(arguments.data)
    data = {name: read_pairs(path) for name, path in zip(names, arguments.data, strict=True)}
    temperature = model.folder / TEMPERATURE
    metrics = {
        "parameters": model.parameters,
        "megabytes": round(sum(file.stat().st_size for file in weight_files(model.folder)) / 1e6, 1),
        "sure_pairs": sure_share(model),
        "data": {name: evaluate(model, pairs) for name, pairs in data.items()},
    }
    if temperature.exists():
        metrics["temperature"] = json.loads(temperature.read_text(encoding="utf-8"))
    if arguments.hypothesis_only:
        baseline = bertmini_demo.load_model(arguments.hypothesis_only)
        metrics["hypothesis_only_classifier"] = {
            name: accuracy_without_premises(baseline, pairs) for name, pairs in data.items()
        }
    elif known := measured_before(arguments.output, "hypothesis_only_classifier"):
        metrics["hypothesis_only_classifier"] = known  # another model's: it stays true of the same files
    if arguments.language_model:
        metrics["fill_mask"] = fill_mask(load_language_model(arguments.language_model))
    text = json.dumps(metrics, indent=1)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write((text if arguments.json else table(metrics)) + "\n")


def measured_before(output: Path | None, name: str) -> dict | None:
    """What an earlier measurement left under a name in the file about to be written."""
    if output is None or not output.exists():
        return None
    return json.loads(output.read_text(encoding="utf-8")).get(name)


def fill_mask(model: LanguageModel) -> dict:
    """How often the right word is among the first five candidates for the gap of a plain sentence."""
    sentences = json.loads(FILL_MASK.read_text(encoding="utf-8"))["sentences"]
    hits = 0
    for sentence in sentences:
        [found] = model.fill_text(sentence["text"], count=FIRST)
        hits += sentence["answer"] in [candidate.piece for candidate in found.candidates]
    return {"sentences": len(sentences), "right_among_first": FIRST, "right": hits}


def weight_files(folder: Path) -> list[Path]:
    return [*folder.glob("*.safetensors"), *folder.glob("pytorch_model.bin")]


def sure_share(model: NLIModel) -> float:
    """The share of the hand-written sure pairs that the model gets right."""
    rows = sure_pairs()
    pairs = [Pair(row["premise"], row["hypothesis"], row["label"], {}) for row in rows]
    labels = labels_of(model, pairs)
    answers = predict_all(model, pairs)
    hits = [
        fold_label(pair.label, labels) == fold_label(found.label, labels)
        for pair, found in zip(pairs, answers, strict=True)
    ]
    return round(float(np.mean(hits)), 4)


def short_names(paths: Sequence[Path]) -> list[str]:
    """File names without their endings, or whole paths where two names are alike."""
    names = [path.name.split(".")[0] for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def evaluate(model: NLIModel, pairs: Sequence[Pair]) -> dict:
    """All measures the file's labels allow, as plain JSON values; shares and probabilities from 0 to 1.

    Where the file or the model knows not_entailment, scoring is two-way: neutral and contradiction count as that.
    """
    predictions = predict_all(model, pairs)
    labels = labels_of(model, pairs)
    truths = [fold_label(pair.label, labels) for pair in pairs]
    answers = [fold_label(prediction.label, labels) for prediction in predictions]
    tally = tallied(predictions, truths, labels=labels)
    metrics = {"pairs": len(pairs), **tally.classification()}
    if labels == LABELS:
        metrics["calibration"] = tally.calibration()
        odd = tallied(predictions[1::2], truths[1::2], labels=labels)
        metrics["calibration_error_on_odd_rows"] = odd.calibration()["expected_calibration_error"]
        metrics["empty_premise_accuracy"] = accuracy_without_premises(model, pairs)
    for key, name in (("heuristic", "heuristics"), ("subcase", "subcases")):
        if all(key in pair.origin for pair in pairs):
            metrics[name] = by_origin(pairs, truths, answers, key=key)
    return metrics


def predict_all(model: NLIModel, pairs: Sequence[Pair], *, empty_premise: bool = False) -> list[Prediction]:
    predictions = []
    for start in tqdm(range(0, len(pairs), CHUNK), desc="pairs", unit_scale=CHUNK, leave=False):
        chunk = [(pair.premise, pair.hypothesis) for pair in pairs[start : start + CHUNK]]
        predictions += model.predict_batch(chunk, empty_premise=empty_premise)
    return predictions


def tallied(predictions: Sequence[Prediction], truths: Sequence[str], *, labels: Sequence[str]) -> Tally:
    tally = Tally(labels)
    for prediction, truth in zip(predictions, truths, strict=True):
        tally.add(truth, prediction)
    return tally


def labels_of(model: NLIModel, pairs: Sequence[Pair]) -> tuple[str, ...]:
    """The labels told apart: three, or two where the file or the model knows no others."""
    return scored_labels({*model.labels, *(pair.label for pair in pairs)})


def accuracy_without_premises(model: NLIModel, pairs: Sequence[Pair]) -> float:
    """Accuracy when the hypothesis is all that the model reads: what it gets right without the question."""
    labels = labels_of(model, pairs)
    answers = predict_all(model, pairs, empty_premise=True)
    hits = sum(
        fold_label(answer.label, labels) == fold_label(pair.label, labels)
        for answer, pair in zip(answers, pairs, strict=True)
    )
    return round(hits / len(pairs), 4)


def by_origin(pairs: Sequence[Pair], truths: Sequence[str], answers: Sequence[str], *, key: str) -> dict:
    """Accuracy for each value of an extra key, entailed and non-entailed pairs apart, as HANS is reported."""
    outcomes: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for pair, truth, answer in zip(pairs, truths, answers, strict=True):
        outcomes[pair.origin[key]][truth].append(truth == answer)
    return {
        value: {truth: round(float(np.mean(hits)), 4) for truth, hits in sorted(found.items())}
        for value, found in sorted(outcomes.items())
    }


def table(metrics: dict) -> str:
    lines = [f"{metrics['parameters'] / 1e6:.1f} million parameters"]
    lines.append(f"sure pairs: {metrics['sure_pairs']:.1%} right")
    if "fill_mask" in metrics:
        found = metrics["fill_mask"]
        lines.append(
            f"fill-mask: {found['right']} of {found['sentences']} among the first {found['right_among_first']}"
        )
    for name, found in metrics["data"].items():
        lines.append(f"{name}: accuracy {found['accuracy']:.1%} on {found['pairs']:,} pairs")
        if "calibration" in found:
            lines.append(f"  calibration error {found['calibration']['expected_calibration_error']:.3f}")
            lines.append(f"  with an empty premise {found['empty_premise_accuracy']:.1%}")
        if name in metrics.get("hypothesis_only_classifier", {}):
            lines.append(f"  trained on hypotheses only {metrics['hypothesis_only_classifier'][name]:.1%}")
        for heuristic, accuracy in found.get("heuristics", {}).items():
            lines.append(f"  {heuristic}: " + ", ".join(f"{k} {v:.1%}" for k, v in accuracy.items()))
    return "\n".join(lines)
