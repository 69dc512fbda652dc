"""How things are called in figures: counted from 1, text as typed and never as markup, long labels cut."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

STAGES = {"pretrain": "pretraining", "finetune": "fine-tuning", "joint": "both at once"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
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


def depth_lines(depths: int) -> list[str]:
    """The same for an axis: a long name in two lines, so that neighbours do not touch on a phone."""
    return [
        name.replace("Layer ", "Layer<br>").replace("Embed", "Embed-<br>") for name in depth_names(depths)
    ]


def head_name(head: int, *, short: bool = False) -> str:
    """The name on the page: "Head 1" for head 0, or "H1" where room is short."""
    return f"{'H' if short else 'Head '}{head + 1}"


def place_name(layer: int, head: int) -> str:
    """The name of one head on the page: "Layer 1, head 1" for head 0 of layer 0."""
    return f"{layer_name(layer)}, {head_name(head).lower()}"


def percent(share: float, *, digits: int = 0) -> str:
    """A share from 0 to 1 as "93 %"; only 0 and 1 themselves are shown as 0 % and 100 %.

    Args:
        digits: decimal places.
    """
    smallest = 10.0**-digits  # that can be shown, in percent
    if 0 < 100 * share < smallest / 2:
        return f"<{smallest:.{digits}f}\u00a0%"
    if 100 - smallest / 2 <= 100 * share < 100:
        return f">{100 - smallest:.{digits}f}\u00a0%"
    return f"{100 * share:.{digits}f}\u00a0%"


def interval(ends: Sequence[float]) -> str:
    """The ends of an interval of shares, as "65.7 to 67.6 %"."""
    low, high = ends
    return f"{100 * low:.1f} to {100 * high:.1f}\u00a0%"


def decimal(value: float, *, digits: int = 2) -> str:
    """A number with a true minus sign, and without one where it rounds to zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def joined(names: Sequence[str]) -> str:
    """Names as a list in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def quoted(text: str) -> str:
    """A word in quotation marks; [CLS] and its like are names already."""
    return text if re.fullmatch(r"\[[A-Z]+\]", text) else f"“{text}”"


def names_in_pair(labels: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """Words in quotation marks, with their sentence and their place among equals where that is needed to find them.

    Args:
        labels: words or word pieces in reading order.
        sentences: "premise" or "hypothesis" of each.
    """
    names = []
    for index, label in enumerate(labels):
        same = [place for place, other in enumerate(labels) if other.lower() == label.lower()]
        own = [place for place in same if sentences[place] == sentences[index]]
        name = quoted(label)
        if len(own) > 1:
            name = f"the {ordinal(own.index(index) + 1)} {name}"
        where = "in" if name.endswith("”") else "after"  # [SEP] ends its sentence
        names.append(f"{name} {where} the {sentences[index]}" if len(same) > 1 else name)
    return names


def ordinal(number: int) -> str:
    """ "first" to "tenth", then "11th"."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def count(number: int, what: str, plural: str = "") -> str:
    """A number of things: "1 pair", "2 pairs"."""
    return f"{number:,} {what if number == 1 else plural or f'{what}s'}"


def lowered(text: str) -> str:
    """The text with a small letter, where it no longer begins a sentence."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The text with a capital letter, where it begins a sentence."""
    return text[:1].upper() + text[1:]


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
