"""The tab Words as a reader uses it."""

import json

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pressing import press_tab

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.embeddings import add_embeddings, nearest_pieces
from bertmini_demo.ui.laboratory.words import current_word

STRIPS = "document.querySelector('#strips .js-plotly-plot')"


@pytest.fixture(scope="module")
def pair(shipped):
    first = gallery()[0]
    return shipped.encode(first.premise, first.hypothesis)


def open_words(page: Page) -> None:
    press_tab(page, "Words")
    page.wait_for_selector("#strips .js-plotly-plot .heatmaplayer image")
    page.wait_for_selector("#fillings p")


def names(page: Page, where: str) -> list[str]:
    """The entries of a ranked list."""
    return page.locator(f"{where} ol").first.locator("bdi").all_inner_texts()


def test_the_pieces_of_the_pair_and_the_numbers_of_one_word(visit, shipped, pair):
    page = visit()
    open_words(page)
    assert page.locator("#cards .piece b").all_inner_texts() == list(pair.tokens)
    assert [
        text.split()[-1] for text in page.locator("#cards .piece small:nth-of-type(1)").all_inner_texts()
    ] == [str(row) for row in pair.input_ids]
    position = pair.words[current_word(pair, None)].positions[0]
    vectors = add_embeddings(shipped, pair)
    drawn = json.loads(
        page.evaluate(f"JSON.stringify({STRIPS}.data.map(trace => trace.z.map(row => [...row])))")
    )
    np.testing.assert_allclose(drawn[0][4], vectors.total[position], atol=1e-3)
    np.testing.assert_allclose(drawn[1][5], vectors.normalised[position], atol=1e-3)
    (near,) = nearest_pieces(shipped, [int(pair.input_ids[position])])
    assert names(page, "#near") == [one.piece for one in near.nearest]


def test_a_word_chosen_here_is_chosen_above_and_changes_the_pictures(visit, shipped, pair):
    page = visit()
    open_words(page)
    split = [index for index, word in enumerate(pair.words) if len(word.positions) > 1]
    word = split[0] if split else 1
    page.locator(f"#cards [data-word='{word}']").click()
    expect(page.locator(f"#sentences [data-word='{word}']")).to_have_attribute("aria-pressed", "true")
    pieces = [pair.tokens[position] for position in pair.words[word].positions]
    expect(page.locator("#strips .ytick text").first).to_have_text(pieces[0])
    expect(page.locator("#matching")).to_contain_text(pair.words[word].text)
    tried = page.locator("#matching .known .tried").all_inner_texts()
    assert tried == (pieces if split else [])
    (near,) = nearest_pieces(shipped, [int(pair.input_ids[pair.words[word].positions[0]])])
    assert names(page, "#near") == [one.piece for one in near.nearest]


def test_a_kept_gap_is_shown_before_and_after_another_word_has_changed(
    visit, shipped, shipped_language, pair
):
    page = visit()
    open_words(page)
    word = current_word(pair, None)
    before = [one.piece for one in shipped_language.fill(pair, word).candidates]
    assert names(page, "#fillings") == before
    page.locator("#keep-gap").click()
    expect(page.locator("#fillings")).to_contain_text("A gap is kept.")
    page.locator("#cards [data-word='1']").click()
    expect(page.locator("#fillings .ranked")).to_have_count(2)
    button = page.locator("#fillings button[data-premise]").first
    premise = button.get_attribute("data-premise")
    button.click()
    expect(page.locator("#premise textarea")).to_have_value(premise)
    expect(page.locator("#fillings")).to_contain_text("Since the gap was kept")
    changed = shipped_language.fill(shipped.encode(premise, pair.hypothesis), word)
    assert names(page, "#fillings") == [one.piece for one in changed.candidates]
    assert page.locator("#fillings ol").nth(1).locator("bdi").all_inner_texts() == before
    page.locator("#forget-gap").click()
    expect(page.locator("#fillings .ranked")).to_have_count(1)


def test_a_text_of_ones_own_is_filled(visit, shipped_language):
    page = visit()
    open_words(page)
    field = page.get_by_label("A text of your own")
    field.fill("Two men [MASK] walking.")
    field.press("Enter")
    filled = shipped_language.fill_text("Two men [MASK] walking.")[0]
    expect(page.locator("#own-fillings bdi").first).to_have_text(filled.candidates[0].piece)
    assert names(page, "#own-fillings") == [one.piece for one in filled.candidates]
    field.fill("Two men.")
    field.press("Enter")
    expect(page.locator("#own-fillings")).to_contain_text("no [MASK]")


def test_on_a_phone_nothing_overflows(visit):
    page = visit(360, 740, theme="dark")
    page.locator("#hypothesis textarea").fill("Counterrevolutionaries sleep.")
    page.locator("#hypothesis textarea").press("Enter")
    expect(page.locator("#sentences .sentence").nth(1)).to_contain_text("Counter")
    open_words(page)
    page.locator("#cards [data-word]", has_text="counterrevolutionaries").click()
    expect(page.locator("#matching .known").nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
