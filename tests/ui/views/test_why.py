"""What Why answers, without a browser; oracles are the functions below the page and the numbers of the picture itself."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from bertmini_demo.attribution import METHODS
from bertmini_demo.data.baseline_results import BASELINE_RESULTS, BaselineResults, read_baseline_results
from bertmini_demo.data.word_labels import read_word_labels
from bertmini_demo.errors import DataError
from bertmini_demo.explain.faithfulness import erase
from bertmini_demo.explain.interactions import word_interactions
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS
from bertmini_demo.explain.randomization_check import check_sanity
from bertmini_demo.explain.rank_correlation import kendall
from bertmini_demo.explain.value_zeroing import value_zeroing_scores
from bertmini_demo.explain.word_scores import attention_scores
from bertmini_demo.results import LABELS
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import text
from bertmini_demo.ui.views.why.compared_methods import COMPARED

STATE = State(
    "the man doesn't sleep in the park .", "a man is asleep .", label="neutral", method="feature_ablation"
)
QUESTION = {"target": "neutral", "output": OUTPUTS[0], "baseline": BASELINES[0]}
WORK = ("methods", "agreement", "faithfulness", "randomised", "together")


@pytest.fixture(scope="module")
def answers(tiny):
    return build_answers(tiny)


@pytest.fixture(scope="module")
def pair(answers):
    return answers.models.get().trace(*STATE.pair).pair


def replies(answers, name, state=STATE):
    return json.loads(
        json.dumps(list(answers.answer(answers.questions[f"why.{name}"], state)), allow_nan=False)
    )


def ask(answers, name, state=STATE):
    last = replies(answers, name, state)[-1]
    assert "error" not in last, last
    return last


def picture(answer):
    return json.loads(answer["figure"])


def scores_of(answers, method):
    return answers.models.get().attribution(*STATE.pair, method=method, **QUESTION).word_scores


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("label", [None, "entailment"])
def test_the_bars_the_colours_above_and_the_sentence_agree(answers, method, label):
    state = replace(STATE, label=label, method=method)
    answer, colours = ask(answers, "bars", state), replies_of_words(answers, state)
    (bars,) = picture(answer)["data"]
    assert bars["x"] == pytest.approx([word["score"] for word in colours["words"]], abs=6e-4)
    assert colours["target"].replace("_", " ") in answer["title"]
    first = max(colours["words"], key=lambda word: word["score"])
    named = re.search(r"“([^”]+)”", answer["says"])[1]
    assert named == first["text"]
    assert answer["press"]["values"] == list(range(len(colours["words"])))


def replies_of_words(answers, state):
    *_, last = answers.answer(answers.questions["words"], state)
    return last


def test_the_title_asks_about_the_verdict_or_about_another_label(answers, tiny):
    own = tiny.predict(*STATE.pair).label
    titles = {
        label: ask(answers, "bars", replace(STATE, label=label))["title"] for label in (None, *tiny.labels)
    }
    assert titles[None] == titles[own]
    assert [label for label in tiny.labels if "make it say" in titles[label]] == [own]


@pytest.mark.parametrize("baseline", BASELINES)
def test_the_prediction_at_the_baseline_is_shown_and_warned_of_where_it_is_the_label_explained(
    answers, baseline
):
    attribution = answers.models.get().attribution(*STATE.pair, **QUESTION | {"baseline": baseline})
    shown = attribution.baseline_label
    for label in LABELS:
        html = ask(
            answers,
            "bars",
            replace(STATE, method="integrated_gradients", label=label, baseline=baseline),
        )["html"]
        assert f"predicts {shown}, {text.percent(attribution.baseline_probabilities[shown])}" in html
        assert ("why-warning" in html) == (label == shown)
    html = ask(answers, "bars", replace(STATE, method="saliency", label=shown, baseline=baseline))["html"]
    assert "no baseline" in html
    assert "why-warning" not in html


@pytest.mark.parametrize("method", METHODS)
def test_the_cost_shown_is_the_runs_own(answers, method):
    attribution = answers.models.get().attribution(*STATE.pair, method=method, **QUESTION)
    html = ask(answers, "bars", replace(STATE, method=method))["html"]
    assert (
        ", ".join(
            text.count(*one) for one in ((attribution.inputs, "input"), (attribution.gradients, "gradient"))
        )
        in html
    )
    assert ("standard error" in html) == (attribution.standard_errors is not None)
    if method == "integrated_gradients":
        assert f"{attribution.steps} points" in html
    assert ("misses the change" in html) == (method == "integrated_gradients")


def test_a_margin_names_both_labels(answers, tiny):
    says = ask(answers, "bars", replace(STATE, output="margin"))["says"]
    logits = tiny.predict(*STATE.pair).logits
    rival = max((label for label in logits if label != "neutral"), key=logits.get)
    assert f"neutral rather than {rival}" in says


def test_a_word_that_occurs_twice_is_named_with_its_place(answers):
    says = ask(answers, "bars")["says"]
    for name in re.findall(r"“(\w+)”(?! in the)", says):
        words = f"{STATE.premise} {STATE.hypothesis}".split()
        assert words.count(name) == 1


def test_every_method_has_its_note(answers):
    for method in METHODS:
        answer = ask(answers, "method", replace(STATE, method=method))
        assert "https://" in answer["html"]
        assert answer["says"]


@pytest.mark.parametrize("name", WORK)
def test_work_shows_how_far_it_is_and_is_done_once(answers, name, monkeypatch):
    state = replace(STATE, label="contradiction")
    *steps, last = replies(answers, name, state)
    shares = [step["progress"] for step in steps]
    assert shares == sorted(shares)
    assert max(shares) <= 1
    assert picture(last)
    asked = []
    monkeypatch.setattr(type(answers.models.get().model), "batch_logits", lambda *_: asked.append(1))
    other = replace(state, word=1, method=state.method, options={"agreement": "signed"})
    assert picture(replies(answers, name, other)[-1])  # a word or other numbers are only drawn
    assert not asked


def test_the_methods_are_side_by_side_with_their_own_numbers(answers, tiny, pair):
    answer = ask(answers, "methods")
    headings, rows = answer["table"]["headings"], answer["table"]["rows"]
    assert len(headings) == 2 + len(COMPARED)
    trace = answers.models.get().trace(*STATE.pair)
    without_label = [*attention_scores(trace), value_zeroing_scores(tiny, trace)]
    expected = [scores_of(answers, method) for method in METHODS] + [words.scores for words in without_label]
    np.testing.assert_allclose(
        np.array([[cell.replace("−", "-") for cell in row[2:]] for row in rows], dtype=float).T,
        expected,
        atol=6e-5,
    )
    assert [row[1] for row in rows] == [word.text for word in pair.words]
    places = [word for word in answer["press"]["rows"] if word is not None]
    assert places == list(range(len(pair.words)))


@pytest.mark.parametrize(("kind", "change"), [("sizes", np.abs), ("signed", np.asarray)])
def test_the_agreement_is_kendalls_tau(answers, kind, change):
    answer = ask(answers, "agreement", replace(STATE, options={"agreement": kind}))
    ways = [method for method in METHODS if kind == "sizes" or method != "saliency"]
    first = answer["table"]["rows"][0][1:]
    for method, shown in list(zip(ways, first, strict=False))[: len(ways)]:
        tau = kendall(change(scores_of(answers, METHODS[0])), change(scores_of(answers, method)))
        assert shown == ("none" if np.isnan(tau) else text.signed_number(tau))
    assert len(first) == (len(COMPARED) if kind == "sizes" else len(METHODS) - 1)


@pytest.mark.parametrize("removal", ["delete", "mask"])
def test_faithfulness_shows_each_methods_own_fall_and_marks_the_best(answers, tiny, pair, removal):
    answer = ask(answers, "faithfulness", replace(STATE, options={"word_removal": removal}))
    falls = []
    for method in METHODS:
        scores = scores_of(answers, method)
        order = np.argsort(-np.abs(scores) if method == "saliency" else -scores, kind="stable")[None]
        (erasure,) = erase(tiny, pair, order, target="neutral", removal=removal)
        falls.append(f"{erasure.comprehensiveness:.2f}".replace("-", "−").replace("−0.00", "0.00"))
    rows = re.findall(
        r'<th scope="row">([^<]+)</th>\s*<td>([^<]+?)( <strong>best</strong>)?</td>', answer["html"]
    )
    assert [fall for _, fall, _ in rows[: len(METHODS)]] == falls
    assert "Value zeroing" in [name for name, _, _ in rows]
    numbers = [float(fall.replace("−", "-")) for _, fall, _ in rows[: len(COMPARED)]]
    best = [number for number, (_, _, star) in zip(numbers, rows, strict=False) if star]
    assert best
    assert set(best) == {max(numbers)}
    assert answer["says"].startswith("Deleting" if removal == "delete" else "Replacing")


def test_the_sanity_check_is_of_the_chosen_method(answers, tiny, pair):
    answer = ask(answers, "randomised")
    *_, expected = check_sanity(tiny, pair, method=STATE.method, **QUESTION)
    sizes = [row[1] for row in answer["table"]["rows"]]
    assert sizes == [text.signed_number(size) for size in expected.sizes]
    assert sizes[0] == "+1.00"


def test_interactions_are_of_the_chosen_label_and_removal(answers, tiny, pair):
    for removal in ("mask", "delete"):
        answer = ask(answers, "together", replace(STATE, options={"pair_removal": removal}))
        *_, expected = word_interactions(tiny, pair, target="neutral", output=OUTPUTS[0], removal=removal)
        shown = np.array([row[1:] for row in answer["table"]["rows"]], dtype=float)
        np.testing.assert_allclose(shown, expected.values, atol=6e-4)


def test_a_method_that_fails_leaves_the_others_and_is_tried_again(tiny, monkeypatch, caplog):
    answers = build_answers(tiny)

    def breaks(*_, **__):
        raise RuntimeError("secret words")

    with monkeypatch.context() as patched:
        patched.setattr("captum.attr.FeatureAblation.attribute", breaks)
        answer = ask(answers, "methods")
    assert "Feature ablation gave no scores: it failed" in answer["says"]
    assert "secret" not in answer["says"]
    assert "secret words" in caplog.text
    assert len(answer["table"]["headings"]) == 2 + len(COMPARED) - 1
    assert "gave no scores" not in ask(answers, "agreement")["says"]


def test_the_training_data_are_counted_for_the_hypothesis_or_its_pressed_word(answers):
    counts = read_word_labels()
    state = replace(STATE, premise="nobody sleeps .", hypothesis="a man is sleeping outdoors .")
    rows = ask(answers, "given_away", state)["table"]["rows"]
    assert [row[0] for row in rows] == [row.word for row in counts.of_sentence(state.hypothesis)][:8]
    pressed = ask(answers, "given_away", replace(state, word=6))
    assert [row[0] for row in pressed["table"]["rows"]] == ["sleeping"]
    found = counts.of("sleeping")
    share = text.percent(found.counts[found.label] / found.count)
    assert f"{found.count:,} training pairs" in pressed["says"]
    assert f"{share} are labelled {found.label}" in pressed["says"]
    of_premise = ask(answers, "given_away", replace(state, word=0))
    assert [row[0] for row in of_premise["table"]["rows"]] == [row[0] for row in rows]
    assert ask(answers, "given_away", replace(state, hypothesis="zzyzx qwfp"))["says"] == text.NOTHING_COUNTED


def test_the_default_is_the_choice_that_the_stored_table_measures_as_the_most_faithful():
    overall = read_baseline_results().overall
    assert max(overall, key=overall.get) == (OUTPUTS[0], BASELINES[0])


def test_the_sentence_about_the_default_follows_the_table():
    def table(zero: float) -> BaselineResults:
        falls = {
            "neutral": {
                output: {
                    name: {"delete": zero if name == "zero" else 0.5, "mask": 0.5}
                    for name in ("pad", "mask", "zero")
                }
                for output in OUTPUTS
            }
        }
        return BaselineResults("made.jsonl", 1, falls, {})

    assert "they are the default" in text.baselines_say(table(0.9))
    assert "by 0.70 on average" in text.baselines_say(table(0.9))
    assert "do best" in text.baselines_say(table(0.1))


def test_a_table_of_baselines_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_baseline_results(tmp_path / "none.json")
    (tmp_path / "empty.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="no table of baselines"):
        read_baseline_results(tmp_path / "empty.json")
    assert json.loads(BASELINE_RESULTS.read_text(encoding="utf-8"))["count"] == read_baseline_results().count
