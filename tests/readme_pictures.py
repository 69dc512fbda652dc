"""Takes the pictures of the README: ``python tests/readme_pictures.py``. It needs Debian's chromium."""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from serving import ROOT, running_app

PATIENCE = 120_000  # milliseconds; a loaded machine paints slowly
COLOURS = 256  # enough for a page, and a fifth of the bytes


class Picture(NamedTuple):
    """A file in assets/ and the window that it shows."""

    name: str
    size: tuple[int, int]
    theme: str
    scale: int = 1


PICTURES = (
    Picture("page.png", (1280, 810), "light"),
    Picture("page-dark.png", (1440, 910), "dark"),
    Picture("page-phone.png", (390, 844), "light", 2),
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
        color_scheme=picture.theme,
        reduced_motion="reduce",
    )
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/?__theme={picture.theme}")
    page.wait_for_selector("#app svg.model-map >> visible=true")
    page.wait_for_selector(".piece[style]")
    page.wait_for_function("document.fonts.status === 'loaded'")
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    image.save(ROOT / "assets" / picture.name, optimize=True)
    page.close()


if __name__ == "__main__":
    main()
