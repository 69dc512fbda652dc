"""The lessons: tours of cards, each of which sets the page and asks the reader to do one thing, read from text files.

A tour is a file in the format of :mod:`bertmini_demo.data.lesson_files`, in assets/lessons/tours or in a teacher's folder.
Its title is the tour's title; each section is a card:

    ## One head
    part: head
    head: 1-2
    figure: how_it_decides.heatmap
    do: Choose another head.
    done: head

    The text of the card. With the line "do", 20 to 70 words.

SETTINGS lists what a card can set, DONE what it can wait for. Which views, parts and figures there are is known to the
page: bertmini_demo/ui/components/lesson_places.py checks each card against it. What a card does not set opens as it does on a
fresh page, the pair apart, which stays. The text under the title of the file is shown after the last card.

A file pairs.md holds a teacher's own pairs, each a section with premise, hypothesis, label, and what to look for.
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
CHALLENGES = ASSETS / "lessons" / "challenges.md"
PAIRS = "pairs.md"
MIN_WORDS, MAX_WORDS = 20, 70  # on a card, the line "do" included

SETTINGS = {
    "premise": "the pair on the page, together with a hypothesis",
    "hypothesis": "the pair on the page, together with a premise",
    "view": "the view to open; how_it_decides if it is not set",
    "part": "the part of the map to open",
    "head": "layer and head as on the page, such as 2-3",
    "word": "the word to choose, as written in this card’s pair; the last one if it occurs twice",
    "label": "the label to explain",
    "method": "the method that explains it",
    "figure": "the figure that the card is about; it shows the effect of what the reader does",
    "do": "what the reader is asked to do",
    "done": "how the page recognises that it was done, see below",
}
DONE = {
    "view": "the named view is open: view why",
    "part": "the named part of the map is open: part embeddings",
    "word": "another word is chosen",
    "head": "another head is chosen, or the named one: head 2-3",
    "label": "another label is explained",
    "method": "another method is chosen",
    "option": "the named option has another value: option lines",
    "pair": "the pair has changed",
    "verdict": "the predicted label has changed, or is the named one: verdict neutral",
    "switch": "a head is switched off or on",
    "run": "the figure of the card, which starts with a button, has its result",
}
NAMED = ("view", "part", "option")  # kinds that need a name


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One card of a tour.

    Attributes:
        source: file and line, for messages.
        place: what it sets on the page: "pair" (premise, hypothesis), "head" (layer, head) from 0, "word" as a word, not
            an index, "view", "part", "label" and "method" by name.
        figure: the figure that it is about; a card is done once the effect is visible there.
        task: what the reader is asked to do.
        done: one of DONE.
        target: the view, part, option, label or head that it waits for; None for any.
    """

    source: str
    title: str
    paragraphs: tuple[str, ...]
    place: Mapping[str, object]
    figure: str
    task: str
    done: str
    target: str | tuple[int, int] | None


@dataclass(frozen=True, slots=True, eq=False)
class Tour:
    """Cards in order.

    Attributes:
        name: that of the file, which links use.
        summary: paragraphs that are shown after the last card.
        ships: whether it comes with the page; such a tour fits itself to the model, a teacher's own is checked against it.
    """

    name: str
    title: str
    summary: tuple[str, ...]
    cards: tuple[Card, ...]
    ships: bool = False


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
    """The tours of a folder by the names of their files.

    Raises:
        LessonError: no such folder, or a tour that cannot be used.
    """
    if not folder.is_dir():
        raise LessonError(
            f"{folder} is not a folder. --lessons takes a folder with tours (NAME.md) or {PAIRS}."
        )
    return tuple(read_tour(path) for path in sorted(folder.glob("*.md")) if path.name != PAIRS)


def read_tour(path: Path) -> Tour:
    """The tour in a file, named after it.

    Raises:
        LessonError: no card in it, or one that cannot be used.
    """
    title, sections = read_sections(path)
    title.check_names(known=())
    if not sections:
        raise title.error("a tour needs at least one card, as in “## First card”.")
    return Tour(
        path.stem,
        title.heading,
        title.paragraphs,
        tuple(read_card(section) for section in sections),
        ships=path.parent == TOURS,
    )


def read_card(section: Section) -> Card:
    """A section as a card, checked as far as possible without the page and the model.

    Raises:
        LessonError: too few or too many words, or nothing to do.
    """
    section.check_names(known=SETTINGS, needed=("figure", "do", "done"))
    words = len(f"{section.text} {section.get('do')}".split())
    if not MIN_WORDS <= words <= MAX_WORDS:
        raise section.error(
            f"“{section.heading}” has {words} words with what it asks for; a card has {MIN_WORDS} to {MAX_WORDS}. "
            f"{'Say more.' if words < MIN_WORDS else 'Make two cards of it.'}"
        )
    done, target = read_done(section)
    place = read_place(section)
    if done in ("view", "part") and target == place.get(done):
        raise section.error(f"the card opens {target!r} itself, so there is nothing left to do.", "done")
    return Card(
        source=f"{section.path}, line {section.line}",
        title=section.heading,
        paragraphs=section.paragraphs,
        place=place,
        figure=section.settings["figure"].value,
        task=section.settings["do"].value,
        done=done,
        target=target,
    )


def read_place(section: Section) -> dict[str, object]:
    """What a card sets, checked as far as possible without the page and the model.

    Raises:
        LessonError: a word without its pair, or one that is in neither sentence.
    """
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
    if section.get("head") is not None:
        place["head"] = read_head(section, "head", section.settings["head"].value)
    if section.get("label") is not None:
        place["label"] = one_of(section, "label", section.settings["label"].value, KNOWN_LABELS)
    for name in ("view", "part", "method"):
        if section.get(name) is not None:
            place[name] = section.get(name)
    return place


def read_done(section: Section) -> tuple[str, str | tuple[int, int] | None]:
    """What kind of thing the card waits for, and which one; None for any of its kind.

    Raises:
        LessonError: a kind that needs a name, or takes none.
    """
    kind, _, target = section.settings["done"].value.partition(" ")
    one_of(section, "done", kind, DONE)
    target = target.strip()
    if kind in NAMED and not target:
        raise section.error(f"{kind!r} needs a name: {DONE[kind]}.", "done")
    if not target:
        return kind, None
    if kind in NAMED:
        return kind, target
    if kind == "verdict":
        return kind, one_of(section, "done", target, KNOWN_LABELS)
    if kind == "head":
        return kind, read_head(section, "done", target)
    raise section.error(f"{kind!r} takes no {target!r}: {DONE[kind]}.", "done")


def read_head(section: Section, name: str, value: str) -> tuple[int, int]:
    """Layer and head counted from 1, as (layer, head) counted from 0.

    Raises:
        LessonError: the value is not of this form.
    """
    match = re.fullmatch(r"([1-9]\d*)-([1-9]\d*)", value)
    if not match:
        raise section.error(
            f"{value!r} is not a head: write layer and head as on the page, such as 2-3.", name
        )
    layer, head = (int(number) - 1 for number in match.groups())
    return layer, head


def one_of(section: Section, name: str, value: str, known: tuple[str, ...] | Mapping[str, str]) -> str:
    """The value of a setting that must be one of the known ones.

    Raises:
        LessonError: it is none of them; the closest is suggested.
    """
    if value not in known:
        raise section.error(f"{name} {value!r} does not exist{suggest(value, known)}", name)
    return value


def read_pairs(path: Path) -> tuple[Example, ...]:
    """A teacher's own pairs: a group of the gallery, named by the title of the file.

    Raises:
        LessonError: no pair in the file, or one that cannot be used.
    """
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
