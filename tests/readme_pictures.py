"""Takes the README's pictures anew: ``python tests/readme_pictures.py``. It needs Debian's chromium."""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from pressing import press_tab
from serving import ROOT, running_app

PATIENCE = 120_000  # milliseconds; a loaded machine paints slowly
COLOURS = 256  # enough for a page, and a fifth of the bytes


class Picture(NamedTuple):
    """What is open, and from which part of the page on it is seen."""

    name: str
    tab: str
    shown: str  # what must be there first
    top: str
    size: tuple[int, int]
    theme: str
    scale: int = 1


PICTURES = (
    Picture("page.png", "Why?", "#bars .bars", "#header", (1280, 1300), "light"),
    Picture("page-dark.png", "Map", "#map .map-head img", "#tabs", (1280, 900), "dark"),
    Picture("page-phone.png", "Why?", "#bars .bars", "#verdict", (390, 780), "light", 2),
)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "log") as address,
        sync_playwright() as playwright,
    ):
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            take(browser, picture, address)
        browser.close()


def take(browser: Browser, picture: Picture, address: str) -> None:
    width, height = picture.size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=picture.scale,
        reduced_motion="reduce",
    )
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/laboratory?__theme={picture.theme}")
    page.wait_for_selector("#sentences .word[style]")
    press_tab(page, picture.tab)
    page.wait_for_selector(picture.shown)
    page.mouse.move(0, 0)  # or the part that comes under it would tell its numbers
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.evaluate(
        "top => scrollTo(0, scrollY + document.querySelector(top).getBoundingClientRect().top - 16)",
        picture.top,
    )
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    image.save(ROOT / "assets" / picture.name, optimize=True)
    page.close()


if __name__ == "__main__":
    main()
