"""The README files say what is true."""

import re

import pytest
from licences import pins
from readme_tables import README, ROOT, TABLES, filled

TEXT = README.read_text(encoding="utf-8")
PACKAGE = ROOT / "bertmini_demo"
FILES = [README, *PACKAGE.rglob("README.md"), *(ROOT / "assets").rglob("README.md")]
LINKS = [
    (file, link)
    for file in FILES
    for link in re.findall(r"\]\((?!http|#)([^)]+)\)", file.read_text(encoding="utf-8"))
]


def front_matter() -> dict[str, str]:
    block = TEXT.split("---\n")[1]
    return {
        key: value.strip('"') for key, value in (line.split(": ", 1) for line in block.strip().splitlines())
    }


@pytest.mark.parametrize("path", TABLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tables_are_those_the_code_gives(path):
    assert filled(path) == path.read_text(encoding="utf-8"), "run python tests/readme_tables.py"


def test_front_matter_suits_spaces():
    matter = front_matter()
    assert matter["sdk_version"] == pins(ROOT / "requirements.txt")["gradio"]
    assert (ROOT / matter["app_file"]).is_file()
    assert tuple(map(int, matter["python_version"].split("."))) >= (3, 11)
    assert len(matter["short_description"]) <= 60


@pytest.mark.parametrize(("file", "link"), LINKS)
def test_files_linked_exist(file, link):
    assert (file.parent / link).is_file()


def test_every_module_of_the_map_exists():
    tour = (PACKAGE / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    names = re.findall(r"^([\w/.]+)", tour, re.MULTILINE)
    assert names
    for name in names:
        assert (PACKAGE / name).exists(), name


def test_the_readme_stays_short():
    assert len(TEXT.split()) <= 900


def test_the_readme_names_no_place_that_is_yet_to_be_filled_in():
    assert "OWNER" not in TEXT
