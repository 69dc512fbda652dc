"""The tab Why? as a reader uses it: each question is asked by its button, and the picture shows the core's numbers."""

import json
import time
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Error, Page, expect
from pressing import ask, press_and_stop, settled

from bertmini_demo.attribution import attribute
from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.faithfulness import erase
from bertmini_demo.explain.interactions import interact
from bertmini_demo.explain.randomization_check import check_sanity
from bertmini_demo.explain.word_scores import attribution_scores
from bertmini_demo.figures.rendering import label_name

WORK = 240_000  # milliseconds: on a loaded machine the work takes many times longer


def press(page: Page, part: str, plot: str) -> None:
    """Presses a part's button and waits until its plot is drawn."""
    page.locator(f"#{part}-run").click()
    page.wait_for_selector(f"#{plot} .js-plotly-plot .plot-container", timeout=WORK)
    expect(page.locator(f"#{part}-status .progress")).to_have_count(0, timeout=WORK)
    settled(page)


def begin(page: Page, part: str) -> None:
    """Presses a part's button and waits until it is at work: the pair must be one that no test has worked out."""
    page.locator(f"#{part}-run").click()
    page.wait_for_selector(f"#{part}-status .progress", timeout=WORK)


def drawn(page: Page, plot: str, entry: str) -> list:
    """What a plot was given, one value a trace."""
    code = (
        f"JSON.stringify(document.querySelector('#{plot} .js-plotly-plot').data.map(trace => trace.{entry}))"
    )
    return json.loads(page.evaluate(code))


def soon(page: Page, check: Callable[[], None]) -> None:
    """Waits until a check of what is drawn holds: a plot follows what is said about it a moment later."""
    end = time.monotonic() + WORK / 1000
    while True:
        try:
            return check()
        except (AssertionError, Error):  # a plot that is being made anew is not there
            if time.monotonic() > end:
                raise
            page.wait_for_timeout(100)


def close(page: Page, plot: str, entry: str, *wanted: object, within: float) -> Callable[[], None]:
    """A check that the last traces of a plot are near some numbers."""

    def check() -> None:
        for found, numbers in zip(drawn(page, plot, entry)[-len(wanted) :], wanted, strict=True):
            np.testing.assert_allclose(np.array(found, dtype=float), numbers, atol=within)

    return check


def compared(page: Page, methods: int) -> Callable[[], None]:
    """A check that so many methods stand side by side."""

    def check() -> None:
        assert len(drawn(page, "sizes", "z")[0]) == methods

    return check


@pytest.fixture(scope="module")
def pair(shipped):
    first = gallery()[0]
    return shipped.encode(first.premise, first.hypothesis)


@pytest.fixture(scope="module")
def target(shipped, pair):
    return shipped.predict(pair.premise, pair.hypothesis).label


def test_methods_stand_side_by_side_and_a_press_on_a_row_chooses_its_word(visit, shipped, pair, target):
    page = visit()
    press(page, "compare", "methods")
    found = attribute(shipped, pair.premise, pair.hypothesis, target=target)

    def rows_of_words() -> tuple[list, list[int]]:
        places = page.evaluate("document.querySelector('#methods .js-plotly-plot').layout.meta.words")
        return places, [row for row, word in enumerate(places) if word is not None]

    def scores_are_drawn() -> None:
        values = np.array(drawn(page, "methods", "customdata")[0], dtype=float)
        np.testing.assert_allclose(values[rows_of_words()[1], 0], found.word_scores, atol=1e-3)

    soon(page, scores_are_drawn)
    expect(page.locator("#compare-says .says")).to_contain_text("agree most")
    soon(page, compared(page, 8))
    page.wait_for_selector("#methods .js-plotly-plot[data-wired]")
    page.locator("#methods").scroll_into_view_if_needed()
    settled(page)
    places, rows = rows_of_words()
    box = page.locator("#methods .heatmaplayer image").first.bounding_box()
    row = rows[1]
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + (row + 0.5) * box["height"] / len(places))
    expect(page.locator("#sentences .word").nth(1)).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("document.querySelector('#methods .js-plotly-plot')?.layout.shapes?.length === 1")


