"""The tab Traps: where a shallow rule misleads, how this model does there, and templates to write pairs of one's own."""

import random
from collections.abc import Callable, Iterator

import gradio as gr

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PAIRS,
    PUBLISHED,
    PUBLISHED_BY,
    SEED,
    ProbeResult,
    Template,
    draw_words,
    hans_accuracy,
    heuristics,
    predict_labels,
    probe_pairs,
    score,
    seed_accuracies,
    subcases,
    word_list,
)
from bertmini_demo.figures.hans_accuracy import Row, accuracy_rows
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.files import read_metrics
from bertmini_demo.ui.laboratory import traps_text
from bertmini_demo.ui.laboratory.actions import QUIET
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR, listener
from bertmini_demo.ui.laboratory.handlers import picked
from bertmini_demo.ui.laboratory.tabs import Action, Panel, Tab, View

TITLES = {ENTAILED: "Pairs that follow", NOT_ENTAILED: "Pairs that do not follow"}
FIGURES = {ENTAILED: "traps-entailed", NOT_ENTAILED: "traps-not-entailed"}
PICK_KIND = "point => point.customdata"  # a heuristic as a whole has none
SHOWN = 6  # examples of a sub-case
MOST_SLOTS = max(len(template.slots) for case in subcases().values() for template in case.templates)
OWN = {"trigger_mode": "always_last", **QUIET}


def build_traps(find: Callable[[str | None], Analysis], chosen: gr.State) -> Tab:
    """The tab; ``find`` gives the analysis of the model that ``chosen`` holds, for the pairs one writes."""
    first = next(iter(subcases()))
    with gr.Tab("Traps", id="traps") as item:
        explained = gr.HTML(traps_text.explained(), js_on_load=OPEN_PAIR, elem_id="traps-explained")
        with gr.Row(elem_classes="controls"):
            button = gr.Button("Run the probe", variant="primary", elem_id="probe-run", min_width=140)
            stop = gr.Button("Stop", elem_id="probe-stop", min_width=80)
            seed = gr.Number(
                SEED, label="Seed of the pairs", precision=0, elem_id="probe-seed", min_width=140
            )
        progress = gr.HTML(elem_id="probe-progress")
        with gr.Row():
            figures = [
                gr.Plot(show_label=False, elem_id=name, elem_classes="figure", min_width=320)
                for name in FIGURES.values()
            ]
        says = gr.HTML(elem_id="traps-says")
        subcase = gr.Dropdown(
            [
                (f"{heuristic.title}: {case.title} ({traps_text.label_told(case.label)})", case.name)
                for heuristic in heuristics()
                for case in heuristic.subcases
            ],
            value=first,
            label="Try pairs of this kind",
            elem_id="subcase",
        )
        for figure in FIGURES.values():
            listener(figure, PICK_KIND).select(picked, None, subcase, **OWN)
        examples = gr.HTML(js_on_load=OPEN_PAIR, elem_id="traps-examples")
        written = build_form(find, subcase, chosen)
        probed = gr.State(None)  # within the tab: the row counts whatever stands in it as one of its tabs
    findings = (progress, *figures, says)
    return Tab(
        "traps",
        item,
        panels=(
            Panel(findings, show_findings, controls=(seed,)),
            Panel((examples,), show_examples, controls=(subcase, seed, probed)),
        ),
        picks={"pair": (explained, examples, written)},
        actions=(Action(button, stop, (*findings, probed), run, controls=(seed,), ended_by=(seed,)),),
    )


def build_form(find: Callable[[str | None], Analysis], subcase: gr.Dropdown, chosen: gr.State) -> gr.HTML:
    """Write your own: a pattern of the chosen sub-case, a field for each of its slots, and the pair they make."""

    def write(name: str | None, pattern: str, *words: str | None) -> str:
        return written_pair(find(name).model, pattern, words)

    def fill(model: str | None, name: str) -> list:
        pattern = f"{name} 0"
        slots, words = fresh_slots(pattern)
        return [
            gr.update(choices=pattern_choices(name), value=pattern),
            *slots,
            write(model, pattern, *words),
        ]

    def refill(model: str | None, pattern: str) -> list:
        slots, words = fresh_slots(pattern)
        return [*slots, write(model, pattern, *words)]

    gr.HTML('<h3 class="part">Write your own</h3>')
    choices, (updates, words) = pattern_choices(subcase.value), fresh_slots(f"{subcase.value} 0")
    pattern = gr.Dropdown(choices, value=choices[0][1], label="Pattern", elem_id="pattern")
    with gr.Row(elem_classes="controls", elem_id="slots"):
        slots = [
            gr.Dropdown(
                update.get("choices", []),
                value=update.get("value"),
                label=update.get("label", "Word"),
                visible=update["visible"],
                allow_custom_value=True,
                min_width=130,
            )
            for update in updates
        ]
    written = gr.HTML(write(None, choices[0][1], *words), js_on_load=OPEN_PAIR, elem_id="written")
    subcase.change(fill, [chosen, subcase], [pattern, *slots, written], **OWN)
    pattern.input(refill, [chosen, pattern], [*slots, written], **OWN)
    for slot in slots:
        slot.input(write, [chosen, pattern, *slots], written, **OWN)
    chosen.change(write, [chosen, pattern, *slots], written, **OWN)
    return written


