"""Interactions: do two words, one of each sentence, matter more together than apart?"""

from collections.abc import Iterator

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.interactions import Interactions, word_interactions
from bertmini_demo.figures.heatmaps.interaction_heatmap import interaction_heatmap
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import text
from bertmini_demo.ui.views.why.compared_methods import NAME, target_of
from bertmini_demo.ui.views.why.erased_words import REMOVALS


def together(analysis: Analysis, state: State) -> Iterator[Reply]:
    """The interaction of each word of the premise with each of the hypothesis."""
    question = {
        "target": target_of(analysis, state),
        "output": state.output,
        "removal": state.option("pair_removal", REMOVALS[::-1]),
    }
    pair = analysis.trace(*state.pair).pair
    result: Interactions | None = analysis.cached(word_interactions, *state.pair, **question)
    if result is None:
        for done, result in enumerate(word_interactions(analysis.model, pair, **question), start=1):
            yield {"progress": done / len(result.premise), "message": "taking away the next word"}
        analysis.store(result, word_interactions, *state.pair, **question)
    premise, hypothesis = (
        [pair.words[index].text for index in side] for side in (result.premise, result.hypothesis)
    )
    chosen = tuple(
        side.index(state.word) if state.word in side else None for side in (result.premise, result.hypothesis)
    )
    yield card(
        interaction_heatmap(result.values, premise, hypothesis, chosen=chosen),
        title="Do two words matter more together than apart?",
        says=text.together_says(result, pair.words),
        table=(
            ("premise \\ hypothesis", *hypothesis),
            [
                (word, *(f"{value:.3f}" for value in row))
                for word, row in zip(premise, result.values, strict=True)
            ],
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.together", together, reads=("label", "output", "pair_removal", "word"), lane=WORK_LANE),
)
