"""In a real browser: from a press to what is painted, from the address to the first picture, and the bytes that this sends.

Playwright and Chromium are needed, which the page itself does not: see tests/requirements.txt.
"""

import contextlib
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from bertmini_demo.benchmark.sample_pairs import fresh_pairs
from bertmini_demo.benchmark.startup_time import free_port, running_app, running_server
from bertmini_demo.benchmark.timing import percentile, summary
from bertmini_demo.inference import NLIModel

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TIMEOUT = 60_000  # milliseconds; what takes longer is an error
AFTERWARDS = 2_000  # milliseconds
WORD_PIECES = 32
SCRIPT = Path(__file__).with_name("felt_times.js")
PRESS = "choices => timePress(...choices)"
ENTER = "choices => timeEnter(...choices)"


def felt(model: NLIModel, *, rounds: int) -> dict | None:
    """Milliseconds that a visitor waits, at the median and the 95th percentile; None without Playwright or Chromium.

    Args:
        rounds: repetitions; each takes a page just opened, and pairs of 32 word pieces that nobody asked about before.

    Returns:
        verdict and words: from Enter until they are painted; head: from a press on a head of the map to its figures in sight;
        views: from a press on a view's name, opened for the first time, to its figures in sight, by name; opening: see
        :func:`opening`.
    """
    pairs = iter(fresh_pairs(model, pieces=WORD_PIECES, count=3 * rounds))
    times: dict[str, list[float]] = {"verdict": [], "words": [], "head": []}
    views: dict[str, list[float]] = {}
    with browser_on_the_app() as started:
        if started is None:
            return None
        browser, address = started
        for turn in range(rounds):
            with open_page(browser, address) as page:
                premise, hypothesis = next(pairs)
                page.fill("#premise-text", premise)
                painted = page.evaluate(ENTER, [hypothesis, ["verdict", "words"], TIMEOUT])
                times["verdict"].append(painted["verdict"])
                times["words"].append(painted["words"])
                times["head"] += press_heads(page, model, turn)
                for name in rotated(view_names(page), turn):
                    views.setdefault(name, []).append(press(page, f".views [data-view='{name}']"))
        at_once = opening(browser, address, rounds=rounds)
    return {
        "word_pieces": WORD_PIECES,
        **{name: spread(values) for name, values in times.items()},
        "views": {name: spread(values) for name, values in views.items()},
        "opening": at_once,
    }


def press_heads(page, model: NLIModel, turn: int) -> list[float]:
    """Milliseconds for two heads: the first press of a page also fetches the library that draws, and is left out."""
    layer, waits = turn % model.layers, []
    for head in range(min(3, model.heads)):
        selector = f".map-wide .part[data-part='head'][data-layer='{layer}'][data-head='{head}']"
        waits.append(press(page, selector))
    return waits[1:]


def press(page, selector: str) -> float:
    """Milliseconds from a press to the figures in sight."""
    return page.evaluate(PRESS, [selector, ["figures"], TIMEOUT])["figures"]


def view_names(page) -> list[str]:
    """The views that are not open at first."""
    return [one.get_attribute("data-view") for one in page.locator(".views [data-view]").all()[1:]]


def opening(browser, address: str, *, rounds: int) -> dict:
    """The page's opening beside that of the barest Gradio page with one figure, in turns, nothing cached.

    Returns:
        page and bare: median milliseconds to the first picture and kilobytes received; ratio: the median over rounds.
    """
    times: dict[str, list[float]] = {"page": [], "bare": []}
    sizes: dict[str, list[float]] = {"page": [], "bare": []}
    port = free_port()
    command = [sys.executable, "-m", "bertmini_demo.benchmark.bare_page", str(port)]
    with running_server(command, f"http://127.0.0.1:{port}") as (bare, _):
        pictures = {"page": (address, ".map-wide svg"), "bare": (bare, ".js-plotly-plot .plot-container")}
        for turn in range(rounds + 1):
            for name in rotated(list(pictures), turn):
                place, selector = pictures[name]
                milliseconds, kilobytes = first_picture(browser, place, selector)
                if turn:  # the first of all warms the servers
                    times[name].append(milliseconds)
                    sizes[name].append(kilobytes)
    ratio = summary(times["page"], times["bare"]).ratio
    measured = {
        name: {"median_ms": summary(times[name]).median, "kilobytes": summary(sizes[name]).median}
        for name in times
    }
    return {**measured, "ratio": ratio}


def first_picture(browser, address: str, selector: str) -> tuple[float, float]:
    """Milliseconds until a picture is painted, and the kilobytes received until then and two seconds afterwards."""
    with new_page(browser) as page:
        received = count_bytes(page)
        page.goto(address, wait_until="commit")
        waited = page.evaluate(
            "([selector, timeout]) => timeUntilPicture(selector, timeout)", [selector, TIMEOUT]
        )
        page.wait_for_timeout(AFTERWARDS)  # a stream stays open, so the network is never idle
        return waited, sum(received) / 1000


@contextlib.contextmanager
def browser_on_the_app() -> Iterator[tuple | None]:
    """A browser and the address of an app for it; None without Playwright or Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with running_app() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser, address
        browser.close()


@contextlib.contextmanager
def new_page(browser) -> Iterator:
    """An empty page with nothing cached, which can measure."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(TIMEOUT)
    page.add_init_script(path=SCRIPT)
    yield page
    page.close()


@contextlib.contextmanager
def open_page(browser, address: str) -> Iterator:
    """The page, opened and at rest."""
    with new_page(browser) as page:
        page.goto(address)
        page.wait_for_selector("#app[data-started]")
        page.wait_for_selector("#pair-bar .piece[data-side]")
        yield page


def count_bytes(page) -> list[int]:
    """A list that grows by one number for each piece of data that the page receives."""
    received: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.dataReceived",
        lambda event: received.append(event["encodedDataLength"] or event["dataLength"]),
    )
    return received


def rotated(names: Sequence[str], turn: int) -> list[str]:
    """All names, beginning with another one in each turn."""
    first = turn % max(len(names), 1)
    return [*names[first:], *names[:first]]


def spread(values: list[float]) -> dict:
    """Median and 95th percentile of durations in milliseconds."""
    return {"median_ms": summary(values).median, "p95_ms": percentile(values, 0.95)}
