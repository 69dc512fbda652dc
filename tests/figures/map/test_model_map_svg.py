"""The map read back: widths are the numbers they show, parts can be pressed, text is inert, the file stays small."""

import base64
import io
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from bertmini_demo.explain.attention_flow import rollout_flow, start_shares
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.map.map_drawing import MAX_RATIO
from bertmini_demo.figures.map.map_layout import TallLayout, WideLayout
from bertmini_demo.figures.map.map_overlays import DIFFERENCE_WIDTH
from bertmini_demo.figures.map.model_map_svg import describe_map, model_map_svg
from bertmini_demo.figures.naming import percent
from bertmini_demo.results import Head

PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")
HOSTILE = ("<script>alert(1)</script> \"onload='x'\" {{7*7}} ${x} &amp;", "</svg><img src=x onerror=y> a man")
NAMESPACE = "{http://www.w3.org/2000/svg}"


def draw(model, pair=PAIR, **choices):
    """The map of a pair, parsed, with what it was made from."""
    trace = model.trace(*pair)
    parts, early = contributions(model, trace), early_exit(model, trace)
    text = model_map_svg(trace, parts, early, **choices)
    return SimpleNamespace(trace=trace, parts=parts, early=early, text=str(text), root=ET.fromstring(text))


@pytest.fixture(scope="module")
def drawn(model):
    return draw(model)


def having(root, kind):
    return [one for one in root.iter() if kind in one.get("class", "").split()]


def part(root, name, **data):
    wanted = {f"data-{key}": str(value) for key, value in data.items()}
    return [
        one
        for one in root.iter()
        if one.get("data-part") == name and all(one.get(key) == value for key, value in wanted.items())
    ]


def violet(root, layer):
    return [one for one in having(root, "line") if one.get("data-layer") == str(layer)]


def test_a_line_is_as_wide_as_the_attention_of_cls(drawn):
    for layer, attention in enumerate(drawn.trace.attentions):
        weights = attention[:, 0].mean(axis=0)
        lines = violet(drawn.root, layer)
        assert {int(line.get("data-token")) for line in lines} == set(
            np.flatnonzero(weights >= 0.01).tolist()
        )
        for line in lines:
            weight = weights[int(line.get("data-token"))]
            assert float(line.get("data-weight")) == pytest.approx(weight, abs=5e-5)
            assert float(line.get("stroke-width")) == pytest.approx(weight * WideLayout.line_width, abs=0.006)
            assert line.findtext(f"{NAMESPACE}title").endswith(percent(weight))


def test_a_line_runs_from_its_key_to_cls(drawn):
    heights = {
        int(token.get("data-token")): float(token.find(f"{NAMESPACE}text").get("y")) - 4
        for token in part(drawn.root, "token")
    }
    for line in violet(drawn.root, 0):
        numbers = [float(number) for number in re.findall(r"[\d.]+", line.get("d"))]
        assert numbers[1] == pytest.approx(heights[int(line.get("data-token"))], abs=0.01)
        assert numbers[-1] == pytest.approx(heights[0], abs=0.01)


def test_another_word_and_other_lines_are_drawn_instead(model):
    trace = model.trace(*PAIR)
    positions = trace.pair.words[4].positions
    chosen = draw(model, word=4)
    weights = trace.attentions[1].mean(axis=0)[list(positions)] / len(positions)
    widths = sorted(float(line.get("data-weight")) for line in violet(chosen.root, 1))
    np.testing.assert_allclose(widths, np.sort(weights[weights >= 0.01]), atol=6e-5)
    lines = rollout_flow(trace.attentions, start_shares((0,), len(trace.tokens)))
    followed = draw(model, lines=lines)
    widths = [float(line.get("data-weight")) for line in violet(followed.root, 0)]
    assert sum(widths) == pytest.approx(lines[0][lines[0] >= 0.01].sum(), abs=0.005)


