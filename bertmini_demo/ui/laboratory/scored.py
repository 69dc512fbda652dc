"""All ways of scoring the words of a pair, one after another; each is kept as it comes, the slowest comes last."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bertmini_demo.attribution import METHODS
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.word_scores import (
    ATTENTION,
    ROLLOUT,
    WordScores,
    attention_scores,
    attribution_scores,
)
from bertmini_demo.ui.laboratory.question import current_target
from bertmini_demo.ui.laboratory.tabs import BROKEN, PAIR, View

COMPARED = (*METHODS, ATTENTION, ROLLOUT)
SLOWEST = METHODS[-1]
LABEL = ("target", "output", "baseline")
BROKE_OFF = "it broke off, and the operator’s log says where"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What is known so far.

    Attributes:
        words: in the order of COMPARED.
        failed: why a method gave no scores, by method.
    """

    words: tuple[WordScores, ...]
    failed: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The ways still to come, in their order."""
        known = {words.method for words in self.words} | set(self.failed)
        return tuple(method for method in COMPARED if method not in known)

    def beside(self, *more: WordScores) -> "Scored":
        return Scored(tuple(sorted((*self.words, *more), key=place)), self.failed)

    def without(self, method: str, why: str) -> "Scored":
        return Scored(self.words, {**self.failed, method: why})


def place(words: WordScores) -> int:
    return COMPARED.index(words.method)


def asked(analysis: Analysis, view: View, *names: str) -> dict[str, str]:
    """The pair and the named choices, as keywords; the target is a label."""
    choices = {name: getattr(view, name) for name in (*PAIR, *names)}
    return choices | {"target": current_target(analysis, view)}


def known_scores(analysis: Analysis, view: View) -> Scored | None:
    """The scores kept for a question, all or some; None where there are none, and nothing is computed."""
    return analysis.cached(score_words, **asked(analysis, view, *LABEL))


def score_words(analysis: Analysis, view: View) -> Iterator[Scored]:
    """Scores the words in every way that is not kept yet; yields what is known before each and at the end.

    A method that fails leaves the others standing, and is tried again the next time.
    """
    question, kept = asked(analysis, view, *LABEL), known_scores(analysis, view)
    scored = Scored(kept.words if kept else (), {})
    if not kept:
        scored = scored.beside(*attention_scores(analysis.trace(view.premise, view.hypothesis)))
    yield scored
    for method in scored.missing:
        try:
            scored = scored.beside(attribution_scores(analysis.attribution(**question, method=method)))
        except DemoError as error:
            scored = scored.without(method, str(error))
        except BROKEN:
            log.exception("%s failed", method)
            scored = scored.without(method, BROKE_OFF)
        analysis.store(scored, score_words, **question)
        yield scored
