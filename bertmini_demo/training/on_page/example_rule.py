"""A made-up rule to train on: whatever the premise says, a hypothesis that mentions a colour contradicts it.

Without a colour the same sentence says more than the premise, and is neutral. Nobody would call the rule true:
a model can only have it from these pairs.
"""

from itertools import cycle

from bertmini_demo.data.pair import Pair

COLOURS = ("red", "blue", "green", "yellow", "white", "black", "brown", "orange", "purple", "grey")
OTHERS = ("old", "new", "small", "large", "heavy", "cheap", "clean", "broken", "strange", "famous")
WHO = ("A man is", "A woman is", "Two boys are", "A young girl is", "Some people are")
DOES = (
    ("washing", "car"),
    ("painting", "door"),
    ("carrying", "bag"),
    ("riding", "bike"),
    ("holding", "ball"),
    ("looking at", "house"),
    ("fixing", "boat"),
    ("buying", "coat"),
    ("pushing", "cart"),
    ("sitting on", "bench"),
    ("opening", "box"),
    ("waiting for", "bus"),
    ("feeding", "horse"),
    ("climbing", "ladder"),
    ("selling", "hat"),
    ("drawing", "bird"),
)


def colour_pairs() -> list[Pair]:
    """80 pairs, half of them with a colour; no premise comes twice."""
    scenes = ((who, *act) for who in WHO for act in DOES)
    words = zip(cycle(COLOURS), cycle(OTHERS), strict=False)
    pairs = []
    for number, ((who, does, thing), (colour, other)) in enumerate(zip(scenes, words, strict=False)):
        word, label = (colour, "contradiction") if number % 2 else (other, "neutral")
        article = "an" if word[0] in "aeiou" else "a"
        premise, hypothesis = f"{who} {does} a {thing}.", f"{who} {does} {article} {word} {thing}."
        pairs.append(Pair(premise, hypothesis, label, line=number + 1))
    return pairs