def test_every_part_is_a_button_that_says_what_it_is(drawn):
    layers, heads = drawn.trace.attentions.shape[:2]
    counts = {
        "pieces": 1,
        "token": len(drawn.trace.tokens),
        "embeddings": 1,
        "layer": layers,
        "head": layers * heads,
        "feed-forward": layers,
        "early": layers,
        "pooler": 1,
        "verdict": 3,
    }
    buttons = [one for one in drawn.root.iter() if one.get("role") == "button"]
    assert len(buttons) == sum(counts.values())
    for name, count in counts.items():
        assert len(part(drawn.root, name)) == count
    for button in buttons:
        assert button.get("aria-label") == button.findtext(f"{NAMESPACE}title")
        assert button.get("tabindex") in ("0", "-1")
        assert not any(inner.get("role") == "button" for inner in button.iter() if inner is not button)
    assert part(drawn.root, "head", layer=1, head=0)[0].get("aria-label").startswith("Layer 2, head 1:")
    word = part(drawn.root, "token", token=drawn.trace.pair.words[1].positions[0])[0]
    assert word.get("data-word") == "1"
    assert part(drawn.root, "token", token=0)[0].get("data-word") is None


def test_each_toolbar_has_one_stop_of_the_tab_key(drawn):
    toolbars = [one for one in drawn.root.iter() if one.get("data-toolbar") is not None]
    assert len(toolbars) == 2 + len(drawn.trace.attentions)
    for toolbar in toolbars:
        stops = [one.get("tabindex") for one in toolbar.iter() if one.get("role") == "button"]
        assert stops == ["0"] + ["-1"] * (len(stops) - 1)


def test_a_head_is_a_picture_of_its_weights(drawn):
    image = part(drawn.root, "head", layer=1, head=1)[0].find(f"{NAMESPACE}image").get("href")
    pixels = Image.open(io.BytesIO(base64.b64decode(image.partition(",")[2]))).convert("RGBA")
    expected = np.sqrt(drawn.trace.attentions[1, 1])
    np.testing.assert_allclose(np.asarray(pixels)[..., 3] / 255, expected, atol=0.011)


def test_marks_have_the_area_of_what_is_added(drawn):
    radii = [
        [float(dot.get("r")) for dot in having(group, "added")[0].iter(f"{NAMESPACE}circle")]
        for group in having(drawn.root, "layer-parts")
    ]
    areas = np.array(radii) ** 2
    ratios = np.minimum(drawn.parts.attention_ratio, MAX_RATIO)
    np.testing.assert_allclose(areas / areas.max(), ratios / ratios.max(), atol=0.02)


def test_early_verdicts_and_the_verdict_are_the_probabilities_given(drawn):
    labels = tuple(drawn.trace.prediction.probabilities)
    for layer, shares in enumerate(drawn.early[1:]):
        button = part(drawn.root, "early", layer=layer)[0]
        widths = np.array([float(bar.get("width")) for bar in having(button, "fill")])
        np.testing.assert_allclose(widths / widths.sum(), shares, atol=0.001)
        best = f"{labels[shares.argmax()]} {percent(shares.max())}"
        assert button.findtext(f"{NAMESPACE}text") == best
    for label, share in drawn.trace.prediction.probabilities.items():
        row = part(drawn.root, "verdict", label=label)[0]
        track, fill = (float(having(row, kind)[0].get("width")) for kind in ("track", "fill"))
        assert fill / track == pytest.approx(share, abs=1e-4)
        assert having(row, "number")[0].text == percent(share)
        assert len(having(row, "wins")) == (label == drawn.trace.prediction.label)


def test_the_difference_is_as_wide_as_the_share_and_its_growth_is_split_by_attention(model):
    trace = model.trace(*PAIR)
    layers, tokens = len(trace.attentions), len(trace.tokens)
    difference = np.zeros((layers + 1, tokens))
    difference[0, [3, 5]] = 0.9, 0.6
    difference[1:, 0] = 0.8  # grows once, in the first layer
    root = draw(model, difference=difference).root
    assert not having(root, "line")  # the violet lines make way
    scale = WideLayout.line_width * DIFFERENCE_WIDTH
    paths = [one for one in having(root, "difference") if one.get("d") != "M0 0H14"]
    straight = [float(one.get("stroke-width")) for one in paths if "L" in one.get("d")]
    np.testing.assert_allclose(np.sort(straight) / scale, np.sort(difference[difference >= 0.01]), atol=0.001)
    curves = [float(one.get("stroke-width")) / scale for one in paths if "C" in one.get("d")]
    pull = [trace.attentions[0, :, 0, place].mean() * difference[0, place] for place in (3, 5)]
    expected = [0.8 * one / sum(pull) for one in pull]
    np.testing.assert_allclose(np.sort(curves), np.sort([one for one in expected if one >= 0.03]), atol=0.001)


