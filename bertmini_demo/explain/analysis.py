"""One model's results, cached: what is asked of a pair is computed once, however many ask at the same time.

Entries are found by the text itself, so what one visitor's pair yields can only reach a visitor who typed the same pair.
They stay in this process; the least recently used are dropped first.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from threading import Lock
from typing import TypeVar

from bertmini_demo.attribution import AttributionChoices, attribute_in_rounds
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.cache import LRUCache, Replay
from bertmini_demo.model.masked_lm import LanguageModel, language_model_of
from bertmini_demo.results import Attribution

Result = TypeVar("Result")
MODEL_RESULTS = 8  # results about the model itself that are cached


class Analysis:
    """A model with a cache of its traces, attributions and other results. Safe for threads.

    Attributes:
        trace: (premise, hypothesis) -> Trace.
        of_model: an LRUCache of results about the model itself, which no pair's results push out.
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
        self.trace = memoised(partial(model.trace, limit=limit), LRUCache(pairs))
        self._attributions: LRUCache[Replay[Attribution]] = LRUCache(4 * pairs)
        self._results: LRUCache[object] = LRUCache(8 * pairs)
        self.of_model: LRUCache[object] = LRUCache(MODEL_RESULTS)

    @property
    def language_model(self) -> LanguageModel | None:
        """The masked-language model the classifier came from, loaded when first asked for; None where there is none."""
        with self._loading:
            return self._language_model()

    def attribution_rounds(self, premise: str, hypothesis: str, **choices: object) -> Iterator[Attribution]:
        """First a rough attribution, then better ones: see :func:`bertmini_demo.attribution.attribute_in_rounds`.

        Raises:
            InputError: the pair cannot be read, or a choice does not exist.
        """
        chosen, pair = AttributionChoices(**choices), self.trace(premise, hypothesis).pair
        key = (premise, hypothesis, chosen)
        rounds = self._attributions.compute(
            key, lambda: Replay(attribute_in_rounds(self.model, pair, chosen))
        )
        try:
            yield from rounds
        except Exception:  # the next who asks tries again
            self._attributions.pop(key)
            raise

    def attribution(self, premise: str, hypothesis: str, **choices: object) -> Attribution:
        """The last of these rounds."""
        *_, best = self.attribution_rounds(premise, hypothesis, **choices)
        return best

    def compute(
        self, function: Callable[..., Result], premise: str, hypothesis: str, **choices: object
    ) -> Result:
        """``function(model, pair, **choices)``, computed once for a pair and its choices.

        Raises:
            InputError: the pair cannot be read.
        """
        return self.share(
            lambda: function(self.model, self.trace(premise, hypothesis).pair, **choices),
            *(function, premise, hypothesis),
            **choices,
        )

    def share(
        self,
        compute: Callable[[], Result],
        function: Callable[..., object],
        premise: str,
        hypothesis: str,
        **choices: object,
    ) -> Result:
        """The same for a result that is found under a function's name but computed by another call."""
        return self._results.compute((function, premise, hypothesis, *sorted(choices.items())), compute)

    def cached(
        self, function: Callable[..., Result], premise: str, hypothesis: str, **choices: object
    ) -> Result | None:
        """The cached result for a pair and its choices; None where there is none, and nothing is computed."""
        return self._results.get((function, premise, hypothesis, *sorted(choices.items())))

    def store(
        self, value: object, function: Callable[..., object], premise: str, hypothesis: str, **choices: object
    ) -> None:
        """Caches a result that was computed step by step rather than by one call of the function."""
        self._results.put((function, premise, hypothesis, *sorted(choices.items())), value)


def memoised(function: Callable[..., Result], cache: LRUCache[Result]) -> Callable[..., Result]:
    """The function, which computes what it returns once for the same arguments."""

    def ask(*arguments: object, **choices: object) -> Result:
        key = (arguments, *sorted(choices.items()))
        return cache.compute(key, lambda: function(*arguments, **choices))

    return ask
