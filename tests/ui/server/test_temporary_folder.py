"""Files lie in a folder of the app's own, or in the one that its operator names."""

import os
from pathlib import Path

from bertmini_demo.ui.server.temporary_folder import VARIABLE, use_own_folder


def test_an_app_has_a_folder_of_its_own_which_goes_with_it(monkeypatch):
    at_end = []
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(
        "atexit.register",
        lambda function, *arguments, **choices: at_end.append((function, arguments, choices)),
    )
    use_own_folder()
    folder = Path(os.environ[VARIABLE])
    assert folder.is_dir()
    assert list(folder.iterdir()) == []
    [(function, arguments, choices)] = at_end
    function(*arguments, **choices)
    assert not folder.exists()


def test_the_folder_that_an_operator_names_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    use_own_folder()
    assert os.environ[VARIABLE] == str(tmp_path)
