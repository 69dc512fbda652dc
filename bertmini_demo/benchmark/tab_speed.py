"""In a real browser, for pairs never seen before: from the click on a tab, or on a costly action, to what is painted."""

from collections.abc import Iterator
from dataclasses import dataclass

from bertmini_demo.benchmark.browser_speed import STILL_DUE, browser_on_the_app, spread
from bertmini_demo.benchmark.sample_pairs import fresh_pairs
from bertmini_demo.benchmark.timing import summary
from bertmini_demo.inference import NLIModel

PIECES = 32

# Presses an element and resolves with the milliseconds until each place, none of those in the way and all figures that can be
# seen without scrolling are there and the next frame has been painted; and until all figures are.
PRESS = f"""
([pressed, places, inTheWay, patience]) => new Promise((resolve, reject) => {{
  {STILL_DUE}
  const started = performance.now();
  const there = selector => [...document.querySelectorAll(selector)].some(part => part.getClientRects().length);
  let seen = null;
  const look = () => {{
    const passed = performance.now() - started;
    const painted = then => requestAnimationFrame(() => setTimeout(() => then(performance.now() - started)));
    if (places.every(there) && !inTheWay.some(there)) {{
      if (!seen && !stillDue()) return painted(time => {{ seen = time; look(); }});
      if (seen && !there('.figure[aria-busy]')) return resolve([seen, Math.max(seen, passed)]);
    }}
    if (passed > patience) reject(new Error(`not there: ${{places.filter(place => !there(place))}}`));
    else requestAnimationFrame(look);
  }};
  pressed.click();
  look();
}})
"""
WORK = 600_000  # milliseconds; what takes longer is an error


def figures(*names: str) -> tuple[str, ...]:
    """Figures that have come, be they drawn yet or not."""
    return tuple(f"#{name}[aria-busy], #{name}:has(.js-plotly-plot)" for name in names)


TABS = {  # what opens with each tab
    "Map": ("#map svg",),
    "Attention": figures("grid", "heatmap", "lines", "rollout", "heads", "microscope"),
    "Layers": figures("early", "alike", "plane"),
    "What if?": ("#switchboard .switch", "#switched .bar", "#comparison button"),
    "Traps": (*figures("traps-entailed", "traps-not-entailed"), "#traps-examples button"),
    "Words": (*figures("strips"), "#fillings li"),
    "Batch": ("#judge-batch",),
    "Train": ("#train-copy",),
    "Model": figures("family", "confusion"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """A costly action.

    Attributes:
        places: what shows that it is done.
        in_the_way: what is shown there until then.
        fill: a field that makes it new work, since it does not hang on the pair; it is given a number.
    """

    tab: str
    button: str
    places: tuple[str, ...]
    in_the_way: tuple[str, ...]
    fill: str | None = None


def question(part: str, plot: str) -> Work:
    """One of the questions of the tab Why?."""
    places = (*figures(plot), f"#{part}-says .says")
    return Work("Why?", f"#{part}-run", places, (f"#{part}-status .progress", f"#{part}-says .hint"))


WORKS = {
    "all methods": question("compare", "methods"),
    "faithfulness": question("faithful", "deletion"),
    "sanity check": question("sanity", "randomised"),
    "interactions": question("together", "interactions"),
    "variants": Work(
        "What if?", "#make-variants", ("#variants tbody tr",), ("#variants .progress", "#variants .hint")
    ),
    "probe": Work(
        "Traps", "#probe-run", ("#traps-entailed .barlayer .point path",), (), fill="#probe-seed input"
    ),
}


def times(model: NLIModel, *, rounds: int) -> dict | None:
    """Each tab and each action on a page just opened, with another pair of 32 word pieces every time.

    Returns:
        tabs and actions: median and 95th percentile in milliseconds, by name, and of tabs the median until what lies below
        the screen is drawn, too; None without Playwright or Chromium.
    """
    pairs = iter(fresh_pairs(model, pieces=PIECES, count=rounds * (1 + len(WORKS)) + 1))
    with browser_on_the_app() as result:
        if result is None:
            return None
        page, address = result
        open_pair(page, address, next(pairs))  # the first page of all loads what the others find there
        tabs: dict[str, list[float]] = {name: [] for name in TABS}
        all_figures: dict[str, list[float]] = {name: [] for name in TABS}
        actions: dict[str, list[float]] = {name: [] for name in WORKS}
        for turn in range(rounds):
            open_pair(page, address, next(pairs))
            for name in in_turn(TABS, turn):
                seen, all_drawn = press(page, tab(page, name), TABS[name], ())
                tabs[name].append(seen)
                all_figures[name].append(all_drawn)
            for name in in_turn(WORKS, turn):
                open_pair(page, address, next(pairs))
                actions[name].append(measure(page, WORKS[name], number=turn + 1))
    return {
        "word_pieces": PIECES,
        "rounds": rounds,
        "tabs": {
            name: {**spread(values), "whole_ms": summary(all_figures[name]).median}
            for name, values in tabs.items()
        },
        "actions": {name: spread(values) for name, values in actions.items()},
    }


def in_turn(names: dict[str, object], turn: int) -> Iterator[str]:
    """All names, each time beginning with another one."""
    ordered = list(names)
    first = turn % len(ordered)
    yield from ordered[first:] + ordered[:first]


def open_pair(page, address: str, pair: tuple[str, str]) -> None:
    """A page just opened, at the tab Why?, with the pair shown."""
    page.goto(f"{address}/laboratory")
    page.wait_for_selector("#bars .js-plotly-plot .plot-container")
    for field, sentence in zip(("premise", "hypothesis"), pair, strict=True):
        page.locator(f"#{field} textarea").fill(sentence)
    page.locator("#hypothesis textarea").press("Enter")
    page.wait_for_selector(f"#sentences .sentences[data-hypothesis='{pair[1]}']")
    page.wait_for_timeout(1_000)  # what else came with it is drawn


def tab(page, name: str):
    """The tab of that name, as an element of the page."""
    return page.get_by_role("tab", name=name, exact=True).element_handle()


def measure(page, work: Work, *, number: int) -> float:
    """Opens the action's tab, waits until all is there, and times the action."""
    if work.tab in TABS:
        press(page, tab(page, work.tab), TABS[work.tab], ())
    if work.fill:
        page.locator(work.fill).fill(str(number))
        page.locator(work.fill).press("Tab")
        page.wait_for_timeout(2_000)  # what hangs on it is drawn
    _, done = press(page, page.query_selector(work.button), work.places, work.in_the_way)
    return done


def press(page, pressed, places: tuple[str, ...], in_the_way: tuple[str, ...]) -> tuple[float, float]:
    """Milliseconds until what can be seen is painted, and until all is."""
    return page.evaluate(PRESS, [pressed, list(places), list(in_the_way), WORK])
