"""What the package offers, and the direction of its imports, seen in fresh interpreters and in the source.

Modules are found on disk: a new one falls under the rules by its place.
"""

import ast
import importlib
import inspect
import json
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import bertmini_demo
from bertmini_demo import errors

ROOT = Path(bertmini_demo.__file__).resolve().parent.parent
PACKAGE = "bertmini_demo"
MODEL_SIDE = {"torch", "transformers"}
PAGE_SIDE = {"gradio", "plotly"}
WATCHED = MODEL_SIDE | PAGE_SIDE | {"captum", "numpy"}
# Parts that only import down: each may import those of a lower or the same rank.
RANKS = {
    "": 0,
    "errors": 0,
    "settings": 0,
    "results": 0,
    "model": 1,
    "inference": 1,
    "attribution": 2,
    "explain": 2,
    "data": 3,
    "figures": 4,
    "notebook": 5,
    "training": 5,
    "ui": 6,
    "benchmark": 7,
}
STANDARD_LIBRARY_ONLY = (
    "data.glossary",
    "data.lesson_files",
    "errors",
    "explain.wordpiece_trace",
    "figures.rendering",
    "settings",
)
LIGHT = (
    *STANDARD_LIBRARY_ONLY,
    "data.examples",
    "data.lessons",
    "data.metrics",
    "data.pair_files",
    "explain.attention_filters",
    "explain.attention_flow",
    "explain.attention_rollout",
    "explain.head_roles",
    "explain.layer_similarity",
    "explain.rank_correlation",
    "figures",
    "results",
)

# What modules of each kind may load anyway, loaded once for all of the kind and those after it, to save time.
STAGES = {
    "light": "",
    "model": "from transformers import BertForSequenceClassification, BertTokenizer, Trainer",
    "page": "import gradio, plotly.graph_objects",
}
# Imports each module in a fork of an interpreter that holds only what its kind may load anyway, and each file's code,
# which would else be compiled anew in each fork where no bytecode is written.
PROBE = """
import gc, importlib, json, os, sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
watched, stages, package = json.loads(sys.stdin.read())
compiled = {str(path): compile(path.read_bytes(), path, "exec") for path in Path(package).resolve().rglob("*.py")}
get_code = SourceFileLoader.get_code
SourceFileLoader.get_code = lambda self, name: compiled.get(self.path) or get_code(self, name)
gc.disable()
for preload, modules in stages:
    exec(preload)
    gc.freeze()
    for module in modules:
        child = os.fork()
        if not child:
            try:
                importlib.import_module(module)
                told = sorted(set(watched) & set(sys.modules))
            except BaseException as error:
                told = repr(error)
            print(json.dumps([module, told]), flush=True)
            os._exit(0)
        os.waitpid(child, 0)
"""


def module_names():
    """Every module of the package, by its file."""
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__main__":
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = tuple(module_names())


def place(module):
    """The part of the package a module belongs to: ui, figures, training ... or its own name."""
    return module.split(".")[1] if "." in module else ""


def within(module, names):
    """Whether a module is one of these, or lies in one of these packages; names are below the package."""
    below = module.removeprefix(PACKAGE).lstrip(".")
    return any(below == name or below.startswith(f"{name}.") for name in names)


def stage(module):
    """The kind of a module, by what it may load."""
    if not place(module) or within(module, LIGHT):
        return "light"
    return "page" if place(module) in ("ui", "benchmark") else "model"


