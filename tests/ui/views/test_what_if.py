"""What if: answers compared with the functions below the page, and with computations made another way."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from bertmini_demo.data.head_means import example_head_outputs
from bertmini_demo.explain.activation_patching import patch_heads, patch_states
from bertmini_demo.explain.counterfactuals.edits import make_counterfactuals
from bertmini_demo.explain.head_ablation import HeadEffects, head_effects, switch_off
from bertmini_demo.results import Head
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.components import other_pair
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.what_if import head_switches, text, view

STATE = State("the man is asleep in the park .", "a man sleeps .")
OTHER = ("the man is awake in the park .", "a man sleeps .")
KEPT = replace(STATE, pinned=OTHER)


@pytest.fixture(scope="module")
def answers(tiny):
    return build_answers(tiny)


@pytest.fixture(scope="module")
def page(shipped):
    return build_answers(shipped)


def ask(answers: Answers, name: str, state: State) -> dict:
    *_, last = answers.answer(answers.questions[name], state)
    return json.loads(json.dumps(last, allow_nan=False))


def test_what_is_seen_first_needs_no_search_for_a_word_and_no_second_pair(tiny, monkeypatch):
    def refuse(*_arguments, **_choices):
        raise AssertionError("the view waits for the other pair")

    answers = build_answers(tiny)
    for name in ("find_change", "patch_states", "patch_heads"):
        monkeypatch.setattr(other_pair, name, refuse)
    template = view.template(answers.models.get(), STATE)
    cards = re.findall(r'data-question="what_if\.(\w+)"', template)
    assert cards[:2] == ["board", "switched"]
    for name in cards[:2]:
        assert ask(answers, f"what_if.{name}", STATE)["title"]


def cells(reply: dict) -> np.ndarray:
    """The numbers of a card's table, as shares."""
    rows = [
        [cell.replace("−", "-").removesuffix("\u00a0%") for cell in row[1:]] for row in reply["table"]["rows"]
    ]
    return np.array(rows, dtype=float) / 100


def test_the_states_are_those_of_patching_this_pair_into_the_other(answers, tiny):
    reply = ask(answers, "what_if.states", KEPT)
    label = tiny.predict(*STATE.pair).label
    result = patch_states(tiny, clean=STATE.pair, corrupted=OTHER, target=label)
    np.testing.assert_allclose(cells(reply), result.recovered.T, atol=0.0006)
    other_way = ask(answers, "what_if.states", replace(KEPT, options={"direction": "into_this"}))
    np.testing.assert_allclose(cells(other_way), 1 - result.remaining.T, atol=0.0006)


def test_the_changed_word_carries_everything_at_first_and_cls_at_last_in_both_directions(page):
    pair = State(
        "A little girl is laughing while a puppy licks her hand.", "The little girl with the puppy is crying."
    )
    state = replace(pair, pinned=(pair.premise, "The little girl with the puppy is laughing."))
    for direction in ("into_other", "into_this"):
        reply = ask(page, "what_if.states", replace(state, options={"direction": direction}))
        rows = {row[0]: row[1:] for row in reply["table"]["rows"]}
        assert rows["H laughing → crying"][0] == "100.0\u00a0%"
        assert rows["[CLS]"][-1] == "100.0\u00a0%"
        assert "[CLS]" in reply["says"]
        assert "crying" in reply["says"]


def test_a_row_of_the_picture_chooses_its_word(answers):
    reply = ask(answers, "what_if.states", KEPT)
    (trace,) = json.loads(reply["figure"])["data"]
    layout = json.loads(reply["figure"])["layout"]
    place = layout["yaxis"]["ticktext"].index("P awake → asleep")
    assert set(trace["customdata"][place]) == {3}
    assert set(trace["customdata"][0]) == {None}
    assert reply["press"] == {"custom": ["word"]}


def test_the_heads_are_those_of_patching_and_the_sentence_names_the_strongest(answers, tiny):
    reply = ask(answers, "what_if.heads", KEPT)
    result = patch_heads(tiny, clean=STATE.pair, corrupted=OTHER, target=tiny.predict(*STATE.pair).label)
    np.testing.assert_allclose(cells(reply)[:, 0], result.recovered.ravel(), atol=0.0006)
    layer, head = np.unravel_index(result.recovered.argmax(), result.recovered.shape)
    assert reply["says"].startswith(f"Layer {layer + 1}, head {head + 1} alone carries")


def test_attention_beside_the_heads_is_what_the_changed_word_gets(answers, tiny):
    trace = tiny.trace(*STATE.pair)
    (position,) = trace.pair.words[3].positions
    expected = trace.attentions[:, :, :, position].mean(axis=2).ravel()
    np.testing.assert_allclose(cells(ask(answers, "what_if.heads", KEPT))[:, 1], expected, atol=0.006)


