"""How did it learn? What the shipped model could do at moments of its training; only where a record of them ships."""

from collections.abc import Sequence

import numpy as np

from bertmini_demo.data.learning import LEARNING, Learning, Moment, read_learning
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.learning_curves import learning_curves
from bertmini_demo.figures.naming import percent
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

SHOWN = 3  # example pairs or sentences with a gap
PRETRAINING = "pretraining"


def recorded_moments(analysis: Analysis) -> int:
    """How many moments the record has; 0 where there is none, or where it is of another model."""
    record = read_record(analysis)
    return len(record.moments) if record else 0


def read_record(analysis: Analysis) -> Learning | None:
    """The record that ships, read once; None for another model."""
    if analysis.model.folder != SHIPPED:
        return None
    record = analysis.of_model.get((str(LEARNING),)) or read_learning(LEARNING)
    if record is not None:
        analysis.of_model.put((str(LEARNING),), record)
    return record


def learning(analysis: Analysis, state: State) -> Reply:
    """What the model gets right, or where its heads look, over its training; its answers at the chosen or last moment.

    Raises:
        InputError: there is no record of how this model learned.
    """
    record = read_record(analysis)
    if record is None or not record.moments:
        raise InputError("There is no record of how this model learned.", field="model")
    moments = record.moments
    chosen = int(state.option("moment", tuple(map(str, reversed(range(len(moments)))))))
    if state.option("learned", tuple(text.LEARNED)) == "answers":
        values, title, says = _what_it_gets_right(moments, chosen)
    else:
        values, title, says = _where_its_heads_look(moments, chosen)
    return card(
        learning_curves(
            values,
            [one.step for one in moments],
            [one.stage for one in moments],
            measure="share",
            chosen=chosen,
        ),
        title=title,
        says=says,
        html=render(
            "views/trust/learning.html", moment=moments[chosen], answers=answers_of(record, moments[chosen])
        ),
        table=(("Stage", "Step", *values), rows_of(moments, values)),
        press={"field": "moment", "values": [str(place) for place in range(len(moments))]},
    )


Shares = dict[str, list[float | None]]
"""Name to a share for each moment; None where it was not measured."""


def _what_it_gets_right(moments: Sequence[Moment], chosen: int) -> tuple[Shares, str, str]:
    values = {
        text.FILLED: [one.right if one.verdicts is None else None for one in moments],
        text.LABELLED: [None if one.verdicts is None else one.right for one in moments],
        text.NEGATIONS: [one.negations for one in moments],
        text.TRAPS: [one.traps for one in moments],
    }
    measured = {name: shares for name, shares in values.items() if any(one is not None for one in shares)}
    return measured, text.answers_title(moments), text.answers_says(moments[chosen])


def _where_its_heads_look(moments: Sequence[Moment], chosen: int) -> tuple[Shares, str, str]:
    values = {
        text.PREVIOUS: [previous_word(one.attentions) for one in moments],
        text.SINK: [attention_to_first(one.attentions) for one in moments],
    }
    now = {name: shares[chosen] for name, shares in values.items()}
    title = text.attention_title(moments, values[text.PREVIOUS])
    return values, title, text.attention_says(moments[chosen], now)


def previous_word(attentions: Sequence[np.ndarray]) -> float:
    """The share of the head that attends most to the previous token, averaged over tokens and pairs.

    Args:
        attentions: for each pair (layers, heads, tokens, tokens).
    """
    means = [np.diagonal(one, offset=-1, axis1=2, axis2=3).mean(axis=2) for one in attentions]
    return float(np.mean(means, axis=0).max())


def attention_to_first(attentions: Sequence[np.ndarray]) -> float:
    """The share that [CLS] gets, averaged over heads, tokens and pairs."""
    return float(np.mean([one[..., 0].mean() for one in attentions]))


def answers_of(record: Learning, moment: Moment) -> list[tuple[str, str]]:
    """A few of the questions asked at a moment, each with the answer."""
    if moment.verdicts is None:
        return list(zip(record.sentences, moment.answers, strict=True))[:SHOWN]
    return [
        (f"{premise} → {hypothesis}", f"{record.labels[row.argmax()]}, {percent(row.max())}")
        for (premise, hypothesis), row in zip(record.examples[:SHOWN], moment.verdicts, strict=False)
    ]


def rows_of(moments: Sequence[Moment], values: Shares) -> list[tuple[str, ...]]:
    """The numbers of the figure, a row each moment."""
    return [
        (
            moment.stage,
            f"{moment.step:,}",
            *(
                "not measured" if numbers[place] is None else percent(numbers[place], digits=1)
                for numbers in values.values()
            ),
        )
        for place, moment in enumerate(moments)
    ]


QUESTIONS = (Question("trust.learning", learning, reads=("moment", "learned"), pair=False),)
