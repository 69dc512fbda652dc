"""What can be taken along: a report and the numbers as files, and each figure as a picture.

Files are put together in memory and saved by the browser: nothing a visitor typed is written to this machine's disk.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from bertmini_demo.data.examples import gallery
from bertmini_demo.data.export import as_csv, as_json
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.report import Findings, report
from bertmini_demo.results import Head
from bertmini_demo.settings import public_address
from bertmini_demo.ui.laboratory.question import current_attribution
from bertmini_demo.ui.laboratory.sharing import show_link
from bertmini_demo.ui.laboratory.tabs import View
from bertmini_demo.ui.server import request_log

KINDS = {"report": "text/html", "csv": "text/csv", "json": "application/json"}
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes a CSV file for one of its country's old encodings
SAVE = """parcel => {
  if (!parcel) return;
  const {name, type, text} = JSON.parse(parcel);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: `${type};charset=utf-8`}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}"""
# Plots are made anew whenever their figure is; the buttons stand in the block around them, which stays. A picture has
# the colours of the page, on its background.
PICTURES = """
const paint = async (block, format) => {
  const plot = block.querySelector('.js-plotly-plot'), style = getComputedStyle(block);
  const colour = name => style.getPropertyValue(name).trim();
  const layout = {...plot.layout, paper_bgcolor: colour('--body-background-fill'),
    font: {...plot.layout.font, color: colour('--body-text-color')}};
  const size = {width: plot.offsetWidth, height: plot.offsetHeight, scale: format === 'png' ? 2 : 1};
  const link = document.createElement('a');
  link.href = await window.Plotly.toImage({data: plot.data, layout}, {format, ...size});
  link.download = `${block.id}.${format}`;
  link.click();
};
// To a screen reader a figure is one picture, described by the sentence that stands below it.
const name = block => {
  const picture = block.querySelector('.svg-container:not([role])'), says = `${block.id}-says`;
  if (!picture) return;
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', 'Figure. What it shows and its numbers stand beside it in words and as a table.');
  picture.setAttribute('aria-describedby', document.getElementById(says) ? says : block.nextElementSibling?.id ?? '');
};
const offer = () => document.querySelectorAll('.figure').forEach(block => {
  name(block);
  if (!block.querySelector('.js-plotly-plot') || block.querySelector('.save-figure')) return;
  const row = document.createElement('div');
  row.className = 'save-figure';
  for (const format of ['png', 'svg']) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = format.toUpperCase();
    button.setAttribute('aria-label', `Save this figure as ${format.toUpperCase()}`);
    button.addEventListener('click', () => paint(block, format));
    row.append(button);
  }
  block.append(row);
});
document.addEventListener('figure-drawn', offer);
offer();
"""


@dataclass(frozen=True, slots=True)
class Exports:
    """The buttons by the kind of file, and what carries a file to the browser."""

    buttons: dict[str, gr.Button]
    parcel: gr.HTML

    def wire(self, find: Callable[[str | None], Analysis], inputs: list[Component], **lane: object) -> None:
        """Args:
        find: the analysis of a visitor's model.
        inputs: the model, pair, open tab, and the reader's choices in the order of tabs.View.
        """
        for kind, button in self.buttons.items():
            made = button.click(packer(find, kind), inputs, self.parcel, **lane)
            made.success(None, self.parcel, None, js=SAVE)


def build_exports() -> Exports:
    names = {"report": "Report (HTML)", "csv": "Numbers (CSV)", "json": "Numbers (JSON)"}
    buttons = {
        kind: gr.Button(name, size="sm", min_width=120, elem_id=f"save-{kind}")
        for kind, name in names.items()
    }
    parcel = gr.HTML("", html_template="", js_on_load=PICTURES, elem_classes="listener")
    return Exports(buttons, parcel)


def packer(find: Callable[[str | None], Analysis], kind: str) -> Callable[..., str]:
    """The handler that makes a file of one kind: its name, media type and text, as JSON."""

    def pack(
        chosen,
        premise,
        hypothesis,
        tab,
        word,
        detail,
        method,
        target,
        output,
        baseline,
        head,
        request: gr.Request,
    ) -> str:
        view = View.of(premise, hypothesis, word, detail, method, target, output, baseline, head)
        address = public_address() or request.headers.get("referer", "").partition("?")[0]
        with request_log.entry(f"save-{kind}") as entry:
            analysis = find(chosen)
            entry.word_pieces = len(analysis.trace(premise, hypothesis).tokens)
            text = make(analysis, view, kind=kind, link=f"{address}?{show_link(analysis, view, tab)[0]}")
        name = "bert-mini-report.html" if kind == "report" else f"bert-mini-numbers.{kind}"
        return json.dumps({"name": name, "type": KINDS[kind], "text": text})

    return pack


def make(analysis: Analysis, view: View, *, kind: str, link: str) -> str:
    """The text of a file."""
    trace = analysis.trace(view.premise, view.hypothesis)
    attribution, model = current_attribution(analysis, view), analysis.model
    head = Head.parse(view.head)
    if kind == "json":
        return as_json(trace, attribution, model=model.name)
    if kind == "csv":
        return BYTE_ORDER_MARK + as_csv(trace, attribution, head=head, model=model.name)
    expected = (
        one.label for one in gallery() if (one.premise, one.hypothesis) == (view.premise, view.hypothesis)
    )
    return report(
        Findings(
            trace=trace,
            attribution=attribution,
            parts=contributions(model, trace),
            early=early_exit(model, trace),
            head=head,
            model=model.name,
            expected=next(expected, None),
            link=link,
        )
    )
