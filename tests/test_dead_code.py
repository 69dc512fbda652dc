"""Nothing in the package is defined for nobody.

A constant or a private name is used in the package itself. A public function may be there for those who import the package,
and is then used by a test.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import bertmini_demo

PACKAGE = Path(bertmini_demo.__file__).resolve().parent
TESTS = Path(__file__).resolve().parent
SOURCES = [path.read_text(encoding="utf-8") for path in (*PACKAGE.rglob("*.py"), PACKAGE.parent / "app.py")]
TEMPLATES = [
    path.read_text(encoding="utf-8")
    for path in PACKAGE.rglob("*")
    if path.suffix in (".html", ".svg", ".jinja", ".j2", ".js", ".md")
]
CALLED_BY_LIBRARIES = {  # which look these up by name
    "_format_processing_error",  # gradio.Blocks
    "_get_train_sampler",  # transformers.Trainer
    "_init",  # asyncio.Queue
    "_put",
    "_repr_html_",  # IPython
    "_tied_weights_keys",  # transformers.PreTrainedModel
    "get_output_embeddings",
    "on_epoch_begin",  # transformers.TrainerCallback
    "on_step_end",
    "on_train_begin",
}


def definitions(source: str) -> Iterator[str]:
    """Names of constants, functions and classes of a module, and of the methods and fields of its classes."""
    for node in ast.parse(source).body:
        yield from names_of(node)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from names_of(inner)


def names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))


def uses(source: str) -> Iterator[str]:
    """Every name that a module reads, imports, or spells out in a string or as a keyword."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def dead(sources: Iterable[str], templates: Iterable[str] = ()) -> set[str]:
    """Names that are defined and never used. An import alone is no use, and neither is a name's own definition."""
    sources = list(sources)
    defined = {name for source in sources for name in definitions(source)}
    used = {name for source in sources for name in uses(source)}
    used |= {word for template in templates for word in re.findall(r"\w+", template)}
    return {name for name in defined - used if not name.startswith("__")}


def test_the_package_uses_what_it_defines():
    unused = dead(SOURCES, TEMPLATES) - CALLED_BY_LIBRARIES
    for_others = {name for path in TESTS.rglob("*.py") for name in uses(path.read_text(encoding="utf-8"))}
    assert {
        name for name in unused if name not in for_others or name.isupper() or name.startswith("_")
    } == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = 1", {"A"}),
        ("A = 1\nprint(A)", set()),
        ("A, B = 1, 2\nprint(B)", {"A"}),
        ("A: int = 1", {"A"}),
        ("def f(): pass", {"f"}),
        ("class C:\n    def m(self): pass\nC()", {"m"}),
        ("class C:\n    x: int = 0\nC().x", set()),
        ("from a import b", set()),
        ("def f(): pass\ngetattr(1, 'f')", set()),
    ],
)
def test_dead_names_are_found(source, expected):
    assert dead([source]) == expected
