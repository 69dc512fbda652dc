"""How things are called in figures: counted from 1, text as typed and never as markup, long labels cut."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

STAGES = {"pretrain": "pretraining", "finetune": "fine-tuning", "joint": "both at once"}
TICK_LENGTH = 14
HOVER_LENGTH = 60
MANY_DEPTHS = 7  # more leave no room for names and numbers


@dataclass(frozen=True, slots=True)
class Rows:
    """Words arranged from top to bottom under the names of their sentences.

    Attributes:
        places: the place of each word, counted downwards from 0.
        tickvals, ticktext: the axis labels and their places, names of sentences included.
        end: the first free place below.
    """

    places: tuple[float, ...]
    tickvals: tuple[float, ...]
    ticktext: tuple[str, ...]
    end: float


def stage_kind(command: str) -> str:
    """What a stage of training does, by the command that ran it."""
    return STAGES.get(command, command)


def stage_name(number: int, command: str) -> str:
    """A stage of training, counted from 1 as it comes."""
    return f"{number}. {stage_kind(command)}"


def layer_name(layer: int, *, short: bool = False) -> str:
    """The name on the page: "Layer 1" for layer 0, or "L1" where room is short."""
    return f"{'L' if short else 'Layer '}{layer + 1}"


def depth_name(depth: int, *, short: bool = False) -> str:
    """A place between layers: "Embeddings" for depth 0, or "Emb."; after it the name of the layer that ends there."""
    return layer_name(depth - 1, short=short) if depth else "Emb." if short else "Embeddings"


def depth_names(depths: int) -> list[str]:
    """The names of the embeddings and of the layers after them, short where there are many."""
    return [depth_name(depth, short=depths > MANY_DEPTHS) for depth in range(depths)]


def head_name(head: int, *, short: bool = False) -> str:
    """The name on the page: "Head 1" for head 0, or "H1" where room is short."""
    return f"{'H' if short else 'Head '}{head + 1}"


def place_name(layer: int, head: int) -> str:
    """The name of one head on the page: "Layer 1, head 1" for head 0 of layer 0."""
    return f"{layer_name(layer)}, {head_name(head).lower()}"


def percent(share: float) -> str:
    """A share from 0 to 1 as "93 %"; only 0 and 1 themselves are shown as 0 % and 100 %."""
    if 0 < share < 0.005:
        return "<1\u00a0%"
    return ">99\u00a0%" if 0.995 <= share < 1 else f"{100 * share:.0f}\u00a0%"


def shown(text: str, *, length: int = TICK_LENGTH) -> str:
    """Text for a figure, at most ``length`` characters of it. Plotly reads tags and entities: they are escaped."""
    cut = text if len(text) <= length else text[: length - 1] + "…"
    return html.escape(cut, quote=False)


def rows_by_sentence(labels: Sequence[str], sentences: Sequence[str]) -> Rows:
    """Places and axis labels for words in reading order, a heading wherever a new sentence begins."""
    places, tickvals, ticktext = [], [], []
    place, current = 0.0, None
    for label, sentence in zip(labels, sentences, strict=True):
        if sentence != current:
            place += 0.5 if places else 0.0
            tickvals.append(place)
            ticktext.append(f"<i>{shown(sentence)}</i>")
            place, current = place + 1, sentence
        places.append(place)
        tickvals.append(place)
        ticktext.append(shown(label))
        place += 1
    return Rows(tuple(places), tuple(tickvals), tuple(ticktext), place)
