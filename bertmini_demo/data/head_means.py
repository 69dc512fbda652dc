"""What each head puts out on average over the example pairs, computed once for each model."""

from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.head_ablation import mean_head_outputs
from bertmini_demo.inference import NLIModel

_means: WeakKeyDictionary[NLIModel, np.ndarray] = WeakKeyDictionary()
_lock = Lock()


def example_head_outputs(model: NLIModel) -> np.ndarray:
    """(layers, heads, head size) means for :func:`bertmini_demo.explain.head_ablation.head_effects`.

    The first call takes a forward pass for each example pair, about a quarter of a second; the result goes with the
    model, so that it holds no model in memory.
    """
    with _lock:
        if model not in _means:
            pairs = [(example.premise, example.hypothesis) for example in gallery()]
            _means[model] = mean_head_outputs(model, pairs)
        return _means[model]
