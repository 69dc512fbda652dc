"""Labelled pairs made by rule: fragments of English whose entailments follow from logic and word meaning.

Richardson et al. 2020 (https://arxiv.org/abs/1909.07521) probe classifiers with such fragments and "inoculate" them (Liu et
al. 2019, https://arxiv.org/abs/1904.02668) with a few thousand of their pairs. Annotated pairs seldom turn on the order of
two events or on who is older, so a small model learns little of it from them.

What HANS tests is left out on purpose, so that the traps of shared words stay a measure of what the model was never taught:
no clause is cut out of another, and only two verbs, *beat* and *sell*, are turned round.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from bertmini_demo.results import LABELS
from bertmini_demo.training.corpora.fragment_words import (
    ACTIONS,
    AFFIRM,
    CITIES,
    COMPARED,
    COUNTED,
    DENY,
    EVENTS,
    GOODS,
    GROUNDS,
    KINDS,
    MOMENTS,
    NUMBERS,
    OPEN,
    OPPOSITES,
    PEOPLE,
    PLACES_TO_BUY,
    RELATIVES,
    SERVED,
    STATES,
    TAILS,
    THINGS,
)
from bertmini_demo.training.option_types import integer

ENTAILMENT, NEUTRAL, CONTRADICTION = LABELS
CERTAINTY = 0.9  # probability of the label in what a student learns; the others share the rest
Pairs = Iterator[tuple[str, str, str]]
"""Premise, hypothesis, label."""


def implicatives(draw: random.Random) -> Pairs:
    """Whether something was done, by the verb that introduces it (Karttunen 1971): *managed to*, *forgot to*, *hoped to*."""
    person, action, tail = draw.choice(PEOPLE), draw.choice(ACTIONS), draw.choice(TAILS)
    done, undone = f"{person.name} {action.past}{tail}.", f"{person.name} did not {action.base}{tail}."
    for verbs, label, opposite in (
        (AFFIRM, ENTAILMENT, CONTRADICTION),
        (DENY, CONTRADICTION, ENTAILMENT),
        (OPEN, NEUTRAL, NEUTRAL),
    ):
        premise = f"{person.name} {draw.choice(verbs)} {action.base}{tail}."
        yield premise, done, label
        yield premise, undone, opposite


def order_of_events(draw: random.Random) -> Pairs:
    """Which of two events came first: *before* and *after*."""
    person, (first, second) = draw.choice(PEOPLE), draw.sample(ACTIONS, 2)
    name, subject = person.name, person.subject
    early, late = first.past, second.past
    premise = draw.choice(
        (
            f"{name} {early} before {subject} {late}.",
            f"{name} {late} after {subject} {early}.",
            f"First {name} {early}, and then {subject} {late}.",
        )
    )
    yield premise, f"{name} {late} after {subject} {early}.", ENTAILMENT
    yield premise, f"{name} {early} before {subject} {late}.", ENTAILMENT
    yield premise, f"{name} {late} before {subject} {early}.", CONTRADICTION
    yield premise, f"{name} {early} after {subject} {late}.", CONTRADICTION


def comparisons(draw: random.Random) -> Pairs:
    """Which of two things has more of a property, by comparative adjectives and their opposites."""
    (one, other, third), (more, less) = draw.choice(THINGS), draw.choice(COMPARED)
    if draw.random() < 0.5:
        one, other = other, one
    premise = f"{one.capitalize()} is {more} than {other}."
    yield premise, f"{other.capitalize()} is {less} than {one}.", ENTAILMENT
    yield premise, f"{other.capitalize()} is {more} than {one}.", CONTRADICTION
    yield premise, f"{one.capitalize()} is {less} than {other}.", CONTRADICTION
    yield premise, f"{one.capitalize()} is {more} than {third}.", NEUTRAL


def ages(draw: random.Random) -> Pairs:
    """Who is older, by years of birth."""
    person, relative = draw.choice(PEOPLE), draw.choice(RELATIVES)
    own, theirs = draw.sample(range(1950, 2010), 2)
    premise = f"{person.name} was born in {own} and {person.possessive} {relative} was born in {theirs}."
    other = f"{person.possessive} {relative}"
    older, younger = (ENTAILMENT, CONTRADICTION) if own < theirs else (CONTRADICTION, ENTAILMENT)
    yield premise, f"{person.name} is older than {other}.", older
    yield premise, f"{person.name} is younger than {other}.", younger
    yield premise, f"{person.name} is taller than {other}.", NEUTRAL


def converses(draw: random.Random) -> Pairs:
    """Two views of one event: *beat* and *was beaten by*, *sold to* and *bought from*."""
    (one, other), event, thing = draw.sample(PEOPLE, 2), draw.choice(EVENTS), draw.choice(GOODS)
    winner, loser = one.name, other.name
    for premise in (f"{winner} beat {loser} {event}.", f"{loser} was beaten by {winner} {event}."):
        yield premise, f"{loser} lost to {winner} {event}.", ENTAILMENT
        yield premise, f"{loser} beat {winner} {event}.", CONTRADICTION
        yield premise, f"{winner} was beaten by {loser} {event}.", CONTRADICTION
    premise = f"{winner} sold {one.possessive} {thing} to {loser}."
    yield premise, f"{loser} bought a {thing} from {winner}.", ENTAILMENT
    yield premise, f"{winner} bought a {thing} from {loser}.", CONTRADICTION
    yield premise, f"{winner} needed the money for a new {thing}.", NEUTRAL


def quantifiers(draw: random.Random) -> Pairs:
    """Monotonicity: what holds of *every*, *some* or *no* member of a kind, and of a wider or narrower kind."""
    kind, ground, state = draw.choice(KINDS), draw.choice(GROUNDS), draw.choice(STATES)
    (wides, wide), (narrows, narrow) = kind
    yield f"Every {wide} {ground} is {state}.", f"Every {narrow} {ground} is {state}.", ENTAILMENT
    yield f"Every {narrow} {ground} is {state}.", f"Every {wide} {ground} is {state}.", NEUTRAL
    yield f"No {wides} {ground} are {state}.", f"No {narrows} {ground} are {state}.", ENTAILMENT
    yield f"No {narrows} {ground} are {state}.", f"No {wides} {ground} are {state}.", NEUTRAL
    yield f"Some {narrows} {ground} are {state}.", f"Some {wides} {ground} are {state}.", ENTAILMENT
    yield f"Some {wides} {ground} are {state}.", f"Some {narrows} {ground} are {state}.", NEUTRAL
    yield f"All of the {wides} {ground} are {state}.", f"Every {wide} {ground} is {state}.", ENTAILMENT
    yield (
        f"All of the {wides} {ground} are {state}.",
        f"Not every {narrow} {ground} is {state}.",
        CONTRADICTION,
    )
    yield f"No {wides} {ground} are {state}.", f"Some {wides} {ground} are {state}.", CONTRADICTION


def double_negations(draw: random.Random) -> Pairs:
    """What is true where it is not true that nobody or everybody did something."""
    action, tail = draw.choice(ACTIONS), draw.choice(TAILS)
    done, undone = f"{action.past}{tail}", f"did not {action.base}{tail}"
    denial = draw.choice(("It is not true that", "It is false that", "It is not the case that"))
    yield f"{denial} nobody {done}.", f"Somebody {done}.", ENTAILMENT
    yield f"{denial} nobody {done}.", f"Nobody {done}.", CONTRADICTION
    yield f"{denial} everybody {done}.", f"Somebody {undone}.", ENTAILMENT
    yield f"{denial} somebody {done}.", f"Nobody {done}.", ENTAILMENT
    yield f"{denial} somebody {done}.", f"Somebody {done}.", CONTRADICTION
    yield f"{denial} everybody {done}.", f"Nobody {done}.", NEUTRAL


def sums(draw: random.Random) -> Pairs:
    """How many there are together, of two kinds of the same thing."""
    person, (kind, members), place = draw.choice(PEOPLE), draw.choice(COUNTED), draw.choice(PLACES_TO_BUY)
    (one, other), (few, many) = draw.sample(members, 2), draw.sample(range(2, 7), 2)
    total = few + many
    wrong = draw.choice([total + 1, total - 1, few, many])
    premise = f"{person.name} bought {NUMBERS[few]} {one} and {NUMBERS[many]} {other} {place}."
    yield premise, f"{person.name} bought {NUMBERS[total]} {kind}.", ENTAILMENT
    yield premise, f"{person.name} bought {NUMBERS[wrong]} {kind}.", CONTRADICTION
    yield premise, f"{person.name} bought more than {NUMBERS[total - 1]} {kind}.", ENTAILMENT
    yield premise, f"{person.name} bought more than {NUMBERS[total]} {kind}.", CONTRADICTION
    yield premise, f"{person.name} bought {NUMBERS[few]} red {one}.", NEUTRAL


def with_and_without(draw: random.Random) -> Pairs:
    """Whether something is added: *with* and *without*."""
    person, (verb, dish, added) = draw.choice(PEOPLE), draw.choice(SERVED)
    name, own = person.name, f"{person.possessive} {dish}"
    puts = draw.choice((f"{name} puts {added} in {own}.", f"{name} likes {added} in {own}."))
    nothing = f"There is no {added} in {name}'s {dish}."
    without = draw.choice(("without", "without any", "with no"))
    yield f"{name} {verb} {own} {without} {added}.", puts, CONTRADICTION
    yield f"{name} {verb} {own} {without} {added}.", nothing, ENTAILMENT
    yield f"{name} {verb} {own} with {added}.", puts, ENTAILMENT
    yield f"{name} {verb} {own} with {added}.", nothing, CONTRADICTION
    yield f"{name} {verb} {own} with {added}.", f"{name} made {own} for a guest.", NEUTRAL


def opposites(draw: random.Random) -> Pairs:
    """Two states that exclude each other and leave no third: *open* and *closed*."""
    (thing, *states), moment = draw.choice(OPPOSITES), draw.choice(MOMENTS)
    one, other = draw.sample(states, 2)
    start = f"{thing.capitalize()} is"
    premise = f"{start} {one}{moment}."
    yield premise, f"{start} not {other}{moment}.", ENTAILMENT
    yield premise, f"{start} {other}{moment}.", CONTRADICTION
    yield premise, f"{start} not {one}{moment}.", CONTRADICTION
    yield f"{start} not {one}{moment}.", f"{start} {other}{moment}.", ENTAILMENT


def homes(draw: random.Random) -> Pairs:
    """Where somebody lives, and what that leaves open."""
    person, (place, elsewhere) = draw.choice(PEOPLE), draw.sample(CITIES, 2)
    verb = draw.choice(("lives", "works", "owns a house"))
    premise = f"{person.name} {verb} in {place.city}{draw.choice(('', ', near the station', ', close to the river'))}."
    yield premise, f"{person.name} {verb} in {place.country}.", ENTAILMENT
    yield premise, f"{person.name} was born in {place.country}.", NEUTRAL
    yield premise, f"{person.name} grew up in {place.city}.", NEUTRAL
    if verb == "lives":
        yield premise, f"{person.name} lives in {elsewhere.country}.", CONTRADICTION


FRAGMENTS: dict[str, Callable[[random.Random], Pairs]] = {
    fragment.__name__: fragment
    for fragment in (
        implicatives,
        order_of_events,
        comparisons,
        ages,
        converses,
        quantifiers,
        double_negations,
        sums,
        with_and_without,
        opposites,
        homes,
    )
}


def fragment_pairs(count: int, *, seed: int = 0) -> list[dict]:
    """Different pairs, about as many of each fragment.

    Args:
        count: at most so many of each fragment.

    Returns:
        Rows with premise, hypothesis, label, probabilities of the three labels, and source, in random order.
    """
    draw = random.Random(seed)
    rows = []
    for name, fragment in FRAGMENTS.items():
        pairs: dict[tuple[str, str], str] = {}
        for _ in range(count):  # each call gives three pairs or more
            pairs |= {(premise, hypothesis): label for premise, hypothesis, label in fragment(draw)}
        chosen = draw.sample(sorted(pairs), min(count, len(pairs)))
        rows += [
            as_row(premise, hypothesis, pairs[premise, hypothesis], name) for premise, hypothesis in chosen
        ]
    draw.shuffle(rows)
    return rows


def as_row(premise: str, hypothesis: str, label: str, fragment: str) -> dict:
    """One line of the file."""
    rest = round((1 - CERTAINTY) / (len(LABELS) - 1), 4)
    return {
        "premise": premise,
        "hypothesis": hypothesis,
        "label": label,
        "probabilities": {name: CERTAINTY if name == label else rest for name in LABELS},
        "source": f"fragment {fragment}",
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``fragments``."""
    parser.add_argument("--output", type=Path, required=True, help="JSON-lines file to write")
    parser.add_argument(
        "--count", type=integer(1), default=1000, help="most pairs of a fragment (default: 1000)"
    )
    parser.add_argument("--seed", type=integer(0), default=0, help="of the random choices (default: 0)")


def run(arguments: argparse.Namespace) -> None:
    """Writes labelled pairs made by rule."""
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    rows = fragment_pairs(arguments.count, seed=arguments.seed)
    arguments.output.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
