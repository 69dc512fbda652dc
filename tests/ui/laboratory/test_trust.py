"""What the tab Why? says about trust: nothing until asked, then the numbers of the core, kept for the pair."""

import re
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from bertmini_demo.attribution import METHODS, attribute_pair
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.faithfulness import REMOVALS, erase, measure
from bertmini_demo.explain.interactions import interact
from bertmini_demo.explain.randomization_check import check_sanity
from bertmini_demo.explain.rank_correlation import chance_spread, kendall
from bertmini_demo.explain.word_scores import attention_scores
from bertmini_demo.ui.laboratory.scored import COMPARED
from bertmini_demo.ui.laboratory.trust import (
    known_faithfulness,
    known_interactions,
    known_sanity,
    known_ways,
    run_comparison,
    run_faithfulness,
    run_interactions,
    run_sanity,
    show_comparison,
    show_faithfulness,
    show_interactions,
    show_sanity,
)

PAIR = {"premise": "the man doesn't sleep in the park .", "hypothesis": "a man is asleep ."}
QUESTION = {"target": "neutral", "output": "logit", "baseline": "mask"}
WORK = [
    (run_comparison, show_comparison, ()),
    (run_faithfulness, show_faithfulness, ("mask",)),
    (run_sanity, show_sanity, ()),
    (run_interactions, show_interactions, ("delete",)),
]


def view(**choices):
    return SimpleNamespace(**PAIR | QUESTION | {"method": "feature_ablation", "word": None} | choices)


@pytest.fixture(scope="module")
def analysis(tiny):
    """All work done once for the view above."""
    analysis = Analysis(tiny)
    for run, _, own in WORK:
        list(run(analysis, view(), *own))
    return analysis


@pytest.fixture
def pair(analysis):
    return analysis.trace(**PAIR).pair


def figure_of(update):
    assert update["visible"]
    return update["value"]


def word_scores(model, pair, method):
    return attribute_pair(model, pair, method=method, **QUESTION).word_scores


@pytest.mark.parametrize(("run", "show", "own"), WORK)
def test_work_shows_how_far_it_is_and_then_its_answer_is_there(tiny, run, show, own):
    analysis = Analysis(tiny)
    before = show(analysis, view(), *own)
    assert "Not worked out" in before[-1]
    assert not any(update["visible"] for update in before[:-1])
    *steps, last = run(analysis, view(), *own)
    ready = [int(re.search(r'value="(\d+)"', step[0])[1]) for step in steps]
    total = {int(re.search(r'max="(\d+)"', step[0])[1]) for step in steps}
    assert ready == sorted(ready)
    assert len(set(ready)) > 3
    assert len(total) == 1
    assert max(ready) <= total.pop()
    assert last == ["", *[gr.skip()] * len(before)]
    assert all(update["visible"] for update in show(analysis, view(), *own)[:-1])
    assert len(list(run(analysis, view(), *own))) <= 2  # kept: nothing is worked out again


def test_what_a_panel_knows_grows_with_the_work(tiny):
    """By this the page tells that there is something new to show, when the work is done as when it was ended."""
    analysis = Analysis(tiny)
    for (run, _, own), known in zip(
        WORK, (known_ways, known_faithfulness, known_sanity, known_interactions), strict=True
    ):
        before = known(Analysis(tiny), view(), *own)
        list(run(analysis, view(), *own))
        assert known(analysis, view(), *own) != before


def test_all_methods_but_the_slowest_stand_there_while_it_is_at_work(tiny):
    analysis = Analysis(tiny)
    shown = [step for step in run_comparison(analysis, view()) if step[1] != gr.skip()]
    ((status, heatmap, *_, says),) = shown
    assert "Shapley" in status
    assert sum(len(trace.x or trace.z[0]) for trace in figure_of(heatmap).data) == len(COMPARED) - 1
    assert "Still without Shapley sampling" in says
    assert "Still without" not in show_comparison(analysis, view())[-1]


