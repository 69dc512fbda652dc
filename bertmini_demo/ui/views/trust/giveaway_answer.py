"""What do words give away? How often each word of this hypothesis came with each label in the training data."""

import numpy as np

from bertmini_demo.data.word_labels import read_word_labels
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.figures.word_label_bars import word_label_bars
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import text

MAX_WORDS = 10  # drawn, those that give most away first


def giveaway(analysis: Analysis, state: State) -> Reply:
    """P(label | word) for the words of this hypothesis, and the verdict on the hypothesis alone."""
    model, counted = analysis.model, read_word_labels()
    (alone,) = model.predict_batch([state.pair], limit=model.settings.page_word_pieces, empty_premise=True)
    verdict = analysis.trace(*state.pair).prediction
    words = counted.of_sentence(state.hypothesis)[:MAX_WORDS]
    labels = list(counted.totals)
    says = text.alone_says(verdict, alone)
    if not words:
        return card(
            title="What do the words of this hypothesis give away?",
            says=says,
            html=render("views/trust/missing.html", message=text.NO_WORDS),
        )
    figure = word_label_bars(
        np.array([[word.probabilities[label] for label in labels] for word in words]),
        [word.word for word in words],
        labels,
        counts=[word.count for word in words],
        base=[pairs / sum(counted.totals.values()) for pairs in counted.totals.values()],
    )
    return card(
        figure,
        title=text.giveaway_title(words[0]),
        says=f"{text.giveaway_says(words[0], shipped=model.folder == SHIPPED)} {says}",
        table=(
            ("Word", "Training pairs", *(f"P({label_name(label)} | word)" for label in labels)),
            [
                (word.word, f"{word.count:,}", *(percent(word.probabilities[label]) for label in labels))
                for word in words
            ],
        ),
    )


QUESTIONS = (Question("trust.giveaway", giveaway),)
