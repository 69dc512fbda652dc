"""The page as a reader uses it."""

import io
import json

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect
from pressing import press_tab, settled

from bertmini_demo.data.examples import gallery

SIGNS = str.maketrans(
    "", "", "+−\u202e"
)  # the marks of the scores, and a direction override, which is dropped
LABELS = ("entailment", "neutral", "contradiction")


def type_pair(page: Page, premise: str, hypothesis: str) -> None:
    page.locator("#premise textarea").fill(premise)
    page.locator("#hypothesis textarea").fill(hypothesis)
    page.locator("#hypothesis textarea").press("Enter")


def shares(page: Page) -> list[str]:
    return page.locator("#verdict .share").all_inner_texts()


def wait_for_words(page: Page, first: str) -> None:
    """Waits until the coloured words are those of a premise that begins with ``first``."""
    expect(page.locator("#sentences .word[style]").first).to_contain_text(first)


def open_attention(page: Page) -> None:
    press_tab(page, "Attention")
    page.wait_for_selector("#grid .js-plotly-plot[data-wired]")
    page.wait_for_selector("#rollout .js-plotly-plot .heatmaplayer image")
    page.locator("#grid").scroll_into_view_if_needed()


def test_the_first_view_is_filled_and_says_what_the_model_says(visit, shipped):
    page = visit()
    first = gallery()[0]
    prediction = shipped.predict(first.premise, first.hypothesis)
    assert page.locator("#premise textarea").input_value() == first.premise
    assert page.locator("#verdict .verdict").get_attribute("data-label") == prediction.label
    assert shares(page) == [f"{prediction.probabilities[label]:.1%}" for label in LABELS]
    assert page.locator("#sentences .word").count() == len(
        shipped.encode(first.premise, first.hypothesis).words
    )
    assert "completeness gap" in page.locator("#strip").inner_text()


def test_enter_changes_verdict_colours_and_bars(visit, shipped):
    page = visit()
    type_pair(page, "Nobody is in the garden.", "Some people are in the garden.")
    wait_for_words(page, "Nobody")
    prediction = shipped.predict("Nobody is in the garden.", "Some people are in the garden.")
    assert shares(page) == [f"{prediction.probabilities[label]:.1%}" for label in LABELS]
    expect(page.locator("#bars .ytick text").nth(1)).to_have_text("Nobody")


def test_the_verdict_follows_while_typing(visit, shipped):
    page = visit()
    hypothesis = page.locator("#hypothesis textarea")
    hypothesis.press("End")
    hypothesis.press_sequentially(" A cat sleeps.")
    prediction = shipped.predict(gallery()[0].premise, hypothesis.input_value())
    expected = [f"{prediction.probabilities[label]:.1%}" for label in LABELS]
    expect(page.locator("#verdict .share")).to_have_text(expected)
    expect(page.locator("#sentences .pending")).to_be_visible()
    hypothesis.press("Enter")
    expect(page.locator("#sentences .pending")).to_be_hidden()
    expect(page.locator("#sentences .sentence").nth(1)).to_contain_text("cat")


def test_a_gallery_pair_opens_with_what_people_say(visit):
    page = visit()
    example = gallery()[1]
    page.get_by_role("button", name=example.name, exact=True).click()
    wait_for_words(page, example.premise.split()[0])
    expect(page.locator("#hypothesis textarea")).to_have_value(example.hypothesis)
    expect(page.locator("#look-for")).to_contain_text(f"People say {example.label}.")


def test_of_pairs_pressed_in_haste_the_last_is_shown(visit, shipped):
    page = visit()
    page.evaluate("[1, 3, 2].forEach(number => document.querySelectorAll('#gallery button')[number].click())")
    last = gallery()[2]
    expect(page.locator("#sentences .sentences")).to_have_attribute("data-hypothesis", last.hypothesis)
    expect(page.locator("#hypothesis textarea")).to_have_value(last.hypothesis)
    probabilities = shipped.predict(last.premise, last.hypothesis).probabilities
    expect(page.locator("#verdict .share")).to_have_text([f"{probabilities[label]:.1%}" for label in LABELS])


