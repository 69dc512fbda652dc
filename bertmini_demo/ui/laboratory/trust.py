"""The part of the tab Why? that asks how far an attribution can be trusted; each question has its own button."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import gradio as gr
import numpy as np
from gradio.components import Component

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.faithfulness import Faithfulness, measure
from bertmini_demo.explain.interactions import Interactions, interact
from bertmini_demo.explain.randomization_check import SanityCheck, check_sanity
from bertmini_demo.explain.rank_correlation import chance_spread
from bertmini_demo.explain.word_scores import method_agreement
from bertmini_demo.figures import rendering
from bertmini_demo.figures.faithfulness_curves import deletion_curves, sanity_lines
from bertmini_demo.figures.heatmaps.interaction_heatmap import interaction_heatmap
from bertmini_demo.figures.heatmaps.method_heatmaps import agreement_heatmap, methods_heatmap
from bertmini_demo.figures.rendering import label_name, method_name
from bertmini_demo.results import PREMISE
from bertmini_demo.ui.laboratory import trust_text
from bertmini_demo.ui.laboratory.question import QUESTION, Question, current_target
from bertmini_demo.ui.laboratory.scored import COMPARED, LABEL, SLOWEST, asked, known_scores, score_words
from bertmini_demo.ui.laboratory.tabs import PAIR, Action, Panel, View


@dataclass(frozen=True, slots=True)
class Part:
    """One question with what answers it.

    Attributes:
        status: how far the work is.
        answer: the plots, and the sentence with the numbers, in this order.
        controls: of its own.
    """

    run: gr.Button
    stop: gr.Button
    status: gr.HTML
    answer: tuple[Component, ...]
    controls: tuple[Component, ...]

    def panels(
        self, show: Callable[..., list], known: Callable[..., object], *, asked: tuple[str, ...], word: bool
    ) -> tuple[Panel, ...]:
        """The answer, and the status, which another question clears.

        Args:
            asked: the choices that make the question.
            word: whether the answer marks the chosen word.
        """
        reads = (*asked, "word") if word else asked
        return (
            Panel(self.answer, show, reads=reads, controls=self.controls, known=known),
            Panel((self.status,), lambda *_: [""], reads=asked, controls=self.controls),
        )

    def action(self, work: Callable[..., Iterator[list]], *, asked: tuple[Component, ...]) -> Action:
        """The work behind the button; another answer to what was ``asked``, or to its own controls, ends it."""
        return Action(
            self.run,
            self.stop,
            (self.status, *self.answer),
            work,
            controls=self.controls,
            ended_by=(*asked, *self.controls),
        )


def build_trust(question: Question) -> tuple[tuple[Panel, ...], tuple[Action, ...]]:
    """Methods side by side, faithfulness, the sanity check, and interactions."""
    compare = build_part("compare", plots=("methods", "sizes", "signs"))
    faithful = build_part("faithful", plots=("deletion",), removal="delete")
    sanity = build_part("sanity", plots=("randomised",))
    together = build_part("together", plots=("interactions",), removal="mask")
    label = tuple(getattr(question, name) for name in LABEL)
    panels = (
        *compare.panels(show_comparison, known_ways, asked=LABEL, word=True),
        *faithful.panels(show_faithfulness, known_faithfulness, asked=QUESTION, word=False),
        *sanity.panels(show_sanity, known_sanity, asked=QUESTION, word=False),
        *together.panels(show_interactions, known_interactions, asked=("target", "output"), word=True),
    )
    actions = (
        compare.action(run_comparison, asked=label),
        faithful.action(run_faithfulness, asked=label),
        sanity.action(run_sanity, asked=(question.method, *label)),
        together.action(run_interactions, asked=(question.target, question.output)),
    )
    return panels, actions


def build_part(name: str, *, plots: tuple[str, ...], removal: str | None = None) -> Part:
    """Heading, what is asked, a button to start and one to stop, and room for the answer.

    Args:
        plots: their ids; the first stands left of the others.
        removal: how words are taken away to begin with, where the reader can choose.
    """
    title, asks, button = trust_text.PARTS[name]
    gr.HTML(explain_terms(f'<h3>{title}</h3><p class="says">{asks}</p>'), elem_classes="heading")
    controls = ()
    with gr.Row(elem_classes="controls"):
        if removal:
            ways = [(told[:1].upper() + told[1:], way) for way, told in trust_text.REMOVED.items()]
            controls = (gr.Radio(ways, value=removal, label="A word is", elem_id=f"{name}-removal"),)
        run = gr.Button(button, variant="primary", elem_id=f"{name}-run", scale=0, min_width=160)
        stop = gr.Button("Stop", elem_id=f"{name}-stop", scale=0, min_width=80)
    status = gr.HTML(elem_id=f"{name}-status")
    with gr.Row():
        drawn = [plot for column in filter(None, (plots[:1], plots[1:])) for plot in build_plots(column)]
    says = gr.HTML(elem_id=f"{name}-says")
    return Part(run, stop, status, (*drawn, says), controls)


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


def choices_in(question: dict[str, str]) -> dict[str, str]:
    """What was asked without the pair."""
    return {name: value for name, value in question.items() if name not in PAIR}


def answer(*figures: object | None, says: str) -> list:
    """Values for the answer of a part; a plot without a figure takes no room."""
    return [*(gr.update(value=figure, visible=figure is not None) for figure in figures), says]


def working(done: int, total: int, *, plots: int, doing: str) -> list:
    """Values for the outputs of a part while it is at work: only the status changes."""
    return [rendering.progress(done, total, f"{doing}: {done} of {total}."), *[gr.skip()] * (plots + 1)]


def done(*, plots: int) -> list:
    """The work is over: the status is cleared, and the panel shows what was kept."""
    return ["", *[gr.skip()] * (plots + 1)]


def run_comparison(analysis: Analysis, view: View) -> Iterator[list]:
    for scored in score_words(analysis, view):
        if scored.missing:
            doing = f"Attributing by {method_name(scored.missing[0])}"
            step = working(len(COMPARED) - len(scored.missing), len(COMPARED), plots=3, doing=doing)
            if scored.missing == (SLOWEST,):
                step[1:] = show_comparison(analysis, view)  # all others need not wait for it
            yield step
    yield done(plots=3)


def known_ways(analysis: Analysis, view: View) -> int:
    scored = known_scores(analysis, view)
    return len(scored.words) + len(scored.failed) if scored else 0


def show_comparison(analysis: Analysis, view: View) -> list:
    """All ways of scoring that are known side by side, and how far they agree."""
    scored = known_scores(analysis, view)
    if scored is None:
        return answer(None, None, None, says=trust_text.waiting("compare"))
    found = scored.words
    pair, alike = analysis.trace(view.premise, view.hypothesis).pair, method_agreement(found)
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
    lacking = trust_text.lacking(scored.missing, scored.failed)
    told = trust_text.compared(pair, found, alike, target=current_target(analysis, view))
    return answer(*figures, says=lacking + told)


def run_faithfulness(analysis: Analysis, view: View, removal: str) -> Iterator[list]:
    question, total = asked(analysis, view, *LABEL), 2 * len(COMPARED) + 1
    for scored in score_words(analysis, view):
        ready = len(COMPARED) - len(scored.missing)
        yield working(ready, total, plots=1, doing="Attributing by every method")
    kept = known_faithfulness(analysis, view, removal)
    if kept < len(scored.words):
        pair, target = analysis.trace(view.premise, view.hypothesis).pair, question["target"]
        for found in measure(analysis.model, pair, scored.words, target=target, removal=removal):
            doing = f"Asking with words {trust_text.REMOVED[removal]}"
            yield working(ready + len(found.erasures), total, plots=1, doing=doing)
        analysis.store(found, measure, **question, removal=removal)
    yield done(plots=1)


def known_faithfulness(analysis: Analysis, view: View, removal: str) -> int:
    found = analysis.cached(measure, **asked(analysis, view, *LABEL), removal=removal)
    return len(found.erasures) if found else 0


def show_faithfulness(analysis: Analysis, view: View, removal: str) -> list:
    """The curve of the method at hand against random orders, and a table of all methods."""
    question, scored = asked(analysis, view, *LABEL), known_scores(analysis, view)
    found: Faithfulness | None = analysis.cached(measure, **question, removal=removal)
    if found is None or scored is None:
        return answer(None, says=trust_text.waiting("faithful"))
    best = max(found.erasures, key=lambda method: found.erasures[method].comprehensiveness)
    method = view.method if view.method in found.erasures else best
    figure = deletion_curves(
        {method_name(method, title=True): erasure.curve for method, erasure in found.erasures.items()},
        np.array([erasure.curve for erasure in found.random]),
        drawn={method_name(method, title=True) for method in (method, best)},
        target=label_name(found.target),
    )
    seconds = {words.method: words.seconds for words in scored.words}
    lacking = trust_text.lacking((), scored.failed)
    return answer(figure, says=lacking + trust_text.measured(found, seconds, method=method))


def run_sanity(analysis: Analysis, view: View) -> Iterator[list]:
    question = asked(analysis, view, *QUESTION)
    if not known_sanity(analysis, view):
        pair, doing = analysis.trace(view.premise, view.hypothesis).pair, "Randomising the model part by part"
        yield working(0, analysis.model.layers + 4, plots=1, doing=doing)
        for found in check_sanity(analysis.model, pair, **choices_in(question)):
            yield working(len(found.sizes), found.places, plots=1, doing=doing)
        analysis.store(found, check_sanity, **question)
    yield done(plots=1)


def known_sanity(analysis: Analysis, view: View) -> bool:
    return analysis.cached(check_sanity, **asked(analysis, view, *QUESTION)) is not None


def show_sanity(analysis: Analysis, view: View) -> list:
    """How alike the scores stay as the model is randomised."""
    found: SanityCheck | None = analysis.cached(check_sanity, **asked(analysis, view, *QUESTION))
    if found is None:
        return answer(None, says=trust_text.waiting("sanity"))
    figure = sanity_lines(
        found.sizes, found.signed, layers=analysis.model.layers, chance=chance_spread(found.words)
    )
    return answer(figure, says=trust_text.checked(found, layers=analysis.model.layers))


def run_interactions(analysis: Analysis, view: View, removal: str) -> Iterator[list]:
    question = asked(analysis, view, "target", "output") | {"removal": removal}
    if not known_interactions(analysis, view, removal):
        pair = analysis.trace(view.premise, view.hypothesis).pair
        doing = "Asking without words of the premise"
        yield working(0, sum(word.sentence == PREMISE for word in pair.words), plots=1, doing=doing)
        for ready, found in enumerate(interact(analysis.model, pair, **choices_in(question)), start=1):
            yield working(ready, len(found.premise), plots=1, doing=doing)
        analysis.store(found, interact, **question)
    yield done(plots=1)


def known_interactions(analysis: Analysis, view: View, removal: str) -> bool:
    question = asked(analysis, view, "target", "output") | {"removal": removal}
    return analysis.cached(interact, **question) is not None


def show_interactions(analysis: Analysis, view: View, removal: str) -> list:
    """What two words do that neither does alone, premise by hypothesis."""
    question = asked(analysis, view, "target", "output") | {"removal": removal}
    found: Interactions | None = analysis.cached(interact, **question)
    if found is None:
        return answer(None, says=trust_text.waiting("together"))
    pair = analysis.trace(view.premise, view.hypothesis).pair
    premise, hypothesis = ([pair.words[i].text for i in side] for side in (found.premise, found.hypothesis))
    chosen = tuple(
        side.index(view.word) if view.word in side else None for side in (found.premise, found.hypothesis)
    )
    figure = interaction_heatmap(found.values, premise, hypothesis, chosen=chosen)
    return answer(figure, says=trust_text.joined(found, premise, hypothesis))
