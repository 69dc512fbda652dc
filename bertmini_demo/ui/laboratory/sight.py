"""What is on the page, and what of it is in sight: a tab asks for its pictures when it is opened and when the view changes.

The sentences and what else is always seen are brought up to date first; what changed is then told to the browser, and the
tab that is open there asks for its own. So the coloured words wait for no picture, and no event carries other tabs' parts.
"""

from dataclasses import dataclass
from zlib import crc32

import gradio as gr

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.tabs import CHOICES, Panel, Tab, View

CHANGED = "watch('value', () => document.dispatchEvent(new Event('view-changed')));"
ASK = """
const panel = element.closest('[role=tabpanel]');
const displayed = () => panel.getClientRects().length > 0;
let open = false;
const look = () => {
  const opened = displayed() && !open;
  open = displayed();
  if (opened) trigger('select', {index: 0});
};
new MutationObserver(look).observe(panel, {attributes: true});
document.addEventListener('view-changed', () => { if (displayed()) trigger('select', {index: 0}); });
look();
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a tab asks to be brought up to date.

    Attributes:
        tab: its name.
        asks: its `select` event tells that the tab is in sight and may be out of date.
        shown: what each of its panels showed last.
    """

    tab: str
    asks: gr.HTML
    shown: gr.State


def build_sight(tab: Tab) -> Sight:
    with tab.item:
        asks = gr.HTML(
            "", html_template="", js_on_load=ASK, elem_id=f"asks-{tab.name}", elem_classes="listener"
        )
    return Sight(tab.name, asks, gr.State({}))


def build_view() -> Panel:
    """The panel that tells the browser when anything has changed that a tab may read."""
    view = gr.HTML("", html_template="", js_on_load=CHANGED, elem_id="view", elem_classes="listener")
    return Panel((view,), tell_view, reads=CHOICES)


def tell_view(analysis: Analysis, view: View) -> list[str]:
    """A short text that differs where the model, the pair or a choice does."""
    return [f"{crc32(repr((analysis.model.name, view)).encode()):08x}"]
