"""The list of made variants: asked for by a button, read by the model some at a time, each to be opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import gradio as gr

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.edits import (
    HYPOTHESIS_ONLY,
    KINDS,
    REPLACED,
    SWAPPED,
    Counterfactual,
    EditedPair,
    make_counterfactuals,
    make_edits,
    rank,
    score_in_batches,
)
from bertmini_demo.figures import rendering
from bertmini_demo.model.masked_lm import NO_LANGUAGE_MODEL
from bertmini_demo.results import Prediction
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.switchboard import points
from bertmini_demo.ui.laboratory.tabs import Action, Panel, View

ALL, FLIPS = "all", "flips"
INVITATION = (
    '<p class="says">Each word removed, each word replaced by what a masked-language model would put there, negations '
    "added and taken away, the sentences swapped, the hypothesis alone: one change at a time, sorted by how far it "
    "moves the verdict.</p>"
)
CAVEAT = (
    "A change may make an odd sentence, or one whose right label is another: a flip is something to look at, not a mistake. "
    "Only the pair as a whole tells what is right."
)


def build_variants() -> tuple[Panel, Action, gr.HTML]:
    """The panel, the work behind its button, and the list whose `select` opens a variant."""
    with gr.Row(elem_classes="controls"):
        button = gr.Button("Make variants", elem_id="make-variants", min_width=120)
        stop = gr.Button("Stop", elem_id="stop-variants", min_width=80)
        show = gr.Dropdown(
            [
                ("All", ALL),
                ("Those that flip the verdict", FLIPS),
                *((kind.capitalize(), kind) for kind in KINDS),
            ],
            value=ALL,
            label="Show",
            elem_id="kinds",
        )
    found = gr.HTML(js_on_load=OPEN_PAIR, elem_id="variants")
    panel = Panel((found,), show_variants, controls=(show,), known=known_variants)
    return panel, Action(button, stop, (found,), run_variants, controls=(show,)), found


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """The edits of a pair, and the model's answers to the first of them."""

    edits: tuple[EditedPair, ...]
    answers: tuple[Prediction, ...] = ()

    @property
    def told(self) -> str:
        return f"{len(self.answers)} of {len(self.edits)} variants read."


def known_variants(analysis: Analysis, view: View, _show: str) -> int | None:
    made = analysis.cached(make_counterfactuals, view.premise, view.hypothesis)
    return made and len(made.answers)


def show_variants(analysis: Analysis, view: View, show: str) -> list:
    """The variants of this pair, as many as have been made."""
    made: Made | None = analysis.cached(make_counterfactuals, view.premise, view.hypothesis)
    if made is None or not made.answers:
        return [INVITATION]
    variants = ranked(analysis, view, made)
    if len(made.answers) < len(made.edits):
        return [
            f'<p class="hint">{made.told} “Make variants” goes on from here.</p>{list_html(variants, show)}'
        ]
    return [variants_html(analysis, view, variants, show)]


def ranked(analysis: Analysis, view: View, made: Made) -> tuple[Counterfactual, ...]:
    """What was made, those first that move the verdict most."""
    verdict = analysis.trace(view.premise, view.hypothesis).prediction
    return rank(verdict, made.edits[: len(made.answers)], made.answers)


def run_variants(analysis: Analysis, view: View, show: str) -> Iterator[list]:
    """Makes the variants and shows them as they come in; goes on from those that are there.

    The last word is what the panel shows: it is sent again when the run is over, maybe after the panel.
    """
    model, limit, at_hand = (
        analysis.model,
        analysis.model.settings.page_word_pieces,
        (view.premise, view.hypothesis),
    )
    made: Made | None = analysis.cached(make_counterfactuals, *at_hand)
    if made is None:
        yield [rendering.progress(0, 1, "Variants are being written.")]
        made = Made(
            make_edits(
                model, analysis.trace(*at_hand).pair, language_model=analysis.language_model, limit=limit
            )
        )
        analysis.store(made, make_counterfactuals, *at_hand)
    for batch in score_in_batches(model, made.edits[len(made.answers) :], limit=limit):
        made = Made(made.edits, (*made.answers, *batch))
        analysis.store(made, make_counterfactuals, *at_hand)
        if len(made.answers) < len(made.edits):
            bar = rendering.progress(len(made.answers), len(made.edits), made.told)
            yield [bar + list_html(ranked(analysis, view, made), show)]
    yield show_variants(analysis, view, show)


