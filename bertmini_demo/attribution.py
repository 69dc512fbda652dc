"""Why this label: how much each word piece moved one output, by six methods from Captum."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from bertmini_demo.explain.methods.attribution_target import (
    BASELINES,
    OUTPUTS,
    AttributionTarget,
    PieceScores,
    build_target,
    check_choice,
    output_weights,
)
from bertmini_demo.explain.methods.gradient_scores import (
    gradient_shap,
    input_x_gradient,
    integrated_gradients,
    saliency,
)
from bertmini_demo.explain.methods.shapley import MAX_EXACT_WORDS, exact_shapley
from bertmini_demo.explain.methods.word_removal_scores import feature_ablation, shapley_sampling
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Attribution, EncodedPair, frozen

METHODS = (
    "integrated_gradients",
    "input_x_gradient",
    "saliency",
    "gradient_shap",
    "feature_ablation",
    "shapley_sampling",
)
WITHOUT_BASELINE = ("input_x_gradient", "saliency")

HALVINGS = 5  # rounds in which the path of integrated gradients may be refined
SAMPLES = 32  # points drawn by gradient SHAP
PERMUTATION_PAIRS = 12  # random orders of the words drawn by Shapley sampling; each is also taken in reverse
QUICKER = 5  # times fewer samples and orders for scores that are compared rather than read


@dataclass(frozen=True, slots=True)
class AttributionChoices:
    """What is explained of a pair, and how.

    Attributes:
        method: one of METHODS.
        target: the label explained, one of ``model.labels``; None for the predicted one.
        output: "logit" of the target, or "margin": its logit minus the highest other one of this pair. Never the
            probability, which hardly moves where the network is confident.
        baseline: what replaces an absent word: zeros, or the embedding of [MASK] or of [PAD]. Zeros are the default: by
            assets/baselines.json the words ranked highest then lower a confident verdict most.
        seed: of the random draws of gradient_shap and shapley_sampling; the same seed gives the same scores.

    Raises:
        InputError: a method, output or baseline that does not exist; the message lists those that do.
    """

    method: str = METHODS[0]
    target: str | None = None
    output: str = OUTPUTS[0]
    baseline: str = BASELINES[0]
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice(self.method, METHODS, field="method")
        check_choice(self.output, OUTPUTS, field="output")
        check_choice(self.baseline, BASELINES, field="baseline")


DEFAULTS = AttributionChoices()


def attribute(
    model: NLIModel,
    premise: str,
    hypothesis: str,
    *,
    method: str = DEFAULTS.method,
    target: str | None = DEFAULTS.target,
    output: str = DEFAULTS.output,
    baseline: str = DEFAULTS.baseline,
    seed: int = DEFAULTS.seed,
    limit: int | None = None,
) -> Attribution:
    """How much each word piece of a pair moved one output of the network.

    Args:
        method, target, output, baseline, seed: see :class:`AttributionChoices`.
        limit: word pieces in all; the longer sentence is cut first.

    Returns:
        One score a word piece, in logits; for saliency the norm of a gradient, in logits per unit of the embedding.

    Raises:
        InputError: a sentence that cannot be read, or a choice that does not exist; the message lists those that do.
    """
    pair = model.encode(premise, hypothesis, limit=limit)
    choices = AttributionChoices(method, target=target, output=output, baseline=baseline, seed=seed)
    return attribute_pair(model, pair, choices)


def attribute_pair(model: NLIModel, pair: EncodedPair, choices: AttributionChoices = DEFAULTS) -> Attribution:
    """The same for an encoded pair: see :func:`attribute`.

    Raises:
        InputError: the model does not have the label explained.
    """
    *_, best = attribute_in_rounds(model, pair, choices)
    return best


def attribute_in_rounds(
    model: NLIModel, pair: EncodedPair, choices: AttributionChoices = DEFAULTS
) -> Iterator[Attribution]:
    """The same in rounds: integrated gradients first from few points, then from more, with a smaller completeness gap.

    Yields:
        One result after each round; other methods have one.

    Raises:
        InputError: the model does not have the label explained.
    """
    started = time.perf_counter()
    explained = explained_output(model, pair, choices)
    if choices.method == METHODS[0]:
        rounds = integrated_gradients(explained, halvings=HALVINGS)
    else:
        rounds = iter((score_pieces(explained, method=choices.method, seed=choices.seed),))
    label = model.output_labels[explained.weights.argmax()]
    for result in rounds:
        seconds = time.perf_counter() - started
        yield as_attribution(result, explained, choices, pair=pair, target=label, seconds=seconds)


def as_attribution(
    result: PieceScores, explained: AttributionTarget, choices: AttributionChoices, **facts: object
) -> Attribution:
    """The scores with what they explain and what they cost.

    Args:
        facts: the fields of the result that neither the scores, the target nor the choices know.
    """
    errors, compared = result.standard_errors, choices.method not in WITHOUT_BASELINE
    complete = result.steps is not None  # the methods that average over points or orders add up to the change
    return Attribution(
        method=choices.method,
        output=choices.output,
        baseline=choices.baseline if compared else None,
        baseline_probabilities=explained.baseline_probabilities if compared else None,
        scores=frozen(result.scores.numpy()),
        signed=choices.method != "saliency",
        steps=result.steps,
        inputs=explained.cost["inputs"],
        gradients=explained.cost["gradients"],
        standard_errors=None if errors is None else frozen(errors.numpy()),
        completeness_gap=explained.completeness_gap(result.scores) if complete else None,
        **facts,
    )


def explained_output(model: NLIModel, pair: EncodedPair, choices: AttributionChoices) -> AttributionTarget:
    """The output of the label explained, as a function of the embeddings.

    Raises:
        InputError: the model does not have the label; the message lists those it has.
    """
    target = choices.target
    if target is not None:
        check_choice(target, model.labels, field="target")

    def weights(logits: np.ndarray) -> torch.Tensor:
        index = int(logits.argmax()) if target is None else model.output_labels.index(target)
        return output_weights(logits, index, output=choices.output)

    return build_target(model, pair, weights=weights, baseline=choices.baseline)


def score_pieces(target: AttributionTarget, *, method: str, seed: int, quick: bool = False) -> PieceScores:
    """The scores of all word pieces by one of METHODS.

    Args:
        quick: take few steps and samples, for scores that are compared rather than read.
    """
    fewer = QUICKER if quick else 1
    match method:
        case "integrated_gradients":
            *_, scores = integrated_gradients(target, halvings=0 if quick else HALVINGS)
            return scores
        case "input_x_gradient":
            return PieceScores(input_x_gradient(target))
        case "saliency":
            return PieceScores(saliency(target))
        case "gradient_shap":
            return gradient_shap(target, SAMPLES // fewer, seed=seed)
        case "feature_ablation":
            return PieceScores(feature_ablation(target))
        case "shapley_sampling":
            if len(target.members) <= MAX_EXACT_WORDS and not quick:
                scores, subsets = exact_shapley(target)
                return PieceScores(target.split_among_pieces(scores), subsets, torch.zeros_like(scores))
            return shapley_sampling(target, max(1, PERMUTATION_PAIRS // fewer), seed=seed)
