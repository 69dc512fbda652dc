"""What a visitor sees first, by the numbers: heights, controls, nothing wider than the page; and that choices are kept."""

import re

import pytest
from playwright.sync_api import expect

HEIGHT = "element => element.getBoundingClientRect().height"
HOSTILE = "<img src=x onerror=\"window.caught = 'yes'\"> ${7*7} {{7*7}}"
SHIFT = """() => { window.shift = 0; new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({type: 'layout-shift', buffered: true}); }"""

WIDTHS = "all => Object.fromEntries(all.map(one => [`${one.dataset.layer} ${one.dataset.token}`, `${one.getAttribute('stroke-width')}px`]))"
MOVES = """() => {
  window.moves = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    const {layer, token} = this.dataset;
    window.moves.push({
      line: this.matches('.line') && `${layer} ${token}`, from: frames[0].strokeWidth, to: frames[1].strokeWidth,
      own: this.getAttribute('stroke-width'), duration: options.duration,
    });
    return animate.call(this, frames, options);
  };
}"""  # what is set in motion

# What is asked and answered, in order.
QUESTIONS_IN_ORDER = """() => {
  const send = window.fetch;
  window.order = [];
  window.fetch = async (place, options) => {
    const question = typeof options?.body === 'string' && JSON.parse(options.body).question;
    window.order.push(`asked ${question}`);
    const reply = await send(place, options);
    await reply.clone().text();
    window.order.push(`answered ${question}`);
    return reply;
  };
  addEventListener('click', () => { window.order = []; }, true);
}"""


@pytest.mark.parametrize(
    ("width", "height", "theme"), [(1280, 800, "light"), (1440, 900, "dark"), (2560, 1300, "light")]
)
def test_pair_verdict_change_and_map_fit_on_the_first_screen(visit, width, height, theme):
    page = visit(width, height, theme=theme)
    assert page.locator(".top-row").evaluate(HEIGHT) <= 56
    assert page.locator(".ask").evaluate(HEIGHT) <= 190
    assert page.locator("#pair-bar").evaluate(HEIGHT) <= 90
    expect(page.get_by_label("Premise", exact=True)).to_be_visible()
    expect(page.get_by_label("Hypothesis", exact=True)).to_be_visible()
    expect(page.locator("#verdict .odds")).to_have_count(3)
    expect(page.locator(".change-button")).to_be_in_viewport()
    expect(page.locator(".map-wide svg")).to_be_in_viewport(ratio=0.8)
    controls = page.locator("button:not(.piece), select, input, summary, .top-row a, .views a")
    seen = [one for one in controls.all() if one.is_visible() and one.bounding_box()["y"] < height]
    assert len(seen) <= 14
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 360])
def test_a_phone_shows_everything_without_scrolling_sideways(visit, width):
    page = visit(width, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".top-row").evaluate(HEIGHT) <= 56
    expect(page.locator(".map-tall svg")).to_be_visible()
    expect(page.locator(".map-wide svg")).to_be_hidden()
    for name in ("h1", ".odds-name"):  # none is cut, or runs into what is beside it
        assert (
            page.locator(name).evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth)")
            == []
        )


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_phone_an_open_part_leads_back_to_where_it_was_pressed(visit, width):
    page = visit(width, 740)
    head = page.locator(".map-tall .part[data-part='head'][data-layer='3'][data-head='1']")
    head.click()
    expect(page.locator(".card[data-question='how_it_decides.heatmap'] .main-svg").first).to_be_in_viewport()
    expect(head).not_to_be_in_viewport()
    page.locator(".card[data-question='how_it_decides.microscope']").scroll_into_view_if_needed()
    back = page.get_by_role("button", name="Back to the map")
    expect(back).to_be_in_viewport(ratio=0.99)
    back.click()
    expect(head).to_be_in_viewport(ratio=0.99)
    expect(head).to_have_class(re.compile("is-chosen"))


def test_the_layout_stays_while_the_page_opens(visit):
    page = visit(1280, 800, before=lambda page: page.add_init_script(f"({SHIFT})()"))
    expect(page.locator(".map-wide svg")).to_be_visible()
    assert page.evaluate("window.shift") < 0.1


