"""The named HTTP endpoints, for programs: plain JSON, the same limits as the page."""

from collections.abc import Callable
from typing import Literal

import gradio as gr

from bertmini_demo.attribution import METHODS
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.server import request_log


def add_endpoints(analysis: Analysis, *, fast: str, slow: str) -> None:
    """Adds /predict, /attribute and /attention to the Blocks being built, each in its lane."""
    for function, lane in zip(endpoints(analysis), (fast, slow, fast), strict=True):
        gr.api(function, api_name=function.__name__, concurrency_id=lane)


def endpoints(analysis: Analysis) -> tuple[Callable[..., dict], ...]:
    """The functions behind the endpoints; their docstrings are the interface's documentation."""

    def predict(premise: str, hypothesis: str) -> dict:
        """Says whether the premise entails the hypothesis, contradicts it, or leaves it open.

        Natural language inference by a small BERT, to check whether one English sentence follows from another. It is
        often wrong: tell its probabilities with its label.

        Args:
            premise: the sentence taken as true, at most 10,000 characters.
            hypothesis: the sentence judged, at most 10,000 characters.

        Returns:
            label, probabilities (label to probability; they sum to 1), tokens (word pieces), notes (plain sentences).
        """
        prediction = answer("predict", analysis.trace, premise, hypothesis).prediction
        return {
            "label": prediction.label,
            "probabilities": prediction.probabilities,
            "tokens": list(prediction.tokens),
            "notes": list(prediction.notes),
        }

    def attribute(
        premise: str,
        hypothesis: str,
        method: Literal[METHODS] = METHODS[0],
        target: str | None = None,
    ) -> dict:
        """Scores each word piece and word by how far it moved the logit of one label.

        To be asked after predict, for which words made the model decide so: a positive score speaks for the target, a
        negative one against it. It explains the model, not the sentences.

        Args:
            premise: the sentence taken as true, at most 10,000 characters.
            hypothesis: the sentence judged, at most 10,000 characters.
            method: one of the attribution methods.
            target: the label to explain; none: the predicted one.

        Returns:
            tokens, scores (one a token), words (text, score, sentence), target, method, steps, completeness_gap.
        """
        found = answer(
            "attribute", analysis.attribution, premise, hypothesis, method=method, target=target or None
        )
        return {
            "tokens": list(found.tokens),
            "scores": [float(score) for score in found.scores],
            "words": [
                {"text": word.text, "score": float(score), "sentence": word.sentence}
                for word, score in zip(found.pair.words, found.word_scores, strict=True)
            ],
            "target": found.target,
            "method": found.method,
            "steps": found.steps,
            "completeness_gap": found.completeness_gap,
        }

    def attention(premise: str, hypothesis: str) -> dict:
        """Returns every attention weight of the forward pass; rows are queries and sum to 1.

        For looking inside the model. The answer is long, layers x heads x tokens x tokens numbers, and attention alone is
        no reason for a verdict.

        Args:
            premise: the sentence taken as true, at most 10,000 characters.
            hypothesis: the sentence judged, at most 10,000 characters.

        Returns:
            tokens (word pieces) and attentions as nested lists [layer][head][query][key].
        """
        trace = answer("attention", analysis.trace, premise, hypothesis)
        return {"tokens": list(trace.tokens), "attentions": trace.attentions.tolist()}

    return predict, attribute, attention


def answer(endpoint: str, function, premise: object, hypothesis: object, **choices: object):
    """Calls the core; what it refuses reaches the caller as a message, not as a server error.

    Raises:
        gr.Error: the core's own words.
    """
    with request_log.entry(endpoint) as entry:
        for field, value in {"premise": premise, "hypothesis": hypothesis, **choices}.items():
            if not isinstance(value, str | None):
                raise gr.Error(
                    f"The {field} must be text, not {type(value).__name__}.", print_exception=False
                )
        try:
            found = function(premise, hypothesis, **choices)
        except DemoError as error:
            raise gr.Error(str(error), print_exception=False) from error
        entry.word_pieces = len(found.tokens)
    return found
