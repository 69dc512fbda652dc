"""Faithfulness: what the model predicts as the words that a method ranks highest are taken away."""

from collections.abc import Iterator

import numpy as np

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.faithfulness import TENTHS, Faithfulness, measure
from bertmini_demo.figures.faithfulness_curves import deletion_curves
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name, method_name
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import text
from bertmini_demo.ui.views.why.compared_methods import LABEL, NAME, question_of, score_words, scoring

REMOVALS = ("delete", "mask")
SCORING = 0.6  # share of the work


def faithfulness(analysis: Analysis, state: State) -> Iterator[Reply]:
    """The curve of the chosen method and of the best one against random orders, and all methods in a table."""
    question, removal = question_of(analysis, state), state.option("word_removal", REMOVALS)
    for scored in score_words(analysis, state):
        yield scoring(scored, share=SCORING)
    result: Faithfulness | None = analysis.cached(measure, *state.pair, removal=removal, **question)
    if result is None or len(result.erasures) < len(scored.scores):
        pair = analysis.trace(*state.pair).pair
        for result in measure(
            analysis.model, pair, scored.scores, target=question["target"], removal=removal
        ):
            done = len(result.erasures) / len(scored.scores)
            yield {"progress": SCORING + (1 - SCORING) * done, "message": "removing words"}
        analysis.store(result, measure, *state.pair, removal=removal, **question)
    seconds = {words.method: words.seconds for words in scored.scores}
    yield faithfulness_card(result, seconds, chosen=state.method, failed=scored.failed)


def faithfulness_card(result: Faithfulness, seconds: dict[str, float], *, chosen: str, failed) -> Reply:
    """The answer.

    Args:
        seconds: method to the time that its scores took.
        chosen: the method whose curve is drawn beside the best one's.
        failed: method to why it gave no scores.
    """
    erasures = result.erasures
    best = max(erasures, key=lambda method: erasures[method].comprehensiveness)
    shown = chosen if chosen in erasures else best
    figure = deletion_curves(
        {method_name(method, title=True): erasure.curve for method, erasure in erasures.items()},
        np.array([erasure.curve for erasure in result.random]),
        drawn={method_name(method, title=True) for method in (shown, best)},
        target=label_name(result.target),
    )
    return card(
        figure,
        title="Does the probability fall without these words?",
        says=text.erased_says(result, method=shown, best=best) + text.failed_says(failed),
        table=(
            ("Order", *(percent(share / 100) for share in (0, *(10 * tenth for tenth in TENTHS), 100))),
            curves(result),
        ),
        html=render("views/why/faithfulness.html", **ranking(result, seconds), chosen=shown),
    )


def ranking(result: Faithfulness, seconds: dict[str, float]) -> dict[str, object]:
    """Comprehensiveness, sufficiency and seconds of each method, the best of each, and the mean of random orders."""
    rows = {
        method: (erasure.comprehensiveness, erasure.sufficiency, seconds[method])
        for method, erasure in result.erasures.items()
    }
    columns = list(zip(*rows.values(), strict=True))
    chance = [
        (float(np.mean(values)), float(np.std(values)))
        for values in (
            [erasure.comprehensiveness for erasure in result.random],
            [erasure.sufficiency for erasure in result.random],
        )
    ]
    return {
        "rows": [(method, method_name(method, title=True), values) for method, values in rows.items()],
        "best": [pick(column) for pick, column in zip((max, min, min), columns, strict=True)],
        "chance": chance,
        "orders": len(result.random),
    }


def curves(result: Faithfulness) -> list[tuple[str, ...]]:
    """The probabilities behind the curves, and where only the first words are kept."""
    mean = np.mean([erasure.curve for erasure in result.random], axis=0)
    rows = [(method_name(method, title=True), erasure.curve) for method, erasure in result.erasures.items()]
    rows += [("Mean of random orders", mean)]
    table = [(name, *(percent(share, digits=1) for share in curve)) for name, curve in rows]
    return table + [
        (
            f"{method_name(method, title=True)}, only these kept",
            "",
            *(percent(share, digits=1) for share in erasure.kept),
            "",
        )
        for method, erasure in result.erasures.items()
    ]


QUESTIONS = (
    Question(f"{NAME}.faithfulness", faithfulness, reads=(*LABEL, "method", "word_removal"), lane=WORK_LANE),
)
