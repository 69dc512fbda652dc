"""Markup typed wherever text is ever shown again stays text: none of it runs in a real browser."""

import csv
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from pressing import ask, press_tab

CANARY = "<img src=x onerror=window.caught=1>"
SCRIPT = "<svg onload=window.caught=2></svg><script>window.caught=3</script>"
TEMPLATE = "{{constructor}}${window.caught=4}"
HOSTILE = f"{CANARY} {SCRIPT} {TEMPLATE}"


def harmless(page: Page, *shown: str) -> None:
    """The canary is seen where it should be, and nothing of it has become markup."""
    for place in shown:
        expect(page.locator(place)).to_contain_text("onerror")
    assert page.evaluate("window.caught") is None
    assert page.locator("img[src=x], svg[onload]").count() == 0


@pytest.fixture
def files(tmp_path):
    """A table for Train, and one for Batch with a line that is no pair."""
    rows = [(f"A man sleeps. {HOSTILE}", f"A dog {number} runs. {CANARY}", "neutral") for number in range(3)]
    for name, more in (("train.csv", (("x", "y", CANARY),)), ("batch.csv", ((CANARY,),))):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("premise", "hypothesis", "label"), *rows, *more])
    return tmp_path


def test_markup_typed_anywhere_stays_text(visit, address, files):
    query = {"premise": HOSTILE, "hypothesis": f"no {CANARY}", "tab": CANARY, "model": CANARY, "word": CANARY}
    page = visit(link=f"{address}?{urlencode(query)}")
    harmless(page, "#link-told", "#sentences")
    ask(page, f"A new one. {HOSTILE}", premise=CANARY)
    harmless(page, "#sentences")
    press_tab(page, "Words")
    page.locator("#own-text textarea").fill(f"A [MASK] {HOSTILE}")
    page.locator("#fill-text").click()
    expect(page.locator("#own-fillings")).not_to_be_empty()
    harmless(page, "#sentences")
    press_tab(page, "Batch")
    page.set_input_files("#batch-file input[type=file]", files / "batch.csv")
    expect(page.locator("#batch-file")).to_contain_text(re.compile(r"batch\s*\.csv"))
    page.locator("#judge-batch").click()
    expect(page.locator("#batch-status")).to_contain_text("judged 3 pairs. 1 row could not be read.")
    harmless(page)
    press_tab(page, "Train")
    page.locator("#more-pairs > button").click()
    page.set_input_files("#train-file input[type=file]", files / "train.csv")
    expect(page.locator("#pairs-told")).to_contain_text("3 pairs of train.csv are in the table.")
    harmless(page, "#train-pairs", "#pairs-told")
