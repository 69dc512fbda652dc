"""The tab Traps as a reader uses it."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from pressing import press_tab, settled

from bertmini_demo.explain.hans.probe import ENTAILED, run_probe, subcases


def open_traps(page: Page) -> None:
    press_tab(page, "Traps")
    page.wait_for_selector(
        "#traps-not-entailed .scatterlayer path.point", state="attached"
    )  # a line has no area
    page.wait_for_selector("#traps-examples button[data-pair]")


def choose(page: Page, title: str) -> None:
    page.get_by_label("Try pairs of this kind").click()
    page.get_by_role("option", name=title).click()


def bars(page: Page, figure: str) -> list[float]:
    settled(page)
    data = f"document.querySelector('#{figure} .js-plotly-plot').data"
    return json.loads(page.evaluate(f"JSON.stringify({data}.find(trace => trace.type === 'bar').x)"))


def test_the_probe_runs_and_its_picture_outlasts_another_pair(visit, shipped):
    page = visit()
    open_traps(page)
    page.get_by_role("button", name="Run the probe").click()
    result = run_probe(shipped)
    expect(page.locator("#probe-progress")).to_contain_text(
        f"{len(result.pairs)} of {len(result.pairs)} pairs"
    )
    page.wait_for_selector("#traps-entailed .barlayer .point")
    expected = [100 * result.accuracy[name] for name, case in subcases().items() if case.label == ENTAILED]
    shown = bars(page, "traps-entailed")
    assert [value for place, value in enumerate(shown) if place % 6] == pytest.approx(expected, abs=0.06)
    page.locator("#swap").click()
    expect(page.locator("#sentences .pending")).to_be_hidden()
    expect(page.locator("#probe-progress")).to_contain_text(f"{len(result.pairs)} of")
    assert bars(page, "traps-entailed") == shown
    second = [case for case in subcases().values() if case.label == ENTAILED][1]
    bar = page.locator("#traps-entailed .barlayer .point path").nth(2)  # the first is a heuristic as a whole
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_label("Try pairs of this kind")).to_have_value(re.compile(re.escape(second.title)))


def test_a_pair_of_a_chosen_kind_opens_and_is_marked(visit, shipped):
    page = visit()
    open_traps(page)
    choose(page, "Subsequence: after a preposition")
    button = page.locator("#traps-examples button[data-pair]").nth(2)
    expect(page.locator("#traps-examples")).to_contain_text("It does not follow.")
    premise, hypothesis = json.loads(button.get_attribute("data-pair"))
    button.click()
    expect(page.locator("#premise textarea")).to_have_value(premise)
    expect(page.locator("#verdict .verdict")).to_have_attribute(
        "data-label", shipped.predict(premise, hypothesis).label
    )
    expect(page.locator("#traps-examples button[data-pair]").nth(2)).to_have_text("This pair is open")


def test_a_pair_is_written_with_a_template_and_opened(visit):
    page = visit()
    open_traps(page)
    choose(page, "Lexical overlap: subject and object swapped")
    expect(page.locator("#slots input:visible")).to_have_count(3)
    noun = page.get_by_label("Noun 1", exact=True)
    noun.fill("wizard <b>")
    noun.press("Enter")
    expect(page.locator("#written")).to_contain_text("The wizard <b> ")
    expect(page.locator("#written")).to_contain_text("By construction it does not follow.")
    page.locator("#written button[data-pair]").click()
    expect(page.locator("#hypothesis textarea")).to_have_value(re.compile(r"^The .* the wizard <b>\.$"))
    expect(page.locator("#sentences .sentence").first).to_contain_text("wizard")
