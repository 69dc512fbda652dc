"""The tab Model in a real browser."""

from playwright.sync_api import expect
from pressing import press_tab, settled

from bertmini_demo.data.model_family import FAMILY
from bertmini_demo.model.files import read_metrics


def test_it_shows_what_was_measured_and_measures_the_family_here(visit, shipped):
    page = visit()
    press_tab(page, "Model")
    page.wait_for_selector("#confusion .heatmaplayer image")
    for found in read_metrics(shipped.folder)["data"].values():
        expect(page.locator("#accuracy")).to_contain_text(f"{found['accuracy']:.1%}")
    expect(page.locator("#family .textpoint, #family .scatterlayer text").first).to_be_visible()
    page.locator("#measure-family").click()
    rows = page.locator("#family-says tbody tr")
    expect(rows).to_have_count(len(FAMILY))
    expect(rows.last.locator("td").last).not_to_have_text("–", timeout=120_000)
    page.get_by_label("Milliseconds a pair, measured here").check()
    expect(page.locator("#family .xtitle")).to_contain_text("milliseconds")
    settled(page)
    assert page.evaluate("document.querySelector('#family .js-plotly-plot').data[0].x.length") == len(FAMILY)
