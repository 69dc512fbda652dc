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
from bertmini_demo.model.masked_lm import LanguageModel, language_model_of

Result = TypeVar("Result")


class Memory:
    """A bounded store that many threads share; what was used least recently gives way."""

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[tuple, object] = OrderedDict()
        self._most, self._lock = most, Lock()

    def get(self, key: tuple) -> object | None:
        """What was kept under a key; None where nothing was."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: tuple, value: object) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


class Analysis:
    """One model's traces, attributions and other findings, remembered.

    Attributes:
        trace: (premise, hypothesis) -> Trace.
        attribution: (premise, hypothesis, *, method, target, output, baseline) -> Attribution.
        of_model: findings about the model itself, whatever the pair; they never give way to a pair's.
    """

    def __init__(
        self,
        model: NLIModel,
        find_language_model: Callable[[NLIModel], LanguageModel | None] = language_model_of,
    ) -> None:
        self.model = model
        self._language_model = lru_cache(maxsize=1)(partial(find_language_model, model))
        self._loading = Lock()
        limit, pairs = model.settings.page_word_pieces, model.settings.cached_pairs
        self.trace = lru_cache(maxsize=pairs)(partial(model.trace, limit=limit))
        self.attribution = lru_cache(maxsize=4 * pairs)(partial(attribute, model, limit=limit))
        self._findings = Memory(8 * pairs)
        self.of_model = Memory(8)

    @property
    def language_model(self) -> LanguageModel | None:
        """The masked-language model the classifier came from, loaded when first asked for; None where there is none."""
        with self._loading:
            return self._language_model()

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
        return self._findings.get((function, premise, hypothesis, *sorted(choices.items())))

    def keep(
        self, value: object, function: Callable[..., object], premise: str, hypothesis: str, **choices: object
    ) -> None:
        """Keeps what was computed step by step in place of one call of the function."""
        self._findings.keep((function, premise, hypothesis, *sorted(choices.items())), value)
