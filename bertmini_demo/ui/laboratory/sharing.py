"""The link to what is on the page: made as the reader chooses, copied by a button, opened with the page."""

from collections.abc import Callable, Mapping

import gradio as gr
from gradio.components import Component

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.settings import public_address
from bertmini_demo.ui.laboratory.door import destination
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.navigation import not_opened, read_query, write_query
from bertmini_demo.ui.laboratory.tabs import CHOICES, DETAILS, Panel, View

BUTTON = (
    '<div class="share"><button type="button" class="copy-link">Copy link</button>'
    '<label class="link" hidden>Copy this link: <input type="text" readonly></label>'
    '<output role="status"></output></div>'
)
# The value is the query string of what is on the page. Inside a frame the address is the frame's own, which opens
# by itself; where the browser refuses the clipboard, the link is shown, selected.
COPY = """
const find = selector => element.querySelector(selector);
const link = () => `${props.address || location.origin + location.pathname}?${props.value}`;
let soon = null;
const tell = text => {
  find('output').textContent = text;
  clearTimeout(soon);
  soon = setTimeout(() => { find('output').textContent = ''; }, 5000);
};
const show = () => {
  find('.link').hidden = false;
  find('input').value = link();
  find('input').focus();
  find('input').select();
};
const copy = async () => {
  try {
    await navigator.clipboard.writeText(link());
    find('.link').hidden = true;
    tell('Copied');
  } catch {
    show();
  }
};
element.addEventListener('click', event => { if (event.target.closest('.copy-link')) copy(); });
watch('value', () => { find('.link').hidden = true; });
document.addEventListener('open-anew', () => {
  const place = new URL(location), typed = name => document.querySelector(`#${name} textarea`).value;
  new URLSearchParams(props.value).forEach((value, key) => place.searchParams.set(key, value));
  ['premise', 'hypothesis'].forEach(name => place.searchParams.set(name, typed(name)));
  location.assign(place);
});
"""


def build_told() -> gr.HTML:
    """Where it is said what of a link could not be opened."""
    return gr.HTML(told_html([]), elem_id="link-told")


def build_link(open_tab: gr.State) -> Panel:
    """The button, and the panel that keeps its link up to date."""
    button = gr.HTML("", html_template=BUTTON, js_on_load=COPY, elem_id="share", address=public_address())
    return Panel((button,), show_link, reads=CHOICES, controls=(open_tab,))


def show_link(analysis: Analysis, view: View, tab: str) -> list[str]:
    """The query string of the place at hand."""
    details = [name for name, chosen in zip(DETAILS, (view.pieces, view.special), strict=True) if chosen]
    place = {name: getattr(view, name) for name in ("word", "target", "method", "output", "baseline", "head")}
    place |= {"pair": (view.premise, view.hypothesis), "tab": tab, "detail": details}
    return [write_query(place, model=analysis.model.name)]


def opening(
    handlers: Handlers, choices: Mapping[str, Component], tabs: tuple[str, ...]
) -> Callable[..., list]:
    """The handler that opens the place that the page's own address names.

    It takes the pair and how many pairs were opened so; it returns what could not be opened, as HTML, and what the
    handler of :meth:`Handlers.open` returns.
    """

    def handle(premise: str, hypothesis: str, opened: int, request: gr.Request) -> list:
        link, analysis = read_query(request.query_params), handlers.analysis
        asked, told = dict(link.place), []
        if "pair" in asked and (fault := unreadable(analysis, asked["pair"])):
            told = [f"The pair of the link cannot be opened. {fault}"]
            asked["word"] = None  # it was a word of that pair
        place = destination(asked, analysis, pair=(premise, hypothesis), choices=choices, tabs=tabs)
        told += not_opened(link, place, model=analysis.model.name)
        return [told_html(told), *handlers.arrive(place, opened=opened, choices=choices)]

    return handle


def unreadable(analysis: Analysis, pair: object) -> str:
    """Why a pair cannot be opened; empty where it can."""
    try:
        words = analysis.trace(*pair).pair.words
    except InputError as error:
        return str(error)
    return "" if words else "It has no words."


def told_html(told: list[str]) -> str:
    lines = "".join(f"<p>{rendering.escape(line)}</p>" for line in told)
    return f'<div class="link-told" role="status">{lines}</div>'
