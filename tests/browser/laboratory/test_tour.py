"""The tours as a reader walks them: from the first card to the last by doing what each asks."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from pressing import press_tab

from bertmini_demo.data.lessons import read_lessons

expect.set_options(timeout=60_000)  # a loaded machine paints slowly
TOURS = read_lessons().tours
CARD = "#tour .tour-card:not([hidden])"


def card_of(page: Page):
    return page.locator(CARD)


def open_tour(page: Page) -> None:
    page.locator(".take-tour").click()
    expect(page.locator("#tour .tour")).to_be_visible()


def open_tab(page: Page, name: str) -> None:
    labels = json.loads(page.locator("#tour .tour").get_attribute("data-tabs"))
    press_tab(page, next(label for label, tab in labels.items() if tab == name))


def other_option(page: Page, field: str) -> None:
    """Chooses an option of a list that is not the one chosen."""
    box = page.locator(f"#{field} input")
    box.click()
    page.locator("[role=option][aria-selected=false]").first.click()


def do(page: Page, card) -> None:
    """What a card asks, as a reader would do it."""
    match card.done:
        case "tab":
            open_tab(page, card.wanted)
        case "word":
            page.locator("#sentences .word[aria-pressed=false]").nth(3).click()
        case "head":
            other_option(page, "head")
        case "method":
            other_option(page, "method")
        case "label":
            page.locator("#target input:not(:checked)").last.check()
        case "show":
            page.get_by_label("Special tokens").click()
        case "pair":
            page.locator("#hypothesis textarea").fill(f"{card.title} is what somebody said.")
            page.locator("#hypothesis textarea").press("Enter")
        case "use":
            use(page, card.wanted)


def use(page: Page, part: str) -> None:
    controls = page.locator(f"#{part}").locator(
        "input[type=range], input[type=radio]:not(:checked), [data-head]"
    )
    if part.endswith("-run"):
        page.locator(f"#{part}").click()
        answer = page.locator(f"#{part.removesuffix('run')}says .says").first
        expect(answer).to_be_visible(timeout=180_000)  # a work that is left as it ends makes Gradio complain
    elif part == "stepper":
        controls.first.focus()
        page.keyboard.press("ArrowLeft")
    else:
        controls.first.click()


@pytest.mark.parametrize("tour", TOURS, ids=[tour.name for tour in TOURS])
def test_a_tour_is_walked_from_first_to_last_by_doing_what_it_asks(visit, tour):
    page = visit()
    open_tour(page)
    page.get_by_label("Which tour").select_option(tour.name)
    for number, card in enumerate(tour.cards, start=1):
        expect(card_of(page).locator("h2")).to_have_text(card.title)
        expect(page.locator("#tour .count")).to_have_text(f"Card {number} of {len(tour.cards)}")
        expect(page.locator(f"#{card.highlight}")).to_have_class(re.compile("tour-lit"))
        expect(page.locator(".tour-lit")).to_be_in_viewport()
        expect(card_of(page).locator(".mark")).to_have_text("To do")
        do(page, card)
        expect(card_of(page).locator(".mark")).to_have_text("✓ Done")
        page.locator("#tour .next").click()
    expect(page.locator("#tour .tour")).to_be_hidden()
    expect(page.locator(".tour-lit")).to_have_count(0)


def test_a_card_has_a_link_and_is_gone_on_with_after_leaving(visit):
    page = visit()
    name, cards = TOURS[1].name, TOURS[1].cards
    address = page.url.split("?")[0]
    page.goto(f"{address}?tour={name}&card=4")
    expect(card_of(page).locator("h2")).to_have_text(cards[3].title)
    page.locator("#tour .back").click()
    expect(page).to_have_url(re.compile(rf"tour={name}&card=3"))
    page.locator("#tour .leave").click()
    expect(page).not_to_have_url(re.compile("tour="))
    expect(page.locator(".take-tour")).to_be_focused()
    expect(page.locator(".take-tour")).to_have_text(f"Go on with the tour (3 of {len(cards)})")
    page.reload()
    page.get_by_role("button", name="Go on with the tour").click()
    expect(card_of(page).locator("h2")).to_have_text(cards[2].title)
    expect(card_of(page).locator("h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#tour .tour")).to_be_hidden()


def test_a_link_to_no_tour_opens_the_page_as_it_is(visit):
    page = visit()
    for query in ("tour=nowhere&card=2", "tour=%3Cb%3E"):
        page.goto(f"{page.url.split('?')[0]}?{query}")
        page.wait_for_selector("#sentences .word[style]")
        expect(page.locator("#tour .tour")).to_be_hidden()


def test_a_card_is_not_done_by_what_it_sets_itself(visit):
    page = visit()
    card = next(place for place, card in enumerate(TOURS[0].cards) if card.done == "head")
    page.goto(f"{page.url.split('?')[0]}?tour={TOURS[0].name}&card={card + 1}")
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 1, head 1")
    page.wait_for_timeout(1500)  # some rounds of looking whether it is done
    expect(card_of(page).locator(".mark")).to_have_text("To do")


def test_cards_turned_in_haste_end_where_the_last_one_goes(visit):
    page = visit()
    open_tour(page)
    place = next(place for place, card in enumerate(TOURS[0].cards) if card.done == "head")
    page.evaluate(
        "turns => { for (let i = 0; i < turns; i++) document.querySelector('#tour .next').click(); }", place
    )
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 1, head 1")


def test_on_a_phone_the_card_leaves_what_it_speaks_of_in_sight(visit):
    page = visit(360, 740, theme="dark")
    for number, card in enumerate(TOURS[0].cards[:2], start=1):
        page.goto(f"{page.url.split('?')[0]}?__theme=dark&tour={TOURS[0].name}&card={number}")
        expect(page.locator(f"#{card.highlight}.tour-lit")).to_be_in_viewport()
        page.wait_for_function(
            "() => { const top = one => document.querySelector(one).getBoundingClientRect().top;"
            "return top('.tour-lit') >= -1 && top('.tour-lit') < top('#tour .tour'); }"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for button in ("back", "next", "leave"):
            expect(page.locator(f"#tour .{button}")).to_be_in_viewport(ratio=0.9)
