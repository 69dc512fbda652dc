"""The views by the numbers: how tall they are before anything is opened, and that all of a view comes to paper."""

import pytest
from playwright.sync_api import expect

DRAWN = """() => [...document.querySelectorAll('.view:not([hidden]) .card[data-question]:not([data-run])')]
  .filter(card => card.checkVisibility()).every(card => card.matches('.is-shown:not([aria-busy])'))"""
WALK = """async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
    scrollTo(0, top);
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }
}"""
FIGURES = """() => [...document.querySelectorAll('.view:not([hidden]) .card')].filter(card => card.checkVisibility()).map(card => {
  const svg = card.querySelector('.plot:not([hidden]) :is(.picture, .main-svg)');
  const {left, right, height} = (svg ?? card.querySelector('[data-html]')).getBoundingClientRect();
  const [, , width] = svg?.getAttribute('viewBox').split(' ') ?? [];
  return {question: card.dataset.question, left, right, height, scale: svg ? (right - left) / Number(width) : 1};
})"""
FILL = """element => {
  const style = getComputedStyle(element);
  return (element.closest('svg') ? style.fill : style.color).match(/\\d+/g).slice(0, 3).map(Number);
}"""
CONTROLS = "#app :is(.card-controls select, .quiet-button, .strong-button, .text-button, summary, .views a)"


@pytest.mark.parametrize("view", ["why", "what_if", "trust"])
def test_no_view_is_taller_than_three_windows(visit, address, view):
    page = visit(1440, 900, link=f"{address}/?view={view}")
    page.evaluate(WALK)
    page.wait_for_function(DRAWN)
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 900


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1000, 800)])
def test_the_map_and_its_hint_stay_in_sight_while_a_part_is_read(visit, address, width, height):
    page = visit(width, height, link=f"{address}/?part=head&layer=2&head=1")
    expect(page.locator(".card[data-question='how_it_decides.heatmap'] .picture")).to_be_visible()
    page.locator(".map-wide .part[data-part='embeddings']").hover()
    expect(page.locator("#map-hint")).to_contain_text("Embeddings")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".map-wide svg")).to_be_in_viewport(ratio=0.99)
    hint, tools = page.locator("#map-hint").bounding_box(), page.locator(".stage-tools").bounding_box()
    assert hint["y"] + hint["height"] <= tools["y"]
    bar = page.locator("#pair-bar").bounding_box()
    assert page.locator("#map").bounding_box()["y"] >= bar["y"] + bar["height"] - 1


def test_paper_is_light_whatever_the_theme_of_the_page(visit, address):
    page = visit(1280, 800, link=f"{address}/?view=why&__theme=dark")
    axis = page.locator(".card[data-question='why.bars'] .picture text").first
    expect(axis).to_be_visible()
    dark = axis.evaluate(FILL)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for one in (axis, page.locator("#pair-bar .piece bdi").first, page.locator(".card-title").first):
        assert max(one.evaluate(FILL)) < 128, "too pale for paper"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert axis.evaluate(FILL) == dark
    assert min(dark) > 128


def test_every_figure_of_a_view_that_was_opened_again_is_on_paper_and_whole(visit):
    page = visit(
        1280, 800, before=lambda page: page.add_init_script("window.print = () => { window.printed = true; }")
    )
    page.locator(".views [data-view='trust']").click()
    page.locator(".views [data-view='why']").click()
    page.locator(".change-button").click()  # what was drawn is of another pair
    page.locator(".views [data-view='trust']").click()
    page.locator("#menu-button").click()
    page.locator("[data-action=print]").click()
    page.wait_for_function("window.printed")
    assert page.evaluate(DRAWN)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # about A4 between its margins
    figures = page.evaluate(FIGURES)
    assert len(figures) >= 6
    for figure in figures:
        assert figure["height"] > 40, figure
        assert figure["left"] >= 0, figure
        assert figure["right"] <= 720, figure
        assert 0.5 < figure["scale"] <= 1.01, figure
    expect(page.locator(CONTROLS).locator("visible=true")).to_have_count(0)
    expect(page.locator("#print-note")).to_be_hidden()
