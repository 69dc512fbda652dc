"""Right for the wrong reasons: pairs on which a shallow rule gives the wrong answer, after McCoy et al. 2019 (HANS).

Three rules of thumb say "entailment" whenever the hypothesis is made of the premise's words, is a stretch of it, or is
one of its clauses. Each rule has five sub-cases in which it happens to be right and five in which it fails, named as in
HANS. Templates and words are this project's own (assets/heuristics.json): a slot such as ``{a:noun}`` draws a word from
a list, and ``{a}`` repeats it. The label follows from the construction, whatever the words.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from bertmini_demo.explain.rank_correlation import spearman
from bertmini_demo.inference import NLIModel
from bertmini_demo.settings import ASSETS

ENTAILED, NOT_ENTAILED = "entailment", "not_entailment"
PAIRS = 30  # of each sub-case
SEED = 0
# Accuracy of BERT-base on HANS, entailed then non-entailed, by heuristic in the order of heuristics().
PUBLISHED = {ENTAILED: (0.95, 0.99, 0.98), NOT_ENTAILED: (0.16, 0.04, 0.16)}
PUBLISHED_BY = "McCoy et al. 2019"
SLOT = re.compile(r"\{(\w+)(?::([^}]+))?\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A premise and a hypothesis with slots; the premise says which list each slot draws from."""

    premise: str
    hypothesis: str

    @property
    def slots(self) -> dict[str, str]:
        """Slot to the name of its word list, in the premise's order."""
        return {slot: words for slot, words in SLOT.findall(self.premise) if words}

    def fill(self, words: Mapping[str, str]) -> tuple[str, str]:
        """Premise and hypothesis with a word in each slot and a capital at the start."""
        filled = (
            SLOT.sub(lambda slot: words[slot[1]], sentence) for sentence in (self.premise, self.hypothesis)
        )
        premise, hypothesis = (sentence[:1].upper() + sentence[1:] for sentence in filled)
        return premise, hypothesis


@dataclass(frozen=True, slots=True)
class Subcase:
    """One construction: its name in HANS, a title for people, and templates that all have the same label."""

    name: str
    heuristic: str
    label: str  # "entailment" or "not_entailment"
    title: str
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Heuristic:
    """A rule of thumb that reads no structure, and what it overlooks."""

    name: str
    title: str
    rule: str
    why: str
    subcases: tuple[Subcase, ...]


@dataclass(frozen=True, slots=True)
class ProbePair:
    """One pair of the probe; its label holds by construction."""

    premise: str
    hypothesis: str
    label: str  # "entailment" or "not_entailment"
    subcase: str


@dataclass(frozen=True, slots=True, eq=False)
class ProbeResult:
    """What a model says to the probe.

    Attributes:
        answers: the model's label for each pair, in their order.
        accuracy: share of right answers by sub-case; neutral and contradiction count as not_entailment.
    """

    pairs: tuple[ProbePair, ...]
    answers: tuple[str, ...]
    accuracy: dict[str, float]

    def mean(self, names: Sequence[str]) -> float:
        """Accuracy over several sub-cases, which are all of one size."""
        return float(np.mean([self.accuracy[name] for name in names]))


@cache
def heuristics() -> tuple[Heuristic, ...]:
    """The three rules with their ten sub-cases each, the entailed five first."""
    return tuple(
        Heuristic(
            **{key: entry[key] for key in ("name", "title", "rule", "why")},
            subcases=tuple(
                Subcase(
                    **{key: case[key] for key in ("name", "label", "title")},
                    heuristic=entry["name"],
                    templates=tuple(Template(*sentences) for sentences in case["templates"]),
                )
                for case in entry["subcases"]
            ),
        )
        for entry in _read()["heuristics"]
    )


@cache
def subcases() -> dict[str, Subcase]:
    """All 30 sub-cases by name."""
    return {case.name: case for heuristic in heuristics() for case in heuristic.subcases}


@cache
def seed_accuracies(name: str) -> tuple[float, float, float]:
    """Lowest, mean and highest accuracy on HANS of 100 fine-tunings of BERT-base that differ in their seeds only.

    Paper: McCoy, Min, Linzen 2020, "BERTs of a feather do not generalize together",
    https://aclanthology.org/2020.blackboxnlp-1.21; the figures are those of https://github.com/tommccoy1/hans

    Args:
        name: of a sub-case, or of a heuristic and a label, such as "subsequence/entailment".
    """
    low, mean, high = _read()["seeds"][name]
    return low, mean, high


