"""The glossary and the notes on methods: read from assets/lessons, and put into the page's own sentences."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from markupsafe import escape

from bertmini_demo.data.lesson_files import read_sections
from bertmini_demo.settings import ASSETS

GLOSSARY = ASSETS / "lessons" / "glossary.md"
METHOD_NOTES = ASSETS / "lessons" / "methods.md"
TAG = re.compile(r"(<[^>]*>)")
WITHOUT_TERMS = {"a", "bdi", "button", "code", "h1", "h2", "h3", "label", "option", "q", "summary", "th"}


@dataclass(frozen=True, slots=True)
class MethodNote:
    """What a reader should know about a method that scores words, one line each."""

    computes: str
    formula: str
    cost: str
    misleads: str
    paper: str


@cache
def glossary() -> Mapping[str, str]:
    """{term, or another form of it, in lower case: its meaning}."""
    return read_glossary(GLOSSARY)


def read_glossary(path: Path) -> Mapping[str, str]:
    """Terms of a file.

    Raises:
        LessonError: with file and line, where a term has no meaning, an unknown setting, or appears twice.
    """
    meanings: dict[str, str] = {}
    for section in read_sections(path)[1]:
        section.check_names(known=("also",))
        if not section.text:
            raise section.error(f"“{section.heading}” has no meaning: write a sentence or two under it.")
        others = (section.get("also") or "").split(",")
        for form in filter(None, (section.heading.strip(), *(other.strip() for other in others))):
            if form.lower() in meanings:
                raise section.error(f"“{form}” appears twice in the glossary; keep one.", "also")
            meanings[form.lower()] = section.text
    return meanings


@cache
def method_notes() -> Mapping[str, MethodNote]:
    """{method: its note}, for all of attribution.METHODS, "attention", "rollout" and "value_zeroing"."""
    return read_method_notes(METHOD_NOTES)


def read_method_notes(path: Path) -> Mapping[str, MethodNote]:
    """Notes of a file.

    Raises:
        LessonError: with file and line, where one of the five lines is missing or another one is there.
    """
    names = [entry.name for entry in fields(MethodNote)]
    notes = {}
    for section in read_sections(path)[1]:
        section.check_names(known=names, needed=names)
        notes[section.heading] = MethodNote(*(section.settings[name].value for name in names))
    return notes


def explain_terms(text: str, *, terms: Mapping[str, str] | None = None) -> str:
    """HTML with the first use of each term turned into a button that shows its meaning.

    Only for sentences that the project wrote, before anything that a reader typed is put into them: a typed word is no
    term. Text in headings, links, buttons and quotations stays as it is.

    Args:
        text: HTML, in which a "<" that begins no tag is escaped.
        terms: None for the glossary that ships.
    """
    meanings = glossary() if terms is None else terms
    pattern = any_of(tuple(meanings))
    inside: list[str] = []  # open tags whose text stays as it is
    seen: set[str] = set()  # meanings
    parts = []
    for part in TAG.split(text):
        if part.startswith("<"):
            follow(part, inside)
        elif not inside:
            part = pattern.sub(lambda match: term(match[0], meanings, seen), part)
        parts.append(part)
    return "".join(parts)


@cache
def any_of(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Matches any of the forms as a whole word, the longest first."""
    longest_first = sorted(map(re.escape, forms), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])", re.IGNORECASE)


def follow(tag: str, inside: list[str]) -> None:
    """Updates the stack of open elements whose text stays as it is."""
    name = re.match(r"</?([a-z0-9]+)", tag, re.IGNORECASE)
    if name and name[1].lower() in WITHOUT_TERMS:
        if tag.startswith("</"):
            inside[:] = inside[:-1]
        else:
            inside.append(name[1].lower())


def term(form: str, meanings: Mapping[str, str], seen: set[str]) -> str:
    """A term as a button that holds its meaning; plain text where it was explained before.

    It is no <button>: a browser may break the line between a button and the comma after it, but never inside one.
    """
    meaning = meanings[form.lower()]
    if meaning in seen:
        return form
    seen.add(meaning)
    return f'<span role="button" tabindex="0" class="term" data-meaning="{escape(meaning)}">{form}</span>'
