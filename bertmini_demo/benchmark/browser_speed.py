"""In a real browser: from the click on a gallery pair to what is painted, and the bytes that this sends.

Playwright and Chromium are needed, which the page itself does not: see tests/requirements.txt.
"""

import contextlib
import shutil
from collections.abc import Iterator
from importlib.util import find_spec

from bertmini_demo.benchmark.startup_time import running_app
from bertmini_demo.benchmark.timing import percentile, summary
from bertmini_demo.data.examples import gallery

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 60_000  # milliseconds

# Whether a figure that can be seen is still to be drawn, see bertmini_demo.ui.laboratory.drawing.
STILL_DUE = """
const stillDue = () => [...document.querySelectorAll('.figure[aria-busy]')].some(block => {
  const {top, bottom, width} = block.getBoundingClientRect();
  return width && bottom > 0 && top < innerHeight;
});
"""
# Presses one pair of the gallery and resolves with the milliseconds until each place had changed, and all figures in it that
# can be seen, and been painted; those that had not changed after five seconds are left out.
PRESS = f"""
([pressed, places]) => new Promise(resolve => {{
  {STILL_DUE}
  const painted = {{}}, started = performance.now();
  const done = () => Object.keys(painted).length === Object.keys(places).length;
  for (const [name, selector] of Object.entries(places)) {{
    const place = [...document.querySelectorAll(selector)].find(one => one.getClientRects().length);
    const look = () => requestAnimationFrame(() => setTimeout(() => {{
      if (place.querySelector('.figure') && stillDue()) return look();
      painted[name] = performance.now() - started;
      if (done()) resolve(painted);
    }}));
    const observer = new MutationObserver(() => {{
      observer.disconnect();
      look();
    }});
    observer.observe(place, {{childList: true, subtree: true, characterData: true, attributes: true}});
  }}
  setTimeout(() => resolve(painted), 5000);  // a tab may show the same for any pair
  document.querySelectorAll('#gallery button')[pressed].click();
}})
"""


def clicks(*, rounds: int) -> dict | None:
    """Milliseconds from click to paint and kilobytes received for each tab; None without Playwright or Chromium.

    Returns:
        verdict and words: median and 95th percentile over all clicks; tabs: the same for the open tab's picture where it
        hangs on the pair, with the median kilobytes that one new pair brings.
    """
    with browser_on_the_app() as path:
        if path is None:
            return None
        page, address = path
        received = count_bytes(page)
        page.goto(f"{address}/laboratory")
        page.wait_for_selector("#sentences .word[style]")
        names = [tab.inner_text() for tab in page.locator("#tabs > .tab-wrapper [role=tab]:visible").all()]
        times: dict[str, list[float]] = {"verdict": [], "words": []}
        tabs = {name: press_through(page, name, times, received, rounds=rounds) for name in names}
    return {**{name: spread(values) for name, values in times.items()}, "tabs": tabs}


@contextlib.contextmanager
def browser_on_the_app() -> Iterator[tuple | None]:
    """A page of a browser, still empty, and the address of an app for it; None without Playwright or Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with running_app() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(PATIENCE)
        yield page, address
        browser.close()


def count_bytes(page) -> list[int]:
    """A list that grows by one number for each piece of data that the page receives."""
    received: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.dataReceived", lambda event: received.append(event["dataLength"]))
    return received


def press_through(
    page, name: str, times: dict[str, list[float]], received: list[int], *, rounds: int
) -> dict:
    """Opens a tab and presses one pair of the gallery after another."""
    page.get_by_role("tab", name=name, exact=True).click()
    page.wait_for_timeout(3_000)  # what opens with the tab is drawn
    places = {"verdict": "#verdict", "words": "#sentences", "picture": "#tabs [role=tabpanel]"}
    pictures, sizes = [], []
    for turn in range(rounds):
        before = sum(received)
        painted = page.evaluate(PRESS, [1 + turn % (len(gallery()) - 1), places])
        page.wait_for_timeout(1_000)
        sizes.append((sum(received) - before) / 1000)
        pictures += [painted["picture"]] if "picture" in painted else []
        for place, values in times.items():
            values.append(painted[place])
    shown = spread(pictures) if pictures else {}
    return {**shown, "kilobytes": summary(sizes).median}


def spread(values: list[float]) -> dict:
    """Median and 95th percentile of durations in milliseconds."""
    return {"median_ms": summary(values).median, "p95_ms": percentile(values, 0.95)}
