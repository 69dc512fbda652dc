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
from bertmini_demo.data.label_words import scored_labels
from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.files import read_optional_json
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.model.masked_lm import LanguageModel, load_language_model
from bertmini_demo.results import LABELS, Prediction, fold_label
from bertmini_demo.settings import ASSETS
from bertmini_demo.training.corpora.corpus_files import (
    DATA_HELP,
    add_reading_arguments,
    read_labelled,
    reading,
)
from bertmini_demo.training.predictions import write_predictions

log = logging.getLogger(__name__)

CHUNK = 1_000  # pairs between two ticks of the progress bar
FILL_MASK = ASSETS / "fill_mask.json"
FIRST = 5  # candidates for a gap among which the right word must be
TEMPERATURE = "temperature.json"  # what `calibrate` writes beside the model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``evaluate``."""
    parser.add_argument("--model", help="folder or Hub name (default: the shipped checkpoint)")
    parser.add_argument("--data", nargs="+", type=Path, required=True, help=DATA_HELP)
    add_reading_arguments(parser)
    parser.add_argument("--hypothesis-only", help="a classifier trained on hypotheses alone, for comparison")
    parser.add_argument(
        "--language-model",
        type=Path,
        help="folder of the masked-language model it came from, which is measured as well",
    )
    parser.add_argument("--json", action="store_true", help="print JSON rather than a table")
    parser.add_argument("--output", type=Path, help="also write the JSON to this file")
    parser.add_argument(
        "--predictions",
        type=Path,
        help="write a prediction for each row of one file here, and measure nothing",
    )


def run(arguments: argparse.Namespace) -> None:
    """Evaluates a classifier on labelled pairs, or writes its predictions for one file with ``--predictions``.

    Raises:
        DataError: a file that cannot be read, or more than one with ``--predictions``.
    """
    model = bertmini_demo.load_model(arguments.model)
    if arguments.predictions:
        if len(arguments.data) > 1:
            raise DataError("--predictions takes one file of pairs at a time. Name one after --data.")
        write_predictions(model, arguments.data[0], arguments.predictions, encoding=arguments.encoding)
        return
    metrics = measure(model, arguments)
    text = json.dumps(metrics, indent=1)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write((text if arguments.json else table(metrics)) + "\n")


def measure(model: NLIModel, arguments: argparse.Namespace) -> dict:
    """All measures that the options ask for, as plain JSON values."""
    names = short_names(arguments.data)
    data = {
        name: read_labelled(path, **reading(arguments))
        for name, path in zip(names, arguments.data, strict=True)
    }
    temperature = fitted_temperature(model.folder)
    metrics = {
        "parameters": model.parameters,
        "megabytes": round(sum(file.stat().st_size for file in weight_files(model.folder)) / 1e6, 1),
        "sure_pairs": sure_share(model),
        "data": {
            name: {
                "file": path.name,
                "notes": list(data[name].notes),
                **evaluate(model, data[name].pairs, fitted=path.name in temperature.get("fitted_on", ())),
            }
            for name, path in zip(names, arguments.data, strict=True)
        },
    }
    if temperature:
        metrics["temperature"] = temperature
    if arguments.hypothesis_only:
        baseline = bertmini_demo.load_model(arguments.hypothesis_only)
        metrics["hypothesis_only_classifier"] = {
            name: accuracy_without_premises(baseline, read.pairs) for name, read in data.items()
        }
    elif known := measured_before(arguments.output, "hypothesis_only_classifier"):
        metrics["hypothesis_only_classifier"] = known  # of another model: it stays true of the same files
    if arguments.language_model:
        metrics["fill_mask"] = fill_mask(load_language_model(arguments.language_model))
    return metrics


def fitted_temperature(folder: Path) -> dict:
    """What `calibrate` left beside a model; empty where it was not run."""
    return read_optional_json(folder / TEMPERATURE)


def measured_before(output: Path | None, name: str) -> dict | None:
    """What an earlier measurement left under a name in the file about to be written."""
    if output is None or not output.exists():
        return None
    return read_optional_json(output).get(name)


def fill_mask(model: LanguageModel) -> dict:
    """How often the right word is among the first five candidates for the gap of a plain sentence."""
    sentences = json.loads(FILL_MASK.read_text(encoding="utf-8"))["sentences"]
    hits = 0
    for sentence in sentences:
        [gap] = model.fill_text(sentence["text"], count=FIRST)
        hits += sentence["answer"] in [candidate.piece for candidate in gap.candidates]
    return {"sentences": len(sentences), "right_among_first": FIRST, "right": hits}


def weight_files(folder: Path) -> list[Path]:
    """The files of a folder that hold weights."""
    return [*folder.glob("*.safetensors"), *folder.glob("pytorch_model.bin")]


def sure_share(model: NLIModel) -> float:
    """The share of the hand-written sure pairs that the model gets right."""
    rows = sure_pairs()
    pairs = [Pair(row["premise"], row["hypothesis"], row["label"]) for row in rows]
    labels = labels_of(model, pairs)
    answers = predict_all(model, pairs)
    hits = [
        fold_label(pair.label, labels) == fold_label(answer.label, labels)
        for pair, answer in zip(pairs, answers, strict=True)
    ]
    return round(float(np.mean(hits)), 4)


