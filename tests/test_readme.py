"""The README tells what is so."""

import re

import pytest
from readme_tables import README, ROOT, filled

TEXT = README.read_text(encoding="utf-8")


def front_matter() -> dict[str, str]:
    block = TEXT.split("---\n")[1]
    return {
        key: value.strip('"') for key, value in (line.split(": ", 1) for line in block.strip().splitlines())
    }


def pins(path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").split()
    return dict(line.split("==") for line in lines if "==" in line)


def test_tables_are_those_the_code_gives():
    assert filled(TEXT) == TEXT, "run python tests/readme_tables.py"


def test_front_matter_suits_spaces():
    matter = front_matter()
    assert matter["sdk_version"] == pins(ROOT / "requirements.txt")["gradio"]
    assert (ROOT / matter["app_file"]).is_file()
    assert tuple(map(int, matter["python_version"].split("."))) >= (3, 11)
    assert len(matter["short_description"]) <= 60


def test_every_requirement_is_pinned_exactly():
    lines = [
        line
        for name in ("requirements.txt", "tests/requirements.txt")
        for line in (ROOT / name).read_text().split()
    ]
    assert all("==" in line for line in lines if line not in ("-r", "../requirements.txt"))
    assert pins(ROOT / "requirements.txt")["torch"] == "2.13.0"


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)]+)\)", TEXT))
def test_files_linked_exist(link):
    assert (ROOT / link).is_file()


def test_every_module_of_the_tour_exists():
    tour = TEXT.split("```text\n")[1].split("```")[0]
    for name in re.findall(r"^  ([\w/.]+)", tour, re.MULTILINE):
        assert (ROOT / "bertmini_demo" / name).exists(), name


def test_length():
    body = TEXT.split("---\n", 2)[2]
    assert len(body.split("## The package")[0].split()) < 700
    assert len(body.split()) < 2800  # most of it folded away: reference
