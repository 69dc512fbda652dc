"""Each view for a screen reader, in the dark, at 320 pixels, and at twice the size."""

from pathlib import Path

import axe_playwright_python
import pytest

from bertmini_demo.ui.views import VIEWS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SETTLED = """() => [...document.querySelectorAll('.view:not([hidden]) .card[data-question]:not([data-run])')].every(card => {
  const {top, bottom, width} = card.getBoundingClientRect();
  return !width || bottom < 0 || top > innerHeight || card.matches('.is-shown:not([aria-busy])');
})"""
RUN = """async () => {
  const {violations} = await axe.run({exclude: ['.plot']}, {resultTypes: ['violations'], iframes: false, preload: false});
  return violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
}"""  # a figure is one picture with a text alternative
NAMES = [view.NAME for view in VIEWS]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_no_view_hinders_a_screen_reader(visit, address, name, theme):
    page = visit(link=f"{address}/?view={name}&__theme={theme}")
    page.wait_for_function(SETTLED)
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    page.add_script_tag(content=AXE)
    assert page.evaluate(RUN) == []


@pytest.mark.parametrize("width", [320, 640])  # 640 is 1280 at 200 %
def test_no_view_is_wider_than_a_narrow_window(visit, width):
    page = visit(width, 800)
    for name in NAMES:
        if page.locator(f".views [data-view='{name}'][aria-current]").count() == 0:
            page.locator(f".views [data-view='{name}']").click()
        page.wait_for_function(SETTLED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