def test_comparing_that_was_stopped_keeps_what_it_had_and_goes_on_from_there(tiny):
    analysis = Analysis(tiny)
    running = run_comparison(analysis, view())
    for _ in range(3):
        next(running)
    running.close()
    assert known_ways(analysis, view()) == 4  # two methods, and the two that are read from the trace
    assert "Still without saliency" in show_comparison(analysis, view())[-1]
    assert 'value="4"' in next(run_comparison(analysis, view()))[0]


def test_a_method_that_breaks_is_told_beside_the_results_of_the_others(tiny, monkeypatch):
    analysis = Analysis(tiny)

    def breaks(*_, **__):
        raise RuntimeError("not enough memory")

    with monkeypatch.context() as patched:
        patched.setattr("captum.attr.FeatureAblation.attribute", breaks)
        for run, show, own in WORK[:2]:
            list(run(analysis, view(), *own))
            *_, says = show(analysis, view(), *own)
            assert "Without feature ablation: it broke off" in says
            assert says.count("Shapley sampling") > 1
    assert known_ways(analysis, view()) == len(COMPARED)
    list(run_comparison(analysis, view()))
    assert "Without" not in show_comparison(analysis, view())[-1]


@pytest.mark.parametrize(("show", "own"), [(show, own) for _, show, own in WORK])
def test_what_was_found_is_for_its_pair_and_its_label_only(analysis, show, own):
    for changed in ({"premise": "a dog ."}, {"target": "contradiction"}):
        assert "Not worked out" in show(analysis, view(**changed), *own)[-1]
    assert "Not worked out" not in show(analysis, view(), *own)[-1]


def test_the_methods_stand_side_by_side_with_their_own_numbers(analysis, tiny, pair):
    heatmap = figure_of(show_comparison(analysis, view())[0])
    signed, unsigned = (np.array(trace.customdata, dtype=float) for trace in heatmap.data)
    rows = [row for row, word in enumerate(heatmap.layout.meta["words"]) if word is not None]
    with_sign = [method for method in METHODS if method != "saliency"]
    for column, method in enumerate(with_sign):
        np.testing.assert_allclose(signed[rows, column], word_scores(tiny, pair, method), atol=1e-4)
    np.testing.assert_allclose(unsigned[rows, 0], word_scores(tiny, pair, "saliency"), atol=1e-4)
    for column, words in enumerate(attention_scores(analysis.trace(**PAIR)), start=1):
        np.testing.assert_allclose(unsigned[rows, column], words.scores, atol=1e-4)
    assert unsigned.shape[1] == 3


def test_agreement_is_over_sizes_of_all_and_signs_of_the_signed(analysis, tiny, pair):
    _, sizes, signs, says = show_comparison(analysis, view())
    one, other = (word_scores(tiny, pair, METHODS[place]) for place in (0, 1))
    assert figure_of(sizes).data[0].z[0][1] == pytest.approx(kendall(abs(one), abs(other)), abs=0.006)
    assert figure_of(signs).data[0].z[0][1] == pytest.approx(kendall(one, other), abs=0.006)
    assert len(figure_of(sizes).data[0].z) == len(COMPARED)
    assert len(figure_of(signs).data[0].z) == 5
    assert "agree most" in says
    assert "is no proof" in says


def test_a_chosen_word_is_outlined_wherever_it_stands(analysis, pair):
    last = len(pair.words) - 1
    heatmap = figure_of(show_comparison(analysis, view(word=last))[0])
    assert heatmap.layout.shapes[0].y0 == heatmap.layout.meta["words"].index(last) - 0.5
    (row,) = figure_of(show_interactions(analysis, view(word=0), "delete")[0]).layout.shapes
    (column,) = figure_of(show_interactions(analysis, view(word=last), "delete")[0]).layout.shapes
    assert (row.y0, column.xref) == (-0.5, "x")  # in cells, not in shares of the paper
    assert column.x1 == sum(word.sentence == "hypothesis" for word in pair.words) - 0.5


