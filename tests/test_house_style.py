"""The rules of the house that a program can check: words, docstrings, lengths and names, read from the source."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import bertmini_demo

PACKAGE = Path(bertmini_demo.__file__).resolve().parent
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 40  # of a function
MAX_CHARACTERS = 126  # of a line of a docstring or comment; the formatter holds the code
MAX_TEST_LINES = 400  # of a file of tests, which mirrors a module
MAX_FILES = 25  # of a folder
OFTEN = {"__init__.py", "__main__.py", "view.py", "text.py"}  # names that several folders may use
# Words that a reader of English takes for something else, or stumbles over. Those of prose are searched in names, comments
# and texts, those of names where a name is made of nothing else.
PROSE = re.compile(
    r"\b(?:told|tells?|telling|at hand|surely|alike|worked out|aside|goes by|stands for|of one's own|to take along)\b"
)
NAMES = {
    "told",
    "tell",
    "tells",
    "found",
    "most",
    "least",
    "wants",
    "wanted",
    "whole",
    "said",
    "aside",
    "come",
}
WORD_LISTS = {"english.py", "opposites.py"}  # whose texts are English words

Function = ast.FunctionDef | ast.AsyncFunctionDef
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(source: str, *, texts: bool = True) -> Iterator[tuple[int, str]]:
    """(line, text) of every name, every comment and, if wanted, every text of several words."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string.replace("_", " ")
        elif token.type == tokenize.COMMENT or (
            texts and token.type == tokenize.STRING and " " in token.string
        ):
            yield token.start[0], token.string


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of every variable, argument, attribute, function and class that a module defines or uses."""
    for node in ast.walk(tree):
        for field in ("id", "arg", "attr", "name"):
            if isinstance(name := getattr(node, field, None), str):
                yield getattr(node, "lineno", 0), name


def definitions(node: ast.AST, *, within: str = "") -> Iterator[tuple[str, ast.AST]]:
    """(dotted name, node) of the classes and functions of a module and of its classes; not those inside functions."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, Function | ast.ClassDef):
            yield within + inner.name, inner
        if isinstance(inner, ast.ClassDef):
            yield from definitions(inner, within=f"{within}{inner.name}.")
        elif not isinstance(inner, Function):
            yield from definitions(inner, within=within)


def undocumented(source: str) -> list[str]:
    """Public classes, functions and methods without a docstring."""
    return [
        name
        for name, node in definitions(ast.parse(source))
        if not any(part.startswith("_") for part in name.split(".")) and not ast.get_docstring(node)
    ]


def raises(function: ast.AST) -> bool:
    """Whether a function raises an error itself, not in a function inside it."""
    inner = [node for node in ast.iter_child_nodes(function) if not isinstance(node, Function | ast.ClassDef)]
    return any((isinstance(node, ast.Raise) and node.exc) or raises(node) for node in inner)


def unannounced(source: str) -> list[str]:
    """Public functions that raise errors of which their docstring says nothing."""
    return [
        name
        for name, node in definitions(ast.parse(source))
        if isinstance(node, Function)
        and not any(part.startswith("_") for part in name.split("."))
        and raises(node)
        and not re.search(r"Raise|Refuse|refuse|error", ast.get_docstring(node) or "")
    ]


def too_long(source: str) -> list[str]:
    """Functions of more than MAX_LINES lines, those inside others included."""
    return [
        f"{node.name}, {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, Function) and node.end_lineno - node.lineno >= MAX_LINES
    ]


def wide(source: str) -> list[int]:
    """The lines of docstrings and comments that are longer than MAX_CHARACTERS."""
    documented = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }
    comments = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    lines = source.splitlines()
    return sorted(line for line in documented | comments if len(lines[line - 1]) > MAX_CHARACTERS)


def is_avoided(name: str) -> bool:
    """Whether a name is one of NAMES, or a constant with one of them as a part: LEAST_SHARE, but not most_common."""
    return name in NAMES or (name.isupper() and bool(set(name.lower().split("_")) & NAMES - {"found"}))


@each_file
def test_lines_of_prose_are_short(path):
    assert wide(read(path)) == []


@each_file
def test_the_words_are_the_fields(path):
    source = read(path)
    lines = prose(source, texts=path.name not in WORD_LISTS)
    assert [f"{line}: {text}" for line, text in lines if PROSE.search(text)] == []
    assert [f"{line}: {name}" for line, name in names(ast.parse(source)) if is_avoided(name)] == []


@each_file
def test_what_is_public_has_a_docstring(path):
    assert undocumented(read(path)) == []


@each_file
def test_errors_are_documented_where_they_are_raised(path):
    assert unannounced(read(path)) == []


@each_file
def test_functions_are_short(path):
    assert too_long(read(path)) == []


def test_no_file_name_and_no_class_name_comes_twice():
    files = Counter(path.name for path in FILES if path.name not in OFTEN)
    classes = Counter(
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, times in (files + classes).items() if times > 1] == []


def test_no_folder_is_crowded():
    folders = Counter(path.parent for path in FILES if path.name != "__init__.py")
    assert {str(folder): count for folder, count in folders.items() if count > MAX_FILES} == {}


def test_no_file_of_tests_is_long():
    files = Path(__file__).parent.rglob("*.py")
    lines = {path.name: len(read(path).splitlines()) for path in files}
    assert {name: count for name, count in lines.items() if count > MAX_TEST_LINES} == {}


@pytest.mark.parametrize("filler", ["# {}", '"""{}"""', 'class C:\n    """{}"""'])
def test_wide_lines_of_prose_are_noticed(filler):
    narrow = MAX_CHARACTERS - len(filler.splitlines()[-1].format(""))
    assert wide(filler.format("x" * narrow)) == []
    assert wide(filler.format("x" * (narrow + 1))) == [len(filler.splitlines())]


@pytest.mark.parametrize("name", ["told", "LEAST_SHARE", "MOST"])
def test_names_to_avoid_are_noticed(name):
    assert is_avoided(name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(): pass", ["f"]),
        ('def f(): "Does it."', []),
        ("def _f(): pass", []),
        ('class C:\n    "It is."\n    def m(self): pass', ["C.m"]),
        ("class _C:\n    def m(self): pass", []),
        ('def f():\n    "Does it."\n    def g(): pass', []),
        ("if True:\n    def f(): pass", ["f"]),
    ],
)
def test_missing_docstrings_are_noticed(source, expected):
    assert undocumented(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    raise ValueError", ["f"]),
        ("def f():\n    if True:\n        raise ValueError", ["f"]),
        ('def f():\n    "Raises a ValueError."\n    raise ValueError', []),
        ("def f():\n    def g():\n        raise ValueError", []),
        ("def f():\n    try:\n        pass\n    except ValueError:\n        raise", []),
        ("class C:\n    def m(self):\n        raise ValueError", ["C.m"]),
        ("def _f():\n    raise ValueError", []),
    ],
)
def test_undocumented_errors_are_noticed(source, expected):
    assert unannounced(source) == expected


@pytest.mark.parametrize(("lines", "expected"), [(MAX_LINES, []), (MAX_LINES + 1, ["f, 41 lines"])])
def test_long_functions_are_noticed(lines, expected):
    assert too_long("def f():\n" + "    x = 1\n" * (lines - 1)) == expected


@pytest.mark.parametrize(
    "source", ["told = 1", "x = 1  # told", '"It tells."', "def at_hand(): pass", 'f"told {x}"']
)
def test_words_to_avoid_are_noticed(source):
    assert any(PROSE.search(text) for _, text in prose(source))