def test_without_a_kept_pair_the_one_word_change_is_the_other(answers):
    change = ask(answers, "changed_word", STATE)["change"]
    for state in (STATE, replace(STATE, pinned=STATE.pair)):
        html = ask(answers, "what_if.compared", state)["html"]
        opens = [json.loads(one.replace("&#34;", '"')) for one in re.findall(r'data-set="([^"]*)"', html)]
        assert [change["pair"]] == [[one["premise"], one["hypothesis"]] for one in opens if "premise" in one]


def test_a_pair_can_be_kept_and_let_go(answers):
    alone = ask(answers, "what_if.compared", STATE)["html"]
    assert "Keep this pair" in alone
    assert "Forget the kept pair" not in alone
    kept = ask(answers, "what_if.compared", KEPT)["html"]
    assert "Forget the kept pair" in kept
    assert "<mark><bdi>asleep</bdi></mark>" in kept
    assert "<mark><bdi>awake</bdi></mark>" in kept
    assert kept.count("<mark>") == 2
    assert "Keep this pair" not in ask(answers, "what_if.compared", replace(STATE, pinned=STATE.pair))["html"]


def test_words_without_a_counterpart_are_named(answers):
    longer = replace(STATE, pinned=("the man is not asleep in the park .", STATE.hypothesis))
    html = ask(answers, "what_if.states", longer)["html"]
    assert "“not”" in html
    assert "of the other pair" in html
    assert "Left out" not in ask(answers, "what_if.states", KEPT)["html"]


def test_what_is_typed_stays_text(answers):
    hostile = replace(STATE, pinned=("<img src=x onerror=y> a man", "<script>a</script> cat"))
    for name in ("compared", "states"):
        html = ask(answers, f"what_if.{name}", hostile)["html"]
        assert "<img" not in html
        assert "<script" not in html


def test_pairs_that_the_model_cannot_tell_apart_are_an_error_that_names_the_way_out(answers):
    same = replace(STATE, pinned=("The man is asleep in the park .", STATE.hypothesis))
    error = ask(answers, "what_if.states", same)["error"]
    assert "Choose two pairs" in error["message"]


def test_the_difference_on_the_map_ends_in_cls_and_a_pair_without_one_keeps_its_lines(answers):
    shown = ask(answers, "how_it_decides.map", replace(KEPT, options={"lines": "difference"}))
    assert 'class="difference"' in shown["map"]
    assert "[CLS] after layer 3: 100\u00a0% of the difference" in shown["map"]
    assert "the pair you keep" in shown["note"]
    same = replace(STATE, pinned=("The man is asleep in the park .", STATE.hypothesis))
    lines = ask(answers, "how_it_decides.map", replace(same, options={"lines": "difference"}))
    assert 'class="difference"' not in lines["map"]
    assert 'class="line"' in lines["map"]
    assert "Choose two pairs" in lines["note"]


def test_the_sentence_about_the_way_follows_the_numbers():
    shares = np.array([[0.0, 1.0, 0.0], [0.0, 0.9, 0.3], [0.7, 0.2, 0.6], [1.0, 0.0, 0.0]])

    class Pair:
        tokens = ("[CLS]", "dog", "runs")

    says = text.travel_says(shares, Pair, np.arange(3), np.array([False, True, False]))
    shown = says.replace("\u00a0", " ")
    assert "“dog” holds 90 % of the difference after layer 1." in shown
    assert "The difference reaches [CLS] in layer 2, where its share goes from 0 % to 70 %." in shown
    assert "On the way, “runs” holds 60 % after layer 2." in shown


def test_there_is_a_switch_for_each_head_with_its_change(answers, tiny):
    reply = ask(answers, "what_if.board", STATE)
    pair = tiny.trace(*STATE.pair).pair
    effects = head_effects(tiny, pair)
    verdict = tiny.predict(*STATE.pair).label
    tiles = re.findall(r'data-switch="\[(\d), (\d)\]".*?<span>(.*?)</span>', reply["html"])
    assert len(tiles) == tiny.layers * tiny.heads
    for layer, head, shown in tiles:
        expected = effects.changes(verdict)[int(layer), int(head)] * 100
        assert float(shown.replace("−", "-")) == pytest.approx(expected, abs=0.051)
    np.testing.assert_allclose(cells(reply)[[0, -1]], [effects.all_on, effects.all_off], atol=0.0006)
    mean = ask(answers, "what_if.board", replace(STATE, options={"removal": "mean"}))
    by_mean = head_effects(tiny, pair, means=example_head_outputs(tiny))
    np.testing.assert_allclose(cells(mean)[1:-1], by_mean.one_off.reshape(-1, 3), atol=0.0006)


def test_a_switch_that_flips_the_verdict_names_the_new_one():
    effects = HeadEffects(
        labels=("entailment", "not_entailment"),
        all_on=np.array([0.6, 0.4]),
        one_off=np.array([[[0.7, 0.3], [0.45, 0.55]]]),
        all_off=np.array([0.5, 0.5]),
    )
    ((first, second),) = head_switches.switches(effects, "entailment")
    assert (first.becomes, second.becomes) == (None, "not_entailment")
    assert (first.strength, second.strength) == (67, 100)
    assert second.label.endswith("−15.0 points, and the verdict becomes not entailment")


