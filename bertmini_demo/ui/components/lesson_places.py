"""What the cards of a lesson can point to: read from the page's own markup, so that nothing is listed twice."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from bertmini_demo.attribution import METHODS
from bertmini_demo.data.lesson_files import suggest
from bertmini_demo.data.lessons import Card, Lessons, Tour
from bertmini_demo.errors import InputError, LessonError
from bertmini_demo.explain.analysis import Analysis

FIXED = {
    "map": "#map",
    "words": "#pair-bar",
    "verdict": "#verdict",
    "change": "#changed-word",
}  # figures without a question of their own: name to selector


@dataclass(frozen=True, slots=True)
class Places:
    """The names that a card can use.

    Attributes:
        parts: of the map.
        figures: FIXED, and the questions of all figure cards.
        runs: the figures that start with a button.
        options: the choices that belong to one view.
    """

    views: tuple[str, ...]
    parts: tuple[str, ...]
    figures: tuple[str, ...]
    runs: tuple[str, ...]
    options: tuple[str, ...]


class _Reader(HTMLParser):
    """Collects the attributes that name places, in the order of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, None] = {}
        self.figures: dict[str, None] = dict.fromkeys(FIXED)
        self.runs: dict[str, None] = {}
        self.options: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "section":
            self.parts.update(dict.fromkeys((named.get("data-part") or "").split()))
        if question := named.get("data-question"):
            self.figures[question] = None
            if "data-run" in named:
                self.runs[question] = None
        if option := named.get("data-option"):
            self.options[option] = None


def places_in(views: Iterable[tuple[str, str]]) -> Places:
    """The places in these views.

    Args:
        views: name and markup of each view.
    """
    views, reader = list(views), _Reader()
    for _, markup in views:
        reader.feed(str(markup))
    names = tuple(name for name, _ in views)
    return Places(names, *(tuple(one) for one in (reader.parts, reader.figures, reader.runs, reader.options)))


def fit_lessons(lessons: Lessons, places: Places, analysis: Analysis) -> Lessons:
    """The lessons that the page can show with this model.

    A tour that ships is left out where the page has no such figure, as without a record of the training, and shows the
    last layer or head where the model has fewer than the card names.

    Raises:
        LessonError: a card names what the page does not have; the message lists the choices.
    """
    shown = (
        tour
        for tour in lessons.tours
        if not tour.ships or all(card.figure in places.figures for card in tour.cards)
    )
    tours = tuple(fit_heads(tour, analysis) if tour.ships else tour for tour in shown)
    for card in (card for tour in tours for card in tour.cards):
        check_card(card, places, analysis)
    return replace(lessons, tours=tours)


def fit_heads(tour: Tour, analysis: Analysis) -> Tour:
    """The tour with heads that the model has."""
    last = (analysis.model.layers - 1, analysis.model.heads - 1)

    def fit(card: Card) -> Card:
        place, target = dict(card.place), card.target
        if "head" in place:
            place["head"] = tuple(map(min, place["head"], last))
        if card.done == "head" and target is not None:
            target = tuple(map(min, target, last))
        return replace(card, place=place, target=target)

    return replace(tour, cards=tuple(map(fit, tour.cards)))


def check_card(card: Card, places: Places, analysis: Analysis) -> None:
    """Refuses a card that names what the page or the model does not have."""
    check_names(card, places)
    check_head(card, card.place.get("head"), analysis)
    if card.done == "head":
        check_head(card, card.target, analysis)
    if card.done == "run" and card.figure not in places.runs:
        raise LessonError(
            f"{card.source}: the figure {card.figure!r} does not start with a button{suggest(card.figure, places.runs)}"
        )


def check_names(card: Card, places: Places) -> None:
    """Refuses a view, part, figure, method or option that does not exist."""
    kinds = {"view": places.views, "part": places.parts, "option": places.options}
    named = [
        ("figure", card.figure, places.figures),
        ("view", card.place.get("view"), places.views),
        ("part", card.place.get("part"), places.parts),
        ("method", card.place.get("method"), METHODS),
        ("done", card.target if card.done in kinds else None, kinds.get(card.done, ())),
    ]
    for setting, value, known in named:
        if value is not None and value not in known:
            raise LessonError(f"{card.source}: {setting} {value!r} does not exist{suggest(value, known)}")


def check_head(card: Card, head: tuple[int, int] | None, analysis: Analysis) -> None:
    """Refuses a head that the model does not have."""
    model = analysis.model
    if head is not None and (head[0] >= model.layers or head[1] >= model.heads):
        raise LessonError(
            f"{card.source}: there is no head {head[0] + 1}-{head[1] + 1}; the model has {model.layers} layers of "
            f"{model.heads} heads."
        )


def fields_of(card: Card, analysis: Analysis) -> dict[str, object]:
    """What a card sets in the store; what it leaves open has no entry.

    Raises:
        LessonError: the pair cannot be read, or has no such word.
    """
    fields = {name: card.place[name] for name in ("view", "part", "label", "method") if name in card.place}
    if "head" in card.place:
        fields["layer"], fields["head"] = card.place["head"]
    if "pair" in card.place:
        fields["premise"], fields["hypothesis"] = card.place["pair"]
        try:
            words = [word.text.lower() for word in analysis.trace(*card.place["pair"]).pair.words]
        except InputError as error:
            raise LessonError(f"{card.source}: {error}") from error
        if "word" in card.place:
            fields["word"] = last_place(card, words)
    return fields


def last_place(card: Card, words: list[str]) -> int:
    """Index of the card's word among the words of its pair, the last one if it occurs twice.

    Raises:
        LessonError: it is none of them.
    """
    word = card.place["word"].lower()
    if word not in words:
        raise LessonError(
            f"{card.source}: {word!r} is not a word of this pair. The model reads: {', '.join(words)}."
        )
    return len(words) - 1 - words[::-1].index(word)
