"""How far an order of words can be trusted: what the model predicts without the first words, or with these alone.

A word's pieces are deleted or replaced by [MASK]; [CLS] and [SEP] always stay. Either way the input is unlike what the
model was trained on, so that a drop may come from its oddness. What the model predicts without any words differs by label
and by removal: values for different labels or removals do not compare.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from bertmini_demo.explain.methods.attribution_target import check_choice, output_weights
from bertmini_demo.explain.word_scores import WordScores
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.softmax import softmax
from bertmini_demo.results import EncodedPair, frozen

REMOVALS = ("delete", "mask")
TENTHS = tuple(range(1, 10))  # of the words: 10, 20 ... 90 %, the places of a curve
BINS = (1, 5, 10, 20, 50)  # percent of the words, over which DeYoung et al. 2020 take their means
RANDOM_ORDERS = 20
SEED = 0

Value = Callable[[np.ndarray], np.ndarray]
"""(rows, words) bool, True where a word is kept -> (rows,) what the model makes of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Erasure:
    """A label's probability as the words that come first in an order go, and where only they stay.

    Attributes:
        full: with all words.
        removed: (tenths,) without the first 10, 20 ... 90 % of the words, rounded up.
        kept: (tenths,) with these words only.
        removed_bins, kept_bins: (bins,) the same for the first 1, 5, 10, 20 and 50 % of the words.
        empty: without any.
    """

    full: float
    removed: np.ndarray
    kept: np.ndarray
    removed_bins: np.ndarray
    kept_bins: np.ndarray
    empty: float

    @property
    def comprehensiveness(self) -> float:
        """Mean drop as the first words are removed, from -1 to 1: high where they were needed.

        Over the bins of DeYoung et al. 2020: the first 1, 5, 10, 20 and 50 % of the words, at least one.
        """
        return float((self.full - self.removed_bins).mean())

    @property
    def sufficiency(self) -> float:
        """Mean drop where only the first words are left: low, even below 0, where they are enough; bins as above."""
        return float((self.full - self.kept_bins).mean())

    @property
    def curve(self) -> np.ndarray:
        """(tenths + 2,) the probability with 0, 10, 20 ... 90, 100 % of the words gone."""
        return np.array([self.full, *self.removed, self.empty])


@dataclass(frozen=True, slots=True, eq=False)
class Faithfulness:
    """The erasures of several ways of scoring the same pair, beside those of orders drawn at random.

    Attributes:
        target: the label whose probability is followed.
        removal: one of REMOVALS.
        erasures: by method.
        random: one for each random order.
    """

    target: str
    removal: str
    erasures: dict[str, Erasure]
    random: tuple[Erasure, ...]


def measure(
    model: NLIModel,
    pair: EncodedPair,
    scores: Sequence[WordScores],
    *,
    target: str,
    removal: str,
    seed: int = SEED,
) -> Iterator[Faithfulness]:
    """Erases words in random orders, then in the order of each way of scoring; yields what is known after each.

    Paper: DeYoung et al. 2020, "ERASER: a benchmark to evaluate rationalized NLP models",
    https://arxiv.org/abs/1911.03429

    Args:
        target: the label whose probability is followed.
        removal: one of REMOVALS.
        seed: of the random orders.

    Raises:
        InputError: a choice that does not exist.
    """
    orders = random_orders(len(pair.words), seed=seed)
    random = erase(model, pair, orders, target=target, removal=removal)
    erasures: dict[str, Erasure] = {}
    yield Faithfulness(target, removal, erasures, random)
    for words in scores:
        (result,) = erase(model, pair, words.order[None], target=target, removal=removal)
        erasures = erasures | {words.method: result}
        yield Faithfulness(target, removal, erasures, random)


def random_orders(words: int, *, seed: int) -> np.ndarray:
    """(RANDOM_ORDERS, words) indices."""
    draws = np.random.default_rng(seed)
    return np.array([draws.permutation(words) for _ in range(RANDOM_ORDERS)])


