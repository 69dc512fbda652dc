"""A place on the page as a query string, short and readable, and back again.

A place is what bertmini_demo.ui.laboratory.door opens: a mapping of tab, pair, word, head, target, method, output, baseline and
detail. In a link, words, layers and heads count from 1, as on the page:

    ?premise=A+dog+runs.&hypothesis=A+cat+sleeps.&tab=why&layer=2&head=3&label=neutral&word=4&method=saliency

What stands for nothing (no word, the verdict's own label, no detail) is left out. Keys of others are let be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bertmini_demo.results import Head

PLAIN = ("tab", "method", "output", "baseline")  # the same in a link as in a place
VERDICT = "verdict"  # the label that is explained is whatever the model chose
DETAILS = {"pieces": "Word pieces", "special": "Special tokens"}
KEYS = (
    "premise",
    "hypothesis",
    "tab",
    "layer",
    "head",
    "label",
    "word",
    "show",
    "method",
    "output",
    "baseline",
)
LARGEST_NUMBER = 6  # digits


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """What a query string asks for.

    Attributes:
        place: see above; it holds what the link names and could be read.
        model: the name of the model the link was made with; None where it names none.
        faults: plain sentences on what could not be read.
    """

    place: dict[str, object] = field(default_factory=dict)
    model: str | None = None
    faults: tuple[str, ...] = ()


def write_query(place: Mapping[str, object], *, model: str) -> str:
    """A place as a query string, without the question mark."""
    premise, hypothesis = place["pair"]
    layer, head = Head.parse(place["head"])
    asked = {
        "premise": premise,
        "hypothesis": hypothesis,
        "tab": place["tab"],
        "layer": layer + 1,
        "head": head + 1,
        "label": None if place["target"] == VERDICT else place["target"],
        "word": None if place["word"] is None else place["word"] + 1,
        "show": ",".join(short for short, name in DETAILS.items() if name in place["detail"]) or None,
        **{name: place[name] for name in PLAIN if name != "tab"},
        "model": model,
    }
    return urlencode(
        [(key, value) for key, value in asked.items() if value is not None], safe=",", errors="replace"
    )


def read_query(query: Mapping[str, str]) -> Link:
    """What a query string, already taken apart, asks for."""
    asked = {key: query[key] for key in KEYS if key in query}
    if not asked:
        return Link(model=query.get("model"))
    place: dict[str, object] = {name: asked[name] for name in PLAIN if name in asked}
    place |= {"word": None, "target": asked.get("label", VERDICT)}
    faults = []
    if "premise" in asked and "hypothesis" in asked:
        place["pair"] = (asked["premise"], asked["hypothesis"])
    elif "premise" in asked or "hypothesis" in asked:
        missing = "hypothesis" if "premise" in asked else "premise"
        faults.append(f"The link has no {missing}, so its pair was not opened.")
    faults += read_numbers(asked, place)
    details = [name for name in asked.get("show", "").split(",") if name]
    place["detail"] = [DETAILS[name] for name in details if name in DETAILS]
    faults += [
        f"The link asks to show “{name}”, which is not known." for name in details if name not in DETAILS
    ]
    return Link(place, query.get("model"), tuple(faults))


def read_numbers(asked: Mapping[str, str], place: dict[str, object]) -> list[str]:
    """Puts word and head into a place, counted from 0; returns what could not be read, in sentences."""
    faults = []
    number = {}
    for key in ("layer", "head", "word"):
        if key not in asked:
            continue
        text = asked[key]
        if text.isascii() and text.isdecimal() and len(text) <= LARGEST_NUMBER and int(text):
            number[key] = int(text) - 1
        else:
            faults.append(f"The link’s {key} is “{text}”; it must be a whole number from 1 up.")
    if "word" in number:
        place["word"] = number["word"]
    if "layer" in number and "head" in number:
        place["head"] = str(Head(number["layer"], number["head"]))
    elif ("layer" in asked) != ("head" in asked):
        faults.append("The link must name a layer and a head together.")
    return faults


def not_opened(link: Link, opened: Mapping[str, object], *, model: str) -> list[str]:
    """In plain sentences what a link asked for and did not get, and which model it was made with.

    Args:
        opened: what of the link's place was there to be opened; a pair that cannot be read is told elsewhere.
        model: the name of the model in use.
    """
    told = list(link.faults)
    for name, value in link.place.items():
        if name not in opened and name not in ("pair", "detail"):
            told.append(
                f"The link asks for {called(name, value)}, which there is not here; that stays as it was."
            )
    if link.model not in (None, model):
        told.append(
            f"The link was made with the model “{link.model}”. This page runs “{model}”: numbers differ."
        )
    return told


def called(name: str, value: object) -> str:
    """How a part of a place is called in a sentence."""
    if name == "word":
        return f"word {value + 1} of the pair"
    if name == "head":
        layer, head = Head.parse(value)
        return f"head {head + 1} of layer {layer + 1}"
    return f"the {'label' if name == 'target' else name} “{value}”"
