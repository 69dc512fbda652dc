"""Colours that mean different things stay apart for colour-blind readers, and can be seen on light and dark pages.

Colour blindness is simulated as in Machado, Oliveira & Fernandes 2009 (https://doi.org/10.1109/TVCG.2009.113), severity
1, on linear RGB; what is left of a difference is measured in CIELAB. About 2 can just be told apart side by side.
"""

import itertools

import numpy as np
import pytest

from bertmini_demo.figures import theme
from bertmini_demo.settings import ASSETS

SIMULATED = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)
PAGES = {"light": "#ffffff", "dark": "#0f172a"}
PALETTES = {
    "for and against": ((theme.SUPPORTS, theme.OPPOSES), 40),
    "labels": (tuple(dict.fromkeys(theme.LABELS.values())), 20),
    "sentences": (tuple(theme.SENTENCES.values()), 25),
    "query, key and value": (tuple(theme.ROLES.values()), 20),
    "attention and what is chosen": ((theme.ATTENTION, theme.CHOSEN), 25),
    "heads": (theme.HEADS, 12),  # eight of them, each named beside its line as well
}


def linear(colour: str) -> np.ndarray:
    """(3,) linear RGB of a hex colour (IEC 61966-2-1)."""
    values = np.array(list(bytes.fromhex(colour.removeprefix("#")))) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(colour: str, kind: str) -> np.ndarray:
    """(3,) CIELAB of a colour as it is seen with one kind of colour vision."""
    seen = np.clip(np.asarray(SIMULATED[kind]) @ linear(colour), 0, 1)
    ratios = TO_XYZ @ seen / WHITE
    x, y, z = np.where(ratios > (6 / 29) ** 3, np.cbrt(ratios), ratios / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminance, as WCAG 2.1 defines it."""
    light, dark = sorted((TO_XYZ[1] @ linear(colour) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", SIMULATED)
@pytest.mark.parametrize("name", PALETTES)
def test_what_means_different_things_stays_apart(name, kind):
    colours, least = PALETTES[name]
    distances = {
        pair: np.linalg.norm(lab(pair[0], kind) - lab(pair[1], kind))
        for pair in itertools.combinations(colours, 2)
    }
    closest = min(distances, key=distances.get)
    assert distances[closest] >= least, f"{closest} are {distances[closest]:.1f} apart"


@pytest.mark.parametrize("page", PAGES)
def test_every_colour_stands_out_from_the_page(page):
    """WCAG 2.1 asks 3 to 1 of what is no text (success criterion 1.4.11)."""
    own = {
        theme.ATTENTION,
        theme.SUPPORTS,
        theme.OPPOSES,
        theme.UNSIGNED,
        theme.CHOSEN,
        *theme.SENTENCES.values(),
        *theme.ROLES.values(),
    }
    faint = {colour: round(contrast(colour, PAGES[page]), 2) for colour in own | set(theme.LABELS.values())}
    assert {colour: ratio for colour, ratio in faint.items() if ratio < 3} == {}


@pytest.mark.parametrize("page", PAGES)
def test_a_weight_spread_over_thirty_keys_can_be_seen(page):
    """Half of what WCAG asks of a control, for a cell that has an outline of neighbours around it."""
    places, colours = zip(*theme.ATTENTION_SCALE, strict=True)
    alpha = np.interp(1 / 30, places, [float(colour.rstrip(")").rpartition(",")[2]) for colour in colours])
    channels = zip(bytes.fromhex(theme.WEIGHT[1:]), bytes.fromhex(PAGES[page][1:]), strict=True)
    mixed = "#" + "".join(f"{round(alpha * over + (1 - alpha) * under):02x}" for over, under in channels)
    assert contrast(mixed, PAGES[page]) > 1.25


def test_query_key_and_value_have_the_same_colours_in_text_and_figures():
    css = (ASSETS / "style.css").read_text(encoding="utf-8")
    for role, colour in theme.ROLES.items():
        assert f"--{role}: {colour};" in css
        assert contrast(colour, PAGES["light"]) >= 4.5  # it is text, too


def test_the_measures_are_those_of_the_standards():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert lab("#ffffff", "normal") == pytest.approx([100, 0, 0], abs=0.01)
    assert lab("#ff0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
