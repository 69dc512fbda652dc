"""What is installed: all that is imported is pinned, and each package's licence is known and allows what this project does."""

import ast
import os
import subprocess
import sys
from importlib.metadata import packages_distributions, version

import pytest
from licences import ROOT, UNSTATED, licences, pins, plain, written

COPYLEFT = ("AGPL", "GPL-2", "GPL-3", "GNU General Public", "GNU Affero")
TESTS = ROOT / "tests"


def imported(source: str) -> set[str]:
    """The packages a module imports anywhere, but for those whose presence it checks by find_spec."""
    names, optional = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "find_spec":
            optional |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return names - optional - sys.stdlib_module_names


@pytest.mark.parametrize(
    ("folder", "requirements"),
    [("bertmini_demo", ROOT / "requirements.txt"), ("tests", TESTS / "requirements.txt")],
)
def test_every_package_that_is_imported_is_pinned(folder, requirements):
    """A package that only comes along with another may change, or go, when the other does."""
    ours = {"bertmini_demo", "app"} | {path.stem for path in [*TESTS.rglob("*.py"), *TESTS.iterdir()]}
    homes = packages_distributions()
    files = (ROOT / folder).rglob("*.py")
    names = set().union(*(imported(file.read_text(encoding="utf-8")) for file in files)) - ours
    pinned = pins(requirements)
    assert {name for name in names if not {plain(home) for home in homes[name]} & pinned.keys()} == set()


def test_what_is_pinned_is_what_runs():
    wrong = {
        package: version(package)
        for package, pinned in pins(TESTS / "requirements.txt").items()
        if version(package).split("+")[0] != pinned
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy.linalg as n, os", {"numpy"}),
        ("def f():\n    from torch.nn import Module", {"torch"}),
        ("if find_spec('bertviz'):\n    import bertviz, torch", {"torch"}),
    ],
)
def test_imports_are_noticed_wherever_they_are(source, expected):
    assert imported(source) == expected


def test_the_list_of_licences_holds_what_is_pinned():
    stated, listed = licences(), written()
    for name in pins(ROOT / "requirements.txt"):
        assert listed.get(name) == stated[name], "run python tests/licences.py"


def test_every_licence_lets_the_code_stay_under_mit():
    """Versions below the pins may differ from machine to machine, and so may what they state."""
    assert UNSTATED not in written().values()
    for name, said in [*written().items(), *licences().items()]:
        assert "LGPL" in said or not any(one in said for one in COPYLEFT), (name, said)


def test_the_guard_notes_what_leaves_the_machine_and_nothing_else(tmp_path):
    """It watches the app behind all browser tests; here a program tries each way out."""
    code = (
        "import socket\n"
        "for place in (('127.0.0.1', 9), ('192.0.2.1', 9)):\n"
        "    one = socket.socket(); one.setblocking(False)\n"
        "    try: one.connect(place)\n"
        "    except OSError: pass\n"
        "for name in ('localhost', 'elsewhere.invalid'):\n"
        "    try: socket.getaddrinfo(name, 9)\n"
        "    except OSError: pass\n"
    )
    file = tmp_path / "connections"
    guard = {"PYTHONPATH": str(ROOT / "tests" / "guard"), "CONNECTIONS": str(file)}
    subprocess.run([sys.executable, "-c", code], env=os.environ | guard, check=True)
    assert file.read_text().splitlines() == [
        "socket.connect 192.0.2.1",
        "socket.getaddrinfo elsewhere.invalid",
    ]
