"""Who reads with a keyboard, a screen reader, a phone or in the dark finds no hindrance of our own making."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, expect
from pressing import press_tab

from bertmini_demo.data.examples import gallery

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SERIOUS = ("serious", "critical")
# What Gradio's own parts are found guilty of, by rule and by what stands in the element's markup.
GRADIO_S_OWN = (
    (
        "aria-prohibited-attr",
        'aria-label="Empty value"',
    ),  # a plot that waits for its figure is a <div> with a label
)
# The tabs, each with what stands in it once it is full.
FULL = {
    "Map": "#map .map-head img",
    "Why?": "#bars .js-plotly-plot",
    "Attention": "#rollout .js-plotly-plot",
    "Layers": "#tuning .js-plotly-plot",
    "What if?": "#switchboard button.switch",
    "Traps": "#traps-not-entailed .js-plotly-plot",
    "Words": "#strips .js-plotly-plot",
    "Batch": "#judge-batch",
    "Train": "#train-pairs table",
    "Model": "#family .js-plotly-plot",
}
WITHOUT_TERMS = ("Batch", "Train", "Model")
CALM = 0.1  # of layout shift, which web.dev/cls calls good
WATCH_SHIFTS = """() => {
  window.shifted = [];
  new PerformanceObserver(list => list.getEntries().forEach(entry => window.shifted.push(entry.value)))
    .observe({type: 'layout-shift', buffered: false});
}"""


def findings(page: Page, within: str = "html", rules: list[str] = RULES) -> list[str]:
    """What axe-core finds that is serious and of our own making: rule, and the element it is about.

    A Plotly figure is one picture to a screen reader: what it is made of is passed over.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.add_script_tag(content=AXE)
    found = page.evaluate(
        """([within, rules]) => axe.run({include: [within], exclude: ['.js-plotly-plot']},
          {resultTypes: ['violations'], runOnly: rules, iframes: false, preload: false})""",
        [within, rules],
    )["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
        if not any(one["id"] == rule and part in node["html"] for rule, part in GRADIO_S_OWN)
    ]


def test_on_a_phone_every_tab_fits_explains_its_terms_and_axe_finds_nothing_serious(visit):
    """On a phone most has to be scrolled; of what the other theme changes only the contrast is looked at again."""
    page = visit(360)
    told = {}
    for name, full in FULL.items():
        press_tab(page, name)
        page.wait_for_selector(full)
        for dark, rules in ((False, RULES), (True, ["color-contrast"])):
            page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
            told[name, dark] = findings(page, "html" if name == "Map" else "#tabs", rules)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        if name not in WITHOUT_TERMS:
            expect(page.locator("#tabs .term:visible").first).to_be_visible()
    assert {place: found for place, found in told.items() if found} == {}
    press_tab(page, "Train")
    beside = "table => table.scrollWidth - table.clientWidth"
    assert page.locator("#train-pairs .virtual-table-viewport").evaluate(beside) <= 0, "labels are cut off"


def test_axe_finds_nothing_serious_in_a_report(visit, browser, tmp_path):
    page = visit()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Report (HTML)").click()
    waiting.value.save_as(tmp_path / "report.html")
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        report = context.new_page()
        report.goto((tmp_path / "report.html").as_uri())
        assert findings(report) == []
        context.close()


def test_every_figure_is_one_picture_with_words_to_it(visit):
    page = visit()
    picture = page.locator("#bars .svg-container")
    expect(picture).to_have_attribute("role", "img")
    described = page.locator(f"#{picture.get_attribute('aria-describedby')}")
    expect(described.locator(".says")).not_to_be_empty()
    expect(described.locator("table")).to_have_count(1)


def test_the_focus_is_seen_wherever_the_keyboard_goes(visit):
    page = visit()
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
              const one = document.activeElement, style = getComputedStyle(one), around = getComputedStyle(one.parentElement);
              const seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || around.boxShadow !== 'none';
              return seen || one === document.body ? '' : one.outerHTML.slice(0, 120);
            }"""
        )
        unseen += [told] if told else []
    assert unseen == []


def test_bars_move_from_what_was_shown_unless_less_motion_is_asked_for(visit):
    """And the numbers beside them end as they came."""
    record = """() => {
      const animate = Element.prototype.animate;
      window.moved = [];
      Element.prototype.animate = function (frames, options) {
        if (this.matches('#verdict .fill')) window.moved.push(frames.width);
        return animate.call(this, frames, options);
      };
    }"""
    widths = "[...document.querySelectorAll('#verdict .fill')].map(fill => fill.style.width)"
    page = visit(motion=True)
    for motion, example in ((True, gallery()[3]), (False, gallery()[0])):
        page.emulate_media(reduced_motion="no-preference" if motion else "reduce")
        page.evaluate(record)
        before = page.evaluate(widths)
        page.get_by_role("button", name=example.name, exact=True).click()
        expect(page.locator("#sentences .sentences")).to_have_attribute("data-hypothesis", example.hypothesis)
        expect(page.locator("#verdict [aria-busy]")).to_have_count(0)
        after = page.evaluate(widths)
        assert before != after
        assert page.evaluate("window.moved") == (
            [list(way) for way in zip(before, after, strict=True)] if motion else []
        )
        shares = [f"{float(width.rstrip('%')):.1f}%" for width in after]
        assert page.locator("#verdict .share").all_inner_texts() == shares


def test_nothing_jumps_when_results_arrive(visit):
    page = visit()
    page.evaluate(WATCH_SHIFTS)
    example = gallery()[3]
    page.get_by_role("button", name=example.name, exact=True).click()
    expect(page.locator("#sentences .word[style]").first).to_contain_text(example.premise.split()[0])
    expect(page.locator("#bars .ytick text").nth(1)).to_have_text(example.premise.split()[0])
    page.wait_for_timeout(1000)
    assert sum(page.evaluate("window.shifted")) < CALM
