"""What is installed: each package's licence is known, and allows what this project does."""

import os
import subprocess
import sys

from licences import ROOT, UNSTATED, licences, written

COPYLEFT = ("AGPL", "GPL-2", "GPL-3", "GNU General Public", "GNU Affero")


def test_the_list_of_licences_holds_what_is_pinned():
    found, listed = licences(), written()
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").split():
        name = line.split("==")[0]
        assert listed.get(name) == found[name], "run python tests/licences.py"


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