def erase(
    model: NLIModel, pair: EncodedPair, orders: np.ndarray, *, target: str, removal: str
) -> tuple[Erasure, ...]:
    """Follows a label's probability as words go in each order.

    Args:
        orders: (orders, words) indices of words, the first to go first.

    Raises:
        InputError: a choice that does not exist.
    """
    check_choice(target, model.labels, field="target")
    words = len(pair.words)
    shares = (*(10 * tenth for tenth in TENTHS), *BINS)
    counts = np.array([-(-words * share // 100) for share in shares])  # rounded up
    places = np.argsort(orders, axis=1)  # (orders, words): at which place each word comes
    first = places[:, None] < counts[:, None]  # (orders, shares, words)
    sets = np.concatenate([~first, first]).reshape(-1, words)
    ends = np.array([np.ones(words, bool), np.zeros(words, bool)])
    logits = logits_of_words(model, pair, np.concatenate([ends, sets]), removal=removal)
    probabilities = softmax(logits)[:, model.output_labels.index(target)]
    full, empty = map(float, probabilities[:2])
    removed, kept = map(frozen, probabilities[2:].reshape(2, len(orders), len(shares)))
    tenths = len(TENTHS)
    return tuple(
        Erasure(full, without[:tenths], alone[:tenths], without[tenths:], alone[tenths:], empty)
        for without, alone in zip(removed, kept, strict=True)
    )


def value_of_words(model: NLIModel, pair: EncodedPair, *, target: str, output: str, removal: str) -> Value:
    """What the logit or margin of a label is where only some words are kept; see ``attribution.AttributionChoices``.

    Raises:
        InputError: a choice that does not exist.
    """
    check_choice(target, model.labels, field="target")
    index = model.output_labels.index(target)
    weights = output_weights(model.batch_logits([pair])[0], index, output=output).numpy()
    return lambda kept: logits_of_words(model, pair, kept, removal=removal) @ weights


def logits_of_words(model: NLIModel, pair: EncodedPair, kept: np.ndarray, *, removal: str) -> np.ndarray:
    """The model's logits for a pair of which only some words are left.

    Args:
        kept: (rows, words) bool.
        removal: one of REMOVALS.

    Returns:
        (rows, labels) float64 in the network's order; equal rows are computed once.

    Raises:
        InputError: a removal that does not exist.
    """
    check_choice(removal, REMOVALS, field="removal")
    sets, places = np.unique(kept, axis=0, return_inverse=True)
    sets = sets[
        order := np.argsort(sets.sum(axis=1), kind="stable")
    ]  # rows of like length share a forward pass
    size = model.settings.batch_pairs
    batches = [
        [without_words(model, pair, row, removal=removal) for row in sets[start : start + size]]
        for start in range(0, len(sets), size)
    ]
    logits = np.concatenate([model.batch_logits(batch) for batch in batches]).astype(np.float64)
    return logits[np.argsort(order)[places]]


def without_words(model: NLIModel, pair: EncodedPair, kept: np.ndarray, *, removal: str) -> EncodedPair:
    """The pair as the model reads it once some words are gone; the sentences as typed stay with it.

    Args:
        kept: (words,) bool.
        removal: one of REMOVALS.
    """
    gone = [
        position
        for word, stays in zip(pair.words, kept, strict=True)
        if not stays
        for position in word.positions
    ]
    ids, tokens = pair.input_ids.copy(), np.array(pair.tokens, dtype=object)
    if removal == "mask":
        ids[gone], tokens[gone] = model.tokenizer.mask_token_id, model.tokenizer.mask_token
        return replace(pair, input_ids=frozen(ids), tokens=tuple(tokens))
    stays = np.ones(len(ids), bool)
    stays[gone] = False
    moved = list(accumulate(stays, initial=0))  # how many stay before each position
    return replace(
        pair,
        tokens=tuple(tokens[stays]),
        input_ids=frozen(ids[stays]),
        segments=frozen(pair.segments[stays]),
        words=tuple(
            replace(word, positions=tuple(int(moved[position]) for position in word.positions))
            for word, stay in zip(pair.words, kept, strict=True)
            if stay
        ),
    )
