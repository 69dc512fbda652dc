"""The answers about the tiny model."""

import pytest

from bertmini_demo.ui.page import build_answers


@pytest.fixture(scope="module")
def answers(tiny):
    return build_answers(tiny)
