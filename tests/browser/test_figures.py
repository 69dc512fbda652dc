"""Figures are there before plotly.js is; whoever points at one gets Plotly's picture, and nothing moves."""

import pytest
from playwright.sync_api import expect

PLACES = """card => [...card.querySelectorAll('.plot text')]
  .filter(one => one.checkVisibility() && one.textContent.trim() && one.getBoundingClientRect().width)
  .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
  .map(([text, {left, right, top, bottom}]) => [text, (left + right) / 2, (top + bottom) / 2])"""
SLIGHT = 2  # pixels


class Gate:
    """Holds the requests for plotly.js back until it is opened."""

    def __init__(self) -> None:
        self._held, self._open = [], False

    def __call__(self, route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        self._open = True
        for route in self._held:
            route.continue_()


@pytest.fixture
def held(visit, address):
    """Opens a link on a page that gets plotly.js once the gate, which comes back too, is opened."""

    def open_page(link: str):
        gate = Gate()
        route = lambda page: page.route("**/plotly.js", lambda one: gate(one))  # noqa: E731
        return visit(1280, 900, link=f"{address}/{link}", before=route), gate

    return open_page


@pytest.mark.parametrize(
    ("link", "question", "least"),
    [
        ("?part=head&layer=2&head=1", "how_it_decides.heatmap", 20),
        ("?part=head&layer=2&head=1", "how_it_decides.microscope", 12),
        ("?view=why", "why.bars", 20),
        ("?view=trust", "trust.traps", 12),
    ],
)
def test_a_picture_is_there_without_plotly_whose_own_has_the_same_places(held, link, question, least):
    page, gate = held(link)
    card = page.locator(f".card[data-question='{question}']")
    card.scroll_into_view_if_needed()
    expect(card.locator(".picture")).to_be_visible()
    assert page.evaluate("window.Plotly === undefined")
    page.evaluate("element => element.scrollIntoView({block: 'center'})", card.element_handle())
    before = card.evaluate(PLACES)
    card.locator(".plot").hover(position={"x": 5, "y": 5})
    gate.open()
    expect(card.locator(".picture")).to_have_count(0)
    expect(card.locator(".main-svg").first).to_be_visible()
    after = card.evaluate(PLACES)
    assert len(before) >= least
    assert [place for place in before if not any(are_near(place, other) for other in after)] == []


def are_near(one: list, other: list) -> bool:
    """Whether two labels, each its text and its middle in pixels, are the same in the same place."""
    return one[0] == other[0] and max(abs(one[1] - other[1]), abs(one[2] - other[2])) <= SLIGHT


def test_a_bar_is_pressed_before_plotly_is_there(held):
    page, _ = held("?view=why")
    bars = page.locator(".card[data-question='why.bars']")
    bars.locator(".bar").nth(19).click(force=True)
    expect(page.locator(".piece[data-word='19']")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.Plotly === undefined")


def test_the_last_of_two_presses_is_drawn_by_plotly_too(held):
    page, gate = held("?part=head&layer=2&head=1")
    card = page.locator(".card[data-question='how_it_decides.heatmap']")
    expect(card.locator(".picture")).to_contain_text("Layer 2, head 1")
    card.locator(".plot").hover(position={"x": 5, "y": 5})
    page.keyboard.press("Escape")
    page.evaluate(
        "document.querySelector(\".map-wide .part[data-part='head'][data-layer='0'][data-head='3']\").dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    expect(card.locator(".picture")).to_contain_text("Layer 1, head 4")
    gate.open()
    expect(card.locator(".picture")).to_have_count(0)
    expect(card.locator(".plot")).to_contain_text("Layer 1, head 4")
