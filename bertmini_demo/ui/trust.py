"""The part of the tab Why? that asks how far an attribution can be trusted; each question has its own button."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import gradio as gr
import numpy as np
from gradio.components import Component

from bertmini_demo.agreement import (
    ATTENTION,
    ROLLOUT,
    WordScores,
    agreement,
    attended_words,
    attributed_words,
    chance_spread,
)
from bertmini_demo.analysis import Analysis
from bertmini_demo.attribution import METHODS
from bertmini_demo.faithfulness import Faithfulness, measure
from bertmini_demo.figures.comparison import agreement_heatmap, methods_heatmap
from bertmini_demo.figures.interactions import interaction_heatmap
from bertmini_demo.figures.trust import deletion_curves, sanity_lines
from bertmini_demo.interactions import Interactions, interact
from bertmini_demo.rendering import label_name, method_name
from bertmini_demo.results import PREMISE
from bertmini_demo.sanity import SanityCheck, check_sanity
from bertmini_demo.ui import trust_text
from bertmini_demo.ui.question import QUESTION, current_target
from bertmini_demo.ui.tabs import PAIR, Action, Panel, View

COMPARED = (*METHODS, ATTENTION, ROLLOUT)
LABEL = ("target", "output", "baseline")
OWN = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Part:
    """One question with what answers it.

    Attributes:
        outputs: the status, the plots, and the sentence with the numbers, in this order.
        controls: of its own.
    """

    run: gr.Button
    stop: gr.Button
    outputs: tuple[Component, ...]
    controls: tuple[Component, ...]

    def panel(self, show: Callable[..., list], *, reads: tuple[str, ...]) -> Panel:
        return Panel(self.outputs, show, reads=reads, controls=self.controls)

    def action(self, work: Callable[..., Iterator[list]]) -> Action:
        return Action(self.run, self.stop, self.outputs, work, controls=self.controls)


def build_trust() -> tuple[tuple[Panel, ...], tuple[Action, ...]]:
    """Methods side by side, faithfulness, the sanity check, and interactions."""
    compare = build_part("compare", plots=("methods", "sizes", "signs"))
    faithful = build_part("faithful", plots=("deletion",), removal="delete")
    sanity = build_part("sanity", plots=("randomised",))
    together = build_part("together", plots=("interactions",), removal="mask")
    panels = (
        compare.panel(show_comparison, reads=(*LABEL, "word")),
        faithful.panel(show_faithfulness, reads=QUESTION),
        sanity.panel(show_sanity, reads=QUESTION),
        together.panel(show_interactions, reads=("target", "output", "word")),
    )
    actions = (
        compare.action(run_comparison),
        faithful.action(run_faithfulness),
        sanity.action(run_sanity),
        together.action(run_interactions),
    )
    return panels, actions


def build_part(name: str, *, plots: tuple[str, ...], removal: str | None = None) -> Part:
    """Heading, what is asked, a button to start and one to stop, and room for the answer.

    Args:
        plots: their ids; the first stands left of the others.
        removal: how words are taken away to begin with, where the reader can choose.
    """
    title, asks, button = trust_text.PARTS[name]
    gr.HTML(f'<h3>{title}</h3><p class="says">{asks}</p>', elem_classes="heading")
    controls = ()
    with gr.Row(elem_classes="controls"):
        if removal:
            ways = [(told[:1].upper() + told[1:], way) for way, told in trust_text.REMOVED.items()]
            controls = (gr.Radio(ways, value=removal, label="A word is", elem_id=f"{name}-removal"),)
        run = gr.Button(button, variant="primary", elem_id=f"{name}-run", scale=0, min_width=290)
        stop = gr.Button("Stop", elem_id=f"{name}-stop", scale=0, min_width=80)
    status = gr.HTML(elem_id=f"{name}-status")
    with gr.Row():
        drawn = [plot for column in filter(None, (plots[:1], plots[1:])) for plot in build_plots(column)]
    says = gr.HTML(elem_id=f"{name}-says")
    stop.click(trust_text.stopped, None, status, **OWN)
    return Part(run, stop, (status, *drawn, says), controls)


def build_plots(names: tuple[str, ...]) -> list[gr.Plot]:
    """A column of plots that take no room until they are drawn; a press on one of words chooses a word."""
    with gr.Column(min_width=320):
        return [
            gr.Plot(
                show_label=False,
                visible=False,
                elem_id=name,
                elem_classes=["figure", *(["by-word"] if name == "methods" else [])],
            )
            for name in names
        ]


def asked(analysis: Analysis, view: View, *names: str) -> dict[str, str]:
    """The pair and the named choices, as keywords; the target is a label."""
    choices = {name: getattr(view, name) for name in ("premise", "hypothesis", *names)}
    return choices | {"target": current_target(analysis, view)}


def choices_in(question: dict[str, str]) -> dict[str, str]:
    """What was asked without the pair."""
    return {name: value for name, value in question.items() if name not in PAIR}


def answer(*figures: object | None, says: str = "", status: str = "") -> list:
    """Values for the outputs of a part; a plot without a figure takes no room."""
    return [status, *(gr.update(value=figure, visible=figure is not None) for figure in figures), says]


def progress(done: int, total: int, *, plots: int, doing: str) -> list:
    """Values for the outputs of a part while it is at work: only the status changes."""
    return [trust_text.progress(done, total, doing=doing), *[gr.skip()] * (plots + 1)]


def score_words(analysis: Analysis, view: View) -> Iterator[tuple[WordScores, ...]]:
    """All ways of scoring, one after another, kept for the question; yields those known before each and at the end."""
    question = asked(analysis, view, *LABEL)
    found = analysis.remembered(score_words, **question)
    if found is None:
        found = ()
        for method in METHODS:
            yield found
            found += (attributed_words(analysis.attribution(**question, method=method)),)
        found += attended_words(analysis.trace(view.premise, view.hypothesis))
        analysis.keep(found, score_words, **question)
    yield found


def run_comparison(analysis: Analysis, view: View) -> Iterator[list]:
    for found in score_words(analysis, view):
        if len(found) < len(COMPARED):
            doing = f"Attributing by {method_name(COMPARED[len(found)])}"
            yield progress(len(found), len(COMPARED), plots=3, doing=doing)
    yield show_comparison(analysis, view)


def show_comparison(analysis: Analysis, view: View) -> list:
    """All ways of scoring side by side, and how far they agree."""
    found = analysis.remembered(score_words, **asked(analysis, view, *LABEL))
    if found is None:
        return answer(None, None, None, status=trust_text.waiting("compare"))
    pair, alike = analysis.trace(view.premise, view.hypothesis).pair, agreement(found)
    names = [method_name(words.method, title=True) for words in found]
    figures = (
        methods_heatmap(
            [words.scores for words in found],
            [word.text for word in pair.words],
            names=names,
            signed=[words.signed for words in found],
            sentences=[word.sentence for word in pair.words],
            chosen=view.word,
        ),
        agreement_heatmap(alike.sizes, names, title="Sizes of the scores"),
        agreement_heatmap(
            alike.signed,
            [method_name(method, title=True) for method in alike.signed_methods],
            title="Scores with their signs",
        ),
    )
    target = current_target(analysis, view)
    return answer(*figures, says=trust_text.compared(pair, found, alike, target=target))


def run_faithfulness(analysis: Analysis, view: View, removal: str) -> Iterator[list]:
    question, total = asked(analysis, view, *LABEL), 2 * len(COMPARED) + 1
    if analysis.remembered(measure, **question, removal=removal) is None:
        scores = ()
        for scores in score_words(analysis, view):
            yield progress(len(scores), total, plots=1, doing="Attributing by every method")
        pair, target = analysis.trace(view.premise, view.hypothesis).pair, question["target"]
        for found in measure(analysis.model, pair, scores, target=target, removal=removal):
            done = len(scores) + len(found.erasures) + 1
            yield progress(done, total, plots=1, doing=f"Asking with words {trust_text.REMOVED[removal]}")
        analysis.keep(found, measure, **question, removal=removal)
    yield show_faithfulness(analysis, view, removal)


def show_faithfulness(analysis: Analysis, view: View, removal: str) -> list:
    """The curve of the method at hand against random orders, and a table of all methods."""
    question = asked(analysis, view, *LABEL)
    found: Faithfulness | None = analysis.remembered(measure, **question, removal=removal)
    scores = analysis.remembered(score_words, **question)
    if found is None or scores is None:
        return answer(None, status=trust_text.waiting("faithful"))
    best = max(found.erasures, key=lambda method: found.erasures[method].comprehensiveness)
    figure = deletion_curves(
        {method_name(method, title=True): erasure.curve for method, erasure in found.erasures.items()},
        np.array([erasure.curve for erasure in found.random]),
        drawn={method_name(method, title=True) for method in (view.method, best)},
        target=label_name(found.target),
    )
    seconds = {words.method: words.seconds for words in scores}
    return answer(figure, says=trust_text.measured(found, seconds, method=view.method))


def run_sanity(analysis: Analysis, view: View) -> Iterator[list]:
    question = asked(analysis, view, *QUESTION)
    if analysis.remembered(check_sanity, **question) is None:
        pair, doing = analysis.trace(view.premise, view.hypothesis).pair, "Randomising the model part by part"
        yield progress(0, analysis.model.layers + 4, plots=1, doing=doing)
        for found in check_sanity(analysis.model, pair, **choices_in(question)):
            yield progress(len(found.sizes), found.places, plots=1, doing=doing)
        analysis.keep(found, check_sanity, **question)
    yield show_sanity(analysis, view)


def show_sanity(analysis: Analysis, view: View) -> list:
    """How alike the scores stay as the model is randomised."""
    found: SanityCheck | None = analysis.remembered(check_sanity, **asked(analysis, view, *QUESTION))
    if found is None:
        return answer(None, status=trust_text.waiting("sanity"))
    figure = sanity_lines(
        found.sizes, found.signed, layers=analysis.model.layers, chance=chance_spread(found.words)
    )
    return answer(figure, says=trust_text.checked(found, layers=analysis.model.layers))


def run_interactions(analysis: Analysis, view: View, removal: str) -> Iterator[list]:
    question = asked(analysis, view, "target", "output") | {"removal": removal}
    if analysis.remembered(interact, **question) is None:
        pair, doing = (
            analysis.trace(view.premise, view.hypothesis).pair,
            "Asking without words of the premise",
        )
        yield progress(0, sum(word.sentence == PREMISE for word in pair.words), plots=1, doing=doing)
        for done, found in enumerate(interact(analysis.model, pair, **choices_in(question)), start=1):
            yield progress(done, len(found.premise), plots=1, doing=doing)
        analysis.keep(found, interact, **question)
    yield show_interactions(analysis, view, removal)


def show_interactions(analysis: Analysis, view: View, removal: str) -> list:
    """What two words do that neither does alone, premise by hypothesis."""
    question = asked(analysis, view, "target", "output") | {"removal": removal}
    found: Interactions | None = analysis.remembered(interact, **question)
    if found is None:
        return answer(None, status=trust_text.waiting("together"))
    pair = analysis.trace(view.premise, view.hypothesis).pair
    premise, hypothesis = ([pair.words[i].text for i in side] for side in (found.premise, found.hypothesis))
    chosen = tuple(
        side.index(view.word) if view.word in side else None for side in (found.premise, found.hypothesis)
    )
    figure = interaction_heatmap(found.values, premise, hypothesis, chosen=chosen)
    return answer(figure, says=trust_text.joined(found, premise, hypothesis))
