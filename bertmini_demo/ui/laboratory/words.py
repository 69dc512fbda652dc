"""The tab Words: from text to word pieces and vectors, and which word the pretrained model expects in a gap."""

from typing import NamedTuple

import gradio as gr
import numpy as np

from bertmini_demo.data.glossary import explain_terms
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.embeddings import Embeddings, add_embeddings, nearest_pieces
from bertmini_demo.explain.layer_similarity import cosine
from bertmini_demo.explain.wordpiece_trace import read_words
from bertmini_demo.figures import rendering
from bertmini_demo.figures.embedding_strips import ADDED, NORMALISED, embedding_strips
from bertmini_demo.model.masked_lm import NO_LANGUAGE_MODEL, FilledGap, LanguageModel
from bertmini_demo.results import HYPOTHESIS, EncodedPair
from bertmini_demo.ui.laboratory import words_html as html
from bertmini_demo.ui.laboratory.actions import QUIET
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.layers import heading
from bertmini_demo.ui.laboratory.tabs import Panel, Tab, View

PIECES_SHOWN = 3  # of one word, with their vectors
CHOOSE = """
element.addEventListener('click', event => {
  const word = event.target.closest('[data-word]');
  if (word) trigger('select', {index: Number(word.dataset.word)});
});
"""
EMBEDDING_CAVEAT = (
    "A single dimension of an embedding has no meaning that anyone gave it; directions and lengths do. Normalising brings "
    "every sum to the same spread: from here on only its direction counts. This is all the encoder receives, and the only place "
    "where it learns which piece stands where."
)
NEIGHBOUR_CAVEAT = (
    "The table holds one vector a piece, whatever its meaning in this pair. Near means that the pieces are used in like "
    "ways, which opposites are, too; frequent pieces are near to frequent ones."
)
KEPT = (
    "A gap is kept. Choose another word of the pair and press a candidate for it, or type: the kept gap is then shown "
    "before and after the change."
)


class Gap(NamedTuple):
    """A pair and the word of it that is filled."""

    premise: str
    hypothesis: str
    word: int


def build_words() -> Tab:
    with gr.Tab("Words", id="words") as item:
        heading("From text to word pieces")
        cards = gr.HTML(js_on_load=CHOOSE, elem_id="cards")
        heading("The chosen word, piece by piece")
        matching = gr.HTML(elem_id="matching")
        heading("Three embeddings, added and normalised")
        strips = gr.Plot(show_label=False, elem_id="strips", elem_classes="figure")
        sums = gr.HTML(elem_id="sums")
        heading("Near in the table of embeddings")
        near = gr.HTML(elem_id="near")
        heading("Which word is expected here?")
        with gr.Row(elem_classes="controls"):
            whole = gr.Checkbox(False, label="Whole words only", elem_id="whole-words")
            keep = gr.Button("Keep this gap to compare", elem_id="keep-gap", min_width=120)
            forget = gr.Button("Forget it", elem_id="forget-gap", min_width=120)
        fillings = gr.HTML(js_on_load=OPEN_PAIR, elem_id="fillings")
        shown, kept, asked = gr.State(None), gr.State(None), gr.State("")
        with gr.Row(elem_classes="controls"):
            text = gr.Textbox(
                label="A text of your own with one [MASK] or more",
                placeholder="A man is [MASK] a [MASK].",
                lines=1,
                elem_id="own-text",
            )
            ask = gr.Button("Fill", elem_id="fill-text", min_width=120)
        answer = gr.HTML(elem_id="own-fillings")
    # Queued: else a state does not tell its change.
    keep.click(lambda gap: gap, shown, kept, **QUIET)
    forget.click(lambda: None, None, kept, **QUIET)
    gr.on([text.submit, ask.click], lambda text: text, text, asked, **QUIET)
    panels = (
        Panel((cards,), show_pair, reads=("word",)),
        Panel((matching, strips, sums, near), show_word, reads=("word",)),
        Panel((fillings, shown), show_gap, reads=("word",), controls=(whole, kept)),
        Panel((answer,), show_text, controls=(asked, whole)),
    )
    return Tab("words", item, panels, picks={"word": (cards,), "pair": (fillings,)})


def current_word(pair: EncodedPair, word: int | None) -> int:
    """The chosen word; where none is, the last word of the hypothesis that is no mark."""
    if word is not None:
        return word
    letters = [index for index, one in enumerate(pair.words) if one.text[-1:].isalnum()]
    of_hypothesis = [index for index in letters if pair.words[index].sentence == HYPOTHESIS]
    return [0, *letters, *of_hypothesis][-1]


def show_pair(analysis: Analysis, view: View) -> list:
    """Both sentences as words and word pieces."""
    pair = analysis.trace(view.premise, view.hypothesis).pair
    readings = analysis.compute(read_words, view.premise, view.hypothesis)
    chosen = current_word(pair, view.word)
    return [html.pair_says(pair, readings) + html.pair_cards(pair, readings, chosen=chosen)]