def test_sources_widen_the_lanes(model):
    trace = model.trace(*PAIR)
    sources = np.zeros((len(trace.attentions), len(trace.tokens)))
    sources[1, 2] = 0.5
    (line,) = having(draw(model, sources=sources).root, "source")
    assert float(line.get("stroke-width")) == pytest.approx(0.5 * WideLayout.line_width)
    assert line.findtext(f"{NAMESPACE}title").endswith(
        "in layer 2: 50\u00a0% of the chosen state passes here"
    )


@pytest.mark.parametrize("portrait", [False, True])
def test_what_was_typed_is_text(shipped, portrait):
    hostile = draw(shipped, HOSTILE, portrait=portrait)
    assert "{{" not in hostile.text
    assert "${" not in hostile.text
    for element in hostile.root.iter():
        assert element.tag.removeprefix(NAMESPACE) in {
            "svg",
            "style",
            "g",
            "path",
            "rect",
            "text",
            "title",
            "image",
            "circle",
        }
        assert not any(name.startswith("on") for name in element.attrib)
    shown = {token.findtext(f"{NAMESPACE}text") for token in part(hostile.root, "token")}
    assert shown & set('<{&$"')


@pytest.mark.parametrize("portrait", [False, True])
def test_the_same_input_gives_the_same_picture_and_leaves_the_trace_alone(shipped, portrait):
    first = draw(shipped, portrait=portrait)
    before = first.trace.attentions.copy()
    again = model_map_svg(first.trace, first.parts, first.early, portrait=portrait)
    assert str(again) == first.text
    np.testing.assert_array_equal(first.trace.attentions, before)


@pytest.mark.parametrize(("repeats", "kilobytes"), [(1, 150), (8, 260)])
def test_it_stays_small(shipped, repeats, kilobytes):
    for portrait in (False, True):
        picture = draw(shipped, (f"{PAIR[0]} " * repeats, PAIR[1]), portrait=portrait)
        assert len(picture.text.encode()) < 1000 * kilobytes


def test_a_long_pair_keeps_all_its_lines_and_says_which_names_it_drops(shipped):
    long = draw(shipped, (f"{PAIR[0]} " * 11, PAIR[1]))
    tokens = len(long.trace.tokens)
    assert tokens > 100
    named = len(part(long.root, "token"))
    assert f"{named} of {tokens} word pieces are named" in long.text
    lanes = "".join(one.get("d") for one in having(long.root, "lane"))
    assert lanes.count("M") == tokens


def test_a_tall_map_fits_a_phone_and_runs_downwards(shipped):
    tall = draw(shipped, portrait=True)
    assert tall.root.get("viewBox").split()[2] == "360"
    assert "tall" in tall.root.get("class").split()
    line = violet(tall.root, 0)[0]
    assert float(line.get("stroke-width")) / float(line.get("data-weight")) == pytest.approx(
        TallLayout.line_width, abs=0.1
    )
    numbers = [float(number) for number in re.findall(r"[\d.]+", line.get("d"))]
    assert numbers[-1] > numbers[1]


def test_the_outlined_head_and_the_arrival_are_choices(model):
    assert len(having(draw(model, head=Head(1, 0)).root, "chosen")) == 1
    assert having(draw(model).root, "chosen") == []
    assert "arrives" in draw(model, arrives=True).root.get("class").split()
    assert "arrives" not in draw(model).root.get("class").split()


def test_the_text_alternative_gives_the_verdict_of_each_layer(drawn):
    summary = describe_map(drawn.trace, drawn.early)
    assert drawn.root.get("aria-label") == summary
    labels = tuple(drawn.trace.prediction.probabilities)
    for layer, shares in enumerate(drawn.early[1:]):
        assert f"{labels[shares.argmax()]} {percent(shares.max())} after layer {layer + 1}" in summary
    last = drawn.trace.attentions[-1, :, 0].mean(axis=0)
    assert f"“{drawn.trace.tokens[last[1:].argmax() + 1]}”" in summary


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.004, "<1 %"), (0.005, "0 %"), (0.934, "93 %"), (0.995, ">99 %"), (1, "100 %")],
)
def test_only_certainty_is_shown_as_certainty(share, text):
    assert percent(share).replace("\u00a0", " ") == text
