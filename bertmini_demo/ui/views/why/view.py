"""Why: the words as evidence for one label, and each test of trust behind one button."""

from markupsafe import Markup

from bertmini_demo.attribution import METHODS
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.figures.faithfulness_curves import HEIGHT, KEY_HEIGHT
from bertmini_demo.figures.heatmaps.interaction_heatmap import interactions_height
from bertmini_demo.figures.heatmaps.method_heatmaps import agreement_height, methods_height
from bertmini_demo.figures.rendering import method_name
from bertmini_demo.figures.word_bars import bars_height
from bertmini_demo.results import PREMISE, EncodedPair
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import compared_methods, erased_words, evidence, randomised_layers, word_pairs
from bertmini_demo.ui.views.why.text import BASELINE_NAMES, OUTPUT_NAMES

NAME = "why"
TITLE = "Why"
SCRIPT = "views/why/client.js"
SKETCH = 350  # pixels
QUESTIONS = (
    *evidence.QUESTIONS,
    *compared_methods.QUESTIONS,
    *erased_words.QUESTIONS,
    *randomised_layers.QUESTIONS,
    *word_pairs.QUESTIONS,
)


def template(analysis: Analysis, state: State) -> Markup:
    """The view's markup; its labels are written by its client, the verdict's own first."""
    return render(
        "views/why/template.html",
        methods=[(method, method_name(method, title=True)) for method in METHODS],
        outputs=[(output, OUTPUT_NAMES[output]) for output in OUTPUTS],
        baselines=[(baseline, BASELINE_NAMES[baseline]) for baseline in BASELINES],
        heights=heights(analysis.trace(*state.pair).pair),
    )


def heights(pair: EncodedPair) -> dict[str, int]:
    """Pixels kept free for each figure; sketches are no higher than ``SKETCH``, which keeps the view short."""
    rows = len(pair.words) + 2  # the sentences' names
    figures = {
        "methods": methods_height(rows),
        "agreement": agreement_height(len(compared_methods.COMPARED)),
        "randomised": HEIGHT,
        "faithfulness": HEIGHT + KEY_HEIGHT,
        "together": interactions_height(sum(word.sentence == PREMISE for word in pair.words)),
    }
    return {"bars": bars_height(rows), **{name: min(SKETCH, height) for name, height in figures.items()}}
