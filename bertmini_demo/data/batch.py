"""Predictions for many pairs, with attributions where they are asked for, and the rows they are written as."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bertmini_demo.attribution import attribute
from bertmini_demo.data.export import DIGITS, escape_formula, rounded
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Attribution, Prediction


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model predicts for a pair of a file, and why, where that was asked for."""

    pair: Pair
    prediction: Prediction
    attribution: Attribution | None = None


def predict_rows(
    model: NLIModel, rows: Iterable[Pair | BadRow], *, limit: int | None = None
) -> list[Answer | BadRow]:
    """An answer to each pair, in order; a pair that the model cannot read becomes a bad row.

    Args:
        limit: word pieces of a pair; the longer sentence is cut first, and a note says so.
    """
    rows = [row if isinstance(row, BadRow) else check_readable(model, row, limit=limit) for row in rows]
    pairs = [(row.premise, row.hypothesis) for row in rows if isinstance(row, Pair)]
    predictions = iter(model.predict_batch(pairs, limit=limit))
    return [row if isinstance(row, BadRow) else Answer(row, next(predictions)) for row in rows]


def check_readable(model: NLIModel, pair: Pair, *, limit: int | None) -> Pair | BadRow:
    """The pair, or why the model cannot read it."""
    try:
        model.encode(pair.premise, pair.hypothesis, limit=limit)
    except InputError as error:
        return BadRow(pair.line, str(error))
    return pair


def explain_answer(
    model: NLIModel, answer: Answer, *, method: str, output: str, baseline: str, limit: int | None = None
) -> Answer:
    """The answer with the attribution of its own label; see :func:`bertmini_demo.attribution.attribute`."""
    choices = {"method": method, "output": output, "baseline": baseline, "limit": limit}
    return replace(
        answer, attribution=attribute(model, answer.pair.premise, answer.pair.hypothesis, **choices)
    )


def verdict_row(prediction: Prediction) -> dict:
    """A prediction as plain JSON values."""
    return {
        "label": prediction.label,
        "probabilities": rounded(prediction.probabilities),
        "notes": list(prediction.notes),
    }


def json_row(answer: Answer | BadRow) -> dict:
    """All of an answer, or the error, as plain JSON values.

    ``gold_label`` is the label in the file, ``predicted_label`` the model's: read as a file of pairs again, it keeps its
    labels and takes no prediction for one.
    """
    if isinstance(answer, BadRow):
        return {"line": answer.line, "error": answer.message}
    pair = answer.pair
    row = {"line": pair.line, "premise": pair.premise, "hypothesis": pair.hypothesis}
    if pair.label:
        row["gold_label"] = pair.label
    verdict = verdict_row(answer.prediction)
    row |= {"predicted_label": verdict.pop("label"), **verdict}
    if answer.attribution:
        row["attribution"] = {
            "method": answer.attribution.method,
            "target": answer.attribution.target,
            "words": [
                {"text": text, "sentence": sentence, "score": score}
                for sentence, text, score in scored_words(answer.attribution)
            ],
        }
    return row


def csv_columns(labels: Sequence[str]) -> list[str]:
    """The columns of :func:`csv_row`: each label's holds its probability, the others text."""
    return [
        "line", "premise", "hypothesis", "gold_label", "predicted_label", *labels, "notes", "words", "error"
    ]  # fmt: skip


def csv_row(answer: Answer | BadRow, labels: Sequence[str]) -> list[object]:
    """An answer, or the error, as cells that no spreadsheet takes for a formula; the words are JSON."""
    if isinstance(answer, BadRow):
        cells = [answer.line, *[""] * (len(csv_columns(labels)) - 2), answer.message]
    else:
        pair, prediction = answer.pair, answer.prediction
        shares = rounded(prediction.probabilities)
        words = (
            json.dumps([*scored_words(answer.attribution)], ensure_ascii=False) if answer.attribution else ""
        )
        cells = [pair.line, pair.premise, pair.hypothesis, pair.label or "", prediction.label]
        cells += [*(shares[label] for label in labels), " ".join(prediction.notes), words, ""]
    return [escape_formula(cell) for cell in cells]


def scored_words(attribution: Attribution) -> Iterator[tuple[str, str, float]]:
    """(sentence, word, score) for each word."""
    for word, score in zip(attribution.pair.words, attribution.word_scores, strict=True):
        yield word.sentence, word.text, round(float(score), DIGITS)
