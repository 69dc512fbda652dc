"""Text files that a teacher can edit: headings, settings and prose, each with its line number.

# The title of the file

What it is about.

## The heading of a section
name: value

Prose. An empty line begins a new paragraph.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bertmini_demo.errors import LessonError

HEADING = re.compile(r"(#{1,2}) +(\S.*)")
SETTING = re.compile(r"([a-z]+): +(\S.*)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One "name: value" under a heading, with its line, counted from 1."""

    value: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One heading with the settings and prose under it.

    Attributes:
        line: of the heading, counted from 1.
        settings: by name, in the order of the file.
        paragraphs: the prose, one line each.
    """

    path: Path
    line: int
    heading: str
    settings: Mapping[str, Setting]
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All paragraphs in one line."""
        return " ".join(self.paragraphs)

    def get(self, name: str) -> str | None:
        """The value of a setting; None where it is not set."""
        setting = self.settings.get(name)
        return setting.value if setting else None

    def error(self, message: str, name: str | None = None) -> LessonError:
        """The error to raise about a setting, or about the section."""
        line = self.settings[name].line if name in self.settings else self.line
        return LessonError(f"{self.path}, line {line}: {message}")

    def check_names(self, *, known: Collection[str], needed: Collection[str] = ()) -> None:
        """Refuses settings that are not known, and a section without one that is needed.

        Raises:
            LessonError: with the line, the name, and the known names.
        """
        for name in self.settings:
            if name not in known:
                raise self.error(f"there is no setting {name!r}{suggest(name, known)}", name)
        for name in needed:
            if name not in self.settings:
                raise self.error(f"“{self.heading}” needs a line “{name}: …” under its heading.")


def read_sections(path: Path) -> tuple[Section, tuple[Section, ...]]:
    """The title of a file as a section, and the sections that follow.

    Raises:
        LessonError: the file cannot be read, has no title, or has a line that is no heading, setting or prose.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(f"{path} cannot be read: {error}. It must be a text file in UTF-8.") from error
    matches = [(number, HEADING.fullmatch(line.strip())) for number, line in enumerate(lines, start=1)]
    starts = [(number, match) for number, match in matches if match]
    first = next((number for number, line in enumerate(lines, start=1) if line.strip()), 1)
    if not starts or starts[0][0] != first or starts[0][1][1] != "#":
        raise LessonError(f"{path}, line {first}: a file begins with its title, as in “# My lesson”.")
    ends = [number for number, _ in starts[1:]] + [len(lines) + 1]
    sections = []
    for (number, match), end in zip(starts, ends, strict=True):
        if sections and match[1] == "#":
            raise LessonError(f"{path}, line {number}: a file has one title; other headings begin with “##”.")
        sections.append(read_section(path, number, match[2].strip(), lines[number : end - 1]))
    return sections[0], tuple(sections[1:])


def read_section(path: Path, line: int, heading: str, body: list[str]) -> Section:
    """Settings up to the first empty line, then prose.

    Raises:
        LessonError: a line that is no setting, or a setting given twice.
    """
    first_empty = next((place for place, text in enumerate(body) if not text.strip()), len(body))
    settings: dict[str, Setting] = {}
    for number, text in enumerate(body[:first_empty], start=line + 1):
        match = SETTING.fullmatch(text.strip())
        if not match:
            raise LessonError(
                f"{path}, line {number}: {text.strip()!r} is not a setting. After a heading come settings such as "
                "“view: why”, then an empty line, then the text."
            )
        if match[1] in settings:
            raise LessonError(
                f"{path}, line {number}: {match[1]!r} is set twice under this heading; keep one."
            )
        settings[match[1]] = Setting(match[2].strip(), number)
    prose = "\n".join(text.strip() for text in body[first_empty:])
    paragraphs = tuple(" ".join(part.split()) for part in re.split(r"\n\n+", prose) if part.strip())
    return Section(path, line, heading, settings, paragraphs)


def suggest(value: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name: the closest known one, if any, and all of them."""
    near = get_close_matches(value, known, n=1)
    suggestion = f"; did you mean {near[0]!r}?" if near else "."
    return f"{suggestion} Choose one of: {', '.join(known)}."
