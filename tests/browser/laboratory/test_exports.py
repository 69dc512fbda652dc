"""What is saved opens elsewhere, with the network off."""

import json
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from bertmini_demo.data.examples import gallery

SHEET = 703  # CSS pixels between the margins of A4


def test_a_printed_map_fits_a_sheet(visit, browser, tmp_path):
    """Nothing of it lies beyond the edge of the paper, and no line is still on its way."""
    context = browser.new_context()
    report = context.new_page()
    report.goto(save(visit(), "Report (HTML)", tmp_path).as_uri())
    report.emulate_media(media="print")
    report.set_viewport_size({"width": SHEET, "height": 1000})
    drawing = report.locator("svg.model-map")
    expect(drawing).to_have_count(1)
    assert drawing.evaluate("one => one.getBoundingClientRect().right") <= SHEET
    parts = report.locator("svg.model-map [data-part]")
    assert parts.count() > 16
    assert all(
        one <= SHEET for one in parts.evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
    )
    moving = "all => all.filter(one => getComputedStyle(one).animationName !== 'none').length"
    assert report.locator("svg.model-map *").evaluate_all(moving) == 0
    context.close()


def save(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_the_report_opens_with_the_network_off(visit, browser, tmp_path):
    page = visit()
    path = save(page, "Report (HTML)", tmp_path)
    shares = page.locator("#verdict .share").all_inner_texts()
    for width in (1280, 360):
        context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
        requests = []
        report = context.new_page()
        report.on("request", lambda request, told=requests: told.append(request.url))
        report.goto(path.as_uri())
        expect(report.get_by_role("heading", name="The verdict", exact=True)).to_be_visible()
        assert report.locator(".verdict .share").all_inner_texts() == shares
        assert report.locator(".heads img").evaluate_all("all => all.every(one => one.naturalWidth > 1)")
        assert report.evaluate("document.body.scrollWidth") <= width
        assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
        context.close()


def test_the_numbers_are_saved_twice_if_asked_twice(visit, tmp_path):
    page = visit()
    for _ in range(2):
        path = save(page, "Numbers (JSON)", tmp_path)
        assert json.loads(path.read_text(encoding="utf-8"))["premise"] == gallery()[0].premise
    assert save(page, "Numbers (CSV)", tmp_path).read_bytes().startswith(b"\xef\xbb\xbfwhat,layer,")


def test_a_figure_is_saved_as_a_picture_in_the_colours_of_the_page(visit, tmp_path):
    page = visit(theme="dark")
    figure = page.locator("#bars")
    with page.expect_download() as waiting:
        figure.get_by_role("button", name="Save this figure as PNG").click()
    waiting.value.save_as(tmp_path / "figure.png")
    picture = Image.open(tmp_path / "figure.png").convert("RGB")
    size = figure.locator(".js-plotly-plot").bounding_box()
    assert picture.size == (2 * round(size["width"]), 2 * round(size["height"]))
    assert max(picture.getpixel((1, 1))) < 64
    with page.expect_download() as waiting:
        figure.get_by_role("button", name="Save this figure as SVG").click()
    waiting.value.save_as(tmp_path / "figure.svg")
    drawn = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert all(word in drawn for word in gallery()[0].hypothesis.strip(".").split())