@cache
def word_list(name: str) -> tuple[str, ...]:
    """The words a slot may draw; an entry such as "@singular noun" adds the words of that list."""
    words = []
    for entry in _read()["words"][name]:
        words += word_list(entry[1:]) if entry.startswith("@") else [entry]
    return tuple(words)


@lru_cache(maxsize=8)
def probe_pairs(*, seed: int = SEED, count: int = PAIRS) -> tuple[ProbePair, ...]:
    """``count`` different pairs of each sub-case, each template used as often as the others.

    Every sub-case has its own stream of random numbers, so that a change to one leaves the others as they were.
    """
    return tuple(pair for case in subcases().values() for pair in _draw_pairs(case, seed=seed, count=count))


def draw_words(template: Template, dice: random.Random) -> dict[str, str]:
    """A word for each slot, all different: not the same one twice, nor "pilot" beside "pilots"."""
    words: dict[str, str] = {}
    for slot, name in template.slots.items():
        fresh = [
            word
            for word in word_list(name)
            if not any(_share_a_stem(word, other) for other in words.values())
        ]
        words[slot] = dice.choice(fresh)
    return words


def predict_labels(model: NLIModel, pairs: Sequence[ProbePair]) -> Iterator[list[str]]:
    """The model's labels, one batch of pairs after another, so that progress can be shown in between."""
    size = model.settings.batch_pairs
    for start in range(0, len(pairs), size):
        batch = [(pair.premise, pair.hypothesis) for pair in pairs[start : start + size]]
        yield [prediction.label for prediction in model.predict_batch(batch)]


def score(pairs: Sequence[ProbePair], answers: Sequence[str]) -> ProbeResult:
    """Accuracy by sub-case. As in HANS there are two labels: whatever is not entailment is not_entailment."""
    hits: dict[str, list[bool]] = {}
    for pair, answer in zip(pairs, answers, strict=True):
        hits.setdefault(pair.subcase, []).append((answer == ENTAILED) == (pair.label == ENTAILED))
    accuracy = {name: float(np.mean(outcomes)) for name, outcomes in hits.items()}
    return ProbeResult(tuple(pairs), tuple(answers), accuracy)


def run_probe(model: NLIModel, *, seed: int = SEED, count: int = PAIRS) -> ProbeResult:
    """The whole probe at one go."""
    pairs = probe_pairs(seed=seed, count=count)
    return score(pairs, [answer for batch in predict_labels(model, pairs) for answer in batch])


def hans_accuracy(metrics: Mapping) -> dict[str, float] | None:
    """Accuracy on the real HANS set by sub-case, from a checkpoint's metrics; None where it was not measured."""
    measured = metrics.get("data")
    for entry in measured.values() if isinstance(measured, dict) else ():
        shares = entry.get("subcases", {}) if isinstance(entry, dict) else {}
        try:
            return {name: float(shares[name][case.label]) for name, case in subcases().items()}
        except (KeyError, TypeError, ValueError):
            continue
    return None


def stored_accuracy(metrics: Mapping) -> dict[str, float] | None:
    """Accuracy on this probe by sub-case, as the command ``probe`` stored it in a checkpoint's metrics; else None."""
    try:
        stored = metrics["probe"]["subcases"]
        return {name: float(stored[name]) for name in subcases()}
    except (KeyError, TypeError, ValueError):
        return None


def hans_agreement(
    probe: Mapping[str, float], hans: Mapping[str, float]
) -> dict[str, dict[str, float | None]]:
    """How far the probe says what HANS says, within the 15 entailed and the 15 non-entailed sub-cases.

    Returns:
        label to "spearman" (rank correlation, None where one side does not vary) and "mean_difference" (mean
        absolute difference of the accuracies, 0 to 1).
    """
    agreement = {}
    for label in (ENTAILED, NOT_ENTAILED):
        names = [name for name, case in subcases().items() if case.label == label]
        ours, theirs = (np.array([side[name] for name in names]) for side in (probe, hans))
        rank = spearman(ours, theirs)
        agreement[label] = {
            "spearman": None if np.isnan(rank) else rank,
            "mean_difference": float(np.abs(ours - theirs).mean()),
        }
    return agreement


def _draw_pairs(case: Subcase, *, seed: int, count: int) -> list[ProbePair]:
    dice = random.Random(f"{seed} {case.name}")
    drawn: dict[ProbePair, None] = {}
    while len(drawn) < count:
        template = case.templates[len(drawn) % len(case.templates)]
        drawn[ProbePair(*template.fill(draw_words(template, dice)), case.label, case.name)] = None
    return list(drawn)


def _share_a_stem(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


@cache
def _read() -> dict:
    return json.loads((ASSETS / "heuristics.json").read_text(encoding="utf-8"))
