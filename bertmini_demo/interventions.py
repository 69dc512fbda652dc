"""What the model would say if something in it, or in its input, were different. The shared network is never changed."""

import numpy as np
import torch

from bertmini_demo.inference import NLIModel, frozen
from bertmini_demo.results import Trace


def read_early(model: NLIModel, trace: Trace) -> np.ndarray:
    """The probabilities, were the model to stop after each layer: pooler and classifier applied to its [CLS].

    An approximation: both were trained on the last layer's output only. The same reading of language models is
    known as the logit lens (Belrose et al. 2023, https://arxiv.org/abs/2303.08112, say how far to trust it).

    Returns:
        (layers + 1, labels) from 0 to 1, rows sum to 1; labels in the order of ``model.labels``. Row 0 reads the
        embeddings, the last row is the verdict.
    """
    places = [model.output_labels.index(label) for label in model.labels]
    with torch.inference_mode():
        pooled = model.network.bert.pooler(torch.tensor(trace.hidden_states))
        logits = model.network.classifier(pooled)  # (layers + 1, labels)
    return frozen(torch.softmax(logits.double(), dim=-1).numpy()[:, places])