def pattern_choices(name: str) -> list[tuple[str, str]]:
    """The templates of a sub-case with their slots named, and how they are told apart: its name and a number."""
    return [
        (traps_text.pattern(template), f"{name} {number}")
        for number, template in enumerate(subcases()[name].templates)
    ]


def template_of(pattern: str) -> Template:
    name, number = pattern.rsplit(" ", 1)
    return subcases()[name].templates[int(number)]


def fresh_slots(pattern: str) -> tuple[list[dict], list[str]]:
    """Fields for a pattern's slots with words to begin with, always the same; fields to spare are hidden."""
    template = template_of(pattern)
    words = draw_words(template, random.Random(pattern))
    shown = [
        gr.update(label=label, choices=list(word_list(template.slots[slot])), value=words[slot], visible=True)
        for slot, label in traps_text.slot_labels(template).items()
    ]
    return shown + [gr.update(visible=False)] * (MOST_SLOTS - len(shown)), list(words.values())


def written_pair(model: NLIModel, pattern: str, words: tuple[str | None, ...] | list[str]) -> str:
    """The pair that the words make, with its label and what the model says; an empty field takes its list's first word."""
    template, case = template_of(pattern), subcases()[pattern.rsplit(" ", 1)[0]]
    filled = {
        slot: (word or "").strip() or word_list(name)[0]
        for (slot, name), word in zip(template.slots.items(), words, strict=False)
    }
    premise, hypothesis = template.fill(filled)
    try:
        answer = model.predict(premise, hypothesis, limit=model.settings.page_word_pieces).label
    except InputError as error:
        return traps_text.refused(str(error))
    return traps_text.written(premise, hypothesis, label=case.label, answer=answer)


def show_findings(analysis: Analysis, _view: View, seed: int | None) -> list:
    """What is known of the model, whatever the pair: progress, both figures, and their sense with the numbers."""
    seed = seed or 0
    result = analysis.of_model.get(("probe", seed))
    metrics = read_metrics(analysis.model.folder)
    hans = hans_accuracy(metrics)
    return [
        traps_text.progress(len(result.pairs) if result else 0, PAIRS * len(subcases())),
        *(
            accuracy_rows(accuracies(result, hans, label=label), title=title, source=PUBLISHED_BY)
            for label, title in TITLES.items()
        ),
        traps_text.findings(result, metrics, seed=seed) + traps_text.numbers(result, hans),
    ]


def show_examples(
    analysis: Analysis, view: View, name: str, seed: int | None, _probed: int | None = None
) -> list:
    """A few pairs of one sub-case; what the model says to them is known once the probe has run.

    Args:
        _probed: the seed the probe ran with last; it changes when there are new answers to show.
    """
    seed = seed or 0
    result = analysis.of_model.get(("probe", seed))
    pairs = probe_pairs(seed=seed)
    answers = result.answers if result else [None] * len(pairs)
    chosen = [(pair, answer) for pair, answer in zip(pairs, answers, strict=True) if pair.subcase == name][
        :SHOWN
    ]
    return [traps_text.examples(chosen, at_hand=(view.premise, view.hypothesis))]


def run(analysis: Analysis, view: View, seed: int | None) -> Iterator[list]:
    """The probe, batch by batch; its result is kept for the model and the seed, which is told at the end."""
    key, pairs = ("probe", seed or 0), probe_pairs(seed=seed or 0)
    if analysis.of_model.get(key) is None:
        answers: list[str] = []
        for batch in predict_labels(analysis.model, pairs):
            answers += batch
            yield [traps_text.progress(len(answers), len(pairs)), *[gr.skip()] * 4]
        analysis.of_model.put(key, score(pairs, answers))
    yield [*show_findings(analysis, view, seed), seed or 0]


def accuracies(result: ProbeResult | None, hans: dict[str, float] | None, *, label: str) -> list[Row]:
    """Each heuristic as a whole with its published figures, then its five sub-cases of one label."""
    rows = []
    for place, heuristic in enumerate(heuristics()):
        cases = [case for case in heuristic.subcases if case.label == label]
        names = [case.name for case in cases]
        whole = [result and result.mean(names), hans and sum(hans[name] for name in names) / len(names)]
        rows.append(
            Row(
                heuristic.title,
                *whole,
                whole=True,
                published=PUBLISHED[label][place],
                seeds=seed_accuracies(f"{heuristic.name}/{label}"),
            )
        )
        rows += [
            Row(
                case.title,
                result and result.accuracy[case.name],
                hans and hans[case.name],
                name=case.name,
                seeds=seed_accuracies(case.name),
            )
            for case in cases
        ]
    return rows
