"""The microscope of the tab Attention: one query of one head, from the dot products to what is passed on."""

import gradio as gr
import numpy as np

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.qkv import HeadReading, read_head
from bertmini_demo.figures import rendering
from bertmini_demo.figures.naming import place_name
from bertmini_demo.figures.qkv_bars import key_bars
from bertmini_demo.results import EncodedPair, Head
from bertmini_demo.ui.laboratory.tabs import Panel, View

FOLLOW = -1  # the query is the chosen word
HOW = (
    "A head gives each position a query, a key and a value. The query is multiplied with every key (q·k), divided "
    "by the root of the head’s size, and made into weights that sum to 1 (softmax). What a position then passes on is "
    "its weight times its value: ‖αf(x)‖ is the length of that vector, after Kobayashi et al. 2020. All word pieces "
    "are shown, [CLS] and [SEP] too, for they share the weight."
)
PROVES = (
    "A length says how much is written, not what it is good for: vectors of different keys can cancel, and the "
    "position’s own vector is added besides, past the head."
)


def build_microscope() -> tuple[Panel, Panel]:
    """The panel of the picture, and the one that offers tokens to pick."""
    gr.HTML("<h3>Microscope: one query of this head</h3>", elem_classes="heading")
    gr.HTML(explain_terms(f'<p class="says">{HOW}</p>'))
    picker = gr.Dropdown(
        [("The chosen word", FOLLOW)],
        value=FOLLOW,
        label="Query",
        elem_id="query",
        interactive=True,
        allow_custom_value=True,  # else Gradio refuses a token of the pair before that is still on its way
    )
    figure = gr.Plot(show_label=False, elem_id="microscope", elem_classes="figure")
    says = gr.HTML(elem_id="microscope-says")
    return (
        Panel((figure, says), show_microscope, reads=("head", "word"), controls=(picker,)),
        Panel((picker,), offer_tokens, reads=("word",)),
    )


def offer_tokens(analysis: Analysis, view: View) -> list:
    """Every token of the pair to pick from; a word chosen on the page takes precedence again."""
    tokens = analysis.trace(view.premise, view.hypothesis).tokens
    named = [(f"{position + 1}. {token}", position) for position, token in enumerate(tokens)]
    return [gr.Dropdown(choices=[("The chosen word", FOLLOW), *named], value=FOLLOW)]


def show_microscope(analysis: Analysis, view: View, picked: object) -> list:
    """The steps of one query as bars, who wins by weight and by length, and the numbers."""
    trace = analysis.trace(view.premise, view.hypothesis)
    head = Head.parse(view.head)
    reading = read_head(analysis.model, trace, head)
    query = query_position(trace.pair, view.word, picked)
    root = f"√{reading.head_size}"
    steps = {
        "q·k": reading.products[query],
        f"÷ {root}": reading.scaled[query],
        "softmax": reading.weights[query],
        "‖αf(x)‖": reading.norms[query],
    }
    chosen = () if view.word is None else trace.pair.words[view.word].positions
    figure = key_bars(steps, trace.tokens, query=query, chosen=chosen)
    says = query_sentence(trace.pair, query, place_name(*head)) + winners_sentence(
        trace.tokens, reading, query
    )
    return [figure, f'<p class="says">{says} {PROVES}</p>{steps_table(trace.tokens, reading, query, root)}']


def query_position(pair: EncodedPair, word: int | None, picked: object) -> int:
    """The picked token where the pair has it; else the first piece of the chosen word; else [CLS]."""
    if isinstance(picked, int) and FOLLOW < picked < len(pair.tokens):
        return picked
    return 0 if word is None else pair.words[word].positions[0]


def query_sentence(pair: EncodedPair, query: int, head: str) -> str:
    """Which token is looked at, as part of what."""
    told = f"<strong>{head}</strong>, query {quoted(pair.tokens, query)}"
    for word in pair.words:
        if query in word.positions and len(word.positions) > 1:
            piece = word.positions.index(query) + 1
            told += f", piece {piece} of {len(word.positions)} of “{rendering.escape(word.text)}”"
    return told + (", from which the verdict is read" if query == 0 else "") + ". "


def winners_sentence(tokens: tuple[str, ...], reading: HeadReading, query: int) -> str:
    """Which key wins by weight and which by the length of what it passes on, and why they differ."""
    weights, norms = reading.weights[query], reading.norms[query]
    lengths = np.linalg.norm(reading.values, axis=-1)
    first, second = int(weights.argmax()), int(norms.argmax())
    if first == second:
        return (
            f"{quoted(tokens, first)} wins both by weight ({weights[first]:.1%}) and by what is passed on: its weighted "
            f"value is {norms[first]:.2f} long, {norms[first] / norms.sum():.0%} of all lengths added up."
        )
    return (
        f"By weight {quoted(tokens, first)} wins ({weights[first]:.1%}), by what is passed on {quoted(tokens, second)} "
        f"({norms[second]:.2f} against {norms[first]:.2f}). They differ because the value f(x) of the first is "
        f"{lengths[first]:.2f} long and that of the second {lengths[second]:.2f}: a large weight on a short vector "
        "moves little."
    )


def quoted(tokens: tuple[str, ...], position: int) -> str:
    """A token with its place, since tokens repeat."""
    return f"“{rendering.escape(tokens[position])}” (token {position + 1})"


def steps_table(tokens: tuple[str, ...], reading: HeadReading, query: int, root: str) -> str:
    lengths = np.linalg.norm(reading.values, axis=-1)
    headings = ("Token", "Key", "q·k", f"÷ {root}", "Softmax: weight α", "Length of f(x)", "Length of αf(x)")
    columns = (
        reading.products[query],
        reading.scaled[query],
        reading.weights[query],
        lengths,
        reading.norms[query],
    )
    rows = (
        [position + 1, token, *(f"{column[position]:.3f}" for column in columns)]
        for position, token in enumerate(tokens)
    )
    return rendering.table(headings, rows, caption="This query’s numbers as a table")
