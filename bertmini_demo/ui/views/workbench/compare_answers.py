"""Two models beside each other: the one in use and another that is in memory, on this pair and on many."""

from collections.abc import Iterator, Sequence

from bertmini_demo.data.examples import gallery
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.model_comparison import (
    ComparedPair,
    agreement,
    chance_agreement,
    compare_predictions,
    confident_disagreements,
    label_counts,
)
from bertmini_demo.figures.heatmaps.attention_heatmaps import head_grid
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.model.background import run_in_background
from bertmini_demo.results import HYPOTHESIS, PREMISE, Attribution
from bertmini_demo.settings import Settings
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.workbench import text
from bertmini_demo.ui.visit import Visit

READS = ("other", "label", "method", "output", "baseline")
DIFFERENCES_SHOWN = 30
ROWS_SHOWN = 20  # that could not be read


def other_model(analysis: Analysis, state: State, visit: Visit) -> Analysis:
    """The model to compare with; "" is the page's own.

    Raises:
        InputError: it is not in memory, or it is the one in use; field "other".
    """
    try:
        other = visit.models.get(state.options.get("other") or None)
    except InputError as error:
        raise InputError(str(error), field="other") from error
    if other is analysis:
        raise InputError("That is the model in use. Choose another one to compare with.", field="other")
    return other


def compare_pair(analysis: Analysis, state: State, visit: Visit) -> Reply:
    """Both verdicts, and the words as each model weighs them."""
    return beside((analysis, other_model(analysis, state, visit)), state)


def beside(both: tuple[Analysis, Analysis], state: State) -> Reply:
    """The card of two models on the pair."""
    names = [one.model.name for one in both]
    predictions = [one.trace(*state.pair).prediction for one in both]
    target = state.label or predictions[0].label
    attributions = [attribution(one, state, target=target) for one in both]
    labels = list(dict.fromkeys(label for one in predictions for label in one.probabilities))
    return card(
        title="Do the two models agree on this pair?",
        says=text.both_say(names, predictions),
        html=render(
            "views/workbench/beside.html",
            names=names,
            predictions=predictions,
            labels=labels,
            sides=[coloured(one) for one in attributions],
            sentences=(PREMISE, HYPOTHESIS),
        ),
        table=(
            ("Model", "Sentence", "Word", "Score"),
            [
                (name, word.sentence, word.text, f"{score:.3f}")
                for name, one in zip(names, attributions, strict=True)
                for word, score in zip(one.pair.words, one.word_scores, strict=True)
            ],
        ),
    )


def attribution(analysis: Analysis, state: State, *, target: str) -> Attribution:
    """Of a label in one model; of its own verdict where it has no such label."""
    return analysis.attribution(
        *state.pair,
        method=state.method,
        target=target if target in analysis.model.labels else None,
        output=state.output,
        baseline=state.baseline,
    )


def coloured(attribution: Attribution) -> dict[str, object]:
    """The words with their share of the model's largest score, from -1 to 1."""
    scores = [float(score) for score in attribution.word_scores]
    largest = max(map(abs, scores), default=0.0) or 1.0
    return {
        "target": attribution.target,
        "signed": attribution.signed,
        "words": [
            (word.sentence, word.text, score / largest)
            for word, score in zip(attribution.pair.words, scores, strict=True)
        ],
    }


def other_heads(analysis: Analysis, state: State, visit: Visit) -> Reply:
    """Every head of the other model, small."""
    other = other_model(analysis, state, visit)
    trace = other.trace(*state.pair)
    return card(
        head_grid(trace.attentions, trace.tokens),
        title=f"Where does each head of {other.model.name} look?",
        says=text.two_grids([one.model for one in (analysis, other)]),
    )


def compare_pairs(analysis: Analysis, state: State, visit: Visit) -> Iterator[Reply]:
    """Progress, then how often both models agree and where they differ, on a file or the example pairs."""
    other = other_model(analysis, state, visit)
    name, pairs, bad_rows = run_in_background(pairs_to_compare, visit, analysis.model.settings)
    compared: list[ComparedPair] = []
    limit = analysis.model.settings.page_word_pieces
    batches = compare_predictions(analysis.model, other.model, pairs, limit=limit)
    while (batch := run_in_background(next, batches, None)) is not None:
        compared += batch
        yield {
            "progress": len(compared) / len(pairs),
            "message": f"{len(compared):,} of {len(pairs):,} pairs",
        }
    counts = label_counts(compared)
    sides = [sorted({labels[side] for labels in counts}) for side in (0, 1)]
    names = [one.model.name for one in (analysis, other)]
    yield card(
        title=f"How often do they agree on {name}?",
        says=text.agreement(
            len(compared),
            agreement(compared),
            chance_agreement(compared),
            sum(not one.agree for one in compared),
        ),
        html=render(
            "views/workbench/differences.html",
            differences=confident_disagreements(compared, limit=DIFFERENCES_SHOWN),
            bad_rows=bad_rows[:ROWS_SHOWN],
            more_bad_rows=len(bad_rows[ROWS_SHOWN:]),
        ),
        table=(
            (f"{names[0]} \\ {names[1]}", *map(label_name, sides[1])),
            [(label_name(one), *(f"{counts[one, another]:,}" for another in sides[1])) for one in sides[0]],
        ),
    )


def pairs_to_compare(visit: Visit, settings: Settings) -> tuple[str, Sequence[tuple[str, str]], list[str]]:
    """What the pairs are called, the pairs, and the rows that are none; the example pairs where no file came.

    Raises:
        InputError: not text, too large, too many rows, or no pair among them; field "pairs".
    """
    if visit.file is None:
        return "the example pairs", [(one.premise, one.hypothesis) for one in gallery()], []
    name = visit.file.name
    read = visit.file.pairs(
        max_rows=settings.compared_pairs, megabytes=settings.file_megabytes, labels="ignored"
    )
    if read.more:
        raise InputError(
            f"{name} has over {settings.compared_pairs:,} rows, the most that are compared. Split it.",
            field="pairs",
        )
    if not read.pairs:
        reason = str(read.bad_rows[0]) if read.bad_rows else "It is empty."
        raise InputError(f"There is no pair in {name}. {reason}", field="pairs")
    return name, [(pair.premise, pair.hypothesis) for pair in read.pairs], list(map(str, read.bad_rows))


QUESTIONS = (
    Question("workbench.compare_pair", compare_pair, reads=READS, visit=True),
    Question("workbench.other_heads", other_heads, reads=("other",), visit=True),
    Question(
        "workbench.compare_pairs", compare_pairs, reads=("other",), lane=WORK_LANE, pair=False, visit=True
    ),
)
