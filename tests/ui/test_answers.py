"""State in, JSON out, without Gradio; oracles are the functions below the page."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.one_word_change import without_word
from bertmini_demo.explain.methods import gradient_scores
from bertmini_demo.ui.answers import Answers, threads_of_lanes
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.questions import Question
from bertmini_demo.ui.state import State

STATE = State("a man sleeps .", "a dog runs .")


@pytest.fixture(scope="module")
def answers(tiny):
    return build_answers(tiny)


def ask(answers: Answers, name: str, state: State = STATE) -> dict:
    *_, last = answers.answer(answers.questions[name], state)
    return json.loads(json.dumps(last, allow_nan=False))


def test_a_verdict_is_the_models(answers, tiny):
    verdict = ask(answers, "verdict")["verdict"]
    prediction = tiny.predict(*STATE.pair)
    assert verdict["label"] == prediction.label
    assert verdict["probabilities"] == pytest.approx(prediction.probabilities, abs=1e-6)
    assert [word["text"] for word in verdict["words"]] == ["a", "man", "sleeps", ".", "a", "dog", "runs", "."]


@pytest.mark.parametrize("cores", [2, 3, 4, 64])
def test_words_and_figures_leave_no_more_threads_to_a_core_than_one(cores):
    threads = threads_of_lanes(cores)
    assert min(threads.values()) >= 1
    assert 2 <= threads["words"] + threads["figure"] <= cores


def test_words_carry_the_scores_of_the_chosen_attribution(answers):
    analysis = answers.models.get()
    state = replace(STATE, label="neutral", method="input_x_gradient", baseline="mask")
    reply = ask(answers, "words", state)
    attribution = analysis.attribution(
        *STATE.pair, method="input_x_gradient", target="neutral", output="logit", baseline="mask"
    )
    assert [word["score"] for word in reply["words"]] == pytest.approx(attribution.word_scores, abs=1e-4)
    assert reply["target"] == "neutral"


def test_the_words_have_colours_at_once_and_closer_scores_replace_them(tiny, monkeypatch):
    monkeypatch.setattr(gradient_scores, "ENOUGH_GAP", 1e-6)  # so that one round is not enough
    answers = build_answers(tiny)
    *rough, last = answers.answer(answers.questions["words"], STATE)
    assert len(rough) > 1
    gaps = [reply["gap"] for reply in rough]
    assert gaps == sorted(set(gaps), reverse=True)
    assert all("progress" in reply for reply in rough)
    attribution = answers.models.get().attribution(
        *STATE.pair, method="integrated_gradients", target=last["target"], output="logit", baseline="zero"
    )
    assert [word["score"] for word in last["words"]] == pytest.approx(attribution.word_scores, abs=1e-4)
    assert last["gap"] == gaps[-1]
    assert [last] == list(
        answers.answer(answers.questions["words"], STATE)
    )  # who comes later gets these at once


def test_visitors_who_ask_the_same_at_once_share_one_computation(tiny):
    calls, other_computes = [], Event()

    def count(_analysis, _state):
        calls.append(1)
        if len(calls) > 1:
            other_computes.set()
        other_computes.wait(0.3)  # which it must not
        return {"title": "counted"}

    answers = Answers(Analysis(tiny), (SimpleNamespace(QUESTIONS=(Question("count", count),)),))
    with ThreadPoolExecutor(2) as visitors:
        asked = list(visitors.map(lambda _: ask(answers, "count"), range(2)))
    assert asked == [{"title": "counted"}] * 2
    assert len(calls) == 1


def test_a_pressed_word_tells_the_verdict_without_it(answers, tiny):
    reply = ask(answers, "pressed_word", replace(STATE, word=1))
    pair, after = without_word(tiny, *STATE.pair, 1)
    assert reply["pair"] == list(pair)
    assert after.label.replace("_", " ") in reply["without"]
    assert reply["word"] == "man"


def test_a_word_that_cannot_be_removed_still_has_its_score(answers):
    reply = ask(answers, "pressed_word", replace(STATE, word=3))
    assert "pair" not in reply
    assert "punctuation" in reply["without"]
    assert reply["score"]


@pytest.mark.parametrize(
    ("state", "field"),
    [
        (replace(STATE, premise=""), "premise"),
        (replace(STATE, word=99), "word"),
        (replace(STATE, layer=7), "layer"),
        (replace(STATE, head=7), "head"),
        (replace(STATE, label="not_entailment"), "label"),
        (replace(STATE, heads_off=((9, 0),)), "heads_off"),
        (replace(STATE, model="no/such"), "model"),
    ],
)
def test_what_this_model_or_pair_does_not_have_is_an_error_beside_its_field(answers, state, field):
    error = ask(answers, "words", state)["error"]
    assert error["field"] == field
    assert error["message"]


def test_a_fault_of_ours_is_one_line_and_is_not_kept(tiny, caplog):
    calls = []

    def broken(_analysis, _state):
        calls.append(1)
        raise ZeroDivisionError("secret words")

    answers = Answers(
        build_answers(tiny).models.get(), (SimpleNamespace(QUESTIONS=[Question("broken", broken)]),)
    )
    for _ in range(2):
        error = ask(answers, "broken")["error"]
        assert error["field"] is None
        assert "secret" not in error["message"]
    assert len(calls) == 2
    assert "secret words" in caplog.text


def counted(tiny, *, reads: tuple[str, ...]) -> tuple[Answers, list]:
    states = []

    def count(_analysis, state):
        states.append(state)
        return {"count": len(states)}

    module = SimpleNamespace(QUESTIONS=[Question("count", count, reads=reads)])
    return Answers(build_answers(tiny).models.get(), (module,)), states


def test_an_answer_is_computed_once_for_what_it_reads(tiny):
    answers, states = counted(tiny, reads=("layer", "lines"))
    same = [STATE, replace(STATE, head=1), replace(STATE, view="why"), replace(STATE, word=2)]
    assert [ask(answers, "count", state)["count"] for state in same] == [1, 1, 1, 1]
    other = [
        replace(STATE, layer=1),
        replace(STATE, options={"lines": "x"}),
        replace(STATE, premise="a dog ."),
    ]
    assert [ask(answers, "count", state)["count"] for state in other] == [2, 3, 4]
    assert len(states) == 4


def test_progress_comes_first_and_the_answer_is_kept(tiny):
    def work(_analysis, _state):
        yield {"progress": 0.5, "message": "half"}
        yield {"figure": "{}"}

    module = SimpleNamespace(QUESTIONS=[Question("work", work, lane="work")])
    answers = Answers(build_answers(tiny).models.get(), (module,))
    question = answers.questions["work"]
    assert [set(reply) for reply in answers.answer(question, STATE)] == [{"progress", "message"}, {"figure"}]
    assert list(answers.answer(question, STATE)) == [{"figure": "{}"}]


def test_a_newer_question_of_the_same_visitor_and_kind_makes_the_older_one_stale(answers):
    verdict, words = answers.questions["verdict"], answers.questions["words"]
    first = answers.note("visitor", verdict, 1)
    other_kind = answers.note("visitor", words, 2)
    other_visitor = answers.note("another", verdict, 1)
    newest = answers.note("visitor", verdict, 3)
    late = answers.note("visitor", verdict, 2)
    assert answers.is_stale(first)
    assert answers.is_stale(late)
    assert not any(map(answers.is_stale, (other_kind, other_visitor, newest, None)))


def test_the_map_is_drawn_in_either_shape_and_what_is_typed_stays_text(answers):
    hostile = replace(STATE, premise="<script>alert(1)</script> <img src=x onerror=alert(1)>")
    for shape in ("wide", "tall"):
        reply = ask(answers, "how_it_decides.map", replace(hostile, options={"shape": shape}))
        assert f'class="model-map {shape}"' in reply["map"]
        assert reply["map"].startswith("<svg")
        assert "<script" not in reply["map"]
        assert "<img" not in reply["map"]


def test_every_question_of_the_map_is_answered_with_a_figure_a_title_and_a_sentence(answers):
    names = [name for name in answers.questions if name.startswith("how_it_decides.")]
    names.remove("how_it_decides.map")
    names.remove("how_it_decides.tuning")  # needs the pretrained model, which this one comes without
    assert len(names) >= 6
    for name in names:
        reply = ask(answers, name, replace(STATE, word=1, layer=1, head=1))
        assert reply["title"], name
        assert reply["says"], name
        assert "figure" in reply or "html" in reply, name
        if "figure" in reply:
            assert {"data", "layout"} <= json.loads(reply["figure"]).keys()


def test_the_heat_map_holds_the_heads_weights(answers, tiny):
    trace = tiny.trace(*STATE.pair)
    state = replace(STATE, layer=1, head=0, options={"show": "pieces"})
    figure = json.loads(ask(answers, "how_it_decides.heatmap", state)["figure"])
    assert np.allclose(figure["data"][0]["z"], trace.attentions[1, 0], atol=5e-4)


def test_an_example_pair_names_its_expected_label_and_how_the_prediction_compares(answers, tiny):
    compared = set()
    for example in gallery():
        pair = (example.premise, example.hypothesis)
        notes = ask(answers, "verdict", State(*pair))["verdict"]["notes"]
        predicted = tiny.predict(*pair).label
        (alone,) = tiny.predict_batch([pair], empty_premise=True)
        same = predicted == example.label
        blind = same and predicted == alone.label != "neutral"
        expected = (
            "The model agrees, but" if blind else "The model agrees." if same else "The model disagrees."
        )
        assert notes[0].startswith(f"Expected: {example.label}. {expected}")
        assert notes[0].endswith(example.look_for)
        compared.add(expected)
    assert len(compared) > 1
    assert not [note for note in ask(answers, "verdict", STATE)["verdict"]["notes"] if "Expected" in note]
