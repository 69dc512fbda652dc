"""The parts of the map: what a figure shows is what the model computed, and a choice of rows or direction hides the rest."""

import json
import re

import numpy as np
import pytest

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.value_zeroing import value_zeroing
from bertmini_demo.results import Head
from bertmini_demo.ui.components.pair_bar import current_attribution
from bertmini_demo.ui.questions import questions_of
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import view
from bertmini_demo.ui.views.how_it_decides.map_answer import lines_into

PAIR = ("the cats walking .", "a cat sleeps .")
QUESTIONS = questions_of((view,))


@pytest.fixture(scope="module")
def analysis(tiny):
    return Analysis(tiny)


def answer(analysis, what, *, options=None, **fields):
    return QUESTIONS[f"how_it_decides.{what}"].answer(analysis, State(*PAIR, options=options or {}, **fields))


def cells(reply):
    return np.array(json.loads(reply["figure"])["data"][0]["z"], dtype=float)


def test_a_press_on_a_head_needs_another_map_only_where_its_own_lines_are_drawn(analysis):
    pressed = {"part": "head", "layer": 1, "head": 1}
    assert answer(analysis, "map")["map"] == answer(analysis, "map", **pressed)["map"]
    lines = {"lines": "head"}
    assert (
        answer(analysis, "map", options=lines)["map"]
        != answer(analysis, "map", options=lines, **pressed)["map"]
    )


def test_only_the_chosen_direction_is_drawn(analysis):
    whole = cells(answer(analysis, "heatmap", options={"show": "pieces"}))
    part = cells(answer(analysis, "heatmap", options={"show": "pieces", "between": "premise to hypothesis"}))
    pair = analysis.trace(*PAIR).pair
    inside = [
        [
            pair.segments[query] == 0
            and pair.segments[key] == 1
            and not (pair.special[query] or pair.special[key])
            for key in range(len(pair.tokens))
        ]
        for query in range(len(pair.tokens))
    ]
    np.testing.assert_array_equal(~np.isnan(part), inside)
    np.testing.assert_allclose(part[inside], whole[inside])


def test_hiding_special_tokens_says_how_much_weight_that_leaves_out(analysis):
    shown = answer(analysis, "heatmap", options={"special": "hidden", "show": "pieces"})
    trace = analysis.trace(*PAIR)
    special = np.array(trace.pair.special)
    share = trace.attentions[0, 0][~special][:, special].sum(axis=1).mean()
    assert f"they get {100 * share:.0f}\u00a0% of the words’ attention" in shown["says"]
    assert "hidden" not in answer(analysis, "heatmap")["says"]


def test_the_lines_of_value_zeroing_lead_back_to_what_the_layers_together_mix(analysis):
    lines = lines_into(analysis, State(*PAIR), (0,), kind="value_zeroing")
    together = np.linalg.multi_dot([*value_zeroing(analysis.model, *PAIR)[::-1]])
    np.testing.assert_allclose(lines[0].sum(axis=0), together[0])
    np.testing.assert_allclose(lines.sum(axis=(1, 2)), 1)
    drawn = answer(analysis, "map", options={"lines": "value_zeroing"})["map"]
    rolled = answer(analysis, "map", options={"lines": "rollout"})["map"]
    assert "what reaches [CLS]" in drawn
    assert drawn != rolled
    assert "what reaches the word" in answer(analysis, "map", options={"lines": "rollout"}, word=1)["map"]
    assert "attention into the word" in answer(analysis, "map", word=1)["map"]


@pytest.mark.parametrize("shape", ["wide", "tall"])
def test_where_room_is_short_the_map_keeps_the_names_of_the_words_with_the_largest_scores(tiny, shape):
    """Each word of a long pair gets little attention; that of the largest scores keeps a name nevertheless."""
    long = State(f"{PAIR[0]} " * 12, PAIR[1], options={"shape": shape})
    analysis = Analysis(tiny)
    attribution = current_attribution(analysis, long)
    drawn = QUESTIONS["how_it_decides.map"].answer(analysis, long)["map"]
    named = {int(one) for one in re.findall(r'data-token="(\d+)" data-word', drawn)}
    assert len(named) < len(attribution.pair.tokens)
    strongest = np.argsort(-np.abs(attribution.word_scores))[:2]
    for index in strongest:
        assert named.issuperset(attribution.pair.words[index].positions)


def test_a_pressed_row_of_the_roles_opens_its_head(analysis):
    reply = answer(analysis, "roles", layer=1, head=1)
    trace = analysis.trace(*PAIR)
    words = ~np.array(trace.pair.special)
    for choice, row in zip(reply["press"]["choices"], reply["table"]["rows"], strict=True):
        weights = trace.attentions[choice["layer"], choice["head"]]
        column = reply["table"]["headings"].index("[CLS]")
        assert float(row[column].rstrip("%")) == pytest.approx(100 * weights[words, 0].mean(), abs=0.051)
    assert {(one["layer"], one["head"]) for one in reply["press"]["choices"]} == {
        Head(*place) for place in np.ndindex(trace.attentions.shape[:2])
    }


def test_value_zeroing_beside_rollout_is_the_product_of_its_layers(analysis, tiny):
    reply = answer(analysis, "mixing", word=1)
    zeroed = value_zeroing(tiny, *PAIR)
    product = zeroed[0]
    for layer in zeroed[1:]:
        product = layer @ product
    position = analysis.trace(*PAIR).pair.words[1].positions[0]
    column = [float(row[2]) for row in reply["table"]["rows"]]
    np.testing.assert_allclose(column, product[position], atol=6e-4)
    for number in (1, 2):
        assert sum(float(row[number]) for row in reply["table"]["rows"]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("depth", [0, 2])
def test_words_in_the_plane_keep_the_distances_that_the_axes_hold(analysis, depth):
    """The plane is centred on all states, so the coordinates of all depths have mean zero along each axis."""
    reply = answer(analysis, "plane", options={"depth": str(depth)})
    rows = reply["table"]["rows"]
    points = np.array(
        [[list(map(float, cell.replace("−", "-").split(", "))) for cell in row[1:]] for row in rows]
    )
    np.testing.assert_allclose(points.mean(axis=(0, 1)), 0, atol=0.01)
    drawn = json.loads(reply["figure"])["data"]
    xs = np.concatenate([one["x"] for one in drawn[1:]])
    np.testing.assert_allclose(sorted(xs), sorted(points[:, depth, 0]), atol=0.011)


@pytest.mark.parametrize(("what", "options"), [("plane", {"model_state": "before"}), ("tuning", {})])
def test_a_model_without_its_pretrained_state_is_not_compared_with_anothers(analysis, what, options):
    with pytest.raises(InputError, match="without a masked-language model"):
        answer(analysis, what, options=options)
