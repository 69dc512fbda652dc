"""The named HTTP endpoints, for programs: plain JSON, the same limits as the page."""

from collections.abc import Callable
from typing import Literal

import gradio as gr

from bertmini_demo.attribution import METHODS
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.results import Attribution
from bertmini_demo.ui.server import request_log
from bertmini_demo.ui.server.error_responses import describe

# What takes one forward pass never waits for an attribution, which takes many.
FAST = {"concurrency_id": "fast", "concurrency_limit": 4}
SLOW = {"concurrency_id": "slow", "concurrency_limit": 1}
LANES = {"predict": FAST, "attribute": SLOW, "attention": FAST}
WEIGHT_DECIMALS = 5  # an attention weight is at most 1; rows still sum to 1 within 0.001


def add_endpoints(analysis: Analysis) -> None:
    """Adds /predict, /attribute and /attention to the Blocks being built, each in its lane."""
    for function in endpoints(analysis):
        gr.api(function, api_name=function.__name__, **LANES[function.__name__])


def endpoints(analysis: Analysis) -> tuple[Callable[..., dict], ...]:
    """The functions behind the endpoints; their docstrings are the interface's documentation."""
    return predict_endpoint(analysis), attribute_endpoint(analysis), attention_endpoint(analysis)


def predict_endpoint(analysis: Analysis) -> Callable[..., dict]:
    """The function behind /predict."""

    def predict(premise: str, hypothesis: str) -> dict:
        """Predicts whether the premise entails the hypothesis, contradicts it, or leaves it open.

        Natural language inference by a small BERT, to check whether one English sentence follows from another. It is
        often wrong, sometimes with high confidence: report its probabilities with its label.

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

    return predict


def attribute_endpoint(analysis: Analysis) -> Callable[..., dict]:
    """The function behind /attribute."""

    def attribute(
        premise: str,
        hypothesis: str,
        method: Literal[METHODS] = METHODS[0],
        target: str | None = None,
    ) -> dict:
        """Scores each word piece and word by how far it moved the logit of one label.

        Call it after predict, to see which words the prediction rests on: a positive score is evidence for the target, a
        negative one against it. It explains the model, not the sentences.

        Args:
            premise: the sentence taken as true, at most 10,000 characters.
            hypothesis: the sentence judged, at most 10,000 characters.
            method: one of the attribution methods.
            target: the label to explain; left out or null, the predicted one.

        Returns:
            tokens, scores (one a token, in logits), words (text, score, sentence), target, method, steps, completeness_gap.
        """
        attribution = answer(
            "attribute",
            analysis.attribution,
            premise,
            hypothesis,
            method=METHODS[0] if method is None else method,
            target=None if target == "" else target,
        )
        return attribution_as_json(attribution)

    return attribute


def attribution_as_json(attribution: Attribution) -> dict:
    """What /attribute returns."""
    return {
        "tokens": list(attribution.tokens),
        "scores": [float(score) for score in attribution.scores],
        "words": [
            {"text": word.text, "score": float(score), "sentence": word.sentence}
            for word, score in zip(attribution.pair.words, attribution.word_scores, strict=True)
        ],
        "target": attribution.target,
        "method": attribution.method,
        "steps": attribution.steps,
        "completeness_gap": attribution.completeness_gap,
    }


def attention_endpoint(analysis: Analysis) -> Callable[..., dict]:
    """The function behind /attention."""

    def attention(premise: str, hypothesis: str) -> dict:
        """Returns every attention weight of the forward pass, rounded to 5 decimals; rows are queries and sum to 1.

        For a look inside the model. The answer is long, layers x heads x tokens x tokens numbers, and attention alone does
        not explain a prediction.

        Args:
            premise: the sentence taken as true, at most 10,000 characters.
            hypothesis: the sentence judged, at most 10,000 characters.

        Returns:
            tokens (word pieces) and attentions as nested lists [layer][head][query][key].
        """
        trace = answer("attention", analysis.trace, premise, hypothesis)
        weights = trace.attentions.astype(float).round(WEIGHT_DECIMALS)
        return {"tokens": list(trace.tokens), "attentions": weights.tolist()}

    return attention


def answer(endpoint: str, function: Callable, premise: object, hypothesis: object, **choices: object):
    """Calls the core, and logs the request. What the core refuses reaches the caller as a message.

    Raises:
        gr.Error: an argument is not text, or the core refuses it, in its own words.
    """
    with request_log.entry(endpoint) as entry:
        optional = {name: value for name, value in choices.items() if value is not None}
        for field, value in {"premise": premise, "hypothesis": hypothesis, **optional}.items():
            if not isinstance(value, str):
                raise gr.Error(
                    f"{field} is {describe(value)}; it must be text in quotes.", print_exception=False
                )
        try:
            result = function(premise, hypothesis, **choices)
        except DemoError as error:
            raise gr.Error(str(error), print_exception=False) from error
        entry.word_pieces = len(result.tokens)
    return result
