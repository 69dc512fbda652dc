"""Sentence pairs of mixed length for measuring: the gallery's, and pairs of the probe, some strung together."""

import random
from itertools import cycle, islice

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.hans.probe import probe_pairs
from bertmini_demo.inference import NLIModel

STRUNG = (
    1,
    1,
    2,
    1,
    3,
    1,
    6,
)  # sentences of the premise, in turn: most pairs are short, a few fill the page's limit


def mixed_pairs(count: int) -> list[tuple[str, str]]:
    """``count`` pairs, always the same; the first few hundred are all different."""
    plain = [(example.premise, example.hypothesis) for example in gallery()]
    plain += [(pair.premise, pair.hypothesis) for pair in probe_pairs()]
    pairs = []
    for place, strung in zip(range(count), cycle(STRUNG), strict=False):
        chosen = [plain[(place + step) % len(plain)] for step in range(strung)]
        pairs.append((" ".join(premise for premise, _ in chosen), chosen[0][1]))
    return pairs


def fresh_pairs(model: NLIModel, *, pieces: int, count: int) -> list[tuple[str, str]]:
    """``count`` pairs of exactly ``pieces`` word pieces, special tokens included, all different; not sentences, but a
    different word each, so that changing one of them makes another pair.

    Raises:
        ValueError: there are not as many words of one piece.
    """
    words = list(
        dict.fromkeys(word for pair in probe_pairs() for word in pair.premise.rstrip(".").lower().split())
    )
    words = [word for word in words if len(model.tokenizer.tokenize(word)) == 1]
    dice, hypothesis, pairs = random.Random(0), (pieces - 3) // 2, []
    for _ in range(count):
        drawn = dice.sample(words, pieces - 3)
        pairs.append((" ".join(drawn[hypothesis:]), " ".join(drawn[:hypothesis])))
    return pairs


def pair_of_length(model: NLIModel, pieces: int) -> tuple[str, str]:
    """A pair of exactly ``pieces`` word pieces, special tokens included; at least 5.

    Raises:
        RuntimeError: the tokenizer splits the word that pairs are made of.
    """
    word = "dog"  # one word piece in any English vocabulary
    hypothesis = (pieces - 3) // 2
    pair = tuple(" ".join(islice(cycle([word]), count)) for count in (pieces - 3 - hypothesis, hypothesis))
    length = len(model.encode(*pair).tokens)
    if length != pieces:
        raise RuntimeError(f"the pair has {length} word pieces instead of {pieces}: {word!r} is split")
    return pair