def short_names(paths: Sequence[Path]) -> list[str]:
    """File names without their endings, or whole paths where two names are the same."""
    names = [path.name.split(".")[0] for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def evaluate(model: NLIModel, pairs: Sequence[Pair], *, fitted: bool = False) -> dict:
    """All measures that the labels allow, as plain JSON values; shares and probabilities are from 0 to 1.

    Where the pairs or the model know not_entailment, scoring is two-way: neutral and contradiction count as that. The
    calibration says of which rows it is: it is left out below metrics.MIN_CALIBRATION_PAIRS.

    Args:
        fitted: whether `calibrate` fitted the temperature on the even rows; calibration is then measured on the odd ones.
    """
    predictions = predict_all(model, pairs)
    labels = labels_of(model, pairs)
    truths = [fold_label(pair.label, labels) for pair in pairs]
    answers = [fold_label(prediction.label, labels) for prediction in predictions]
    metrics = {"pairs": len(pairs), **tallied(predictions, truths, labels=labels).classification()}
    if labels == LABELS:
        rows = slice(1, None, 2) if fitted else slice(None)
        calibration = tallied(predictions[rows], truths[rows], labels=labels).calibration()
        if calibration:
            metrics["calibration"] = {"rows": "odd" if fitted else "all", **calibration}
        metrics["empty_premise_accuracy"] = accuracy_without_premises(model, pairs)
    for key, name in (("heuristic", "heuristics"), ("subcase", "subcases")):
        if all(key in pair.groups for pair in pairs):
            metrics[name] = by_group(pairs, truths, answers, key=key)
    return metrics


def predict_all(model: NLIModel, pairs: Sequence[Pair], *, empty_premise: bool = False) -> list[Prediction]:
    """The prediction for each pair, in order."""
    predictions = []
    for start in tqdm(range(0, len(pairs), CHUNK), desc="pairs", unit_scale=CHUNK, leave=False):
        chunk = [(pair.premise, pair.hypothesis) for pair in pairs[start : start + CHUNK]]
        predictions += model.predict_batch(chunk, empty_premise=empty_premise)
    return predictions


def tallied(predictions: Sequence[Prediction], truths: Sequence[str], *, labels: Sequence[str]) -> Tally:
    """Predictions counted against their labels."""
    tally = Tally(labels)
    for prediction, truth in zip(predictions, truths, strict=True):
        tally.add(truth, prediction)
    return tally


def labels_of(model: NLIModel, pairs: Sequence[Pair]) -> tuple[str, ...]:
    """The labels scored: three, or two where the file or the model has no others."""
    return scored_labels({*model.labels, *(pair.label for pair in pairs)})


def accuracy_without_premises(model: NLIModel, pairs: Sequence[Pair]) -> float:
    """Accuracy when the model reads the hypothesis only."""
    labels = labels_of(model, pairs)
    answers = predict_all(model, pairs, empty_premise=True)
    hits = sum(
        fold_label(answer.label, labels) == fold_label(pair.label, labels)
        for answer, pair in zip(answers, pairs, strict=True)
    )
    return round(hits / len(pairs), 4)


def by_group(pairs: Sequence[Pair], truths: Sequence[str], answers: Sequence[str], *, key: str) -> dict:
    """Accuracy for each value of a group, entailed and non-entailed pairs separately, as HANS is reported."""
    outcomes: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for pair, truth, answer in zip(pairs, truths, answers, strict=True):
        outcomes[pair.groups[key]][truth].append(truth == answer)
    return {
        value: {truth: round(float(np.mean(hits)), 4) for truth, hits in sorted(by_truth.items())}
        for value, by_truth in sorted(outcomes.items())
    }


def table(metrics: dict) -> str:
    """The measures in words."""
    lines = [f"{metrics['parameters'] / 1e6:.1f} million parameters"]
    lines.append(f"pairs with an obvious label: {metrics['sure_pairs']:.1%} right")
    if "fill_mask" in metrics:
        measured = metrics["fill_mask"]
        lines.append(
            f"fill-mask: {measured['right']} of {measured['sentences']} among the first {measured['right_among_first']}"
        )
    for name, measured in metrics["data"].items():
        lines += [f"{name}: {note}" for note in measured["notes"]]
        low, high = measured["accuracy_interval"]
        lines.append(
            f"{name}: accuracy {measured['accuracy']:.1%} (95 % interval {low:.1%} to {high:.1%}) on {measured['pairs']:,} pairs "
            f"of {measured['file']}"
        )
        if calibration := measured.get("calibration"):
            error = 100 * calibration["expected_calibration_error"]
            lines.append(f"  calibration error {error:.1f} percentage points on {calibration['rows']} rows")
        if "empty_premise_accuracy" in measured:
            lines.append(f"  with an empty premise {measured['empty_premise_accuracy']:.1%}")
        if name in metrics.get("hypothesis_only_classifier", {}):
            lines.append(f"  trained on hypotheses only {metrics['hypothesis_only_classifier'][name]:.1%}")
        for heuristic, accuracy in measured.get("heuristics", {}).items():
            lines.append(f"  {heuristic}: " + ", ".join(f"{k} {v:.1%}" for k, v in accuracy.items()))
    return "\n".join(lines)
