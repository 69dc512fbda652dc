"""What one new pair sends to the browser for all heads, against BertViz's model view of the same attention.

BertViz (Vig 2019, https://arxiv.org/abs/1906.05714) is measured where it is installed; the page does not need it.
"""

from importlib.util import find_spec

import torch

from bertmini_demo.benchmark.sample_pairs import pair_of_length
from bertmini_demo.figures.heatmaps.attention_heatmaps import head_grid
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import Trace

LENGTHS = (32, 64, 128)


def transfer_sizes(model: NLIModel) -> list[dict]:
    """Kilobytes of our grid of heads as JSON and of BertViz's view without its libraries, and their ratio."""
    rows = []
    for pieces in (length for length in LENGTHS if length <= model.positions):
        trace = model.trace(*pair_of_length(model, pieces))
        ours = len(head_grid(trace.attentions, trace.tokens).to_json()) / 1000
        theirs = model_view_bytes(trace) / 1000 if find_spec("bertviz") else None
        rows.append(
            {
                "word_pieces": pieces,
                "ours_kilobytes": ours,
                "bertviz_kilobytes": theirs,
                "ratio": ours / theirs if theirs else None,
            }
        )
    return rows


def model_view_bytes(trace: Trace) -> int:
    """The size of what BertViz writes for a pair; its own script is a few kilobytes of it."""
    from bertviz import model_view

    attentions = [torch.tensor(layer)[None] for layer in trace.attentions]
    view = model_view(
        attentions,
        list(trace.tokens),
        sentence_b_start=trace.tokens.index("[SEP]") + 1,
        html_action="return",
    )
    return len(view.data.encode())