@cache
def probe():
    """{module: watched libraries that are loaded once it is imported alone, or the error it raises}."""
    stages = [
        (code, [module for module in MODULES if stage(module) == kind]) for kind, code in STAGES.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        input=json.dumps([sorted(WATCHED), stages, PACKAGE]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return dict(map(json.loads, done.stdout.splitlines()))


def loaded_by(module):
    """The watched libraries in sys.modules after importing one module alone."""
    told = probe()[module]
    assert isinstance(told, list), told
    return set(told)


@cache
def imports_of(module):
    """[(imported module, whether it happens at import time)] from the source; typing-only imports left out."""
    path = ROOT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    later = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in names]
        else:
            continue
        found += [(name, node not in later) for name in names]
    return found


each_module = pytest.mark.parametrize("module", MODULES)


PUBLIC = {
    "": {"__version__", "load_model"},
    "attribution": {"METHODS", "attribute"},
    "errors": {"CheckpointError", "DataError", "DemoError", "InputError", "LessonError"},
    "inference": {"NLIModel"},
    "results": {"Attribution", "EncodedPair", "Prediction", "Trace", "Word"},
    "settings": {"Settings"},
}


def test_the_public_names_are_exactly_these():
    assert set(bertmini_demo.__all__) == set().union(*PUBLIC.values())
    for module, names in PUBLIC.items():
        home = importlib.import_module(f"{PACKAGE}.{module}".rstrip("."))
        for name in names:
            assert getattr(bertmini_demo, name) is getattr(home, name)
            assert name in dir(bertmini_demo)
    signature = inspect.signature(bertmini_demo.load_model)
    assert list(signature.parameters) == ["name", "settings"]
    assert signature.parameters["name"].default is None
    assert signature.parameters["settings"].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize("name", ["nothing", "Checkpoint", "torch"])
def test_a_name_that_is_not_public_is_no_attribute(name):
    with pytest.raises(AttributeError, match=f"'bertmini_demo' has no attribute '{name}'"):
        getattr(bertmini_demo, name)


def test_every_public_name_has_a_docstring():
    for name in bertmini_demo.__all__:
        if callable(thing := getattr(bertmini_demo, name)):
            assert len(thing.__doc__.split()) > 3, name


def test_every_error_is_a_demo_error_with_a_docstring():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert {kind.__name__ for kind in kinds} >= {"DemoError", "InputError", "CheckpointError", "DataError"}
    for kind in kinds:
        assert issubclass(kind, errors.DemoError)
        assert kind.__doc__


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by(PACKAGE) == set()


@pytest.mark.parametrize("module", [module for module in MODULES if within(module, STANDARD_LIBRARY_ONLY)])
def test_the_lowest_modules_load_nothing_but_the_standard_library(module):
    assert loaded_by(module) == set()


@pytest.mark.parametrize("module", [module for module in MODULES if within(module, LIGHT)])
def test_what_needs_no_model_loads_no_torch(module):
    assert not loaded_by(module) & MODEL_SIDE


@pytest.mark.parametrize("module", [module for module in MODULES if place(module) not in ("ui", "benchmark")])
def test_nothing_below_the_page_loads_gradio_and_only_what_draws_loads_plotly(module):
    allowed = {"plotly"} if place(module) in ("figures", "notebook") else set()
    assert loaded_by(module) & PAGE_SIDE <= allowed


@each_module
def test_captum_waits_until_it_is_used(module):
    assert "captum" not in loaded_by(module)


@each_module
def test_each_library_is_imported_in_its_place_only(module):
    homes = {
        "gradio": {"ui", "benchmark"},
        "plotly": {"benchmark", "figures"},
        "captum": {"benchmark", "explain"},
    }
    for name, _ in imports_of(module):
        library = name.split(".")[0]
        assert library not in homes or place(module) in homes[library], f"{module} imports {name}"


@pytest.mark.parametrize("module", [module for module in MODULES if module != PACKAGE])
def test_imports_only_go_down(module):
    for name, _ in imports_of(module):
        if name.startswith(f"{PACKAGE}."):
            assert RANKS[place(name)] <= RANKS[place(module)], f"{module} imports {name}"
            assert place(name) != "training" or place(module) != "ui" or ".on_page" in name


def test_no_module_imports_itself_round_a_corner():
    graph = {
        module: [name for name, at_import in imports_of(module) if at_import and name in MODULES]
        for module in MODULES
    }
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    "pair", [("inference", "attribution"), ("inference", "figures"), ("figures", "inference")]
)
def test_inference_attribution_and_figures_stay_apart(pair):
    importer, imported = pair
    for module in MODULES:
        if place(module) == importer:
            assert imported not in {place(name) for name, _ in imports_of(module) if name.startswith(PACKAGE)}
