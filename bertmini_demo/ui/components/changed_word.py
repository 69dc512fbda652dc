"""The sentence that invites: one word changed, and the verdict is another."""

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.one_word_change import (
    OneWordChange,
    one_word_change,
    stored_change,
)
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import Prediction
from bertmini_demo.ui.questions import SEARCH_LANE, Question, Reply
from bertmini_demo.ui.state import State


def find_change(analysis: Analysis, state: State) -> OneWordChange | None:
    """The stored change of an example pair, else a search, once for a pair; None where no word can be changed."""
    model, limit = analysis.model, analysis.model.settings.page_word_pieces

    def compute() -> OneWordChange | None:
        return stored_change(model, *state.pair, limit=limit) or one_word_change(
            model, *state.pair, language_model=analysis.language_model, limit=limit
        )

    return analysis.share(compute, one_word_change, *state.pair)


def changed_word(analysis: Analysis, state: State) -> Reply:
    """The change, both verdicts, and the pair that the button opens; {"change": None} where no word can be changed."""
    result = find_change(analysis, state)
    return {"change": None if result is None else as_json(result)}


def as_json(result: OneWordChange) -> Reply:
    """The change, both verdicts and the changed pair, as the page reads them."""
    before, after = map(outcome, (result.before, result.after))
    return {
        "old": result.change.old,
        "new": result.change.new,
        "sentence": result.change.sentence,
        "flips": result.flips,
        "before": before,
        "after": after,
        "tried": result.tried,
        "pair": [result.premise, result.hypothesis],
    }


def outcome(prediction: Prediction) -> Reply:
    """A verdict as the sentence about the changed word shows it."""
    return {
        "label": prediction.label,
        "name": label_name(prediction.label),
        "share": percent(prediction.probabilities[prediction.label]),
    }


QUESTIONS = (Question("changed_word", changed_word, lane=SEARCH_LANE),)