def test_one_press_changes_the_word_the_bars_and_the_address_and_back_returns(visit):
    page = visit()
    before = page.locator("#verdict .outcome").get_attribute("data-label")
    page.locator(".change-button").click()
    expect(page.locator("#verdict .outcome")).not_to_have_attribute("data-label", before)
    expect(page).to_have_url(re.compile("hypothesis="))
    page.go_back()
    expect(page.locator("#verdict .outcome")).to_have_attribute("data-label", before)


@pytest.mark.parametrize("motion", [True, False])
def test_another_pair_moves_lines_and_words_to_where_they_are_then(visit, motion):
    page = visit(motion=motion, before=lambda page: page.add_init_script(f"({MOVES})()"))
    widths = page.locator(".map-wide .line").evaluate_all(WIDTHS)
    page.locator("#pair-bar .piece").evaluate_all("all => all.forEach(one => { one.drawnBefore = true; })")
    new = page.locator(".change-button ins").text_content()
    page.evaluate("window.moves = []")
    page.locator(".change-button").click()
    expect(page.locator(".map-tall")).to_be_empty()  # the map has been drawn anew
    expect(page.locator("#pair-bar .piece:not([data-side])")).to_have_count(0)
    assert page.locator("#pair-bar .piece").evaluate_all(
        "all => all.filter(one => !one.drawnBefore).map(one => one.textContent)"
    ) == [new]
    expect(page.locator("#pair-bar .piece.is-new")).to_have_text(new)
    moves = [move for move in page.evaluate("window.moves") if move["line"]]
    assert bool(moves) == motion
    for move in moves:
        assert move["duration"] <= 400
        assert move["from"] == widths.get(move["line"], "0px")
        assert move["to"] == f"{move['own']}px"


def test_copied_words_leave_their_signs(visit):
    page = visit()
    expect(page.locator("#pair-bar .piece[data-sign='+']").first).to_be_visible()
    copied = page.locator(".bar-words").evaluate(
        "one => { getSelection().selectAllChildren(one); return getSelection().toString(); }"
    )
    assert "laughing" in copied
    assert not {"+", "−"} & set(copied)


def test_the_verdict_is_asked_first_then_the_words_then_all_else(visit):
    page = visit(before=lambda page: page.add_init_script(f"({QUESTIONS_IN_ORDER})()"))
    page.locator(".change-button").click()
    expect(page.locator(".map-tall")).to_be_empty()  # the map has been drawn anew
    expect(page.locator("#changed-word.is-waiting")).to_have_count(0)
    expect(page.locator("#pair-bar .piece:not([data-side])")).to_have_count(0)
    order = page.evaluate("window.order")
    assert order.index("answered verdict") < order.index("asked words")
    for later in ("how_it_decides.map", "changed_word"):
        assert order.index("answered words") < order.index(f"asked {later}")


def test_a_pressed_word_answers_and_survives_a_reload(visit):
    page = visit()
    page.locator(".piece[data-word='19']").click()
    expect(page.locator("#bar-answer")).to_contain_text("Without it:")
    page.reload()
    expect(page.locator(".piece[data-word='19']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#bar-answer")).to_contain_text("crying")


def test_what_is_typed_stays_text_and_errors_appear_beside_their_field(visit):
    page = visit()
    field = page.get_by_label("Hypothesis", exact=True)
    field.fill(HOSTILE)
    field.press("Enter")
    expect(page.locator("#pair-bar")).to_contain_text("onerror")
    assert page.evaluate("window.caught") is None
    field.fill("")
    field.press("Enter")
    expect(page.locator("#hypothesis-error")).to_be_visible()
    expect(page.locator("#premise-error")).to_be_hidden()


def test_a_head_opens_by_the_keyboard_beside_the_map(visit):
    page = visit(1440, 900)
    page.locator(".map-wide .part[data-part='head'][data-layer='2'][data-head='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".card[data-question='how_it_decides.heatmap'] h3")).to_have_text(
        "Where does layer 3, head 2 look?"
    )
    expect(page.locator(".card[data-question='how_it_decides.heatmap'] .picture")).to_be_visible()
    expect(page.locator(".map-wide svg")).to_be_in_viewport()