def show_word(analysis: Analysis, view: View) -> list:
    """How the chosen word was matched, its vectors, their lengths and angles, and its neighbours."""
    pair = analysis.trace(view.premise, view.hypothesis).pair
    word = current_word(pair, view.word)
    reading = analysis.compute(read_words, view.premise, view.hypothesis)[word]
    positions = list(pair.words[word].positions[:PIECES_SHOWN])
    pieces = [pair.tokens[position] for position in positions]
    embeddings = analysis.compute(add_embeddings, view.premise, view.hypothesis)
    added = added_vectors(embeddings)[positions]
    normalised = embeddings.normalised[positions]
    near = nearest_pieces(analysis.model, pair.input_ids[positions].tolist())
    more = len(pair.words[word].positions) - len(pieces)
    left_out = f" The first {len(pieces)} of its {len(pieces) + more} pieces are drawn." if more else ""
    return [
        html.matching(reading),
        embedding_strips(added, normalised, pieces),
        html.says(
            f"{sum_says(added[0], pieces[0], positions[0])} {explain_terms(EMBEDDING_CAVEAT)}{left_out}"
        )
        + lengths_table(added, normalised, pieces)
        + numbers_table(added, normalised, pieces),
        html.says(f"{near_says(near[0])} {explain_terms(NEIGHBOUR_CAVEAT)}") + html.neighbourhoods(near),
    ]


def added_vectors(embeddings: Embeddings) -> np.ndarray:
    """(tokens, 4, hidden) in the order of ADDED."""
    return np.stack([embeddings.word, embeddings.position, embeddings.segment, embeddings.total], axis=1)


def sum_says(vectors: np.ndarray, piece: str, position: int) -> str:
    """Which of the three embeddings the sum mostly follows."""
    alike = dict(zip(ADDED, cosine(vectors, vectors[-1]), strict=True))
    most = max(ADDED[:-1], key=alike.get)
    return (
        f"“{rendering.escape(piece)}” at position {position}: the sum points most nearly the way of the {most} "
        f"embedding (cosine {alike[most]:.2f})."
    )


def near_says(found) -> str:
    names = html.listed([near.piece for near in found.nearest[:3]])
    return f"Nearest to “{rendering.escape(found.piece)}” in the table: {names}."


def lengths_table(added: np.ndarray, normalised: np.ndarray, pieces: list[str]) -> str:
    """Lengths of the vectors, and their cosines with the sum and with each other."""
    rows = []
    for piece, vectors, last in zip(pieces, added, normalised, strict=True):
        word, position, segment, total = vectors
        angles = (
            *cosine(vectors[:-1], total),
            cosine(word, position),
            cosine(word, segment),
            cosine(position, segment),
        )
        lengths = np.linalg.norm([*vectors, last], axis=-1)
        rows.append((piece, *(f"{value:.2f}" for value in (*lengths, *angles))))
    headings = (
        "Piece",
        *(f"length: {name}" for name in (*ADDED, NORMALISED)),
        *(f"cosine: {pair}" for pair in ("word, sum", "position, sum", "segment, sum")),
        *(f"cosine: {pair}" for pair in ("word, position", "word, segment", "position, segment")),
    )
    return rendering.table(headings, rows, caption="Lengths and cosines as a table")


def numbers_table(added: np.ndarray, normalised: np.ndarray, pieces: list[str]) -> str:
    """Every number of the strips."""
    columns = [f"{piece}: {name}" for piece in pieces for name in (*ADDED, NORMALISED)]
    stacked = np.concatenate([added, normalised[:, None]], axis=1).reshape(len(columns), -1)
    rows = ((number, *(f"{value:.3f}" for value in row)) for number, row in enumerate(stacked.T, start=1))
    return rendering.table(("Dimension", *columns), rows, caption="The strips as a table")


def show_gap(analysis: Analysis, view: View, whole: bool, kept: Gap | None) -> list:
    """The candidates for the chosen word, beside those for the gap that was kept."""
    if analysis.language_model is None:
        return [html.says(NO_LANGUAGE_MODEL), None]
    pair = analysis.trace(view.premise, view.hypothesis).pair
    earlier = analysis.trace(kept.premise, kept.hypothesis).pair if kept else None
    gap = Gap(view.premise, view.hypothesis, gap_word(pair, view.word, earlier, kept))
    now = fill(analysis, gap, whole=whole)
    lists, before = html.fillings(pair, gap.word, now, title="This pair"), None
    if kept and kept != gap:
        found = fill(analysis, kept, whole=whole)
        lists += html.fillings(earlier, kept.word, found, title="The kept gap")
        before = found if kept.word == gap.word else None
    told = html.fill_says(pair, gap.word, now, before)
    if kept and before is None:
        told += html.says(KEPT)
    return [f'{told}<div class="lists">{lists}</div>', gap]


def gap_word(pair: EncodedPair, word: int | None, earlier: EncodedPair | None, kept: Gap | None) -> int:
    """The word to fill: the chosen one; else the kept one, in a pair of as many words; else the usual one."""
    if word is None and kept and len(pair.words) == len(earlier.words):
        return kept.word
    return current_word(pair, word)


def fill(analysis: Analysis, gap: Gap, *, whole: bool) -> FilledGap:
    """What the masked-language model expects in a gap, found once."""
    key = (LanguageModel.fill, gap.premise, gap.hypothesis)
    found = analysis.cached(*key, word=gap.word, whole=whole)
    if found is None:
        pair = analysis.trace(gap.premise, gap.hypothesis).pair
        found = analysis.language_model.fill(pair, gap.word, whole_words=whole)
        analysis.store(found, *key, word=gap.word, whole=whole)
    return found


def show_text(analysis: Analysis, _view: View, text: str, whole: bool) -> list:
    """The candidates for each [MASK] of a text of one's own."""
    if not text:
        return [""]
    if analysis.language_model is None:
        return [html.says(NO_LANGUAGE_MODEL)]
    try:
        return [html.text_fillings(analysis.language_model.fill_text(text, whole_words=whole))]
    except InputError as error:
        return [html.says(f"<strong>{rendering.escape(error)}</strong>")]
