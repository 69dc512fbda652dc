"""What a teacher needs: the class guesses before it sees anything, and a projector shows the page large."""

import re

import pytest
from playwright.sync_api import expect

SEEN = """() => {
  const texts = document.createTreeWalker(document.querySelector('#app'), NodeFilter.SHOW_TEXT);
  const seen = [];
  while (texts.nextNode()) {
    const {parentElement: element, data} = texts.currentNode;
    if (data.trim() && element.checkVisibility({visibilityProperty: true}) && !element.closest('option')) seen.push(data.trim());
  }
  return seen.join(' ');
}"""
TOP = "element => element.getBoundingClientRect().top + scrollY"
CLIPPED = """() => [...document.querySelectorAll('#app *')].filter(element =>
  element.checkVisibility({visibilityProperty: true}) && !element.matches('.unseen, .bar-sentence, .bar-answer, select, svg *')
  && ['hidden', 'clip'].includes(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1
).map(element => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_nothing_gives_the_verdict_away_until_the_reader_has_guessed(visit, address, width, height):
    page = visit(width, height, link=f"{address}/?guess=first&tour=bert&card=9")
    views = page.locator(".views").evaluate(TOP)
    for pair in (1, 2):
        text = page.evaluate(SEEN)
        assert "%" not in text
        assert "expected" not in text.lower()
        expect(page.locator("#tour")).to_be_hidden()
        expect(page.locator("#guess button")).to_have_count(3)
        page.locator("#guess button").nth(pair).click()
        expect(page.locator("#guess")).to_be_hidden()
        expect(page.locator("#verdict .odds").first).to_be_visible()
        expect(page.locator("#verdict")).to_contain_text(re.compile("You said (neutral|contradiction)"))
        expect(page.locator("#verdict")).to_contain_text("Expected: ")
        if pair == 1:
            assert page.locator(".views").evaluate(TOP) == pytest.approx(views, abs=1)
            page.locator("#examples").select_option(index=2)
            expect(page.locator("#app")).to_have_class(re.compile("is-guessing"))
    page.locator("#menu-button").click()
    page.locator("[data-action=guess]").click()
    expect(page).not_to_have_url(re.compile("guess"))
    expect(page.locator("#verdict")).not_to_contain_text("You said")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_presenting_is_larger_kept_in_the_address_and_clips_nothing(visit, width, height):
    page = visit(width, height)
    before = page.locator("h1").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    page.locator("#menu-button").click()
    page.locator("[data-action=present]").click()
    expect(page).to_have_url(re.compile("present=yes"))
    page.reload()
    expect(page.locator("#pair-bar .piece[data-side]").first).to_be_visible()
    after = page.locator("h1").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert after > 1.15 * before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CLIPPED) == []
    expect(page.locator(".map-wide svg")).to_have_js_property(
        "clientWidth", page.locator("#map").evaluate("one => one.clientWidth")
    )


def test_the_arrow_keys_turn_the_cards_while_presenting(visit, address):
    page = visit(link=f"{address}/?present=yes&tour=bert&card=1")
    count = page.locator("#tour [data-count]")
    expect(count).to_contain_text("1 of")
    page.keyboard.press("ArrowRight")
    expect(count).to_contain_text("2 of")
    page.keyboard.press("ArrowLeft")
    expect(count).to_contain_text("1 of")
