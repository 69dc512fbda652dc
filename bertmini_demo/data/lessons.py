"""The lessons: tours of cards, each of which sets the page and asks the reader to do one thing, read from text files.

A tour is a file in the format of :mod:`bertmini_demo.data.lesson_files`, in assets/lessons/tours or in a teacher's folder.
Its title is the tour's title; each section is a card:

    ## One head
    tab: attention
    head: 1-2
    highlight: heatmap
    do: Choose another head.
    done: head

    The text of the card. With the line "do", 20 to 70 words.

SETTINGS lists what a card can set, DONE what it can wait for. A file pairs.md holds a teacher's own pairs, each a section
with premise, hypothesis, label, and what to look for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bertmini_demo.data.examples import Example, gallery
from bertmini_demo.data.label_words import KNOWN_LABELS
from bertmini_demo.data.lesson_files import Section, read_sections, suggest
from bertmini_demo.errors import LessonError
from bertmini_demo.settings import ASSETS

TOURS = ASSETS / "lessons" / "tours"
PAIRS = "pairs.md"
MIN_WORDS, MAX_WORDS = 20, 70  # on a card, the line "do" included
TABS = ("map", "why", "attention", "layers", "what-if", "traps", "words", "train", "model")

SETTINGS = {
    "premise": "the pair on the page, together with a hypothesis",
    "hypothesis": "the pair on the page, together with a premise",
    "tab": "the tab to open",
    "head": "layer and head as on the page, such as 2-3",
    "word": "the word to choose, as written in this card’s pair; the last one if it occurs twice",
    "label": "the label to explain",
    "method": "the method that explains it",
    "highlight": "the part of the page to point at, by its id",
    "do": "what the reader is asked to do",
    "done": "how the page recognises that it was done, see below",
}
DONE = {
    "tab": "the named tab is open: tab attention",
    "word": "another word is chosen",
    "head": "another head is chosen, or the named one: head 2-3",
    "label": "another label is explained",
    "method": "another method is chosen",
    "show": "word pieces or special tokens are shown or hidden",
    "pair": "the pair has changed",
    "verdict": "the predicted label has changed, or is the named one: verdict neutral",
    "use": "the part with the named id was pressed or changed: use stepper",
}


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One card of a tour.

    Attributes:
        source: file and line, for messages.
        place: what it sets on the page; "word" is a word, not an index.
        highlight: id of the part of the page that it is about; None where there is none.
        task: what the reader is asked to do.
        done: one of DONE.
        wanted: the tab, head ("layer-head" from 0), label or part that it waits for; None for any.
    """

    source: str
    title: str
    paragraphs: tuple[str, ...]
    place: Mapping[str, object]
    highlight: str | None
    task: str
    done: str
    wanted: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Tour:
    """Cards in order; ``name`` is that of the file, which links use."""

    name: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """The tours and example pairs of a page, a teacher's own first."""

    tours: tuple[Tour, ...]
    pairs: tuple[Example, ...]


def read_lessons(folder: Path | None = None) -> Lessons:
    """The tours and pairs that ship, after a teacher's own; of two tours of the same name the teacher's is kept.

    Raises:
        LessonError: the folder or a file in it cannot be used; the message names file and line.
    """
    tours = {tour.name: tour for tour in read_tours(TOURS)}
    if folder is None:
        return Lessons(tuple(tours.values()), gallery())
    own = {tour.name: tour for tour in read_tours(folder)}
    pairs = read_pairs(folder / PAIRS) if (folder / PAIRS).exists() else ()
    if not own and not pairs:
        raise LessonError(f"{folder} holds no lesson: put tours (NAME.md) or pairs ({PAIRS}) into it.")
    others = (tour for name, tour in tours.items() if name not in own)
    return Lessons((*own.values(), *others), pairs + gallery())


def read_tours(folder: Path) -> tuple[Tour, ...]:
    """The tours of a folder by the names of their files."""
    if not folder.is_dir():
        raise LessonError(
            f"{folder} is not a folder. --lessons takes a folder with tours (NAME.md) or {PAIRS}."
        )
    return tuple(read_tour(path) for path in sorted(folder.glob("*.md")) if path.name != PAIRS)


def read_tour(path: Path) -> Tour:
    """The tour in a file, named after it."""
    title, sections = read_sections(path)
    title.check_names(known=())
    if not sections:
        raise title.error("a tour needs at least one card, as in “## First card”.")
    return Tour(path.stem, title.heading, tuple(read_card(section) for section in sections))


