"""The main path in Firefox: the page opens, another pair gets its verdict, and words are coloured by what they contribute."""

import pytest
from firefox import firefox_path, running_firefox
from in_process import LEFT_OPEN, served_page
from serving import wait_until

pytestmark = [
    LEFT_OPEN,
    pytest.mark.skipif(firefox_path() is None, reason="neither firefox-esr nor firefox is installed"),
]
BARS = ".card[data-question='why.bars'] .picture .bar"
TRANSPARENT = "color(srgb 0 0 0 / 0)"  # a word that contributes next to nothing
COLOURS = """
  const colour = one => getComputedStyle(one).backgroundColor
  const of = side => [...document.querySelectorAll(`#pair-bar .piece[data-side=${side}]`)].map(colour)
  return [of('support'), of('oppose')]
"""


@pytest.fixture
def firefox(tmp_path):
    with running_firefox(tmp_path) as firefox:
        yield firefox


def verdict(firefox) -> tuple[str, str]:
    """The label and the share that the chip of the pair bar shows."""
    return tuple(
        firefox.run(
            "const chip = document.querySelector('.bar-chip'); return [chip.dataset.label, chip.innerText]"
        )
    )


def pair(firefox) -> list[str]:
    return firefox.run(
        "return ['premise', 'hypothesis'].map(name => document.querySelector(`#${name}-text`).value)"
    )


def test_a_pair_is_changed_and_its_verdict_and_colours_follow(firefox, shipped):
    with served_page(shipped) as address:
        firefox.send("WebDriver:Navigate", url=address)
        firefox.find("#app[data-started] #pair-bar .piece[data-side]")
        opened, shown = pair(firefox), verdict(firefox)
        assert shown[0] == shipped.predict(*opened).label

        firefox.press(".change-button")
        wait_until(lambda: verdict(firefox) != shown)
        assert pair(firefox) != opened
        assert verdict(firefox)[0] == shipped.predict(*pair(firefox)).label

        typed, shown = "Nobody is there .", verdict(firefox)
        firefox.type("#hypothesis-text", typed)
        wait_until(lambda: verdict(firefox) != shown)
        assert pair(firefox)[1] == typed
        assert verdict(firefox)[0] == shipped.predict(*pair(firefox)).label

        firefox.press(".views [data-view='why']")
        firefox.find(BARS)
        words = len(shipped.trace(*pair(firefox)).pair.words)
        wait_until(lambda: sum(map(len, firefox.run(COLOURS))) == words)
        support, oppose = (set(colours) - {TRANSPARENT} for colours in firefox.run(COLOURS))
        assert support
        assert oppose
        assert not support & oppose
        assert firefox.errors(address) == []