def variants_html(analysis: Analysis, view: View, variants: Sequence[Counterfactual], show: str) -> str:
    verdict = analysis.trace(view.premise, view.hypothesis).prediction.label
    replaced = any(variant.edit.kind == REPLACED for variant in variants)
    missing = (
        "" if replaced or analysis.language_model else f" No word was replaced: {lower(NO_LANGUAGE_MODEL)}"
    )
    return f'<p class="says">{variants_say(variants, verdict)}{missing} {CAVEAT}</p>' + list_html(
        variants, show
    )


def lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def variants_say(variants: Sequence[Counterfactual], verdict: str) -> str:
    """How many flip the verdict, and what moves it most."""
    flips, most = sum(variant.flips for variant in variants), variants[0]
    before = most.probabilities[verdict] - most.change
    return (
        f"{flips or 'None'} of {len(variants)} variants {'turns' if flips == 1 else 'turn'} the verdict into another. "
        f"Furthest goes “{described(most.edit)}”: {rendering.label_name(verdict)} from {before:.0%} to "
        f"{most.probabilities[verdict]:.0%}."
    )


def list_html(variants: Sequence[Counterfactual], show: str) -> str:
    """A row a variant: what was changed, the verdict on it, how far the old verdict moved, and a way to open it."""
    rows = "".join(
        row_html(variant)
        for variant in variants
        if show in (ALL, variant.edit.kind) or (show == FLIPS and variant.flips)
    )
    if not rows:
        return '<p class="says">There is none of this kind.</p>'
    return (
        '<div class="variants scroll"><table><thead><tr><th scope="col">Change</th><th scope="col">Verdict on it</th>'
        '<th scope="col">Points</th><th scope="col">Open</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def row_html(variant: Counterfactual) -> str:
    edit = variant.edit
    told = rendering.label_name(variant.label)
    verdict = f'<strong class="flips">↷ {told}</strong>' if variant.flips else told
    side = "gain" if variant.change >= 0 else "loss"
    bar = f'<span class="way {side}" style="--size: {abs(variant.change):.3f}"></span>'
    sentences = {"premise": edit.premise, "hypothesis": edit.hypothesis}
    text = (
        ""
        if edit.kind in (HYPOTHESIS_ONLY, SWAPPED)
        else f"<small>{rendering.escape(sentences[edit.sentence])}</small>"
    )
    return (
        f'<tr class="{"flip" if variant.flips else ""}"><td>{described(edit, marked=True)}{text}</td>'
        f'<td>{verdict} <span class="share">{variant.probabilities[variant.label]:.0%}</span></td>'
        f'<td class="points">{points(variant.change)}{bar}</td><td>{open_html(edit)}</td></tr>'
    )


def open_html(edit: EditedPair) -> str:
    """A button that opens the variant as the pair at hand; the fields cannot hold a pair without a premise."""
    if edit.kind == HYPOTHESIS_ONLY:
        return "—"
    return (
        f'<button type="button" data-premise="{rendering.escape(edit.premise)}" '
        f'data-hypothesis="{rendering.escape(edit.hypothesis)}" '
        f'aria-label="Open: {described(edit)}">Open</button>'
    )


def described(edit: EditedPair, *, marked: bool = False) -> str:
    """What was changed, in a few words, escaped; the words themselves in bold where ``marked``."""
    was, now = (
        f"<b>{rendering.escape(words)}</b>" if marked else rendering.escape(words)
        for words in (edit.before, edit.after)
    )
    if edit.kind in (SWAPPED, HYPOTHESIS_ONLY):
        return edit.kind
    if not edit.after:
        return f"{edit.sentence} without {was}"
    return f"{edit.sentence}: {was} → {now}"
