"""The map as a reader uses it: pointed at, pressed, and gone through with the keyboard."""

import itertools

from playwright.sync_api import Page, expect

from bertmini_demo.data.examples import gallery
from bertmini_demo.results import LABELS


def open_map(page: Page) -> None:
    page.get_by_role("tab", name="Map", exact=True).click()
    page.wait_for_selector("#map .map")


def selected_tab(page: Page):
    return page.get_by_role("tab", selected=True)


def test_a_press_on_a_tile_opens_its_head(visit):
    page = visit()
    open_map(page)
    page.locator("#map [data-head='1-2']").click()
    expect(selected_tab(page)).to_have_text("Attention")
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 2, head 3")
    expect(page.locator("#heatmap")).to_contain_text("Layer 2, head 3")
    expect(selected_tab(page)).to_be_focused()
    open_map(page)
    expect(page.locator("#map [aria-pressed='true'][data-head]")).to_have_attribute("data-head", "1-2")
    page.locator("#map [data-head='0-1']").click()  # the same tab for the second time
    expect(selected_tab(page)).to_have_text("Attention")
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 1, head 2")


def test_enter_does_what_a_press_does_and_arrows_go_from_tile_to_tile(visit):
    page = visit()
    open_map(page)
    page.locator("#map [data-head='2-0']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#map [data-head='2-1']")).to_be_focused()
    expect(page.locator("#map .map-told")).to_contain_text("Layer 3, head 2")
    page.keyboard.press("Enter")
    expect(selected_tab(page)).to_have_text("Attention")
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 3, head 2")


def test_a_word_is_chosen_by_the_keyboard_followed_through_the_layers_and_let_go(visit, shipped):
    page = visit()
    open_map(page)
    word = shipped.encode(gallery()[0].premise, gallery()[0].hypothesis).words[1]
    token = page.locator(f"#map .token[data-row='{word.positions[0]}']")
    token.focus()
    page.keyboard.press("Enter")
    expect(token).to_have_attribute("aria-pressed", "true")
    expect(token).to_be_focused()
    expect(page.locator("#sentences .word").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#map-says")).to_contain_text(f"“{word.text}” looks most at")
    titles = page.locator("#map .line title").all_text_contents()
    assert titles
    assert all(f"to “{word.text}”: " in title for title in titles)
    page.keyboard.press("Enter")
    expect(page.locator("#map-says")).to_contain_text("“[CLS]” looks most at")
    expect(page.locator("#sentences .word[aria-pressed='true']")).to_have_count(0)


def test_a_label_opens_why_for_that_label(visit):
    page = visit()
    open_map(page)
    page.locator(f"#map [data-target='{LABELS[1]}']").click()
    expect(selected_tab(page)).to_have_text("Why?")
    expect(page.locator("#target input:checked")).to_have_value(LABELS[1])
    expect(page.locator("#strip")).to_contain_text(f"logit of {LABELS[1]}")


def test_pointing_tells_the_numbers_and_lights_up_the_line(visit):
    page = visit()
    open_map(page)
    page.locator("#map .map-block").nth(1).locator(".addition[data-row='2'] circle").hover()
    expect(page.locator("#map .map-told")).to_contain_text("layer 2: attention adds")
    lit = page.locator("#map .lit").evaluate_all("parts => parts.map(part => part.dataset.row)")
    assert len(lit) > 4
    assert set(lit) == {"2"}


def test_on_a_phone_the_blocks_stand_below_each_other_and_nothing_overflows(visit, shipped):
    page = visit(360, 740, theme="dark")
    open_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    places = [part.bounding_box() for part in page.locator("#map .map-part").all()]
    assert len(places) == shipped.layers + 2
    for above, below in itertools.pairwise(places):
        assert below["y"] >= above["y"] + above["height"]
    tiles = [tile.bounding_box() for tile in page.locator("#map [data-head^='0-']").all()]
    assert len({round(tile["y"]) for tile in tiles}) == 1
    assert min(tile["x"] for tile in tiles) >= 0
    assert max(tile["x"] + tile["width"] for tile in tiles) <= 360
    names = page.locator("#map .map-names").first.bounding_box()
    assert names["x"] >= 0


def test_on_a_wide_page_each_line_runs_at_one_height_through_all_parts(visit):
    page = visit()
    open_map(page)
    heights = [
        round(part.bounding_box()["y"] + part.bounding_box()["height"] / 2)
        for part in page.locator("#map .addition[data-row='3'] .attention").all()
    ]
    assert max(heights) - min(heights) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
