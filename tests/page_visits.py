"""Opens pages in a browser for a test, and checks at its end that nothing went wrong or out."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, ConsoleMessage, Page

PATIENCE = 120_000  # milliseconds; a loaded machine paints slowly


def visitor(browser: Browser, address: str, drawn: Callable[[Page, str | None], None]) -> Iterator[Callable]:
    """Yields a function that opens the page at ``address``, or at a link, and waits until it is drawn."""
    contexts, faults = [], []

    def open_page(
        width: int = 1280,
        height: int = 900,
        *,
        theme: str = "light",
        link: str | None = None,
        motion: bool = False,  # else a number read at once might be on its way
        before: Callable[[Page], None] | None = None,
    ) -> Page:
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
        if before:
            before(page)
        page.goto(link or f"{address}?__theme={theme}")
        drawn(page, link)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == [], faults


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
    server = "/".join(address.split("/")[:3])
    inside = url.startswith((server, server.replace("http", "ws", 1), "data:", "blob:"))
    return [] if inside else [f"request to {url}"]
