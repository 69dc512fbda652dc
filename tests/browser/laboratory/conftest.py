"""The page of tabs, which has an address of its own; ``visit`` opens it and waits for its first coloured words."""

import pytest
from page_visits import visitor
from serving import running_app


@pytest.fixture(scope="session")
def address(request, tmp_path_factory):
    """Where the page of tabs of the app with the shipped checkpoint is served."""
    request.getfixturevalue("browser")  # first, so as not to start the app in vain
    with running_app(tmp_path_factory.mktemp("app") / "log") as address:
        yield f"{address}/laboratory"


def drawn(page, link: str | None) -> None:
    page.wait_for_selector("#sentences .word[style]")
    if not link:  # which may open another tab
        page.wait_for_selector("#bars .js-plotly-plot .bars")


@pytest.fixture
def visit(browser, address):
    """Opens the page; checks at the end that nothing went wrong or out."""
    yield from visitor(browser, address, drawn)