def test_the_table_of_faithfulness_holds_each_methods_means_and_marks_the_best(analysis, tiny, pair):
    curves, says = show_faithfulness(analysis, view(), "mask")
    rows = re.findall(r'<tr[^>]*><th scope="row">([^<]+)</th>(.*?)</tr>', says)
    assert len(rows) == len(COMPARED) + 1
    values = {}
    for method, (_, cells) in zip(METHODS, rows, strict=False):
        order = np.argsort(-word_scores(tiny, pair, method), kind="stable")
        (expected,) = erase(tiny, pair, order[None], target="neutral", removal="mask")
        found = [cell.replace("−", "-") for cell in re.findall(r"<td[^>]*>([−\d.]+)", cells)]
        assert float(found[0]) == pytest.approx(expected.comprehensiveness, abs=6e-4)
        assert float(found[1]) == pytest.approx(expected.sufficiency, abs=6e-4)
        values[method] = expected
    drawn = {line.name: line for line in figure_of(curves).data}
    np.testing.assert_allclose(drawn["Feature ablation"].y, values["feature_ablation"].curve, atol=6e-4)
    assert drawn["Feature ablation"].visible is True
    columns = list(zip(*(re.findall(r"<td[^>]*>.*?</td>", cells) for _, cells in rows[:-1]), strict=True))
    for column, pick in zip(columns, (max, min, min), strict=True):
        numbers = [float(re.search(r">([−\d.]+)", cell)[1].replace("−", "-")) for cell in column]
        assert [number == pick(numbers) for number in numbers] == ["best" in cell for cell in column]


def test_the_method_at_hand_is_drawn_and_named(analysis):
    for method, name in (("saliency", "Saliency"), ("gradient_shap", "Gradient SHAP")):
        curves, says = show_faithfulness(analysis, view(method=method), "mask")
        assert next(line for line in figure_of(curves).data if line.name == name).visible is True
        assert re.search(r"<tr aria-current=true><th scope=\"row\">([^<]+)", says)[1] == name


@pytest.mark.parametrize("removal", REMOVALS)
def test_each_way_of_taking_words_away_has_its_own_answer(analysis, removal):
    kept = "Not worked out" not in show_faithfulness(analysis, view(), removal)[-1]
    assert kept == (removal == "mask")


def test_the_sanity_check_shows_the_similarities_of_the_core(analysis, tiny, pair):
    *_, expected = check_sanity(tiny, pair, method="feature_ablation", **QUESTION)
    lines, says = show_sanity(analysis, view())
    _, sizes, signed = figure_of(lines).data
    np.testing.assert_allclose(sizes.y, expected.sizes, atol=6e-4)
    np.testing.assert_allclose(signed.y, expected.signed, atol=6e-4)
    verdict = "no more than" if abs(expected.sizes[-1]) <= 2 * chance_spread(len(pair.words)) else "more than"
    assert verdict in says
    assert "<td>Embeddings</td>" in says


def test_interactions_are_those_of_the_core(analysis, tiny, pair):
    *_, expected = interact(tiny, pair, target="neutral", output="logit", removal="delete")
    heatmap, says = show_interactions(analysis, view(), "delete")
    np.testing.assert_allclose(
        np.array(figure_of(heatmap).data[0].z, dtype=float), expected.values, atol=6e-4
    )
    row, column = np.unravel_index(expected.values.argmax(), expected.values.shape)
    words = [word.text for word in pair.words]
    strongest = f"“{words[expected.premise[row]]}” and “{words[expected.hypothesis[column]]}”"
    assert strongest in says.replace("&#x27;", "'")


def test_an_answer_worked_out_for_one_question_helps_the_next(analysis):
    """Scores compared once are not computed again when their faithfulness is measured."""
    question = PAIR | QUESTION
    assert analysis.cached(measure, **question, removal="mask") is not None
    assert analysis.cached(measure, **question, removal="delete") is None
    steps = list(run_faithfulness(analysis, view(), "delete"))
    assert f'value="{len(COMPARED)}"' in steps[0][0]


@pytest.mark.parametrize("text", ["<b>x</b>", "{{value}} ${1}"])
def test_what_is_typed_stays_text(tiny, text):
    analysis, seen = Analysis(tiny), view(premise=text, hypothesis=f"a {text}")
    for run, show, own in WORK:
        list(run(analysis, seen, *own))
        says = show(analysis, seen, *own)[-1]
        assert "<b>" not in says
        assert not set("{}$") & set(says)
