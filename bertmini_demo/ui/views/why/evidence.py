"""The words as evidence for one label: their scores, the run they come from, the method, and the training data."""

import numpy as np

from bertmini_demo.data.baseline_results import read_baseline_results
from bertmini_demo.data.glossary import method_notes
from bertmini_demo.data.word_labels import WordLabel, read_word_labels
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.figures.naming import capital, decimal
from bertmini_demo.figures.rendering import label_name, method_name
from bertmini_demo.figures.word_bars import word_bars
from bertmini_demo.figures.word_label_bars import word_label_bars
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.results import HYPOTHESIS
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.components.pair_bar import ATTRIBUTION, current_attribution
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import text

NAME = "why"
MAX_WORDS = 8  # of a hypothesis, with their labels in the training data


def bars(analysis: Analysis, state: State) -> Reply:
    """Each word's score, with what it was compared with and what it took."""
    attribution = current_attribution(analysis, state)
    prediction = analysis.trace(*state.pair).prediction
    words, scores = attribution.pair.words, attribution.word_scores
    return card(
        word_bars(
            [word.text for word in words],
            scores,
            signed=attribution.signed,
            sentences=[word.sentence for word in words],
            target=label_name(attribution.target),
            chosen=state.word,
        ),
        title=text.bars_title(attribution.target, prediction.label),
        says=text.evidence_says(attribution, prediction.logits),
        table=(
            ("Sentence", "Word", "Score"),
            [
                (word.sentence, word.text, decimal(score, digits=4))
                for word, score in zip(words, scores, strict=True)
            ],
        ),
        press={"field": "word", "values": list(range(len(words)))},
        html=render(
            "views/why/run.html",
            facts=text.run_facts(attribution),
            absent=text.baseline_says(attribution),
            warnings=text.run_warnings(attribution),
        ),
    )


def method(_analysis: Analysis, state: State) -> Reply:
    """What to know of the chosen method."""
    note = method_notes()[state.method]
    paper, _, link = note.paper.rpartition(" ")
    return card(
        title=method_name(state.method, title=True),
        says=capital(note.misleads),
        html=render("views/why/method.html", note=note, paper=paper.rstrip(","), link=link),
    )


def baselines(_analysis: Analysis, _state: State) -> Reply:
    """How faithful integrated gradients is with each baseline, measured once."""
    results = read_baseline_results()
    rows = [
        (
            text.BASELINE_NAMES[baseline],
            text.OUTPUT_NAMES[output],
            results.overall[output, baseline],
            [
                results.falls[label][output][baseline][removal]
                for label in results.falls
                for removal in text.REMOVED
            ],
        )
        for output in OUTPUTS
        for baseline in BASELINES
    ]
    return card(
        title="Which baseline finds the words that matter?",
        says=text.baselines_say(results),
        html=render(
            "views/why/baselines.html",
            labels=list(results.falls),
            removals=list(text.REMOVED.values()),
            rows=rows,
            random=[results.random[label][removal] for label in results.falls for removal in text.REMOVED],
        ),
    )


def given_away(analysis: Analysis, state: State) -> Reply:
    """The labels that the training pairs with a word had: the pressed word's, or those of the hypothesis's words."""
    pair = analysis.trace(*state.pair).pair
    counts = read_word_labels()
    word = None if state.word is None else pair.words[state.word]
    pressed = word is not None and word.sentence == HYPOTHESIS
    rows = counts.of_sentence(word.text if pressed else pair.hypothesis)[:MAX_WORDS]
    title = "What do its words give away without the premise?"
    if not rows:
        return card(title=title, says=text.NOTHING_COUNTED, html="")
    return card(
        label_bars(rows, counts.totals),
        title=title,
        says=text.given_away_says(
            rows[0], every=sum(counts.totals.values()), shipped=analysis.model.folder == SHIPPED
        ),
        table=(
            ("Word", "Pairs", *map(label_name, counts.totals)),
            [(row.word, row.count, *(row.counts[label] for label in counts.totals)) for row in rows],
        ),
    )


def label_bars(rows: tuple[WordLabel, ...], totals: dict[str, int]):
    """One bar a word, beside the labels' shares of all pairs."""
    every = sum(totals.values())
    return word_label_bars(
        np.array([[row.probabilities[label] for label in totals] for row in rows]),
        [row.word for row in rows],
        list(totals),
        counts=[row.count for row in rows],
        base=[pairs / every for pairs in totals.values()],
    )


QUESTIONS = (
    Question(f"{NAME}.bars", bars, reads=(*ATTRIBUTION, "word")),
    Question(f"{NAME}.method", method, reads=("method",), pair=False),
    Question(f"{NAME}.baselines", baselines, pair=False),
    Question(f"{NAME}.given_away", given_away, reads=("word",)),
)
