"""The tours as a reader walks them, on a desktop and on a phone: each card is done once its effect is in sight."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from bertmini_demo.data.lessons import read_lessons

TOURS = read_lessons().tours
CARD = "#tour .tour-card:not([hidden])"
ROOM = """element => {
  const {top, bottom, height} = (element.querySelector('.card-body') ?? element).getBoundingClientRect();
  const bar = document.querySelector('#pair-bar').getBoundingClientRect();
  const dock = document.querySelector('#tour').getBoundingClientRect().top;
  const from = element.matches('#verdict, #pair-bar') ? 0 : Math.max(0, bar.bottom);
  return Math.max(0, Math.min(bottom, dock) - Math.max(top, from)) / Math.min(height, dock - from);
}"""  # the share of the effect that is neither below the pair's words nor under the card
MICROSCOPE = "how_it_decides.microscope"
GROW = """height => {
  document.querySelector('.card[data-question="how_it_decides.lines"]').style.paddingBottom = `${height}px`;
}"""
NEXT_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
SHOTS = os.environ.get("TOUR_SHOTS")  # a folder for pictures of every card


def figure_of(card: Locator) -> str:
    """The selector of the figure that a card is about."""
    return json.loads(card.get_attribute("data-card"))["figure"]


def press_control(page: Page, card: Locator) -> None:
    """Does what a card asks, in the card, or on the page where the card leads there."""
    if card.locator("[data-turn=lead]").count():
        card.locator("[data-turn=lead]").click()
        page.locator(".is-pulsing").first.click()
    else:
        card.locator("[data-pick][aria-pressed=false]").nth(
            1 if card.locator(".tour-chip-row").count() > 1 else 0
        ).click()


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("tour", TOURS, ids=[tour.name for tour in TOURS])
def test_every_card_is_done_by_what_it_asks_with_the_effect_in_sight(visit, tour, width, height):
    page = visit(width, height)
    page.locator("#menu-button").click()
    page.locator(f"#menu [data-start-tour='{tour.name}']").click()
    card = page.locator(CARD)
    for number, one in enumerate(tour.cards, start=1):
        expect(card.locator("h2")).to_have_text(one.title)
        expect(page.locator("[data-count]")).to_have_text(f"{number} of {len(tour.cards)}")
        expect(card.locator("[data-mark]")).to_have_text("Try it")
        expect(card.locator("[data-control] button").first).to_be_visible()
        shoot(page, f"{tour.name}-{width}-{number:02}a")
        press_control(page, card)
        expect(card.locator("[data-mark]")).to_have_text("✓ Done")
        figure = page.locator(figure_of(card))
        shoot(page, f"{tour.name}-{width}-{number:02}b")
        assert figure.evaluate(ROOM) >= 0.5, one.title
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("[data-turn=next]").click()
    expect(card.locator("h2")).to_have_text("What you have seen")
    expect(card.locator("[data-start-tour]")).to_have_count(len(TOURS) - 1)
    card.locator("[data-challenge]").first.click()
    expect(card.locator("[data-challenge-answer]")).to_contain_text("The model says:")
    shoot(page, f"{tour.name}-{width}-end")


def test_what_grows_above_a_figure_leaves_it_in_sight_until_the_reader_scrolls(visit, address):
    number = next(place for place, one in enumerate(TOURS[0].cards, start=1) if one.figure == MICROSCOPE)
    page = visit(1280, 800, link=f"{address}/?tour={TOURS[0].name}&card={number}")
    card = page.locator(CARD)
    in_sight = f"() => ({ROOM})(document.querySelector('{figure_of(card)}')) >= 0.5"
    page.wait_for_function(in_sight)
    press_control(page, card)
    expect(card.locator("[data-mark]")).to_have_text("✓ Done")
    page.evaluate(GROW, 300)
    page.wait_for_function(in_sight)
    page.mouse.move(400, 300)
    page.mouse.wheel(0, -700)
    page.wait_for_function(f"() => !({in_sight})()")
    page.evaluate(GROW, 400)
    page.evaluate(NEXT_FRAMES)
    assert not page.evaluate(in_sight)


def test_a_card_has_a_link_and_escape_leads_back_to_the_button(visit, address):
    name, cards = TOURS[1].name, TOURS[1].cards
    page = visit(link=f"{address}/?tour={name}&card=3")
    expect(page.locator(f"{CARD} h2")).to_have_text(cards[2].title)
    expect(page.locator(f"{CARD} [data-mark]")).to_have_text("Try it")
    page.locator("[data-turn=back]").click()
    expect(page).to_have_url(re.compile(rf"tour={name}&card=2"))
    expect(page.locator(f"{CARD} h2")).to_be_focused()
    page.go_back()
    expect(page.locator(f"{CARD} h2")).to_have_text(cards[2].title)
    page.locator("[data-turn=next]").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#tour")).to_be_hidden()
    expect(page.locator("[data-take-tour]")).to_be_focused()
    expect(page).not_to_have_url(re.compile("tour="))
