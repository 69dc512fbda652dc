"""Early exit: the verdict read after each layer, by the classifier that belongs after the last one."""

import numpy as np
import torch
from torch import Tensor

from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Trace, frozen


def early_exit(model: NLIModel, trace: Trace) -> np.ndarray:
    """The probabilities if the model stopped after each layer: pooler and classifier applied to that layer's [CLS].

    An approximation, since both were trained on the last layer's output only. For language models the same reading is
    known as the logit lens; Belrose et al. 2023 (https://arxiv.org/abs/2303.08112) examine how far to trust it.

    Returns:
        (layers + 1, labels) from 0 to 1, rows sum to 1; labels in the order of ``model.labels``. Row 0 reads the
        embeddings, the last row is the verdict.
    """
    with torch.inference_mode():
        return frozen(classify_states(model, torch.tensor(trace.hidden_states)))


def classify_states(model: NLIModel, states: Tensor) -> np.ndarray:
    """Pooler and classifier on given states.

    Args:
        states: (rows, tokens, hidden), [CLS] first; no other token is read.

    Returns:
        (rows, labels) probabilities in float64, labels in the order of ``model.labels``.
    """
    logits = model.network.classifier(model.network.bert.pooler(states))
    columns = [model.output_labels.index(label) for label in model.labels]
    return logits.double().softmax(dim=-1).numpy()[:, columns]
