"""The picture read back: its numbers are those of the trace, its parts can be pressed, and it stays small."""

import base64
import io
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import write_tiny_checkpoint
from PIL import Image

import bertmini_demo
from bertmini_demo.explain.attention_flow import FLOWS
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.lanes import LONGEST, MOST_LANES
from bertmini_demo.figures.model_map import model_map, square
from bertmini_demo.figures.png_tiles import LEVELS
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.results import Head

ROUNDING = 0.5 / (LEVELS - 1) + 0.5 / 255  # of a level, then of an opacity
PAIR = ("the man doesn't sleep in the park .", "a man is asleep .")
LONG = (
    "A man in a blue shirt is standing on a ladder while he cleans the window of a house .",
    "A woman is sitting on the roof .",
)


def drawn(model, pair=PAIR, **choices):
    """The picture of a pair, parsed, with what it was made from."""
    trace = model.trace(*pair)
    parts = contributions(model, trace)
    text = model_map(trace, parts, **choices)
    return SimpleNamespace(trace=trace, parts=parts, text=text, root=ET.fromstring(text))


@pytest.fixture(scope="module")
def picture(model):
    return drawn(model, head=Head(1, 0))


def having(root, name, kind):
    return [one for one in root.iter(name) if kind in one.get("class", "").split()]


def blocks(root):
    return having(root, "div", "map-block")


def numbers(text):
    return [float(number) for number in re.findall(r"(\d+\.\d+)", text)]


def opacity(uri):
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    return np.asarray(image.convert("RGBA"))[..., 3] / 255


def test_each_head_has_one_tile_made_from_its_weights(model, picture):
    for layer, block in enumerate(blocks(picture.root)):
        tiles = having(block, "button", "map-head")
        assert [tile.get("data-head") for tile in tiles] == [f"{layer}-{head}" for head in range(model.heads)]
        for head, tile in enumerate(tiles):
            weights = picture.trace.attentions[layer, head]
            np.testing.assert_allclose(opacity(tile.find("img").get("src")), np.sqrt(weights), atol=ROUNDING)
    assert len(blocks(picture.root)) == model.layers


def test_the_bar_of_a_head_is_as_long_as_what_it_adds(model, picture):
    widths = [
        float(re.search(r"width: ([\d.]+)%", tile.find("span").get("style"))[1])
        for tile in having(picture.root, "button", "map-head")
    ]
    added = np.linalg.norm(picture.parts.heads, axis=-1)
    ratios = (added / np.linalg.norm(picture.trace.hidden_states[:-1], axis=-1)[:, None]).mean(axis=-1)
    expected = 100 * ratios / ratios.max()
    np.testing.assert_allclose(np.reshape(widths, (model.layers, model.heads)), expected, atol=0.06)


def test_beads_and_what_they_tell_are_the_lengths_of_what_is_added(picture):
    row = float(having(picture.root, "rect", "hit")[0].get("height"))
    for layer, block in enumerate(blocks(picture.root)):
        additions = having(block, "g", "addition")
        assert len(additions) == len(picture.trace.tokens)
        for position, bead in enumerate(additions):
            attention = picture.parts.attention[layer, position]
            expected = np.linalg.norm(attention) / np.linalg.norm(
                picture.trace.hidden_states[layer, position]
            )
            made = np.linalg.norm(picture.parts.feed_forward[layer, position])
            made /= np.linalg.norm(picture.parts.middle[layer, position])
            assert numbers(bead.findtext("title").rpartition(":")[2]) == pytest.approx(
                [expected, made], abs=0.0051
            )
            radius = float(bead.find("circle").get("r"))
            assert (radius / (0.46 * row)) ** 2 * LONGEST == pytest.approx(min(expected, LONGEST), abs=0.01)


def test_embeddings_tell_their_lengths(model, picture):
    table = model.network.bert.embeddings
    for position, bead in enumerate(having(picture.root, "g", "embedding")):
        token, segment = picture.trace.pair.input_ids[position], picture.trace.pair.segments[position]
        rows = (
            table.word_embeddings.weight[token],
            table.position_embeddings.weight[position],
            table.token_type_embeddings.weight[segment],
        )
        told = numbers(bead.findtext("title").rpartition("lengths")[2])
        assert told == pytest.approx([row.detach().norm().item() for row in rows], abs=0.0051)
        areas = np.array([float(circle.get("r")) ** 2 for circle in bead.iter("circle")])
        np.testing.assert_allclose(areas / areas.sum(), np.array(told) / np.sum(told), atol=0.02)


@pytest.mark.parametrize("word", [None, 2])
def test_where_the_chosen_word_looks_is_drawn_layer_by_layer(model, word):
    picture = drawn(model, word=word)
    positions = (0,) if word is None else picture.trace.pair.words[word].positions
    row = float(having(picture.root, "rect", "hit")[0].get("height"))
    for layer, block in enumerate(blocks(picture.root)):
        looked = picture.trace.attentions[layer].mean(axis=0)[list(positions)] / len(positions)
        drawn_lines = sorted(
            float(line.get("data-weight"))
            for line in having(block, "path", "line")
            if line.get("data-weight")
        )
        strongest = np.sort(looked.ravel())[-len(drawn_lines) :]
        np.testing.assert_allclose(drawn_lines, strongest, atol=6e-5)
        for line in having(block, "path", "line"):
            if line.get("data-weight"):
                width = float(line.get("stroke-width"))
                assert width == pytest.approx(row * float(line.get("data-weight")), abs=0.01)
    pressed = [
        part.findtext("text")
        for part in having(picture.root, "g", "token")
        if part.get("aria-pressed") == "true"
    ]
    assert pressed == [picture.trace.tokens[position] for position in positions]


