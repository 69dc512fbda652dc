"""What the browser does by itself when a reader asks for a stop, and when work is over."""

import pytest

from bertmini_demo.figures.rendering import progress
from bertmini_demo.ui.laboratory.actions import OVER, PRESSED, STOP, STOPPED, STOPPING


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def test_progress_of_work_that_is_over_is_told_as_ended_and_the_rest_stays(page):
    under_way = f"{progress(3, 8, '<b>')}<p>list</p>"
    assert page.evaluate(PRESSED, under_way) == STOPPING
    assert page.evaluate(OVER, under_way) == [f"{STOPPED}<p>list</p>", STOP]
    for status in ("", None, "<p>Not worked out.</p>", progress(8, 8, "8 of 8")):
        assert page.evaluate(PRESSED, status) == STOP
        assert page.evaluate(OVER, status) == [status or "", STOP]
