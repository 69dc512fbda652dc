"""Files of headings, settings and prose: what is read, and how faults are told."""

import pytest

from bertmini_demo.data.lesson_files import read_sections
from bertmini_demo.errors import LessonError

GOOD = """
# The title

What it is about.

## First
name: one: two
other: 3

Some prose
over two lines.

A second paragraph.

## Second

No settings.
"""


def write(folder, text):
    path = folder / "file.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_headings_settings_and_paragraphs_are_read_with_their_lines(tmp_path):
    title, (first, second) = read_sections(write(tmp_path, GOOD))
    assert (title.heading, title.line, title.text) == ("The title", 2, "What it is about.")
    assert (first.heading, first.line, second.line) == ("First", 6, 15)
    assert first.get("name") == "one: two"
    assert first.settings["other"].line == 8
    assert first.paragraphs == ("Some prose over two lines.", "A second paragraph.")
    assert (second.settings, second.text) == ({}, "No settings.")


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "begins with its title"),
        ("\n\nno title\n", 3, "begins with its title"),
        ("## a section\n", 1, "begins with its title"),
        ("before\n# title\n", 1, "begins with its title"),
        ("# one\n\n# two\n", 3, "has one title"),
        ("# t\n\n## s\nprose at once\n", 4, "is not a setting"),
        ("# t\n\n## s\nname:\n", 4, "is not a setting"),
        ("# t\n\n## s\nname: 1\nname: 2\n", 5, "set twice"),
    ],
)
def test_faults_are_told_by_file_and_line(tmp_path, text, line, told):
    with pytest.raises(LessonError, match=rf"file\.md, line {line}: .*{told}"):
        read_sections(write(tmp_path, text))


def test_a_file_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "file.md"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LessonError, match="cannot be read"):
        read_sections(path)
    with pytest.raises(LessonError, match="cannot be read"):
        read_sections(tmp_path / "nowhere.md")


def test_a_wrong_name_is_told_with_what_was_meant(tmp_path):
    _, (section,) = read_sections(write(tmp_path, "# t\n\n## s\nhilight: grid\n"))
    with pytest.raises(
        LessonError, match=r"line 4: there is no setting 'hilight'; did you mean 'highlight'\? .*tab"
    ):
        section.check_names(known=("tab", "highlight"))
    with pytest.raises(LessonError, match=r"line 3: “s” needs a line “tab: …”"):
        section.check_names(known=("hilight",), needed=("tab",))
