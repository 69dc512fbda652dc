"""The memory of analysed pairs: what has been computed for a pair is computed once.

Entries are found by the text itself, so what one visitor's pair yields can only reach a visitor who typed
the same pair. They live in this process and are dropped least recently used first.
"""

from functools import lru_cache, partial

from bertmini_demo.attribution import attribute
from bertmini_demo.inference import NLIModel


class Analysis:
    """One model's traces and attributions, remembered.

    Attributes:
        trace: (premise, hypothesis) -> Trace.
        attribution: (premise, hypothesis, *, method, target, output, baseline) -> Attribution.
    """

    def __init__(self, model: NLIModel) -> None:
        self.model = model
        limit = model.settings.page_word_pieces
        remember = lru_cache(maxsize=model.settings.cached_pairs)
        self.trace = remember(partial(model.trace, limit=limit))
        self.attribution = lru_cache(maxsize=4 * model.settings.cached_pairs)(
            partial(attribute, model, limit=limit)
        )
