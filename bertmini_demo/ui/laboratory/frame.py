"""What stands above and below everything else on the page."""

import bertmini_demo
from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.figures.rendering import escape
from bertmini_demo.inference import NLIModel
from bertmini_demo.ui.laboratory.classroom import SWITCHES

WHAT = (
    "<p>Type two sentences, a premise and a hypothesis: see what a small BERT decides about them, which words made it "
    "decide so, and where each of its heads looks.</p>"
)


def header(model: NLIModel) -> str:
    return (
        f"<h1>BERT-mini, opened up</h1>{explain_terms(WHAT)}"
        f'<p class="model">Model: {escape(model.name)}, {model.layers} layers, {model.heads} heads, '
        f"{model.parameters / 1e6:.1f} million parameters</p>"
        f'<div class="lessons"><button type="button" class="take-tour">Take the tour</button>{SWITCHES}</div>'
    )


def foot() -> str:
    version = bertmini_demo.__version__
    return (
        "<p>What you type is held in this server’s memory while it is analysed; it is neither logged nor stored. "
        "A file that you hand over or take away lies in a temporary folder for about a day. "
        f"BERT-mini demo {version}, MIT licence. To cite: “BERT-mini demo, version {version}”, with "
        "Devlin et al. 2019 (BERT) and Turc et al. 2019 (BERT-mini).</p>"
    )
