"""The numbers of an analysis as files: JSON with all of them, CSV with those that fit a spreadsheet.

Layers, heads and positions count from 1, as on the page.
"""

import csv
import io
import json
from collections.abc import Iterator

from bertmini_demo.results import Attribution, Head, Trace

COLUMNS = ("what", "layer", "head", "sentence", "position", "text", "to position", "to text", "value")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet may run a cell that begins so
DIGITS = 6


def as_json(trace: Trace, attribution: Attribution, *, model: str) -> str:
    """Everything: the verdict, the scores, and attention as [layer][head][query][key]."""
    pair, prediction = trace.pair, trace.prediction
    scores = attribution.word_scores
    numbers = {
        "model": model,
        "premise": pair.premise,
        "hypothesis": pair.hypothesis,
        "label": prediction.label,
        "probabilities": rounded(prediction.probabilities),
        "logits": rounded(prediction.logits),
        "notes": list(prediction.notes),
        "tokens": list(pair.tokens),
        "segments": pair.segments.tolist(),
        "attribution": {
            "method": attribution.method,
            "target": attribution.target,
            "output": attribution.output,
            "baseline": attribution.baseline,
            "signed": attribution.signed,
            "steps": attribution.steps,
            "completeness_gap": attribution.completeness_gap,
            "scores": attribution.scores.round(DIGITS).tolist(),
            "words": [
                {"text": word.text, "sentence": word.sentence, "score": round(float(score), DIGITS)}
                for word, score in zip(pair.words, scores, strict=True)
            ],
        },
        "attentions": trace.attentions.astype(float).round(DIGITS).tolist(),
    }
    return json.dumps(numbers, ensure_ascii=False, allow_nan=False)


def as_csv(trace: Trace, attribution: Attribution, *, head: Head, model: str) -> str:
    """One number a row under COLUMNS: probabilities, logits, scores, and the weights of one head.

    Args:
        head: (layer, head), counted from 0.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    for row in rows(trace, attribution, head=head, model=model):
        writer.writerow([escape_formula(row.get(column, "")) for column in COLUMNS])
    return text.getvalue()


def rows(trace: Trace, attribution: Attribution, *, head: Head, model: str) -> Iterator[dict[str, object]]:
    """Each row of the table, by the names of its columns."""
    pair, prediction = trace.pair, trace.prediction
    yield {"what": "model", "text": model}
    for sentence in ("premise", "hypothesis"):
        yield {"what": "sentence", "sentence": sentence, "text": getattr(pair, sentence)}
    for what, numbers in (("probability", prediction.probabilities), ("logit", prediction.logits)):
        for label, value in rounded(numbers).items():
            yield {"what": what, "text": label, "value": value}
    score = f"{attribution.method}, {attribution.output} of {attribution.target}"
    for index, (word, value) in enumerate(zip(pair.words, attribution.word_scores, strict=True)):
        yield {
            "what": f"word: {score}",
            "sentence": word.sentence,
            "position": index + 1,
            "text": word.text,
            "value": round(float(value), DIGITS),
        }
    for position, (token, value) in enumerate(zip(pair.tokens, attribution.scores, strict=True)):
        yield {
            "what": f"word piece: {score}",
            "position": position + 1,
            "text": token,
            "value": round(float(value), DIGITS),
        }
    layer, number = head
    for query, weights in enumerate(trace.attentions[layer, number]):
        for key, weight in enumerate(weights):
            yield {
                "what": "attention",
                "layer": layer + 1,
                "head": number + 1,
                "position": query + 1,
                "text": pair.tokens[query],
                "to position": key + 1,
                "to text": pair.tokens[key],
                "value": round(float(weight), DIGITS),
            }


def escape_formula(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: an apostrophe precedes text that begins like one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def rounded(numbers: dict[str, float]) -> dict[str, float]:
    """The numbers with DIGITS decimals."""
    return {name: round(value, DIGITS) for name, value in numbers.items()}
