"""Linear probes with control tasks: where in the network a fact can be read, and how much of it the probe learned itself.

A probe of high accuracy may have memorised the answers. A control task has the same inputs and answers drawn at random for
each word type, so that it can only be memorised; the accuracy above the control's measures what the states encode.

Paper: Hewitt and Liang 2019, "Designing and interpreting probes with control tasks", https://aclanthology.org/D19-1275/
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from bertmini_demo.explain.probes.probe_tasks import ProbeExample
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.encoding import padded
from bertmini_demo.results import frozen

TRAINING_SHARE = 0.75
PENALTY = 0.01  # on the squared weights, against memorising
STEPS = 100  # of L-BFGS at most
MIN_ROWS = 8


@dataclass(frozen=True, slots=True, eq=False)
class LinearProbeResult:
    """How well one fact can be read at each depth.

    Attributes:
        accuracy: (layers + 1,) share of held-out rows that a probe classifies correctly, from 0 to 1; index 0 the embeddings.
        control: (layers + 1,) the same for answers drawn at random for each word type.
        majority: share of the more frequent answer among the held-out rows, the accuracy without a probe.
        control_majority: the same of the control.
        rows: held out.
    """

    task: str
    accuracy: np.ndarray
    control: np.ndarray
    majority: float
    control_majority: float
    rows: int

    @property
    def selectivity(self) -> np.ndarray:
        """(layers + 1,) accuracy less the control's."""
        return self.accuracy - self.control


def probe_task(
    model: NLIModel, task: str, examples: Sequence[ProbeExample], *, draws: np.random.Generator
) -> LinearProbeResult:
    """Trains a probe and its control on the states at each depth.

    Args:
        draws: for the control's answers and for which rows are held out.

    Raises:
        ValueError: fewer than 8 rows.
    """
    states = _states(model, examples)
    labels = np.array([example.label for example in examples])
    answers = control_answers([example.type for example in examples], draws=draws)
    return probe_states(task, states, labels, answers, draws=draws)


def probe_states(
    task: str, states: np.ndarray, labels: np.ndarray, control: np.ndarray, *, draws: np.random.Generator
) -> LinearProbeResult:
    """A probe and its control trained on given states.

    Args:
        states: (depths, rows, hidden).
        labels, control: (rows,) bool.

    Raises:
        ValueError: fewer than MIN_ROWS rows.
    """
    rows = len(labels)
    if rows < MIN_ROWS:
        raise ValueError(f"{task} has {rows} rows; a probe takes at least {MIN_ROWS}. Give more pairs.")
    order = draws.permutation(rows)
    training, held_out = np.split(order, [int(rows * TRAINING_SHARE)])
    accuracy, answered = (
        np.array([_accuracy(depth, answers, training, held_out) for depth in states])
        for answers in (labels, control)
    )
    return LinearProbeResult(
        task=task,
        accuracy=frozen(accuracy),
        control=frozen(answered),
        majority=_majority(labels[held_out]),
        control_majority=_majority(control[held_out]),
        rows=len(held_out),
    )


def control_answers(types: Sequence[str], *, draws: np.random.Generator) -> np.ndarray:
    """(rows,) bool: one answer for each word type, at random."""
    answers = {word: bool(draws.integers(2)) for word in sorted(set(types))}
    return np.array([answers[word] for word in types])


def fit_logistic(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression with a squared penalty on the weights, by L-BFGS.

    Args:
        features: (rows, features), standardised.
        labels: (rows,) bool.

    Returns:
        (features,) weights and a bias; above 0 means True.
    """
    rows, goal = torch.tensor(features, dtype=torch.float64), torch.tensor(labels, dtype=torch.float64)
    weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(rows @ weights + bias, goal)
        value = value + PENALTY * weights.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach().numpy(), float(bias.detach())


def _accuracy(states: np.ndarray, labels: np.ndarray, training: np.ndarray, held_out: np.ndarray) -> float:
    """Share of held-out rows that a probe trained on the others answers right."""
    centre, spread = states[training].mean(axis=0), states[training].std(axis=0)
    features = (states - centre) / np.where(spread > 1e-6, spread, 1)
    weights, bias = fit_logistic(features[training], labels[training])
    return float(((features[held_out] @ weights + bias > 0) == labels[held_out]).mean())


def _majority(labels: np.ndarray) -> float:
    return float(max(labels.mean(), 1 - labels.mean()))


def _states(model: NLIModel, examples: Sequence[ProbeExample]) -> np.ndarray:
    """(depths, rows, hidden) the mean state of each example's positions."""
    order = sorted(range(len(examples)), key=lambda row: len(examples[row].pair.tokens))
    states = np.empty((model.layers + 1, len(examples), model.hidden), dtype=np.float32)
    for start in range(0, len(order), model.settings.batch_pairs):
        rows = order[start : start + model.settings.batch_pairs]
        inputs = padded([examples[row].pair for row in rows], fill=model.tokenizer.pad_token_id)
        with torch.inference_mode():
            hidden = model.network.bert(**inputs, output_hidden_states=True).hidden_states
        batch = torch.stack(hidden)  # (depths, rows, tokens, hidden)
        for place, row in enumerate(rows):
            states[:, row] = batch[:, place, list(examples[row].positions)].mean(dim=1).numpy()
    return states
