"""The memory of analysed pairs: what has been computed for a pair is computed once.

Entries are found by the text itself, so what one visitor's pair yields can only reach a visitor who typed
the same pair. They live in this process and are dropped least recently used first.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock
from typing import TypeVar

from bertmini_demo.attribution import attribute
from bertmini_demo.inference import NLIModel

Result = TypeVar("Result")


class Analysis:
    """One model's traces, attributions and other findings, remembered.

    Attributes:
        trace: (premise, hypothesis) -> Trace.
        attribution: (premise, hypothesis, *, method, target, output, baseline) -> Attribution.
    """

    def __init__(self, model: NLIModel) -> None:
        self.model = model
        limit, pairs = model.settings.page_word_pieces, model.settings.cached_pairs
        self.trace = lru_cache(maxsize=pairs)(partial(model.trace, limit=limit))
        self.attribution = lru_cache(maxsize=4 * pairs)(partial(attribute, model, limit=limit))
        self._findings: OrderedDict[tuple, object] = OrderedDict()
        self._most, self._lock = 8 * pairs, Lock()

    def remember(
        self, function: Callable[..., Result], premise: str, hypothesis: str, **choices: object
    ) -> Result:
        """``function(model, pair, **choices)``, computed once for a pair and its choices.

        Raises:
            InputError: the pair cannot be read.
        """
        found = self.remembered(function, premise, hypothesis, **choices)
        if found is None:
            found = function(self.model, self.trace(premise, hypothesis).pair, **choices)
            self.keep(found, function, premise, hypothesis, **choices)
        return found

    def remembered(
        self, function: Callable[..., Result], premise: str, hypothesis: str, **choices: object
    ) -> Result | None:
        """What was kept for a pair and its choices; None where nothing was, and nothing is computed."""
        key = (function, premise, hypothesis, *sorted(choices.items()))
        with self._lock:
            if key in self._findings:
                self._findings.move_to_end(key)
            return self._findings.get(key)

    def keep(
        self, value: object, function: Callable[..., object], premise: str, hypothesis: str, **choices: object
    ) -> None:
        """Keeps what was computed step by step in place of one call of the function."""
        with self._lock:
            self._findings[function, premise, hypothesis, *sorted(choices.items())] = value
            while len(self._findings) > self._most:
                self._findings.popitem(last=False)
