"""What if, as a reader meets it: the difference on the map, the patching pictures, the switches, and a variant that is followed."""

import re

from playwright.sync_api import expect


def card(page, name: str):
    return page.locator(f".card[data-question='what_if.{name}']")


def open_view(page) -> None:
    page.locator(".views [data-view='what_if']").click()
    expect(card(page, "board")).to_have_class(re.compile("is-shown"))


def open_pairs(page) -> None:
    open_view(page)
    card(page, "compared").scroll_into_view_if_needed()
    expect(card(page, "compared")).to_have_class(re.compile("is-shown"))


def test_one_press_shows_the_path_of_the_changed_word_on_the_map(visit):
    page = visit(1280, 800)
    page.get_by_role("button", name="See where it travels").click()
    expect(page.locator(".map-wide path.difference").first).to_be_attached()
    expect(page.locator(".map-wide path.line")).to_have_count(0)
    expect(page.locator("#map-hint")).to_contain_text("laughing")
    expect(page).to_have_url(re.compile("difference"))
    page.reload()
    expect(page.locator(".map-wide path.difference").first).to_be_attached()


def test_the_view_opens_on_the_one_word_change_and_a_row_chooses_a_word(visit):
    page = visit(1280, 900)
    open_pairs(page)
    expect(card(page, "compared").locator("mark")).to_have_text(["crying", "laughing"])
    states = card(page, "states")
    states.scroll_into_view_if_needed()
    expect(states.locator(".picture")).to_be_visible()
    expect(states.locator("[data-says]")).to_contain_text("reaches [CLS]")
    states.get_by_label("Put states").select_option("into_this")
    expect(page).to_have_url(re.compile("into_this"))
    expect(states).not_to_have_attribute("aria-busy", "true")
    name = states.locator(".plot text", has_text="laughing → crying")
    name.scroll_into_view_if_needed()
    box = name.bounding_box()
    page.mouse.click(box["x"] + box["width"] + 20, box["y"] + box["height"] / 2)
    expect(page.locator(".piece[aria-pressed='true']")).to_have_text("crying")
    expect(page.locator("#bar-answer")).to_contain_text("Without it:")


def test_a_head_is_switched_off_and_on_and_the_strip_says_so(visit):
    page = visit(1280, 900)
    open_view(page)
    board, verdict = card(page, "board"), card(page, "switched")
    board.scroll_into_view_if_needed()
    switch = board.locator("[data-switch='[0, 1]']")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(verdict.locator("h3")).to_have_text(re.compile("Layer 1, head 2 off: "))
    expect(page.locator(".what-strip")).to_contain_text("Layer 1, head 2 off: ")
    expect(page.locator(".what-strip")).to_contain_text(
        "coloured words above are of the model with all heads on"
    )
    expect(page).to_have_url(re.compile("off=1-2"))
    page.reload()
    expect(page.locator(".what-strip")).to_be_visible()
    page.locator(".what-strip button").click()
    expect(page.locator(".what-strip")).to_be_hidden()


def test_a_variant_is_followed_and_this_pair_is_kept_beside_it(visit):
    page = visit(1280, 900)
    open_view(page)
    variants = card(page, "variants")
    variants.scroll_into_view_if_needed()
    variants.get_by_role("button", name="Make variants").click()
    rows = variants.locator("tr[data-kind]")
    expect(rows.first).to_have_attribute("data-flips", "yes")
    variants.get_by_label("Which variants are shown").select_option("sentences swapped")
    expect(rows.locator("visible=true")).to_have_count(1)
    rows.locator("visible=true").get_by_role("button").click()
    expect(page.get_by_label("Hypothesis", exact=True)).to_have_value(
        "A little girl is laughing while a puppy licks her hand."
    )
    card(page, "compared").scroll_into_view_if_needed()
    expect(card(page, "compared")).to_contain_text("The pair you keep")
    page.get_by_role("button", name="Forget the kept pair").click()
    expect(card(page, "compared")).to_contain_text("One word changed")


def test_nothing_is_wider_than_a_phone(visit):
    page = visit(390, 844)
    open_view(page)
    for name in ("states", "heads", "board", "switched", "beside"):
        card(page, name).scroll_into_view_if_needed()
        expect(card(page, name)).to_have_class(re.compile("is-shown"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
