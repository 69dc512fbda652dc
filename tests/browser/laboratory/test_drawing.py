"""When figures are drawn: those in view first, each once, and never with a gap between one picture and the next."""

from playwright.sync_api import Page

from bertmini_demo.data.examples import gallery

RECORD = """() => {
  window.drawn = [];
  document.addEventListener('figure-drawn', event => window.drawn.push(event.target.id));
}"""
GAPS = """selector => {
  window.gaps = 0;
  const look = () => {
    if (!document.querySelector(`${selector} svg.main-svg`)) window.gaps++;
    requestAnimationFrame(look);
  };
  look();
}"""
FIGURES = ["grid", "heatmap", "lines", "heads", "microscope", "rollout"]


def open_attention(page: Page) -> None:
    page.evaluate(RECORD)
    page.get_by_role("tab", name="Attention", exact=True).click()
    page.wait_for_function(f"window.drawn.length >= {len(FIGURES)}")


def choose_another_pair(page: Page) -> None:
    """Without scrolling to the button, as Playwright's own click would."""
    page.evaluate("document.querySelectorAll('#gallery button')[2].click()")


def test_what_is_in_view_is_drawn_first_and_all_is_drawn_once(visit):
    page = visit()
    open_attention(page)
    assert sorted(page.evaluate("window.drawn")) == sorted(FIGURES)
    page.locator("#rollout").scroll_into_view_if_needed()
    page.evaluate("window.drawn.length = 0")
    choose_another_pair(page)
    page.wait_for_function(f"window.drawn.length >= {len(FIGURES)}")
    drawn = page.evaluate("window.drawn")
    assert sorted(drawn) == sorted(FIGURES)
    seen = page.evaluate(
        "ids => ids.filter(id => { const at = document.getElementById(id).getBoundingClientRect();"
        " return at.bottom > 0 && at.top < innerHeight; })",
        FIGURES,
    )
    assert "grid" not in seen
    assert set(drawn[: len(seen)]) == set(seen)


def test_one_picture_stays_until_the_next_stands(visit):
    page = visit()
    page.wait_for_selector("#bars .js-plotly-plot")
    page.evaluate(RECORD)
    page.evaluate(GAPS, "#bars")
    choose_another_pair(page)
    page.wait_for_function("window.drawn.includes('bars')")
    assert page.evaluate("window.gaps") == 0
    word = gallery()[2].hypothesis.split()[0]
    assert word in page.locator("#bars").inner_text()


def test_labels_have_the_room_they_were_given(visit):
    """Where they need more, Plotly makes room and draws the figure a second time."""
    page = visit()
    open_attention(page)
    grown = page.evaluate("""() => [...document.querySelectorAll('.js-plotly-plot')].filter(plot => {
      const given = plot.layout.margin, taken = plot._fullLayout._size;
      return ['l', 'r', 't', 'b'].some(side => taken[side] > given[side] + 1);
    }).map(plot => plot.closest('.figure').id)""")
    assert grown == []
