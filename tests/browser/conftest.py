"""A headless Chromium on the running app. In CI a missing browser fails; elsewhere these tests skip and say so."""

import os
import shutil

import pytest
from playwright.sync_api import ConsoleMessage, expect, sync_playwright
from serving import running_app

QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds; a loaded machine paints slowly
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser():
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing: install Debian's package chromium")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET_BROWSER)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(request, tmp_path_factory):
    """Where the app with the shipped checkpoint is served."""
    request.getfixturevalue("browser")  # first, so as not to start the app in vain
    with running_app(tmp_path_factory.mktemp("app") / "log") as address:
        yield address


@pytest.fixture
def visit(browser, address):
    """Opens the page and waits for its first coloured words; checks at the end that nothing went wrong or out."""
    contexts, faults = [], []

    def open_page(
        width: int = 1280,
        height: int = 900,
        *,
        theme: str = "light",
        link: str | None = None,
        motion: bool = False,  # else a number read at once might be on its way
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="no-preference" if motion else "reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: faults.extend(complaints(message)))
        page.on("pageerror", lambda error: faults.extend(unexcused(str(error))))
        page.on("request", lambda request: faults.extend(outside(request.url, address)))
        page.goto(link or f"{address}/?__theme={theme}")
        page.wait_for_selector("#sentences .word[style]")
        if not link:  # which may open another tab
            page.wait_for_selector("#bars .js-plotly-plot .bars")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


LEFT = (
    "signal is aborted without reason",
    "BodyStreamBuffer was aborted",
    "Connection errored out",
)  # what Gradio says of a page left while at work


def complaints(message: ConsoleMessage) -> list[str]:
    """Errors in the console; a refused field is answered with status 422, which Chromium counts among them."""
    if message.type != "error" or "status of 422" in message.text:
        return []
    return unexcused(message.text)


def unexcused(text: str) -> list[str]:
    return [] if any(part in text for part in LEFT) else [text]


def outside(url: str, address: str) -> list[str]:
    inside = url.startswith((address, address.replace("http", "ws", 1), "data:", "blob:"))
    return [] if inside else [f"request to {url}"]
