"""A headless Chromium on the running app. In CI a missing browser fails; elsewhere these tests skip and say so."""

import os
import shutil

import pytest
from page_visits import PATIENCE, visitor
from playwright.sync_api import expect, sync_playwright
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


def drawn(page, _link: str | None) -> None:
    page.wait_for_selector("#app[data-started]")
    page.wait_for_selector("#pair-bar .piece[data-side]", state="attached")  # guess first covers them


@pytest.fixture
def visit(browser, address):
    """Opens the page and waits for its first coloured words; checks at the end that nothing went wrong or out."""
    yield from visitor(browser, address, drawn)
