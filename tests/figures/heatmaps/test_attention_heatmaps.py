"""Heatmaps show the weights they were given, each head in its place, text as text."""

import html
import json

import numpy as np
import pytest

from bertmini_demo.explain.attention_filters import filter_mask
from bertmini_demo.explain.attention_rollout import rollout
from bertmini_demo.figures.heatmaps.attention_heatmaps import PARTS, head_grid, head_heatmap, rollout_heatmap

WORDS = [f"word{number}" for number in range(40)]


def random_attentions(layers: int, heads: int, tokens: int) -> np.ndarray:
    raw = np.exp(np.random.default_rng(0).normal(size=(layers, heads, tokens, tokens)))
    return raw / raw.sum(axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def trace(tiny):
    return tiny.trace("the man runs", "a man sleeps .")


@pytest.mark.parametrize(("layers", "heads"), [(2, 2), (4, 4), (12, 12), (1, 3), (3, 1)])
def test_trace_number_names_the_head_and_holds_its_weights(layers, heads):
    attentions = random_attentions(layers, heads, 5)
    figure = head_grid(attentions, WORDS[:5])
    assert len(figure.data) == layers * heads
    for number, tile in enumerate(figure.data):
        layer, head = divmod(number, heads)
        np.testing.assert_allclose(np.array(tile.z) / PARTS, attentions[layer, head], atol=1 / PARTS)
        assert tile.hovertemplate.startswith(f"Layer {layer + 1}, head {head + 1}<br>")


@pytest.mark.parametrize(("layers", "heads"), [(2, 2), (3, 2), (12, 12)])
def test_a_tile_stands_in_the_row_of_its_layer_and_the_column_of_its_head(layers, heads):
    figure = head_grid(random_attentions(layers, heads, 4), WORDS[:4])
    for number, tile in enumerate(figure.data):
        layer, head = divmod(number, heads)
        column = figure.layout["xaxis" + tile.xaxis[1:]].title.text
        row = figure.layout["yaxis" + tile.yaxis[1:]].title.text
        assert column in (f"Head {head + 1}", f"H{head + 1}")
        assert row in (f"Layer {layer + 1}", f"L{layer + 1}")
    assert (figure.layout.grid.rows, figure.layout.grid.columns) == (layers, heads)
    assert figure.layout.grid.xside == "top plot"


def test_weights_are_told_on_hover_as_decimals():
    attention = np.array([[1.0, 0.0], [0.0123, 0.9877]])
    tile = head_grid(attention[None, None], ["a", "b"]).data[0]
    assert "attention weight 0.%{z:04d}" in tile.hovertemplate  # d3's format: at least four digits
    told = [[float(f"0.{value:04d}") for value in row] for row in tile.z]
    np.testing.assert_allclose(told, attention, atol=1 / PARTS)


def test_one_colour_axis_from_0_to_1_serves_all_tiles(trace):
    figure = head_grid(trace.attentions, trace.tokens)
    assert {tile.coloraxis for tile in figure.data} == {"coloraxis"}
    scale = figure.layout.coloraxis
    assert (scale.cmin, scale.cmax) == (0, PARTS)
    assert [f"{tick / PARTS:g}" for tick in scale.colorbar.tickvals] == [*scale.colorbar.ticktext]
    assert "0 to 1" in scale.colorbar.title.text
    assert len([key for key in figure.to_plotly_json()["layout"] if key.startswith("coloraxis")]) == 1


def test_rows_are_read_from_the_top_and_tokens_told_on_hover_only(trace):
    figure = head_grid(trace.attentions, trace.tokens)
    for axis in figure.select_yaxes():
        assert axis.range[0] > axis.range[1]
    for axis in figure.select_xaxes():
        assert axis.range[0] < axis.range[1]
    for axis in [*figure.select_xaxes(), *figure.select_yaxes()]:
        assert axis.ticktext == trace.tokens
        assert axis.tickvals == tuple(range(len(trace.tokens)))
        assert axis.showticklabels is False


def test_the_chosen_head_alone_is_outlined(trace):
    assert not head_grid(trace.attentions, trace.tokens).layout.shapes
    figure = head_grid(trace.attentions, trace.tokens, chosen=(2, 1))
    (outline,) = figure.layout.shapes
    tile = figure.data[2 * trace.attentions.shape[1] + 1]
    assert (outline.xref, outline.yref) == (f"{tile.xaxis} domain", f"{tile.yaxis} domain")


@pytest.mark.parametrize(("tokens", "limit"), [(32, 65_000), (128, 750_000)])
def test_the_grid_of_sixteen_heads_takes_two_bytes_a_cell_in_base64(tokens, limit):
    figure = head_grid(random_attentions(4, 4, tokens), ["representation"] * tokens, chosen=(0, 0))
    assert len(figure.to_json().encode()) < limit


@pytest.mark.parametrize("layers", [2, 4, 12])
def test_every_figure_has_a_height_and_takes_the_width_it_is_given(layers):
    layout = head_grid(random_attentions(layers, 2, 4), WORDS[:4]).layout
    assert layout.height >= layers * 48
    assert layout.width is None


def test_the_heatmap_shows_the_weights_with_every_repeated_word_in_its_row():
    attention = random_attentions(1, 1, 3)[0, 0]
    figure = head_heatmap(attention, ["the", "man", "the"], title="Layer 1, head 1")
    np.testing.assert_allclose(np.array(figure.data[0].z), attention, atol=0.0005)
    assert figure.layout.yaxis.ticktext == figure.layout.xaxis.ticktext == ("the", "man", "the")
    assert figure.layout.yaxis.tickvals == (0, 1, 2)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert "Layer 1, head 1" in figure.layout.xaxis.title.text


def test_chosen_words_are_outlined_as_rows_and_columns():
    attention = random_attentions(1, 1, 5)[0, 0]
    figure = head_heatmap(attention, WORDS[:5], title="x", chosen=[2, 3])
    bands = {shape.yref: shape for shape in figure.layout.shapes}
    assert (bands["y"].y0, bands["y"].y1, bands["y"].xref) == (1.5, 3.5, "x domain")
    assert (bands["y domain"].x0, bands["y domain"].x1) == (1.5, 3.5)
    assert not head_heatmap(attention, WORDS[:5], title="x").layout.shapes
    (row,) = head_heatmap(
        attention[:, :2], WORDS[:5], keys=WORDS[5:7], title="x", chosen=[4]
    ).layout.shapes  # its columns are other words
    assert (row.y0, row.y1) == (3.5, 4.5)


def test_queries_are_rows_and_keys_columns():
    attention = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    figure = head_heatmap(attention, ["a", "b"], keys=["c", "d", "e"], title="x")
    assert [list(row) for row in figure.data[0].z] == attention.tolist()
    assert figure.layout.yaxis.ticktext == ("a", "b")
    assert figure.layout.xaxis.ticktext == ("c", "d", "e")


def test_cells_that_a_filter_leaves_out_are_empty_not_zero():
    mask = filter_mask([0, 0, 1], "premise to hypothesis")
    drawn = np.where(mask, random_attentions(1, 1, 3)[0, 0], np.nan)
    z = json.loads(head_heatmap(drawn, ["a", "b", "c"], title="x").to_json())["data"][0]["z"]
    assert [[value is not None for value in row] for row in z] == mask.tolist()


def test_rollout_is_drawn_as_it_is_and_names_its_layers(trace):
    mixtures = rollout(trace.attentions)
    figure = rollout_heatmap(mixtures[2], trace.tokens, layer=2)
    np.testing.assert_allclose(np.array(figure.data[0].z), mixtures[2], atol=0.0005)
    assert "Layer 1 to Layer 3" in figure.layout.xaxis.title.text
    assert "Layer 1<" in rollout_heatmap(mixtures[0], trace.tokens, layer=0).layout.xaxis.title.text


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="https://x">y</a>', "&lt;b&gt;"])
def test_markup_typed_as_a_word_stays_text_in_every_figure(text):
    attentions = random_attentions(1, 1, 2)
    figures = [
        head_grid(attentions, [text, "b"]),
        head_heatmap(attentions[0, 0], [text, "b"], title=text),
        rollout_heatmap(attentions[0, 0], [text, "b"], layer=0),
    ]
    for figure in figures:
        assert text not in figure.layout.xaxis.title.text
        for axis in (figure.layout.xaxis, figure.layout.yaxis):
            label = axis.ticktext[0]
            assert "<" not in label
            assert text.startswith(html.unescape(label).removesuffix("…"))


@pytest.mark.parametrize(
    "draw",
    [
        lambda trace: head_grid(trace.attentions, trace.tokens, chosen=(0, 1)),
        lambda trace: head_heatmap(trace.attentions[0, 0], trace.tokens, title="x"),
        lambda trace: rollout_heatmap(rollout(trace.attentions)[0], trace.tokens, layer=0),
    ],
    ids=["grid", "heatmap", "rollout"],
)
def test_the_same_input_gives_the_same_json(trace, draw):
    assert draw(trace).to_json() == draw(trace).to_json()