@pytest.mark.parametrize("removal", ["zero", "mean"])
def test_the_verdict_without_heads_is_the_models(answers, tiny, removal):
    off = ((0, 1), (2, 0))
    state = replace(STATE, heads_off=off, options={"removal": removal})
    reply = ask(answers, "what_if.switched", state)
    means = example_head_outputs(tiny) if removal == "mean" else None
    expected = switch_off(tiny, tiny.trace(*STATE.pair).pair, heads=[Head(*one) for one in off], means=means)
    before = tiny.predict(*STATE.pair).probabilities
    for label, share in expected.items():
        row = re.search(rf'name-{label}">.*?</tr>', reply["html"], re.DOTALL)[0]
        assert f"<td>{text.points(share - before[label])}</td>" in row
    assert reply["title"].startswith("2 heads off:")
    assert "add up to" in reply["says"]
    assert reply["html"].count("view") == 2  # each of them can be looked at


def test_no_head_off_offers_the_strongest_and_all_off_says_that_nothing_is_read(answers, tiny):
    on = ask(answers, "what_if.switched", STATE)
    changes = head_effects(tiny, tiny.trace(*STATE.pair).pair).changes(tiny.predict(*STATE.pair).label)
    layer, head = np.unravel_index(np.abs(changes).argmax(), changes.shape)
    assert f"Switch off layer {layer + 1}, head {head + 1}" in on["html"]
    every = tuple((layer, head) for layer in range(tiny.layers) for head in range(tiny.heads))
    off = ask(answers, "what_if.switched", replace(STATE, heads_off=every))
    assert "no word reaches [CLS]" in off["says"]


@pytest.mark.parametrize(
    ("change", "shown"), [(0.123, "+12.3"), (-0.0312, "−3.1"), (0.0, "0.0"), (-0.0004, "0.0")]
)
def test_points_have_a_sign_unless_they_are_none(change, shown):
    assert text.points(change) == shown


def rows_of(html: str) -> list[str]:
    return re.findall(r"<tr data-kind=.*?</tr>", html, re.DOTALL)


def test_variants_are_the_cores_and_flips_come_first(answers, tiny):
    analysis = answers.models.get()
    question = answers.questions["what_if.variants"]
    *steps, last = answers.answer(question, STATE)
    expected = make_counterfactuals(
        tiny,
        tiny.encode(*STATE.pair),
        language_model=analysis.language_model,
        limit=tiny.settings.page_word_pieces,
    )
    assert [step["progress"] for step in steps] == sorted(step["progress"] for step in steps)
    assert steps[-1]["progress"] == 1
    rows = rows_of(last["html"])
    assert len(rows) == len(expected) == len(last["table"]["rows"])
    flips = ['data-flips="yes"' in row for row in rows]
    assert flips == sorted(flips, reverse=True)
    assert sum(flips) == sum(variant.flips for variant in expected)
    most = max(expected, key=lambda variant: abs(variant.change))
    assert text.percent(most.probabilities[tiny.predict(*STATE.pair).label]) in last["says"]


def test_a_variant_opens_its_pair_and_keeps_this_one_to_compare(answers):
    rows = rows_of(ask(answers, "what_if.variants", STATE)["html"])
    for row in rows:
        opened = re.search(r'data-set="([^"]*)"', row)
        assert bool(opened) == ("hypothesis alone" not in row)
        if opened:
            fields = json.loads(opened[1].replace("&#34;", '"').replace("&#39;", "'"))
            assert fields["pinned"] == list(STATE.pair)
            assert (fields["premise"], fields["hypothesis"]) != STATE.pair


def test_both_pairs_stand_beside_each_other_for_one_label(answers, tiny):
    analysis = answers.models.get()
    reply = ask(answers, "what_if.beside", KEPT)
    target = tiny.predict(*OTHER).label
    scores = [
        f"{score:.3f}".replace("-", "−")
        for pair in (OTHER, STATE.pair)
        for score in analysis.attribution(
            *pair, method=STATE.method, target=target, output=STATE.output, baseline=STATE.baseline
        ).word_scores
    ]
    assert [row[3] for row in reply["table"]["rows"]] == scores
    marked = re.findall(r'what-only"[^>]*><bdi>(.*?)</bdi>', reply["html"])
    assert marked == ["awake", "asleep"]
    before, after = (tiny.predict(*pair).probabilities[target] for pair in (OTHER, STATE.pair))
    assert f"<td>{text.points(after - before)}</td>" in reply["html"]
    assert "supports neutral" in ask(answers, "what_if.beside", replace(KEPT, label="neutral"))["html"]
    unsigned = ask(answers, "what_if.beside", replace(KEPT, method="saliency"))["html"]
    assert 'data-side="unsigned"' in unsigned
