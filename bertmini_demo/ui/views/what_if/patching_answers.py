"""Where the difference between two pairs travels: states and heads exchanged between their runs."""

import numpy as np

from bertmini_demo.explain.activation_patching import HeadPatching, StatePatching
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.heatmaps.patching_heatmaps import head_patching_grid, patching_heatmap
from bertmini_demo.figures.naming import decimal, depth_names, head_name, layer_name, percent
from bertmini_demo.ui.components.other_pair import other_pair, patched_heads, patched_states
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.what_if import text

NAME = "what_if"
DIRECTIONS = ("into_other", "into_this")
MIN_SHARE = 0.02  # a position that never holds so much has no row in the picture


def compared(analysis: Analysis, state: State) -> Reply:
    """Both pairs with their verdicts, and how far apart the model finds them."""
    other, patching = other_pair(analysis, state), patched_states(analysis, state)
    sides = [
        {
            "name": name,
            "pair": pair,
            "prediction": analysis.trace(*pair).prediction,
            "words": marked_words(patching, side),
        }
        for side, (name, pair) in enumerate(
            (
                ("This pair", state.pair),
                ("One word changed" if other.change else "The pair you keep", other.pair),
            )
        )
    ]
    return card(
        title="Two pairs that differ" if not other.change else "This pair, and one word changed",
        says=text.margins_say(patching),
        html=render("views/what_if/compared.html", sides=sides, pinned=state.pinned, here=state.pair),
    )


def marked_words(patching: StatePatching, side: int) -> list[tuple[str, list[tuple[str, bool]]]]:
    """(sentence, its words) of one pair, each word with whether the other pair has another one or none there.

    Args:
        side: 0 for this pair, 1 for the other.
    """
    pair = (patching.clean, patching.corrupted)[side]
    same = set(patching.alignment.positions[~differing(patching), side].tolist())
    sentences: dict[str, list[tuple[str, bool]]] = {}
    for word in pair.words:
        marked = not same.issuperset(word.positions)
        sentences.setdefault(word.sentence, []).append((word.text, marked))
    return list(sentences.items())


def differing(patching: StatePatching | HeadPatching) -> np.ndarray:
    """(aligned,) whether the two pairs have different word pieces there."""
    clean, corrupted = patching.alignment.positions.T
    return patching.clean.input_ids[clean] != patching.corrupted.input_ids[corrupted]


def shares_of(patching: StatePatching | HeadPatching, state: State) -> np.ndarray:
    """The share of the difference that each part carries, in the direction the reader chose.

    Into the other pair: what comes back of this pair's margin. Into this pair: what is lost of it.
    """
    if state.option("direction", DIRECTIONS) == DIRECTIONS[0]:
        return patching.recovered
    return 1 - patching.remaining


def states(analysis: Analysis, state: State) -> Reply:
    """Every state at once: a row a word piece, a column a depth."""
    patching = patched_states(analysis, state)
    shares, pair = shares_of(patching, state), patching.clean
    names, words = row_names(patching), word_of_each(patching)
    rows = np.flatnonzero((np.abs(shares).max(axis=0) >= MIN_SHARE) | differing(patching))
    chosen = tuple(
        place for place, row in enumerate(rows) if state.word is not None and words[row] == state.word
    )
    figure = patching_heatmap(shares[:, rows], [names[row] for row in rows], chosen=chosen)
    figure.data[0].customdata = [[words[row]] * len(shares) for row in rows]
    return card(
        figure,
        title="Where does the difference travel?",
        says=text.travel_says(shares, pair, patching.alignment.positions[:, 0], differing(patching)),
        table=(
            ("Word piece", *depth_names(len(shares))),
            [(name, *map(percent_or_less, row)) for name, row in zip(names, shares.T, strict=True)],
        ),
        press={"custom": ["word"]},
        html=render(
            "views/what_if/left_out.html",
            left_out=patching.alignment.left_out,
            unmoved=len(names) - len(rows),
            minimum=percent(MIN_SHARE),
        ),
    )


def row_names(patching: StatePatching) -> list[str]:
    """Each aligned position: its sentence's letter, and what takes the place of what."""
    clean, corrupted = patching.clean, patching.corrupted
    names = []
    for here, there in patching.alignment.positions.tolist():
        token, other = clean.tokens[here], corrupted.tokens[there]
        letter = "" if here == 0 else "H " if clean.segments[here] else "P "
        names.append(letter + (token if token == other else f"{other} → {token}"))
    return names


def word_of_each(patching: StatePatching) -> list[int | None]:
    """The index of the word that each aligned position of this pair belongs to; None for special tokens."""
    owner = {place: index for index, word in enumerate(patching.clean.words) for place in word.positions}
    return [owner.get(position) for position in patching.alignment.positions[:, 0].tolist()]


def heads(analysis: Analysis, state: State) -> Reply:
    """Every head's output at once: a row a layer, a column a head."""
    patching = patched_heads(analysis, state)
    shares = shares_of(patching, state)
    layers, count = shares.shape
    layer, head = np.unravel_index(shares.argmax(), shares.shape)
    figure = head_patching_grid(shares, chosen=(state.layer, state.head))
    figure.data[0].customdata = [[[row, column] for column in range(count)] for row in range(layers)]
    changed = patching.alignment.positions[differing(patching), 0]
    attention = analysis.trace(*state.pair).attentions[..., changed].sum(axis=-1).mean(axis=-1)
    names = [patching.clean.tokens[position] for position in changed]
    return card(
        figure,
        title="Which heads carry the difference?",
        says=text.carriers_say(shares, attention, names),
        table=(
            ("Head", "Share of the difference", "Attention to the changed words"),
            [
                (
                    f"{layer_name(row)}, {head_name(column).lower()}",
                    percent_or_less(shares[row, column]),
                    percent(attention[row, column]),
                )
                for row, column in np.ndindex(shares.shape)
            ],
        ),
        press={"custom": ["layer", "head"]},
        html=render("views/what_if/look.html", heads=[(int(layer), int(head)), (state.layer, state.head)]),
    )


def percent_or_less(share: float) -> str:
    """A share that may also be negative or above 1, to one decimal."""
    return f"{decimal(100 * share, digits=1)}\u00a0%"


QUESTIONS = (
    Question(f"{NAME}.compared", compared, reads=("pinned",)),
    Question(f"{NAME}.states", states, reads=("pinned", "direction", "word")),
    Question(f"{NAME}.heads", heads, reads=("pinned", "direction", "layer", "head")),
)