def test_the_probabilities_are_told_and_drawn(picture):
    prediction = picture.trace.prediction
    (part,) = having(picture.root, "div", "map-verdict")
    rows = [one for one in part.iter("g") if one.get("data-target")]
    assert [row.get("data-target") for row in rows] == list(prediction.probabilities)
    for row, share in zip(rows, prediction.probabilities.values(), strict=True):
        assert f"{share:.1%}" in row.findtext("title")
        track, fill = (float(having(row, "rect", kind)[0].get("width")) for kind in ("track", "fill"))
        assert fill / track == pytest.approx(share, abs=0.001)
    assert label_name(prediction.label) in "".join(part.itertext())
    widths = [float(line.get("stroke-width")) for line in having(part, "path", "share")]
    np.testing.assert_allclose(
        np.divide(widths, sum(widths)), list(prediction.probabilities.values()), atol=0.001
    )


def test_the_pooler_shows_the_pooled_vector(picture):
    (image,) = picture.root.iter("image")
    values = square(picture.parts.pooled)
    np.testing.assert_allclose(opacity(image.get("href")), np.abs(np.nan_to_num(values)), atol=ROUNDING)
    np.testing.assert_array_equal(square(np.arange(7.0))[-1], [6, np.nan, np.nan])


def test_every_part_has_a_role_a_name_and_a_place_in_the_order_of_the_keyboard(picture):
    parts = [one for one in picture.root.iter() if "opens" in one.get("class", "").split()]
    assert len(parts) > 3 * len(picture.trace.tokens)
    for part in parts:
        assert part.tag == "button" or (part.get("role") == "button" and part.get("tabindex") in ("0", "-1"))
        assert part.get("aria-label") or part.text
        assert any(part.get(f"data-{name}") is not None for name in ("tab", "head", "word", "target"))
    for bar in (one for one in picture.root.iter() if one.get("data-toolbar") is not None):
        stops = [one.get("tabindex") for one in bar.iter() if "opens" in one.get("class", "").split()]
        assert stops == ["0", *["-1"] * (len(stops) - 1)]
    (chosen,) = [
        head for head in having(picture.root, "button", "map-head") if head.get("aria-pressed") == "true"
    ]
    assert chosen.get("data-head") == "1-0"


def test_a_word_piece_stands_for_its_word_and_the_chosen_one_for_none(model):
    picture = drawn(model, word=1)
    words = picture.trace.pair.words
    for position, part in enumerate(having(picture.root, "g", "token")):
        owner = [str(index) for index, word in enumerate(words) if position in word.positions and index != 1]
        assert part.get("data-word") == "".join(owner)


@pytest.mark.parametrize("kind", FLOWS)
@pytest.mark.parametrize("pair", [PAIR, LONG])
def test_the_picture_of_up_to_32_word_pieces_is_small(shipped, kind, pair):
    picture = drawn(shipped, pair, kind=kind)
    assert len(picture.trace.tokens) <= 32
    assert len(list(picture.root.iter())) < 1_500
    assert len(picture.text.encode()) < 150_000


def test_even_attention_of_32_word_pieces_stays_within_the_limits(shipped):
    trace = shipped.trace(*LONG)
    even = np.full_like(trace.attentions, 1 / len(trace.tokens))
    spread = type(trace)(trace.pair, trace.prediction, even, trace.hidden_states)
    for kind in FLOWS:
        text = model_map(spread, contributions(shipped, trace), kind=kind)
        assert len(list(ET.fromstring(text).iter())) < 1_500
        assert len(text.encode()) < 150_000


def test_of_long_pairs_the_left_out_word_pieces_are_counted_and_tiles_keep_them_all(shipped):
    picture = drawn(shipped, (" ".join(["the man walks"] * 20), " ".join(["a dog"] * 30)))
    tokens = len(picture.trace.tokens)
    assert tokens > 100
    assert len(having(picture.root, "g", "token")) == MOST_LANES
    assert f"{tokens - MOST_LANES} word pieces" in "".join(picture.root.itertext())
    tile = having(picture.root, "button", "map-head")[0].find("img")
    assert opacity(tile.get("src")).shape == (tokens, tokens)


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (12, 4)])
def test_other_sizes_and_two_labels(tmp_path, layers, heads):
    labels = {0: "entailment", 1: "not_entailment"}
    folder = write_tiny_checkpoint(
        tmp_path / "other",
        num_hidden_layers=layers,
        num_attention_heads=heads,
        id2label=labels,
        label2id={label: index for index, label in labels.items()},
    )
    picture = drawn(bertmini_demo.load_model(str(folder)), ("the man sleeps", "a dog"))
    assert len(blocks(picture.root)) == layers
    assert len(having(picture.root, "button", "map-head")) == layers * heads
    told = [text.text for text in having(picture.root, "div", "map-verdict")[0].iter("text")]
    assert "not entailment" in told


@pytest.mark.parametrize(
    "text", ["<script>x</script> & dog", "${x} {{y}} a dog", '"><b>dog</b>', "كلب 狗 🐕 é"]
)
def test_what_was_typed_is_text(shipped, text):
    picture = drawn(shipped, (text, text))
    allowed = {
        "div",
        "h3",
        "button",
        "ul",
        "li",
        "p",
        "svg",
        "defs",
        "g",
        "use",
        "path",
        "rect",
        "circle",
        "text",
    }
    allowed |= {"title", "img", "image", "span", "strong"}
    assert {one.tag for one in picture.root.iter()} <= allowed
    assert "{" not in picture.text
    assert "$" not in picture.text
    assert [part.findtext("text") for part in having(picture.root, "g", "token")] == list(
        picture.trace.tokens
    )


def test_the_same_input_gives_the_same_picture(tiny):
    assert drawn(tiny, word=0).text == drawn(tiny, word=0).text