def read_card(section: Section) -> Card:
    """A section as a card, checked as far as possible without the page and the model."""
    section.check_names(known=SETTINGS, needed=("do", "done"))
    words = len(f"{section.text} {section.get('do')}".split())
    if not MIN_WORDS <= words <= MAX_WORDS:
        raise section.error(
            f"“{section.heading}” has {words} words with what it asks for; a card has {MIN_WORDS} to {MAX_WORDS}. "
            f"{'Say more.' if words < MIN_WORDS else 'Make two cards of it.'}"
        )
    done, wanted = read_done(section)
    place = read_place(section)
    if done == "tab" and wanted == place.get("tab"):
        raise section.error(f"the card opens {wanted!r} itself, so there is nothing left to do.", "done")
    return Card(
        source=f"{section.path}, line {section.line}",
        title=section.heading,
        paragraphs=section.paragraphs,
        place=place,
        highlight=section.get("highlight"),
        task=section.settings["do"].value,
        done=done,
        wanted=wanted,
    )


def read_place(section: Section) -> dict[str, object]:
    """What a card sets, checked as far as possible without the page and the model."""
    place: dict[str, object] = {}
    pair = tuple(section.get(name) for name in ("premise", "hypothesis"))
    if any(pair):
        section.check_names(known=SETTINGS, needed=("premise", "hypothesis"))
        place["pair"] = pair
    word = section.get("word")
    if word is not None:
        if not any(pair):
            raise section.error("a word needs its pair: add premise and hypothesis to this card.", "word")
        if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", " ".join(map(str, pair)), re.IGNORECASE):
            raise section.error(f"{word!r} is neither in the premise nor in the hypothesis.", "word")
        place["word"] = word
    if section.get("tab") is not None:
        place["tab"] = one_of(section, "tab", section.settings["tab"].value, TABS)
    if section.get("head") is not None:
        place["head"] = read_head(section, "head", section.settings["head"].value)
    if section.get("label") is not None:
        place["target"] = one_of(section, "label", section.settings["label"].value, KNOWN_LABELS)
    if section.get("method") is not None:
        place["method"] = section.get("method")
    return place


def read_done(section: Section) -> tuple[str, str | None]:
    """What kind of thing the card waits for, and which one; None for any of its kind."""
    kind, _, wanted = section.settings["done"].value.partition(" ")
    one_of(section, "done", kind, DONE)
    wanted = wanted.strip()
    if kind in ("tab", "use") and not wanted:
        raise section.error(f"{kind!r} needs a name: {DONE[kind]}.", "done")
    if not wanted:
        return kind, None
    match kind:
        case "tab":
            return kind, one_of(section, "done", wanted, TABS)
        case "verdict":
            return kind, one_of(section, "done", wanted, KNOWN_LABELS)
        case "head":
            return kind, read_head(section, "done", wanted)
        case "use":
            return kind, wanted
    raise section.error(f"{kind!r} takes no {wanted!r}: {DONE[kind]}.", "done")


def read_head(section: Section, name: str, value: str) -> str:
    """Layer and head counted from 1, as "layer-head" counted from 0."""
    match = re.fullmatch(r"([1-9]\d*)-([1-9]\d*)", value)
    if not match:
        raise section.error(
            f"{value!r} is not a head: write layer and head as on the page, such as 2-3.", name
        )
    return "-".join(str(int(number) - 1) for number in match.groups())


def one_of(section: Section, name: str, value: str, known: tuple[str, ...] | Mapping[str, str]) -> str:
    """The value of a setting that must be one of the known ones."""
    if value not in known:
        raise section.error(f"{name} {value!r} does not exist{suggest(value, known)}", name)
    return value


def read_pairs(path: Path) -> tuple[Example, ...]:
    """A teacher's own pairs: a group of the gallery, named by the title of the file."""
    title, sections = read_sections(path)
    title.check_names(known=())
    pairs = []
    for section in sections:
        needed = ("premise", "hypothesis", "label")
        section.check_names(known=needed, needed=needed)
        premise, hypothesis, label = (section.settings[name].value for name in needed)
        one_of(section, "label", label, KNOWN_LABELS)
        pairs.append(Example(title.heading, section.heading, premise, hypothesis, label, section.text))
    if not pairs:
        raise title.error("there is no pair in this file, as in “## Name of the pair”.")
    return tuple(pairs)
