"""Tasks for linear probes whose answers follow from the text, so that they need no annotation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.explain.counterfactuals.edits import typed_words
from bertmini_demo.explain.counterfactuals.english import NEGATIVE
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import HYPOTHESIS, EncodedPair

MIN_WORDS = 4  # of a hypothesis whose word order is probed


@dataclass(frozen=True, slots=True, eq=False)
class ProbeExample:
    """One row for a probe.

    Attributes:
        pair: what the model reads.
        positions: the positions whose mean state the probe sees.
        label: the true answer.
        type: the word on which the control task's random answer depends.
    """

    pair: EncodedPair
    positions: tuple[int, ...]
    label: bool
    type: str


Task = Callable[[NLIModel, Sequence[EncodedPair], np.random.Generator], list[ProbeExample]]


def repeated_word(
    _: NLIModel, pairs: Sequence[EncodedPair], draws: np.random.Generator
) -> list[ProbeExample]:
    """Does this word of the hypothesis also occur in the premise? Probed at one word of each hypothesis."""
    examples = []
    for pair in pairs:
        words = [word for word in pair.words if word.sentence == HYPOTHESIS and word.text.isalpha()]
        if not words:
            continue
        premise = {word.text.lower() for word in pair.words if word.sentence != HYPOTHESIS}
        repeated, new = (
            [word for word in words if (word.text.lower() in premise) == is_in] for is_in in (True, False)
        )
        side = repeated if (draws.random() < 0.5 and repeated) or not new else new
        word = side[draws.integers(len(side))]
        examples.append(ProbeExample(pair, word.positions, word.text.lower() in premise, word.text.lower()))
    return examples


def negated_hypothesis(
    _: NLIModel, pairs: Sequence[EncodedPair], draws: np.random.Generator
) -> list[ProbeExample]:
    """Does the hypothesis contain a negation? Probed at [CLS]; the two answers are equally frequent."""
    examples = [
        _at_cls(pair, any(_is_negative(word) for word in _hypothesis(pair)))
        for pair in pairs
        if _hypothesis(pair)
    ]
    yes, no = ([example for example in examples if example.label == label] for label in (True, False))
    size = min(len(yes), len(no))
    chosen = [side[place] for side in (yes, no) for place in draws.permutation(len(side))[:size]]
    return [chosen[place] for place in draws.permutation(len(chosen))]


def swapped_words(
    model: NLIModel, pairs: Sequence[EncodedPair], draws: np.random.Generator
) -> list[ProbeExample]:
    """Are two neighbouring words of the hypothesis swapped? Probed at [CLS]; half of the pairs are changed."""
    examples = []
    for pair in pairs:
        words = [word for word in typed_words(pair) if word.sentence == HYPOTHESIS]
        if len(words) < MIN_WORDS:
            continue
        place = int(draws.integers(len(words) - 1))
        first, second = words[place], words[place + 1]
        text = pair.hypothesis
        between = text[first.end : second.start]
        if draws.random() < 0.5 or first.text.lower() == second.text.lower():
            examples.append(_at_cls(pair, False))
            continue
        swapped = text[: first.start] + second.text + between + first.text + text[second.end :]
        examples.append(_at_cls(model.encode(pair.premise, swapped), True))
    return examples


def long_hypothesis(_: NLIModel, pairs: Sequence[EncodedPair], __: np.random.Generator) -> list[ProbeExample]:
    """Does the hypothesis have more words than the median? Probed at [CLS]."""
    pairs = [pair for pair in pairs if _hypothesis(pair)]
    lengths = [len(_hypothesis(pair)) for pair in pairs]
    median = np.median(lengths)
    return [_at_cls(pair, bool(length > median)) for pair, length in zip(pairs, lengths, strict=True)]


TASKS: dict[str, Task] = {
    "repeated word": repeated_word,
    "negated hypothesis": negated_hypothesis,
    "swapped words": swapped_words,
    "long hypothesis": long_hypothesis,
}


def _at_cls(pair: EncodedPair, label: bool) -> ProbeExample:
    return ProbeExample(pair, (0,), label, _hypothesis(pair)[-1])


def _hypothesis(pair: EncodedPair) -> list[str]:
    """Words of the hypothesis in lower case, contractions whole."""
    return [word.text.lower().replace("’", "'") for word in typed_words(pair) if word.sentence == HYPOTHESIS]


def _is_negative(word: str) -> bool:
    return word in NEGATIVE or word.endswith("n't")