def test_a_head_is_chosen_by_click_and_by_picker(visit):
    page = visit()
    open_attention(page)
    tiles = [tile.bounding_box() for tile in page.locator("#grid .heatmaplayer image").all()]
    assert len(tiles) == 16
    box = sorted(tiles, key=lambda tile: (round(tile["y"] / 20), tile["x"]))[6]  # second row, third column
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#heatmap")).to_contain_text("Layer 2, head 3")
    expect(page.locator("#heatmap-says")).to_contain_text("Layer 2, head 3")
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 2, head 3")
    page.get_by_label("Head", exact=True).click()
    page.get_by_role("option", name="Layer 4, head 1").click()
    expect(page.locator("#heatmap")).to_contain_text("Layer 4, head 1")
    outline = "document.querySelector('#grid .js-plotly-plot')?.layout.shapes?.[0]"
    page.wait_for_function(f"{outline}?.xref === 'x domain' && {outline}.yref === 'y4 domain'")


def test_a_chosen_word_is_marked_and_leaves_only_its_own_lines(visit):
    page = visit()
    open_attention(page)
    before = page.locator("#lines .infolayer").text_content()
    page.locator("#sentences .word").nth(2).click()
    expect(page.locator("#sentences .word").nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#lines .infolayer")).not_to_have_text(before)


def test_the_heatmap_draws_the_weights_it_was_given(visit):
    page = visit()
    open_attention(page)
    settled(page)
    drawn = json.loads(
        page.evaluate("JSON.stringify(document.querySelector('#rollout .js-plotly-plot').data[0].z)")
    )
    weights = np.array(drawn, dtype=float)
    image = page.locator("#rollout .heatmaplayer image")
    picture = Image.open(io.BytesIO(image.screenshot())).convert("RGB")
    pixels = np.asarray(picture, dtype=float)
    rows, columns = weights.shape
    heights = (np.arange(rows) + 0.5) * pixels.shape[0] / rows
    widths = (np.arange(columns) + 0.5) * pixels.shape[1] / columns
    green = pixels[heights.astype(int)][:, widths.astype(int), 1]  # falls as violet covers white
    ranks = [np.argsort(np.argsort(values.ravel())) for values in (weights, -green)]
    assert np.corrcoef(*ranks)[0, 1] > 0.95
    assert green.min() < 215
    assert green.max() > 230


def test_bad_input_is_told_next_to_the_field_and_nothing_typed_is_lost(visit):
    page = visit()
    before = shares(page)
    for premise, hypothesis, field, message in (
        ("", "A dog runs.", "premise", "premise is empty"),
        ("A dog runs.", "   ", "hypothesis", "hypothesis is empty"),
        ("word " * 10_000, "A dog runs.", "premise", "the limit is 10,000"),
    ):
        type_pair(page, premise, hypothesis)
        expect(page.locator(f"#{field}")).to_contain_text(message)
        assert page.locator("#premise textarea").input_value() == premise
        assert page.locator("#hypothesis textarea").input_value() == hypothesis
        assert shares(page) == before


def test_what_is_typed_stays_text(visit):
    page = visit()
    open_attention(page)
    for text in (
        "<script>window.caught = 1</script> <img src=x onerror='window.caught = 1'>",
        "<b>a dog</b> <a href='https://example.com'>runs</a>",
        "${window.caught = 1} {{value}} {{#each value}}x{{/each}}",
        "كلب يجري 狗在跑 🐕 é \u202eabc",
    ):
        type_pair(page, text, text)
        shown = page.locator("#sentences .sentences")
        expect(shown).to_have_attribute("data-premise", text)
        assert page.evaluate("window.caught") is None
        words = "".join(page.locator("#sentences .sentence").first.locator(".word bdi").all_inner_texts())
        assert "".join(words.split()).translate(SIGNS) == "".join(text.split()).translate(SIGNS)
        assert page.locator("#sentences img, #sentences script, #sentences b, #sentences a").count() == 0
        assert page.locator(".js-plotly-plot a[href*='example.com']").count() == 0
