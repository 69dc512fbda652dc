"""Checkpoints to do damage to."""

import shutil
from pathlib import Path

import pytest

from bertmini_demo.model.checksums import MANIFEST


@pytest.fixture
def copy(tiny_folder, tmp_path):
    """A copy of the tiny checkpoint to do damage to."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "copy"))


@pytest.fixture
def unsealed(copy):
    """The same without its manifest, as foreign checkpoints come."""
    (copy / MANIFEST).unlink()
    return copy
