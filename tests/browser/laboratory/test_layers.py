"""The tab Layers as a reader uses it."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pressing import press_tab, settled

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.layer_similarity import find_plane, merge_states
from bertmini_demo.model.masked_lm import language_model_of

PLANE = "document.querySelector('#plane .js-plotly-plot')"


@pytest.fixture(scope="module")
def trace(shipped):
    first = gallery()[0]
    return shipped.trace(first.premise, first.hypothesis)


@pytest.fixture(scope="module")
def points(trace):
    """(depths, words, 2) where each word of the first pair is drawn at each depth."""
    states = merge_states(trace.hidden_states, [word.positions for word in trace.pair.words])
    return find_plane(states).project(states)


def open_layers(page: Page) -> None:
    press_tab(page, "Layers")
    for name in ("early", "alike", "plane"):
        page.wait_for_selector(f"#{name} .js-plotly-plot[data-stepped]")


def drawn(page: Page) -> np.ndarray:
    """(words, 2) where plotly draws the words now, in its own account of what is on the screen."""
    settled(page)
    xs, ys = (
        json.loads(
            page.evaluate(f"JSON.stringify({PLANE}.calcdata.slice(1).flat().map(point => point.{axis}))")
        )
        for axis in "xy"
    )
    return np.column_stack([xs, ys])


def spots(page: Page) -> np.ndarray:
    """(words, 2) pixels where the markers stand."""
    boxes = [mark.bounding_box() for mark in page.locator("#plane .trace.scatter .point").all()]
    return np.array([[box["x"] + box["width"] / 2, box["y"] + box["height"] / 2] for box in boxes])


def step_to(page: Page, depth: int) -> None:
    slider = page.get_by_label("Shown after")
    slider.focus()
    slider.press("Home")
    for _ in range(depth):
        slider.press("ArrowRight")
    settled(page)
    page.wait_for_function(f"{PLANE}.layout.meta.depths[{depth}].x[0][0] === {PLANE}.data[1].x[0]")


def test_the_pictures_show_the_numbers_of_the_core(visit, shipped, trace, points):
    page = visit()
    open_layers(page)
    lines = page.evaluate("document.querySelector('#early .js-plotly-plot').data.map(line => line.y)")
    np.testing.assert_allclose(lines, early_exit(shipped, trace).T, atol=0.001)
    depths = page.evaluate(f"{PLANE}.layout.meta.depths")
    for depth, expected in zip(depths, points, strict=True):
        shown = np.column_stack([np.concatenate(depth["x"]), np.concatenate(depth["y"])])
        np.testing.assert_allclose(shown, expected, atol=0.01)
    expect(page.locator("#early-says")).to_contain_text("verdict")


def test_the_model_before_fine_tuning_stands_beside_it_and_moves_along(visit, shipped, trace):
    page = visit()
    open_layers(page)
    pretrained = language_model_of(shipped)
    if pretrained is None:
        expect(page.locator("#before-says")).to_contain_text("brings no pretrained model")
        expect(page.locator("#plane-before")).to_be_hidden()
        return
    groups = [word.positions for word in trace.pair.words]
    plane = find_plane(merge_states(trace.hidden_states, groups))
    points = plane.project(merge_states(pretrained.trace(trace.pair).hidden_states, groups))
    page.wait_for_selector("#plane-before .js-plotly-plot[data-stepped]")
    for depth in (0, len(points) - 1):
        step_to(page, depth)
        first = "document.querySelector('#plane-before .js-plotly-plot').calcdata[1][0]"
        page.wait_for_function(f"Math.abs({first}.x - {points[depth][0][0]}) < 0.02")


def test_the_slider_moves_the_words_to_their_places(visit, points):
    page = visit()
    open_layers(page)
    scale = None
    for depth in (0, len(points) - 1, 1):
        step_to(page, depth)
        page.wait_for_timeout(1500)  # for the words to arrive
        np.testing.assert_allclose(drawn(page), points[depth], atol=0.01)
        seen, wanted = spots(page), points[depth]
        for axis in (0, 1):
            assert abs(np.corrcoef(seen[:, axis], wanted[:, axis])[0, 1]) > 0.999
        widths = np.ptp(seen, axis=0) / np.ptp(wanted, axis=0)
        np.testing.assert_allclose(widths, widths if scale is None else scale, rtol=0.05)  # the axes stay
        scale = widths


def test_a_layer_chosen_here_is_chosen_in_attention_and_back(visit, shipped):
    page = visit()
    open_layers(page)
    step_to(page, 1)
    press_tab(page, "Attention")
    head = page.get_by_label("Head", exact=True)
    expect(head).to_have_value(re.compile("Layer 1, head "))
    number = head.input_value().split()[-1]
    head.click()
    page.get_by_role("option", name=f"Layer {shipped.layers}, head {number}").click()
    press_tab(page, "Layers")
    expect(page.locator("#stepper output")).to_have_text(f"After layer {shipped.layers}")


def test_played_through_it_ends_at_the_last_layer(visit, points):
    page = visit()
    open_layers(page)
    step_to(page, len(points) - 2)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#stepper output")).to_have_text(f"After layer {len(points) - 1}")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    np.testing.assert_allclose(drawn(page), points[-1], atol=0.01)


def test_nothing_moves_until_asked(visit):
    page = visit()
    open_layers(page)
    before = page.locator("#stepper output").inner_text()
    page.wait_for_timeout(2000)
    assert page.locator("#stepper output").inner_text() == before
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_word_pressed_in_the_plane_is_chosen_everywhere(visit):
    page = visit()
    open_layers(page)
    step_to(page, 0)
    page.wait_for_timeout(1500)
    page.locator("#plane").scroll_into_view_if_needed()
    page.mouse.click(*spots(page)[1])
    expect(page.locator("#sentences .word[aria-pressed=true]")).to_have_count(1)
    expect(page.locator("#plane .legend")).to_contain_text("path of")
    word = page.locator("#sentences .word[aria-pressed=true] bdi").inner_text().strip("+−")
    expect(page.locator("#plane .legend")).to_contain_text(word)


def test_another_pair_is_drawn_at_the_chosen_depth(visit, shipped):
    page = visit()
    open_layers(page)
    step_to(page, 2)
    second = gallery()[1]
    page.get_by_role("button", name=second.name, exact=True).click()
    pair = shipped.encode(second.premise, second.hypothesis)
    rows = len(pair.words)
    page.wait_for_function(
        f"{PLANE}?.dataset.stepped && {PLANE}.data[1].text.length + {PLANE}.data[2].text.length === {rows}"
    )
    states = merge_states(
        shipped.trace(second.premise, second.hypothesis).hidden_states, [w.positions for w in pair.words]
    )
    expected = find_plane(states).project(states)
    settled(page)
    page.wait_for_function(f"Math.abs({PLANE}?.calcdata[1][0].x - {expected[2][0][0]}) < 0.02")
    expect(page.locator("#stepper output")).to_have_text("After layer 2")
    np.testing.assert_allclose(drawn(page), expected[2], atol=0.01)