def test_faithfulness_is_a_table_with_its_best_marked_and_a_curve(visit, shipped, pair, target):
    page = visit()
    press(page, "faithful", "deletion")
    words = attribution_scores(attribute(shipped, pair.premise, pair.hypothesis, target=target))
    (expected,) = erase(shipped, pair, words.order[None], target=target, removal="delete")

    def curve_is_drawn() -> None:
        names, curves = drawn(page, "deletion", "name"), drawn(page, "deletion", "y")
        np.testing.assert_allclose(curves[names.index("Integrated gradients")], expected.curve, atol=2e-3)

    soon(page, curve_is_drawn)
    row = page.locator(".faithful tr[aria-current]")
    expect(row).to_contain_text("Integrated gradients")
    number = float(row.locator("td").first.inner_text().split()[0].replace("−", "-"))
    assert number == pytest.approx(expected.comprehensiveness, abs=2e-3)
    for column in (1, 2, 3):
        assert page.locator(f".faithful tr td:nth-of-type({column}).best").count() >= 1


def test_another_label_ends_the_work_for_the_one_before(visit, shipped):
    page = visit()
    hypothesis = "Two girls are hiding a ball."
    ask(page, hypothesis)
    begin(page, "compare")
    verdict = shipped.predict(gallery()[0].premise, hypothesis).label
    other = next(label for label in shipped.labels if label != verdict)
    page.locator("#target").get_by_label(label_name(other), exact=True).check()
    expect(page.locator("#compare-says .hint")).to_be_visible(timeout=WORK)
    press(page, "together", "interactions")
    expect(page.locator("#together-says .says")).to_contain_text(label_name(other))
    expect(page.locator("#compare-status .progress")).to_have_count(0)
    expect(page.locator("#methods")).to_have_count(0)


def test_nothing_is_worked_out_unasked_and_then_it_is_what_the_core_finds(visit, shipped):
    page = visit()
    hypothesis = "Two boys are hiding a puppy."
    ask(page, hypothesis)
    for part in ("compare", "faithful", "sanity", "together"):
        expect(page.locator(f"#{part}-says .hint")).to_contain_text("Not worked out")
        expect(page.locator(f"#{part}-status")).to_be_empty()
    assert page.locator("#methods, #deletion, #randomised, #interactions").count() == 0
    pair = shipped.encode(gallery()[0].premise, hypothesis)
    question = {"target": shipped.predict(pair.premise, hypothesis).label, "output": "logit"}
    press(page, "sanity", "randomised")
    *_, checked = check_sanity(shipped, pair, method="integrated_gradients", baseline="pad", **question)
    within = 0.03  # words that nearly tie can change places
    soon(page, close(page, "randomised", "y", checked.sizes, checked.signed, within=within))
    expect(page.locator("#sanity-says .says").first).to_contain_text("what was learned")
    press(page, "together", "interactions")
    *_, joined = interact(shipped, pair, removal="mask", **question)
    soon(page, close(page, "interactions", "z", joined.values, within=2e-3))


def test_comparing_stops_keeps_what_it_had_goes_on_and_marks_the_word_chosen_meanwhile(visit):
    page = visit()
    ask(page, "Two boys are hiding a kitten.")
    press_and_stop(page, "#compare-run", seen="#compare-status .progress", stop="#compare-stop")
    expect(page.locator("#compare-status")).to_contain_text("Stopped", timeout=WORK)
    assert page.evaluate("window.said") == ["Stopping …", "Stop"]
    expect(page.locator("#compare-says")).to_contain_text("Still without", timeout=WORK)
    press(page, "together", "interactions")  # the method that was under way may come to its end meanwhile
    expect(page.locator("#compare-status")).to_contain_text("Stopped")
    expect(page.locator("#compare-says")).to_contain_text("agree most")
    page.locator("#compare-run").click()
    page.locator("#sentences .word").nth(2).click()
    expect(page.locator("#compare-status")).to_be_empty(timeout=WORK)
    expect(page.locator("#compare-says")).not_to_contain_text("Still without")
    soon(page, compared(page, 8))
    outlined = "document.querySelector('#methods .js-plotly-plot')?.layout"
    page.wait_for_function(f"{outlined}.shapes?.[0]?.y0 === {outlined}.meta.words.indexOf(2) - 0.5")


def test_another_pair_ends_the_work_for_this_one_and_none_that_is_asked_for_after(visit):
    page, held = visit(), []
    ask(page, "Three boys are hiding a kitten.")
    begin(page, "faithful")
    page.route("**/gradio_api/cancel", lambda route: held.append(route))  # as if a long step had to end first
    ask(page, "Three girls are hiding a kitten.")
    begin(page, "sanity")
    for route in held:
        route.continue_()
    page.unroute("**/gradio_api/cancel")
    expect(page.locator("#sanity-says .says").first).to_contain_text("what was learned", timeout=WORK)
    expect(page.locator("#faithful-says .hint")).to_contain_text("Not worked out")
    expect(page.locator("#deletion")).to_have_count(0)
