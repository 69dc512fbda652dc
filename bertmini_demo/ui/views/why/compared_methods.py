"""Every way of scoring the words side by side, and how far they agree; each is cached as it comes, the slowest last."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bertmini_demo.attribution import METHODS
from bertmini_demo.errors import DemoError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.value_zeroing import VALUE_ZEROING, value_zeroing_scores
from bertmini_demo.explain.word_scores import (
    ATTENTION,
    ROLLOUT,
    WordScores,
    attention_scores,
    attribution_scores,
    method_agreement,
)
from bertmini_demo.figures.heatmaps.method_heatmaps import agreement_heatmap, methods_heatmap
from bertmini_demo.figures.naming import decimal
from bertmini_demo.figures.rendering import method_name
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import text

NAME = "why"
WITHOUT_LABEL = (ATTENTION, ROLLOUT, VALUE_ZEROING)  # the same for every label
COMPARED = (*METHODS, *WITHOUT_LABEL)
LABEL = ("label", "output", "baseline")
SIZES, SIGNED = "sizes", "signed"
FAILED = "it failed, and the server's log says where"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ScoredWords:
    """What is known so far.

    Attributes:
        scores: in the order of ``COMPARED``.
        failed: method to why it gave no scores.
    """

    scores: tuple[WordScores, ...]
    failed: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The methods still to come, in order."""
        known = {words.method for words in self.scores} | set(self.failed)
        return tuple(method for method in COMPARED if method not in known)

    def with_scores(self, *more: WordScores) -> "ScoredWords":
        """With the scores of more methods."""
        place = {method: index for index, method in enumerate(COMPARED)}
        return ScoredWords(
            tuple(sorted((*self.scores, *more), key=lambda words: place[words.method])), self.failed
        )

    def with_failure(self, method: str, reason: str) -> "ScoredWords":
        """With the reason why a method gave no scores."""
        return ScoredWords(self.scores, {**self.failed, method: reason})


def target_of(analysis: Analysis, state: State) -> str:
    """The label explained: the chosen one, or the verdict's own."""
    return state.label or analysis.trace(*state.pair).prediction.label


def question_of(analysis: Analysis, state: State) -> dict[str, str]:
    """The choices that the scores depend on, beside the pair."""
    return {
        "target": target_of(analysis, state),
        "output": state.output,
        "baseline": state.baseline,
    }


def score_words(analysis: Analysis, state: State) -> Iterator[ScoredWords]:
    """Scores the words in every way that is not cached yet; yields what is known before each and at the end.

    A method that fails leaves the others, and is tried again the next time.
    """
    question = question_of(analysis, state)
    cached: ScoredWords | None = analysis.cached(score_words, *state.pair, **question)
    scored = ScoredWords(cached.scores if cached else (), {})
    if not cached:
        trace = analysis.trace(*state.pair)
        scored = scored.with_scores(*attention_scores(trace), value_zeroing_scores(analysis.model, trace))
    yield scored
    for method in scored.missing:
        try:
            attribution = analysis.attribution(*state.pair, method=method, **question)
            scored = scored.with_scores(attribution_scores(attribution))
        except DemoError as error:
            scored = scored.with_failure(method, str(error))
        except Exception:  # a fault of one method: the others are still shown, and the log has it
            log.exception("%s failed", method)
            scored = scored.with_failure(method, FAILED)
        analysis.store(scored, score_words, *state.pair, **question)
        yield scored


def scoring(scored: ScoredWords, *, share: float = 1.0) -> Reply:
    """How far the scoring is, as progress.

    Args:
        share: of the whole work that scoring takes.
    """
    done = 1 - len(scored.missing) / len(COMPARED)
    doing = f"scoring by {method_name(scored.missing[0])}" if scored.missing else "drawing"
    return {"progress": share * done, "message": doing}


def methods(analysis: Analysis, state: State) -> Iterator[Reply]:
    """All methods side by side, signed ones apart from unsigned ones."""
    for scored in score_words(analysis, state):
        yield scoring(scored)
    pair, scores = analysis.trace(*state.pair).pair, scored.scores
    names = [method_name(words.method, title=True) for words in scores]
    figure = methods_heatmap(
        [words.scores for words in scores],
        [word.text for word in pair.words],
        names=names,
        signed=[words.signed for words in scores],
        sentences=[word.sentence for word in pair.words],
        chosen=state.word,
    )
    yield card(
        figure,
        title="Do other methods point at the same words?",
        says=text.first_says(pair, scores, target=target_of(analysis, state))
        + text.failed_says(scored.failed),
        table=(
            ("Sentence", "Word", *names),
            [
                (word.sentence, word.text, *(decimal(words.scores[index], digits=4) for words in scores))
                for index, word in enumerate(pair.words)
            ],
        ),
        press={"field": "word", "rows": figure.layout.meta["words"]},
    )


def agreement(analysis: Analysis, state: State) -> Iterator[Reply]:
    """Kendall's tau between each two methods."""
    for scored in score_words(analysis, state):
        yield scoring(scored)
    measured = method_agreement(scored.scores)
    signed = state.option("agreement", (SIZES, SIGNED)) == SIGNED
    ways, taus = (measured.signed_methods, measured.signed) if signed else (measured.methods, measured.sizes)
    names = [method_name(method, title=True) for method in ways]
    yield card(
        agreement_heatmap(taus, names, title="Scores with their signs" if signed else "Sizes of the scores"),
        title="How far do the methods agree?",
        says=text.agreement_says(ways, taus, signed=signed) + text.failed_says(scored.failed),
        table=(
            ("", *names),
            [
                (name, *(text.signed_number(tau) for tau in row))
                for name, row in zip(names, taus, strict=True)
            ],
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.methods", methods, reads=(*LABEL, "word"), lane=WORK_LANE),
    Question(f"{NAME}.agreement", agreement, reads=(*LABEL, "agreement"), lane=WORK_LANE),
)
