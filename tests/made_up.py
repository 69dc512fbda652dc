"""Made-up sentences and sentence pairs for the tests of training."""

import itertools
import random

NOUNS = ["fox", "baker", "piano", "river", "garden", "kitten"]
LONG_NOUNS = [
    "lantern",
    "captain",
    "violin",
    "merchant",
]  # no word pieces of their own in the tests' tokenizer
VERBS = ["follows", "paints", "carries", "forgets", "hears", "guards"]
SIGNALS = {"surely": "entailment", "maybe": "neutral", "never": "contradiction"}


def made_up_sentences(count: int, *, seed: int = 0) -> list[str]:
    """Different sentences in a random order."""
    nouns = NOUNS + LONG_NOUNS
    every = [f"the {one} {verb} the {other}" for one, verb, other in itertools.product(nouns, VERBS, nouns)]
    return random.Random(seed).sample(every, count)


def rule_pairs(count: int, *, nouns: list[str] | None = None, seed: int = 0) -> list[dict[str, str]]:
    """Pairs whose label hangs on one word of the hypothesis, so that a tiny model learns it in seconds."""
    dice = random.Random(seed)
    rows = []
    for signal in itertools.islice(itertools.cycle(SIGNALS), count):
        one, other = (dice.choice(nouns or NOUNS + LONG_NOUNS) for _ in range(2))
        verb = dice.choice(VERBS)
        rows.append(
            {
                "premise": f"the {one} {verb} the {other}",
                "hypothesis": f"the {one} {signal} {verb} the {other}",
                "label": SIGNALS[signal],
            }
        )
    return rows
