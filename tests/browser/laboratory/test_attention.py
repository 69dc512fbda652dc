"""The tab Attention in a browser: pictures show the core's numbers, and what is picked in one is chosen in all."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pressing import press_tab, settled

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.head_roles import head_role
from bertmini_demo.explain.qkv import read_head
from bertmini_demo.results import Head
from bertmini_demo.ui.laboratory.heads import most_crossing_head, summarise
from bertmini_demo.ui.laboratory.units import display_units

FIGURES = ("grid", "heatmap", "lines", "heads", "microscope", "rollout")
SHAPES = "document.querySelector('#{} .js-plotly-plot')?.layout.shapes"


@pytest.fixture(scope="module")
def trace(shipped):
    first = gallery()[0]
    return shipped.trace(first.premise, first.hypothesis)


def open_attention(page: Page) -> None:
    press_tab(page, "Attention")
    for figure in ("grid", "heatmap", "heads", "rollout"):  # in which something can be pressed
        page.wait_for_selector(f"#{figure} .js-plotly-plot[data-wired] .heatmaplayer image")
    page.wait_for_selector("#microscope .js-plotly-plot .bars")


def press(image: Locator, across: float, down: float) -> None:
    """Clicks a place of a heatmap, told in shares of its width and height."""
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    image.page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


def bars(page: Page) -> list[list[float]]:
    settled(page)
    return page.evaluate("document.querySelector('#microscope .js-plotly-plot').data.map(bar => bar.x)")


def query_is(page: Page, token: str, position: int) -> None:
    expect(page.locator("#microscope-says")).to_contain_text(f"query “{token}” (token {position + 1})")


def test_the_tiles_of_the_grid_are_painted_as_their_heads_attend(visit, trace):
    page = visit()
    open_attention(page)
    units = display_units(trace, pieces=False, special=False)
    weights = units.merge(trace.attentions)
    tiles = page.locator("#grid .heatmaplayer image")
    assert tiles.count() == weights.shape[0] * weights.shape[1]
    for number in range(tiles.count()):
        picture = Image.open(io.BytesIO(tiles.nth(number).screenshot())).convert("RGB")
        green = np.asarray(picture, dtype=float)[..., 1]  # falls as violet covers white
        middles = (np.arange(weights.shape[-1]) + 0.5) / weights.shape[-1]
        painted = green[(middles * green.shape[0]).astype(int)][:, (middles * green.shape[1]).astype(int)]
        head, layer = divmod(number, len(weights))  # plotly paints them column by column
        solidity = np.sqrt(weights[layer, head])  # as the colour scale has it
        inner = (slice(1, -1), slice(1, -1))  # the chosen head's outer cells lie under its outline
        assert np.corrcoef(solidity[inner].ravel(), -painted[inner].ravel())[0, 1] > 0.8, (layer, head)


def test_a_weight_of_the_grid_is_told_on_hover(visit, trace):
    page = visit()
    open_attention(page)
    units = display_units(trace, pieces=False, special=False)
    weights = units.merge(trace.attentions)[0, 0]
    row = 3
    column = int(weights[row].argmax())
    tile = page.locator("#grid .heatmaplayer image").first
    tile.scroll_into_view_if_needed()
    box = tile.bounding_box()
    for nudge in (0.3, 0.5):  # the first move only enters the figure
        x, y = ((place + nudge) / len(weights) for place in (column, row))
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    hover = page.locator("#grid .hoverlayer")
    expect(hover).to_contain_text(f"from {units.labels[row]}")
    told = float(re.search(r"attention weight ([\d.]+)", hover.text_content())[1])
    assert told == pytest.approx(weights[row, column], abs=0.006)


def test_a_row_of_the_heatmap_chooses_its_word_in_every_figure(visit, trace, shipped):
    page = visit()
    open_attention(page)
    units = display_units(trace, pieces=False, special=False)
    row = 5
    press(page.locator("#heatmap .heatmaplayer image"), 0.5, (row + 0.5) / len(units.labels))
    expect(page.locator("#sentences .word").nth(row)).to_have_attribute("aria-pressed", "true")
    position = trace.pair.words[row].positions[0]
    query_is(page, trace.tokens[position], position)
    page.wait_for_function(f"{SHAPES.format('grid')}?.length === {1 + shipped.layers + shipped.heads}")
    assert page.evaluate(f"{SHAPES.format('grid')}[1].y0") == row - 0.5
    for figure in ("heatmap", "rollout"):
        page.wait_for_function(f"{SHAPES.format(figure)}?.length === 2")
        assert page.evaluate(f"{SHAPES.format(figure)}[0].y0") == row - 0.5
    page.wait_for_function(f"{SHAPES.format('microscope')}?.length === 2")
    expect(page.locator("#rollout-says")).to_contain_text(f"“{units.labels[row]}” is made most of")


def test_a_row_of_what_heads_do_chooses_the_head(visit, trace, shipped):
    page = visit()
    open_attention(page)
    layer, head = 2, 1
    role = head_role(summarise(trace), Head(layer, head))
    row = layer * shipped.heads + head
    expect(page.locator("#heads .ytick text").nth(row)).to_have_text(f"L3 H2 · {role}")
    press(page.locator("#heads .heatmaplayer image"), 0.1, (row + 0.5) / (shipped.layers * shipped.heads))
    expect(page.get_by_label("Head", exact=True)).to_have_value("Layer 3, head 2")
    expect(page.locator("#heatmap")).to_contain_text("Layer 3, head 2")
    expect(page.locator("#microscope-says")).to_contain_text("Layer 3, head 2")


def test_the_microscope_shows_the_head_read_step_by_step(visit, trace, shipped):
    page = visit()
    open_attention(page)
    query_is(page, "[CLS]", 0)
    head = Head.parse(most_crossing_head(trace))
    reading = read_head(shipped, trace, head)
    steps = [reading.products[0], reading.scaled[0], reading.weights[0], reading.norms[0]]
    np.testing.assert_allclose(bars(page), steps, rtol=2e-3)
    page.get_by_label("Query", exact=True).click()
    page.get_by_role("option", name=f"3. {trace.tokens[2]}", exact=True).click()
    query_is(page, trace.tokens[2], 2)
    np.testing.assert_allclose(bars(page)[3], reading.norms[2], rtol=2e-3)


def test_a_picked_query_gives_way_to_a_chosen_word_and_to_another_pair(visit, trace):
    page = visit()
    open_attention(page)
    picker = page.get_by_label("Query", exact=True)
    picker.click()
    page.get_by_role("option").last.click()
    query_is(page, "[SEP]", len(trace.tokens) - 1)
    page.locator("#sentences .word").nth(1).click()
    query_is(page, trace.tokens[2], 2)
    expect(picker).to_have_value("The chosen word")
    picker.click()
    page.get_by_role("option").last.click()
    query_is(page, "[SEP]", len(trace.tokens) - 1)
    page.locator("#premise textarea").fill("A dog.")
    page.locator("#hypothesis textarea").fill("A cat.")
    page.locator("#hypothesis textarea").press("Enter")
    query_is(page, "[CLS]", 0)
    expect(picker).to_have_value("The chosen word")


def test_rollout_goes_up_to_the_chosen_layer(visit):
    page = visit()
    open_attention(page)
    expect(page.locator("#rollout")).to_contain_text("Layer 1 to Layer 4")
    page.locator("#rollout-depth").get_by_label("Layer 2").check()
    expect(page.locator("#rollout-says")).to_contain_text("After layer 2")
    expect(page.locator("#rollout")).to_contain_text("Layer 1 to Layer 2")


def test_what_hiding_special_tokens_leaves_out_is_said_until_they_are_shown(visit):
    page = visit()
    open_attention(page)
    said = page.locator("#grid-says, #heatmap-says, #rollout-says")
    assert said.count() == 3
    for place in range(3):
        expect(said.nth(place)).to_contain_text("not shown; they take")
    page.get_by_label("Special tokens").check()
    for place in range(3):
        expect(said.nth(place)).not_to_contain_text("not shown")


def test_on_a_phone_every_figure_fits(visit):
    page = visit(360, 740, theme="dark")
    open_attention(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for figure in FIGURES:
        box = page.locator(f"#{figure} .main-svg").first.bounding_box()
        assert 250 <= box["width"] <= 360, figure
        assert box["height"] > 200, figure
