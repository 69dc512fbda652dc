"""A pinned pair beside the pair at hand: verdicts, differences, words and what speaks for which label."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import gradio as gr

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.results import HYPOTHESIS, PREMISE, Attribution, EncodedPair, Prediction
from bertmini_demo.ui.laboratory.actions import QUIET
from bertmini_demo.ui.laboratory.question import QUESTION, VERDICT
from bertmini_demo.ui.laboratory.switchboard import points, tint
from bertmini_demo.ui.laboratory.tabs import Panel, View

# One element, three things to do: `apply` pins a pair, `clear` lets it go, `select` opens it as the pair at hand.
PRESS = """
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  const {does, premise, hypothesis} = button.dataset;
  window.pickedPair = [premise, hypothesis];
  trigger(does, {index: [premise, hypothesis]});
});
"""
LET_GO = ("clear", "Unpin", ("", ""))


def build_comparison() -> tuple[Panel, gr.HTML]:
    """The panel, and the component whose `select` opens the pinned pair."""
    pinned = gr.State(None)
    beside = gr.HTML(js_on_load=PRESS, elem_id="comparison")
    beside.apply(pin, None, pinned, **QUIET)
    beside.clear(lambda: None, None, pinned, **QUIET)
    return Panel((beside,), show_comparison, reads=QUESTION, controls=(pinned,)), beside


def pin(event: gr.EventData) -> tuple[str, str]:
    """The pair whose button was pressed."""
    premise, hypothesis = map(str, event.index)
    return premise, hypothesis


def show_comparison(analysis: Analysis, view: View, pinned: Sequence[str] | None) -> list:
    """The pinned pair and the one at hand; an invitation where none is pinned, or both are the same."""
    here = (view.premise, view.hypothesis)
    if pinned is None:
        return [invitation(here)]
    if tuple(pinned) == here:
        return [waiting(here)]
    traces = [analysis.trace(*pair) for pair in (pinned, here)]
    target = traces[0].prediction.label if view.target == VERDICT else view.target
    attributions = [
        analysis.attribution(
            *pair, method=view.method, target=target, output=view.output, baseline=view.baseline
        )
        for pair in (pinned, here)
    ]
    predictions = [trace.prediction for trace in traces]
    return [
        buttons(("select", "Open the pinned pair", pinned), ("apply", "Pin this pair instead", here), LET_GO)
        + differences(*predictions)
        + difference_says(*predictions)
        + sides(*attributions)
    ]


def buttons(*told: tuple[str, str, Sequence[str]]) -> str:
    """Buttons that do something with a pair: (event, text, pair)."""
    return (
        '<p class="all">'
        + " ".join(
            f'<button type="button" data-does="{does}" data-premise="{rendering.escape(pair[0])}" '
            f'data-hypothesis="{rendering.escape(pair[1])}">{text}</button>'
            for does, text, pair in told
        )
        + "</p>"
    )


def invitation(here: Sequence[str]) -> str:
    return (
        '<p class="says">Pin this pair, then change a word in the fields at the top of the page: both pairs will stand '
        "side by side here.</p>" + buttons(("apply", "Pin this pair", here))
    )


def waiting(here: Sequence[str]) -> str:
    return (
        f'<p class="says">Pinned: “{rendering.escape(here[0])}” and “{rendering.escape(here[1])}”. Now change a word in '
        "the fields at the top of the page and press Enter.</p>" + buttons(LET_GO)
    )


def differences(pinned: Prediction, here: Prediction) -> str:
    """Both probabilities of each label, and how far they differ."""
    largest = max(abs(here.probabilities[label] - share) for label, share in pinned.probabilities.items())

    def cell(prediction: Prediction, label: str) -> str:
        share, mark = prediction.probabilities[label], " ✓" if label == prediction.label else ""
        return (
            f'<td><span class="track"><span class="fill" style="width: {share:.1%}"></span></span> '
            f"{share:.1%}{mark}</td>"
        )

    rows = ""
    for label in pinned.probabilities:
        change = here.probabilities[label] - pinned.probabilities[label]
        rows += (
            f'<tr><th scope="row">{rendering.label_name(label)}</th>{cell(pinned, label)}{cell(here, label)}'
            f'<td style="background: {tint(change, largest or 1)}">{points(change)}</td></tr>'
        )
    return (
        '<table class="differences"><thead><tr><td></td><th scope="col">Pinned</th><th scope="col">This pair</th>'
        f'<th scope="col">Points</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def difference_says(pinned: Prediction, here: Prediction) -> str:
    """What the edit did to the verdict."""
    label, name = pinned.label, rendering.label_name(pinned.label)
    before, after = pinned.probabilities[label], here.probabilities[label]
    kept = (
        f"The verdict stays {name}"
        if here.label == label
        else f"The verdict turns from {name} into {rendering.label_name(here.label)}"
    )
    return (
        f'<p class="says" aria-live="polite">{kept}; {name} goes from {before:.1%} to {after:.1%}. If you changed one '
        "thing only, this is what it did, whatever any score says; it need not do the same in another pair.</p>"
    )


def sides(pinned: Attribution, here: Attribution) -> str:
    """The words of both pairs on one scale of colours, what is in one pair only underlined, and a table."""
    largest = max(*(abs(float(score)) for side in (pinned, here) for score in side.word_scores))
    target = rendering.label_name(here.target)
    legend = (
        f"Coloured by what speaks for (+) and against (−) {target} in either pair, on one scale"
        if here.signed
        else f"The darker, the more the {here.output} of {target} depends on the word, on one scale"
    )
    columns = "".join(
        f'<section class="side"><h4>{title}</h4>{words_html(side, other.pair, largest)}</section>'
        for title, side, other in (("Pinned", pinned, here), ("This pair", here, pinned))
    )
    return (
        f'<div class="beside">{columns}</div><p class="legend">{legend}. Underlined: in one pair only.</p>'
        + scores_table(pinned, here)
    )


def words_html(attribution: Attribution, other: EncodedPair, largest: float) -> str:
    """Two rows of coloured words."""
    found = ""
    for sentence in (PREMISE, HYPOTHESIS):
        units = rendering.units(attribution.pair, attribution, sentence=sentence, pieces=False, special=False)
        alone = only_here([unit.text for unit in units], texts(other, sentence))
        words = (
            f'<span class="{"only" if mark else "both"}">'
            + rendering.coloured(unit._replace(word=None), largest, signed=attribution.signed, chosen=None)
            + "</span>"
            for unit, mark in zip(units, alone, strict=True)
        )
        found += f'<p><span class="which">{sentence}</span> {" ".join(words)}</p>'
    return found


def texts(pair: EncodedPair, sentence: str) -> list[str]:
    return [word.text for word in pair.words if word.sentence == sentence]


def only_here(words: Sequence[str], others: Sequence[str]) -> list[bool]:
    """For each word whether the other sentence lacks it at that place."""
    alone = [True] * len(words)
    low, others = [word.lower() for word in words], [word.lower() for word in others]
    for block in SequenceMatcher(None, low, others, autojunk=False).get_matching_blocks():
        alone[block.a : block.a + block.size] = [False] * block.size
    return alone


def scores_table(pinned: Attribution, here: Attribution) -> str:
    rows = [
        (name, word.sentence, word.text, f"{score:.3f}")
        for name, side in (("pinned", pinned), ("this pair", here))
        for word, score in zip(side.pair.words, side.word_scores, strict=True)
    ]
    return rendering.table(("Pair", "Sentence", "Word", "Score"), rows, caption="The scores as a table")
