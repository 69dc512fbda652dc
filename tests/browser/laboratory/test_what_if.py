"""The tab What if? as a reader uses it: what it shows is what the core says of the changed model or pair."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pressing import ask, press_and_stop, press_tab

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.counterfactuals.edits import make_counterfactuals
from bertmini_demo.explain.head_ablation import head_effects, switch_off
from bertmini_demo.ui.laboratory.switchboard import points

WORK = 240_000  # milliseconds: on a loaded machine the work takes many times longer


def open_what_if(page: Page) -> None:
    press_tab(page, "What if?")
    page.wait_for_selector("#switchboard .switch")
    page.wait_for_selector("#variants p")


@pytest.fixture(scope="module")
def pair(shipped):
    first = gallery()[0]
    return shipped.encode(first.premise, first.hypothesis)


def test_heads_are_switched_and_the_verdict_moves_as_the_core_says(visit, shipped, pair):
    page = visit()
    open_what_if(page)
    effects = head_effects(shipped, pair)
    verdict = effects.labels[int(effects.all_on.argmax())]
    changes = effects.changes(verdict)
    told = page.locator("#switchboard .switch span").all_inner_texts()
    assert told == [points(change) for change in changes.ravel()]
    shares, says = page.locator("#switched .share"), page.locator("#switched .says")

    def expect_off(*heads: tuple[int, int]) -> None:
        after = switch_off(shipped, pair, heads=heads)
        expect(shares).to_have_text([f"{after[label]:.1%}" for label in effects.labels])
        expect(page.locator("#switchboard [aria-pressed=true]")).to_have_count(len(heads))

    strongest = tuple(map(int, np.unravel_index(np.abs(changes).argmax(), changes.shape)))
    other = (0, 0) if strongest != (0, 0) else (0, 1)
    for head in (strongest, other):
        page.locator(f"[data-head='{head[0]}-{head[1]}']").click()
    expect_off(strongest, other)
    expect(says).to_contain_text("2 of 16 heads are off")
    page.get_by_role("button", name="All off").click()
    expect_off(*np.ndindex(changes.shape))
    page.get_by_role("button", name="All on").click()
    expect_off()
    page.locator(f"[data-head='{strongest[0]}-{strongest[1]}']").click()
    expect_off(strongest)
    page.locator("#switched [data-look]").click()
    expect(page.get_by_role("tab", name="Attention", exact=True)).to_have_attribute("aria-selected", "true")
    place = f"Layer {strongest[0] + 1}, head {strongest[1] + 1}"
    expect(page.get_by_label("Head", exact=True)).to_have_value(place)
    expect(page.locator("#heatmap-says")).to_contain_text(place)


def test_a_pinned_pair_stands_beside_an_edited_one(visit, shipped, pair):
    page = visit()
    open_what_if(page)
    page.get_by_role("button", name="Pin this pair").click()
    expect(page.locator("#comparison")).to_contain_text("Pinned: ")
    hypothesis = "The little girl with the puppy is laughing <b>."
    ask(page, hypothesis)
    predictions = [shipped.predict(pair.premise, text) for text in (pair.hypothesis, hypothesis)]
    rows = page.locator("#comparison .differences tbody tr")
    for row, label in enumerate(predictions[0].probabilities):
        before, after = (prediction.probabilities[label] for prediction in predictions)
        expect(rows.nth(row)).to_contain_text(f"{before:.1%}")
        expect(rows.nth(row)).to_contain_text(f"{after:.1%}")
        expect(rows.nth(row)).to_contain_text(points(after - before))
    assert page.locator("#comparison .side").count() == 2
    only = page.locator("#comparison .side").nth(1).locator(".only").all_inner_texts()
    assert any("laughing" in word for word in only)
    assert page.locator("#comparison .side b").count() == 0
    page.get_by_role("button", name="Open the pinned pair").click()
    expect(page.locator("#hypothesis textarea")).to_have_value(pair.hypothesis)
    page.get_by_role("button", name="Unpin").click()
    expect(page.get_by_role("button", name="Pin this pair")).to_be_visible()


def test_variants_are_made_stopped_and_made_on_and_one_of_them_is_opened(
    visit, shipped, shipped_language, pair
):
    page = visit()
    open_what_if(page)
    long = " ".join(example.premise for example in gallery()[:7])  # work enough to be stopped in
    ask(page, pair.hypothesis, long)
    rows = page.locator("#variants tbody tr")
    press_and_stop(page, "#make-variants", seen="#variants tbody tr", stop="#stop-variants")
    expect(page.locator("#variants .hint")).to_contain_text("goes on from here", timeout=WORK)
    some = rows.count()
    ask(page, pair.hypothesis, pair.premise)  # nothing of the other pair arrives here
    page.locator("#make-variants").click()
    expect(page.locator("#variants .says")).to_contain_text("Furthest goes", timeout=WORK)
    expected = make_counterfactuals(shipped, pair, language_model=shipped_language)
    assert rows.count() == len(expected)
    assert page.locator("#variants tr.flip").count() == sum(variant.flips for variant in expected)
    told = page.locator("#variants .points").all_inner_texts()
    assert told == [points(variant.change) for variant in expected]
    flip = next(variant for variant in expected if variant.flips and variant.edit.premise)
    place = expected.index(flip)
    rows.nth(place).locator("button").click()
    expect(page.locator("#premise textarea")).to_have_value(flip.edit.premise)
    expect(page.locator("#hypothesis textarea")).to_have_value(flip.edit.hypothesis)
    expect(page.locator("#verdict .verdict")).to_have_attribute("data-label", flip.label)
    expect(page.locator("#variants")).to_contain_text("one change at a time")
    ask(page, pair.hypothesis, long)
    expect(page.locator("#variants .hint")).to_contain_text("goes on from here")
    assert rows.count() == some


def test_on_a_phone_what_if_fits_and_haste_loses_nothing(visit):
    page = visit(360, 740)
    open_what_if(page)
    page.locator("[data-head='0-0']").click()
    page.get_by_role("button", name="Pin this pair").click()
    late = "**/gradio_api/run/predict*"  # what is not queued; an answer to it may come after all that follows
    page.route(late, lambda _: None)
    page.locator("#make-variants").click()
    expect(page.locator("#variants .says")).to_contain_text("Furthest goes", timeout=WORK)
    page.unroute(late)
    ask(page, "The little girl with the puppy is laughing.")
    page.wait_for_selector("#comparison .differences")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
