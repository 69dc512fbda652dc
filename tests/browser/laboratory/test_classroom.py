"""Presenting, and guessing first, as in front of a class."""

from playwright.sync_api import expect
from pressing import press_tab

from bertmini_demo.data.examples import gallery
from bertmini_demo.data.lessons import read_lessons

FIRST, SECOND = gallery()[:2]
CARDS = read_lessons().tours[0].cards
PATIENCE = 60_000


def seen(page, selector):
    return expect(page.locator(selector).first)


def test_the_verdict_is_hidden_until_a_label_is_guessed(visit, shipped):
    page = visit()
    switch = page.get_by_role("button", name="Guess first")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    for hidden in ("#verdict .verdict", "#look-for .look-for", "#tabs", "#sentences .legend"):
        seen(page, hidden).to_be_hidden()
    page.locator("[data-guess=neutral]").click()
    told = page.locator("#guess dd")
    verdict = shipped.predict(FIRST.premise, FIRST.hypothesis).label
    expect(told).to_have_text(["neutral", verdict, FIRST.label])
    seen(page, "#verdict .verdict").to_be_visible()
    presenting = page.locator("[data-switch=presenting]")
    presenting.click()
    expect(presenting).to_have_attribute("aria-pressed", "true")
    seen(page, "#verdict .verdict").to_be_visible()  # the guess stands
    tick = page.locator("#bars .ytick text").first
    expect(tick).to_have_css("font-size", "15.6px")  # 1.3 times a figure's 12
    presenting.click()
    expect(tick).to_have_css("font-size", "12px")
    page.get_by_role("button", name=SECOND.name, exact=True).click()
    expect(page.locator("#hypothesis textarea")).to_have_value(SECOND.hypothesis, timeout=PATIENCE)
    seen(page, "#verdict .verdict").to_be_hidden()
    shown = page.locator("#sentences .sentences")
    expect(shown).to_have_attribute("data-hypothesis", SECOND.hypothesis, timeout=PATIENCE)
    page.reload()
    page.wait_for_selector("#guess .guess-ask:not([hidden])")
    page.get_by_role("button", name="Guess first").click()
    seen(page, "#verdict .verdict").to_be_visible()


def test_presenting_enlarges_the_page_and_turns_cards_with_the_arrow_keys(visit):
    page = visit()
    size = "parseFloat(getComputedStyle(document.querySelector('#sentences .word')).fontSize)"
    before = page.evaluate(size)
    page.locator(".take-tour").click()
    page.get_by_role("button", name="Present", exact=True).click()
    page.wait_for_function(f"{size} > {1.2 * before}")
    seen(page, "#gallery").to_be_hidden()
    title = page.locator("#tour .tour-card:not([hidden]) h2")
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        expect(title).to_have_text(CARDS[place].title)
    page.locator("#hypothesis textarea").focus()
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(CARDS[1].title)
    assert page.evaluate("document.body.scrollWidth") <= 1280


def test_a_head_that_is_switched_off_stays_off(visit):
    """The switches of a class and those of heads are different ones: the class's are set anew again and again."""
    page = visit()
    press_tab(page, "What if?")
    head = page.locator("#switchboard button.switch").first
    head.click()
    page.wait_for_timeout(700)
    expect(head).to_have_attribute("aria-pressed", "true")
