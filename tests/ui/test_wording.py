"""The words that readers should not meet: in templates, sentences, messages and lessons."""

import ast
import json
import re
from pathlib import Path

import pytest
from avoided_words import avoided_in

import bertmini_demo
from bertmini_demo.settings import ASSETS

PACKAGE = Path(bertmini_demo.__file__).parent
SKIPPED = ("english.py", "opposites.py")  # lists of words, not sentences


def shown_strings(source: str) -> list[str]:
    """The text in a module's strings, docstrings and names without spaces left out."""
    tree = ast.parse(source)
    documented = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in documented
        and " " in node.value.strip()
    ]


def files(pattern: str, root: Path = PACKAGE) -> list[Path]:
    return [path for path in sorted(root.rglob(pattern)) if not set(SKIPPED) & set(path.parts)]


def named(paths: list[Path]) -> list:
    return [
        pytest.param(path, id=path.name if path.name != "text.py" else path.parent.name) for path in paths
    ]


@pytest.mark.parametrize("path", named(files("*.html", PACKAGE / "ui")))
def test_templates_use_the_fields_words(path):
    assert avoided_in([re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)]) == []


@pytest.mark.parametrize("path", named(files("*.py")))
def test_sentences_and_messages_use_the_fields_words(path):
    assert avoided_in(shown_strings(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", named(files("*.js", PACKAGE / "ui")))
def test_what_scripts_write_uses_the_fields_words(path):
    code = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert avoided_in(re.findall(r"'[^'\n]* [^'\n]*'|`[^`]* [^`]*`", code)) == []


@pytest.mark.parametrize("path", named(files("*.md", ASSETS / "lessons")))
def test_lessons_use_the_fields_words(path):
    assert avoided_in([path.read_text(encoding="utf-8")]) == []


def test_examples_and_traps_use_the_fields_words():
    groups = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))["groups"]
    rules = json.loads((ASSETS / "heuristics.json").read_text(encoding="utf-8"))["heuristics"]
    texts = [pair["look_for"] for group in groups for pair in group["pairs"]]
    texts += [rule[part] for rule in rules for part in ("title", "rule", "why")]
    assert avoided_in(texts) == []


def test_an_avoided_word_is_seen():
    assert avoided_in(shown_strings('"""told"""\nsay("What is told here", "told")')) == ["What is told here"]
