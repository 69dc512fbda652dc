"""Verdicts on many pairs, with attributions where they are asked for, and the rows they are written as."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bertmini_demo.attribution import attribute
from bertmini_demo.data.export import DIGITS, inert, rounded
from bertmini_demo.data.pair_files import Fault, Pair
from bertmini_demo.errors import InputError
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Attribution, Prediction


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model says of a pair of a file, and why where that was asked for."""

    pair: Pair
    prediction: Prediction
    attribution: Attribution | None = None


def judge(model: NLIModel, rows: Iterable[Pair | Fault], *, limit: int | None = None) -> list[Answer | Fault]:
    """An answer to each pair, in order; what the model cannot read becomes a fault of its line.

    Args:
        limit: word pieces of a pair; the longer sentence is cut first, and a note says so.
    """
    rows = [row if isinstance(row, Fault) else readable(model, row, limit=limit) for row in rows]
    pairs = [(row.premise, row.hypothesis) for row in rows if isinstance(row, Pair)]
    predictions = iter(model.predict_batch(pairs, limit=limit))
    return [row if isinstance(row, Fault) else Answer(row, next(predictions)) for row in rows]


def readable(model: NLIModel, pair: Pair, *, limit: int | None) -> Pair | Fault:
    """The pair, or why the model cannot read it."""
    try:
        model.encode(pair.premise, pair.hypothesis, limit=limit)
    except InputError as error:
        return Fault(pair.line, str(error))
    return pair


def explained(
    model: NLIModel, answer: Answer, *, method: str, output: str, baseline: str, limit: int | None = None
) -> Answer:
    """The answer with what speaks for its own label; see :func:`bertmini_demo.attribution.attribute`."""
    choices = {"method": method, "output": output, "baseline": baseline, "limit": limit}
    return replace(
        answer, attribution=attribute(model, answer.pair.premise, answer.pair.hypothesis, **choices)
    )


def verdict_row(prediction: Prediction) -> dict:
    return {
        "label": prediction.label,
        "probabilities": rounded(prediction.probabilities),
        "notes": list(prediction.notes),
    }


def json_row(found: Answer | Fault) -> dict:
    """All of an answer, or the error, as plain JSON values; ``people_say`` is the label that the file gave."""
    if isinstance(found, Fault):
        return {"line": found.line, "error": found.message}
    pair = found.pair
    row = {"line": pair.line, "premise": pair.premise, "hypothesis": pair.hypothesis}
    if pair.label:
        row["people_say"] = pair.label
    row |= verdict_row(found.prediction)
    if found.attribution:
        row["attribution"] = {
            "method": found.attribution.method,
            "target": found.attribution.target,
            "words": [
                {"text": text, "sentence": sentence, "score": score}
                for sentence, text, score in scored_words(found.attribution)
            ],
        }
    return row


def csv_columns(labels: Sequence[str]) -> list[str]:
    """The columns of :func:`csv_row`; what stands in them is a label's probability, or text."""
    return ["line", "premise", "hypothesis", "people say", "model says", *labels, "notes", "words", "error"]


def csv_row(found: Answer | Fault, labels: Sequence[str]) -> list[object]:
    """An answer, or the error, as cells that no spreadsheet takes for a formula; the words are JSON."""
    if isinstance(found, Fault):
        cells = [found.line, *[""] * (len(csv_columns(labels)) - 2), found.message]
    else:
        pair, prediction = found.pair, found.prediction
        shares = rounded(prediction.probabilities)
        words = (
            json.dumps([*scored_words(found.attribution)], ensure_ascii=False) if found.attribution else ""
        )
        cells = [pair.line, pair.premise, pair.hypothesis, pair.label or "", prediction.label]
        cells += [*(shares[label] for label in labels), " ".join(prediction.notes), words, ""]
    return [inert(cell) for cell in cells]


def scored_words(attribution: Attribution) -> Iterator[tuple[str, str, float]]:
    """(sentence, word, score) for each word."""
    for word, score in zip(attribution.pair.words, attribution.word_scores, strict=True):
        yield word.sentence, word.text, round(float(score), DIGITS)
