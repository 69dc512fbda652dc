"""Can you trust it? in the browser: a trap is built, opened and seen; a rule opens."""

import re

from playwright.sync_api import Page, expect

LINK = "?view=trust"


def opened(visit, address: str, width: int = 1280, height: int = 900) -> Page:
    return visit(width, height, link=f"{address}{LINK}")


def card(page: Page, what: str):
    return page.locator(f"#view-trust .card[data-question='trust.{what}']")


def test_a_trap_is_built_from_words_and_opens_above(visit, address):
    page = opened(visit, address, 390, 844)
    trap = card(page, "trap")
    trap.scroll_into_view_if_needed()
    first = trap.locator("[data-slot]").first
    noun = first.locator("option:not(:checked)").first.text_content()
    first.select_option(noun)
    expect(trap.locator(".trust-sentence").nth(1).locator("b", has_text=noun)).to_be_visible()
    expect(trap.locator("[data-slot]").first).to_be_focused()
    expect(page).to_have_url(re.compile("trap_words"))
    trap.get_by_role("button", name="See this pair above").click()
    expect(page.locator("#pair-bar .piece", has_text=noun).first).to_be_in_viewport()
    expect(page.locator("#pair-bar .bar-chip")).to_be_in_viewport()
    expect(trap.get_by_role("button", name="See this pair above")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_other_words_and_another_trap_make_another_pair(visit, address):
    page = opened(visit, address)
    trap = card(page, "trap")
    sentence = trap.locator(".trust-sentence").nth(1)
    trap.scroll_into_view_if_needed()
    before = sentence.text_content()
    trap.get_by_role("button", name="Other words").click()
    expect(sentence).not_to_have_text(before)
    trap.get_by_label("Trap").select_option("cn_embedded_under_if")
    expect(trap.locator("[data-says]")).to_contain_text("whole clause")
    page.reload()
    trap.scroll_into_view_if_needed()
    expect(trap.locator("[data-says]")).to_contain_text("whole clause")


def test_a_pressed_rule_shows_its_constructions(visit, address):
    page = opened(visit, address)
    traps = card(page, "traps")
    expect(traps.locator(".plot")).to_contain_text("Subsequence")
    traps.locator(".bar").nth(2).click(force=True)
    expect(traps.get_by_label("Show")).to_have_value("subsequence")
    expect(traps.locator(".plot")).to_contain_text("after a preposition")
