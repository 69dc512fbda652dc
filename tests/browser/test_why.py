"""Why in Chromium: one label explained everywhere at once, and tests of trust that start with a button."""

import re

import pytest
from playwright.sync_api import expect

BARS = ".card[data-question='why.bars']"


def card(page, name):
    return page.locator(f".card[data-question='why.{name}']")


@pytest.fixture
def why(visit):
    """The view, open and its bars drawn."""
    page = visit()
    page.locator(".views [data-view='why']").click()
    expect(page.locator(f"{BARS} .bar")).to_have_count(21)
    return page


def test_a_label_changes_bars_sentence_colours_and_address_and_the_verdicts_own_is_first(why):
    labels = why.locator(".why-choice")
    expect(labels.first).to_have_attribute("aria-pressed", "true")
    expect(labels.first).to_contain_text("the verdict")
    word = why.locator(".piece[data-word='19']")
    expect(word).to_have_attribute("data-side", "support")
    labels.filter(has_text="entailment").click()
    expect(card(why, "bars").locator("[data-title]")).to_contain_text("evidence for entailment")
    expect(card(why, "bars").locator("[data-says]")).to_contain_text("evidence for entailment")
    expect(word).to_have_attribute("data-side", "oppose")
    expect(card(why, "bars").locator(".why-warning")).to_be_visible()  # the baseline is entailment
    expect(why).to_have_url(re.compile("label=entailment"))
    why.locator(".change-button").click()  # the verdict becomes entailment, and is what is explained
    expect(labels.first).to_contain_text("entailment the verdict")
    expect(labels.first).to_have_attribute("aria-pressed", "true")


def test_a_pressed_bar_chooses_its_word_everywhere(why):
    why.locator(f"{BARS} .bar").nth(19).click(force=True)
    expect(why.locator(".piece[data-word='19']")).to_have_attribute("aria-pressed", "true")
    expect(why.locator("#bar-answer")).to_contain_text("crying")
    expect(card(why, "given_away").locator("[data-says]")).to_contain_text("“crying”")


def test_a_test_of_trust_is_a_sketch_then_a_result_that_a_word_only_marks_and_another_label_ends(why):
    randomised, together = card(why, "randomised"), card(why, "together")
    expect(randomised.locator("[data-start]")).to_contain_text("about")
    expect(why.get_by_role("button", name="Stop")).to_have_count(0)
    together.locator("[data-start]").click()
    expect(together.locator(".picture")).to_be_visible()
    expect(together.locator(".sketch")).to_be_hidden()
    expect(together.locator("[data-says]")).to_contain_text("together")
    expect(why.get_by_role("button", name="Stop")).to_have_count(0)
    why.locator(".piece[data-word='19']").click()
    expect(together.locator(".outline")).to_have_count(1)
    why.locator(".why-choice").nth(1).click()
    expect(together.locator(".sketch")).to_be_visible()
    expect(together.locator(".plot")).to_be_hidden()
    expect(together.locator("[data-says]")).to_contain_text("F(both)")


def test_stop_is_there_only_while_something_runs(why):
    hypothesis = why.get_by_label("Hypothesis", exact=True)
    hypothesis.fill("A violinist hums quietly to herself.")  # a pair that nobody has compared methods on
    hypothesis.press("Enter")
    expect(why.locator(".piece").filter(has_text="violinist")).to_have_attribute("data-side", re.compile("."))
    methods = card(why, "methods")
    start = methods.locator("[data-start]")

    def hold(route):
        """Leaves the question open, so that the answer cannot come before Stop is pressed."""
        if "why.methods" not in (route.request.post_data or ""):
            route.continue_()

    why.route("**/answer", hold)
    start.click()
    expect(start).to_have_text("Stop")
    start.click()
    expect(start).to_contain_text("Compare all methods")
    expect(methods.locator(".sketch")).to_be_visible()
    why.unroute("**/answer", hold)
    start.click()
    expect(methods.locator(".plot")).to_be_visible()


def test_a_label_on_the_map_opens_why_for_it(visit):
    page = visit()
    page.locator(".map-wide .part[data-part='verdict'][data-label='neutral']").click()
    expect(page.locator("#view-why")).to_be_visible()
    expect(page.locator(".why-choice[data-label='neutral']")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_view_is_at_most_three_windows_high_and_never_wider_than_the_page(visit, width, height):
    page = visit(width, height)
    page.locator(".views [data-view='why']").click()
    expect(page.locator(f"{BARS} .bar")).to_have_count(21)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 1440:
        assert page.locator("#view-why").evaluate("view => view.getBoundingClientRect().bottom") <= 3 * height
