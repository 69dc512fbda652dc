"""Variants of the pair made by rule, one change each, with the model's verdicts."""

from collections.abc import Iterator, Sequence

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.edits import (
    HYPOTHESIS_ONLY,
    KINDS,
    REPLACED,
    Counterfactual,
    EditedPair,
    make_edits,
    rank,
    score_in_batches,
)
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.model.masked_lm import NO_LANGUAGE_MODEL
from bertmini_demo.results import Prediction
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.what_if import text

NAME = "what_if"
SHOWN = ("all", "flips", *KINDS)


def variants(analysis: Analysis, state: State) -> Iterator[Reply]:
    """Makes the variants and asks the model about them, some at a time."""
    model, limit = analysis.model, analysis.model.settings.page_word_pieces
    trace = analysis.trace(*state.pair)
    edits = make_edits(model, trace.pair, language_model=analysis.language_model, limit=limit)
    verdicts: list[Prediction] = []
    for batch in score_in_batches(model, edits, limit=limit):
        verdicts += batch
        yield {"progress": len(verdicts) / len(edits), "message": f"{len(verdicts)} of {len(edits)} variants"}
    yield variants_card(analysis, state, edits, verdicts)


def variants_card(
    analysis: Analysis, state: State, edits: Sequence[EditedPair], verdicts: Sequence[Prediction]
) -> Reply:
    """All of them, those first that flip the verdict, then those that change its probability most."""
    before = analysis.trace(*state.pair).prediction
    ranked = sorted(rank(before, edits, verdicts), key=lambda variant: not variant.flips)
    replaced = any(variant.edit.kind == REPLACED for variant in ranked)
    return card(
        title="Which change flips the verdict?",
        says=text.variants_say(ranked, before.label),
        html=render(
            "views/what_if/variants.html",
            rows=[row(variant, state) for variant in ranked],
            kinds=KINDS,
            note="" if replaced or analysis.language_model else f"No word was replaced. {NO_LANGUAGE_MODEL}",
        ),
        table=(
            ("Kind", "Premise", "Hypothesis", *map(label_name, before.probabilities)),
            [
                (
                    one.edit.kind,
                    one.edit.premise,
                    one.edit.hypothesis,
                    *text.shares(one.probabilities.values()),
                )
                for one in ranked
            ],
        ),
    )


def row(variant: Counterfactual, state: State) -> dict[str, object]:
    """What the table shows of one variant; a pair without a premise cannot be opened."""
    edit = variant.edit
    where, before, after = text.change_words(edit)
    opened = {
        "premise": edit.premise,
        "hypothesis": edit.hypothesis,
        "word": None,
        "label": None,
        "pinned": list(state.pair),
    }
    return {
        "kind": edit.kind,
        "flips": variant.flips,
        "where": where,
        "before": before,
        "after": after,
        "label": variant.label,
        "share": variant.probabilities[variant.label],
        "points": text.points(variant.change),
        "opens": None if edit.kind == HYPOTHESIS_ONLY else opened,
    }


QUESTIONS = (Question(f"{NAME}.variants", variants, lane=WORK_LANE),)
