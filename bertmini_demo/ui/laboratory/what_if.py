"""The tab What if?: heads switched off, a pinned pair beside another, and variants made of the pair at hand."""

import gradio as gr

from bertmini_demo.ui.laboratory.comparison import build_comparison
from bertmini_demo.ui.laboratory.switchboard import build_switchboard
from bertmini_demo.ui.laboratory.tabs import Tab
from bertmini_demo.ui.laboratory.variants import build_variants


def build_what_if() -> Tab:
    with gr.Tab("What if?", id="what-if") as item:
        heading("… a head were switched off?")
        switchboard, switched = build_switchboard()
        heading("… a word were another? This pair beside a pinned one")
        comparison, pinned = build_comparison()
        heading("… any one thing were different? Variants made by rule")
        variants, making, found = build_variants()
    return Tab(
        "what-if",
        item,
        panels=(*switchboard, comparison, variants),
        picks={"pair": (pinned, found), "open": (switched,)},
        actions=(making,),
    )


def heading(text: str) -> gr.HTML:
    return gr.HTML(f"<h3>{text}</h3>", elem_classes="heading")
