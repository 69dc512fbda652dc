"""Can you trust it?: its figures against the functions below the page, and what a model without a record gets."""

import base64
import json
import re
import shutil
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

import bertmini_demo
from bertmini_demo.data.examples import WRONG, gallery, mark
from bertmini_demo.data.learning import pack_attention
from bertmini_demo.data.metrics import wilson_interval
from bertmini_demo.data.probe_results import read_probes
from bertmini_demo.data.word_labels import read_word_labels
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PUBLISHED,
    heuristics,
    run_probe,
    seed_accuracies,
    subcases,
    word_list,
)
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.files import METRICS, read_metrics
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.trust import learning_answer, view
from bertmini_demo.ui.views.trust.measured_answers import measured_sets
from bertmini_demo.ui.views.trust.trap_answers import DRAWS, rows_of
from bertmini_demo.ui.views.trust.trap_builder import MAX_DRAW, TRAPS

STATE = State("a man sleeps .", "a dog runs .")
RECORD = {
    "pairs": 400,
    "file": "made.jsonl",
    "accuracy": 0.5,
    "confusion": {
        "entailment": {"entailment": 150, "neutral": 40, "contradiction": 10},
        "neutral": {"entailment": 20, "neutral": 20, "contradiction": 60},
        "contradiction": {"entailment": 40, "neutral": 30, "contradiction": 30},
    },
    "calibration": {
        "rows": "odd",
        "expected_calibration_error": 0.123,
        "bins": [
            {"pairs": 100, "confidence": 0.5, "accuracy": 0.4},
            {"pairs": 100, "confidence": 0.9, "accuracy": 0.6},
        ],
    },
    "empty_premise_accuracy": 0.3,
}


def asked(answers, what, state=STATE, **options):
    question = answers.questions[f"trust.{what}"]
    *progress, last = answers.answer(question, replace(state, options=options))
    assert all("progress" in reply for reply in progress)
    return json.loads(json.dumps(last, allow_nan=False))


def traces(reply):
    return json.loads(reply["figure"])["data"]


def numbers(values):
    """The values of an axis, which Plotly may have packed."""
    return (
        np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
        if isinstance(values, dict)
        else values
    )


@pytest.fixture(scope="module")
def bare(tiny):
    """The answers about a model that brings no record."""
    return build_answers(tiny)


@pytest.fixture(scope="module")
def full(shipped):
    return build_answers(shipped)


@pytest.fixture(scope="module")
def recorded(tiny_folder, tmp_path_factory):
    """The answers about a model with a record of its own."""
    folder = tmp_path_factory.mktemp("recorded") / "model"
    shutil.copytree(tiny_folder, folder)
    probe = {name: place / 29 for place, name in enumerate(subcases())}
    hans = {name: {case.label: 1 - probe[name]} for name, case in subcases().items()}
    data = {"mnli_dev_matched": RECORD, "made": {**RECORD, "accuracy": 0.75}, "hans": {"subcases": hans}}
    metrics = {
        "data": data,
        "probe": {"subcases": probe},
        "temperature": {"fitted_on": ["made.jsonl"]},
        "hypothesis_only_classifier": {"made": 0.45},
    }
    (folder / METRICS).write_text(json.dumps(metrics))
    return build_answers(bertmini_demo.load_model(str(folder)))


def test_recorded_traps_are_drawn_by_rule_with_published_figures(recorded):
    reply = asked(recorded, "traps")
    bars = next(trace for trace in traces(reply) if trace["type"] == "bar")
    probe = read_metrics(recorded.models.get().model.folder)["probe"]["subcases"]
    expected = []
    for label in (NOT_ENTAILED, ENTAILED):
        means = [
            np.mean([probe[case.name] for case in rule.subcases if case.label == label])
            for rule in heuristics()
        ]
        expected += [np.mean(means), *means]
    assert numbers(bars["x"]) == pytest.approx([100 * share for share in expected], abs=0.06)
    published = next(trace for trace in traces(reply) if "McCoy" in trace.get("name", ""))
    assert numbers(published["x"]) == pytest.approx(
        [100 * one for one in (*PUBLISHED[NOT_ENTAILED], *PUBLISHED[ENTAILED])]
    )
    assert reply["title"] == f"It falls into {100 - 100 * expected[0]:.0f}\u00a0% of the traps"
    assert len(reply["table"]["rows"]) == 30


def test_a_pressed_rule_opens_its_constructions_and_a_pressed_construction_its_trap(recorded):
    assert asked(recorded, "traps")["press"] == {"custom": ["trap_family"]}
    reply = asked(recorded, "traps", trap_family="subsequence")
    assert reply["press"] == {"custom": ["trap"]}
    bars = next(trace for trace in traces(reply) if trace["type"] == "bar")
    rule = next(rule for rule in heuristics() if rule.name == "subsequence")
    fail, hold = (
        [case.name for case in rule.subcases if case.label == label] for label in (NOT_ENTAILED, ENTAILED)
    )
    assert bars["customdata"] == [None, *fail, None, *hold]


def test_each_row_has_the_range_of_the_hundred_seeds():
    for rule in heuristics():
        for row in rows_of(None, None, family=rule.name):
            label = NOT_ENTAILED if row.title == "Traps" else ENTAILED
            assert row.seeds == seed_accuracies(row.name or f"{rule.name}/{label}")


def test_a_model_without_a_record_borrows_no_numbers(bare):
    reply = asked(bare, "traps")
    assert not [trace for trace in traces(reply) if trace["type"] == "bar"]
    assert "comes without a record" in reply["says"]
    for what in ("accuracy", "calibration", "confusion", "probing"):
        reply = asked(bare, what)
        assert "figure" not in reply
        assert reply["title"].endswith("?")
        assert "shipped model" in reply["html"]
    assert (
        "what this model read is not known"
        in asked(bare, "giveaway", State("a man .", "nobody is asleep ."))["says"]
    )


def test_fresh_pairs_report_progress_and_give_what_the_core_returns(bare, tiny):
    question, state = bare.questions["trust.fresh_traps"], replace(STATE, options={"trap_seed": DRAWS[1]})
    *progress, last = bare.answer(question, state)
    shares = [reply["progress"] for reply in progress]
    assert shares == sorted(set(shares))
    assert shares[-1] == 1
    expected = run_probe(tiny, seed=int(DRAWS[1])).accuracy
    written = {row[2]: row[4] for row in last["table"]["rows"]}
    for name, share in expected.items():
        assert float(written[name].strip("<>%\u00a0")) == pytest.approx(100 * share, abs=0.51)


def pair_in(reply):
    """The pair that the button of a trap opens."""
    fields = [json.loads(unescape(found)) for found in re.findall(r'data-set="([^"]*)"', reply["html"])]
    return next((one["premise"], one["hypothesis"]) for one in fields if "premise" in one)


@pytest.mark.parametrize("name", TRAPS)
def test_every_trap_opens_a_pair_of_its_own_kind(bare, name):
    case = subcases()[name]
    for draw in range(len(case.templates)):
        reply = asked(bare, "trap", trap=name, trap_draw=str(draw))
        premise, hypothesis = pair_in(reply)
        fits = [
            re.fullmatch(re.sub(r"\\\{\w+(?::[^}]+)?\\\}", "(.+)", re.escape(sentence)), text, re.IGNORECASE)
            for sentence, text in zip(
                (case.templates[draw].premise, case.templates[draw].hypothesis),
                (premise, hypothesis),
                strict=True,
            )
        ]
        assert all(fits), (premise, hypothesis)
        assert reply["html"].count("<select") == len(case.templates[draw].slots)
        follows = "hypothesis follows" in reply["says"]
        assert follows == (case.label == ENTAILED)


def test_the_trap_gets_the_models_own_verdict(bare, tiny):
    for name in TRAPS[:6]:
        reply = asked(bare, "trap", trap=name)
        label = tiny.predict(*pair_in(reply)).label
        assert f'name-{label}"' in reply["html"]
        assert ("falls into" in reply["title"]) == (label == ENTAILED)


def test_chosen_words_make_the_pair_and_others_are_left_out(bare):
    nouns, verbs = word_list("noun"), word_list("transitive verb")
    words = (nouns[3], verbs[2], nouns[7])
    reply = asked(bare, "trap", trap="ln_subject/object_swap", trap_words="|".join(words))
    assert pair_in(reply) == (
        f"The {words[0]} {words[1]} the {words[2]}.",
        f"The {words[2]} {words[1]} the {words[0]}.",
    )
    drawn = pair_in(asked(bare, "trap", trap="ln_subject/object_swap"))
    for hostile in ("<b>|praised|poet", "a|b", "|||||", f"{nouns[0]}|{verbs[0]}|<script>"):
        reply = asked(bare, "trap", trap="ln_subject/object_swap", trap_words=hostile)
        assert pair_in(reply) == drawn
        assert "<script>" not in reply["html"]


@pytest.mark.parametrize("written", ["-1", "x", "²", str(MAX_DRAW + 1), "9" * 50])
def test_what_is_no_draw_is_the_first(bare, written):
    assert pair_in(asked(bare, "trap", trap_draw=written)) == pair_in(asked(bare, "trap"))


def test_a_trap_that_does_not_exist_is_an_error_beside_its_field(bare):
    assert asked(bare, "trap", trap="ln_none")["error"]["field"] == "trap"
    assert asked(bare, "traps", trap_family="none")["error"]["field"] == "trap_family"


def test_example_pairs_are_judged_by_the_model_in_use(full, shipped):
    reply = asked(full, "fooled")
    pairs = [(one.premise, one.hypothesis) for one in gallery()]
    verdicts = [shipped.predict(*pair) for pair in pairs]
    alone = shipped.predict_batch(pairs, empty_premise=True)
    wrong = [
        mark(example.label, verdict=verdict.label, alone=other.label) == WRONG
        for example, verdict, other in zip(gallery(), verdicts, alone, strict=True)
    ]
    assert reply["title"] == f"It misjudges {sum(wrong)} of {len(pairs)} example pairs"
    assert [row[2] for row in reply["table"]["rows"]] == [verdict.label for verdict in verdicts]
    assert [row[4] for row in reply["table"]["rows"]] == [one.label for one in alone]


def test_challenges_are_met_by_the_pair_beside_them(full):
    items = asked(full, "fooled")["html"].split("<details")[0].split("<li>")[1:]
    assert len(items) == 3
    opened = [pair_in({"html": item}) for item in items if "data-set" in item]
    premise, hypothesis = (set(re.findall(r"\w+", text.lower())) for text in opened[0])
    assert hypothesis <= premise
    for pair in opened:
        assert pair in [(one.premise, one.hypothesis) for one in gallery()]


def test_the_open_example_pair_is_named_in_the_sentence(full):
    example = gallery()[0]
    state = State(example.premise, example.hypothesis)
    assert f"label expected of the open pair is {example.label};" in asked(full, "fooled", state)["says"]
    assert "open pair" not in asked(full, "fooled")["says"]


def test_data_that_chose_nothing_comes_first(recorded):
    assert list(measured_sets(recorded.models.get().model.folder)) == ["made", "mnli_dev_matched"]
    assert "75.0" in asked(recorded, "accuracy")["title"]
    assert "50.0" in asked(recorded, "accuracy", measured_on="mnli_dev_matched")["title"]
    assert "75.0" in asked(recorded, "accuracy", measured_on="of another model")["title"]


def test_accuracy_has_its_interval_and_what_to_compare_with(recorded):
    rows = {row[0]: row[1:] for row in asked(recorded, "accuracy")["table"]["rows"]}
    low, high = wilson_interval(300, 400)
    assert rows["All pairs"] == ["75.0\u00a0%", f"{100 * low:.1f} to {100 * high:.1f}\u00a0%"]
    assert rows["Labelled neutral"][0] == "20.0\u00a0%"
    assert rows["Always the most frequent label"][0] == "50.0\u00a0%"
    assert rows["Trained on hypotheses only"][0] == "45.0\u00a0%"
    published = asked(recorded, "accuracy", measured_on="mnli_dev_matched")["table"]["rows"]
    assert [row[1] for row in published if "Turc" in row[0] or "prajjwal1" in row[0]] == [
        "74.8\u00a0%",
        "68.0\u00a0%",
    ]


def test_calibration_shows_the_bins_with_intervals_and_which_rows_they_are(recorded):
    reply = asked(recorded, "calibration")
    curve = traces(reply)[1]
    assert numbers(curve["y"]) == pytest.approx([0.4, 0.6])
    low, high = wilson_interval(40, 100)
    assert numbers(curve["error_y"]["array"])[0] == pytest.approx(high - 0.4, abs=1e-4)
    assert numbers(curve["error_y"]["arrayminus"])[0] == pytest.approx(0.4 - low, abs=1e-4)
    assert "12.3 points" in reply["title"]
    assert "its confidence is 20.0 points above its accuracy" in reply["says"]
    assert "odd rows" in reply["says"]


def test_the_most_common_mistake_is_named(recorded):
    assert (
        "predict contradiction for pairs that annotators label neutral: 60"
        in asked(recorded, "confusion")["says"]
    )


def test_words_carry_their_counts_and_the_hypothesis_alone_its_verdict(bare, tiny):
    state = State("a man sleeps .", "nobody is sleeping .")
    reply = asked(bare, "giveaway", state)
    table = read_word_labels()
    for word, count, *shares in reply["table"]["rows"]:
        assert int(count.replace(",", "")) == sum(table.counts[word])
        assert float(shares[2].strip("<>%\u00a0")) == pytest.approx(
            100 * table.of(word).probabilities["contradiction"], abs=0.51
        )
    assert {row[0] for row in reply["table"]["rows"]} == {"nobody", "is", "sleeping"}
    (alone,) = tiny.predict_batch([state.pair], empty_premise=True)
    assert f"Without the premise this model predicts {alone.label}" in reply["says"]


def test_a_hypothesis_of_unknown_words_says_so(bare):
    reply = asked(bare, "giveaway", State("a man .", "zzqx qqzx ."))
    assert "figure" not in reply
    assert "No word of this hypothesis" in reply["html"]


def test_a_probe_is_drawn_beside_its_control(full):
    asked_about = "Is the hypothesis negated?"
    result = next(one for one in read_probes() if one.task == "negated hypothesis")
    reply = asked(full, "probing", probed=asked_about)
    probe, control = traces(reply)
    assert numbers(probe["y"]) == pytest.approx(result.accuracy, abs=1e-3)
    assert numbers(control["y"]) == pytest.approx(result.control, abs=1e-3)
    assert asked_about in reply["title"]


def test_the_shipped_record_belongs_to_the_shipped_model(shipped):
    stored = read_metrics(SHIPPED)["probe"]["subcases"]
    assert stored == pytest.approx(run_probe(shipped).accuracy, abs=0.035)


def attention(*, previous: float, first: float) -> np.ndarray:
    """(1, 2, 4, 4): head 1 uniform, head 2 with these shares on the token before and on the first one."""
    uniform = np.full((4, 4), 0.25)
    looking = np.full((4, 4), 0.0)
    for row in range(1, 4):
        looking[row, row - 1] = previous
    looking[:, 0] += first
    return np.stack([uniform, looking])[None]


def moment(stage, step, right, *, previous, verdicts=None, answers=(), negations=None, traps=None):
    return {
        "stage": stage,
        "step": step,
        "attentions": [pack_attention(attention(previous=previous, first=0.0))],
        "roles": [[["uniform", "<b>before</b>"]]],
        "verdicts": verdicts,
        "answers": list(answers),
        "right": right,
        "negations": negations,
        "traps": traps,
    }


@pytest.fixture
def learned(shipped, tmp_path, monkeypatch):
    """The answers about the shipped model with a made record of its training."""
    record = {
        "labels": ["entailment", "neutral", "contradiction"],
        "tokens": [["[CLS]", "a", "b", "[SEP]"]],
        "examples": [["A dog runs.", "A <i>cat</i> runs."]],
        "sentences": ["The [MASK] barks."],
        "moments": [
            moment("pretraining", 0, 0.1, previous=0.2, answers=["the"]),
            moment("pretraining", 900, 0.6, previous=0.8, answers=["dog"]),
            moment("fine-tuning", 0, 0.3, previous=0.7, verdicts=[[0.3, 0.4, 0.3]], negations=0.2, traps=0.9),
            moment(
                "fine-tuning", 70, 0.7, previous=0.6, verdicts=[[0.1, 0.2, 0.7]], negations=0.8, traps=0.1
            ),
        ],
    }
    file = tmp_path / "learning.json"
    file.write_text(json.dumps(record))
    monkeypatch.setattr(learning_answer, "LEARNING", file)
    return build_answers(shipped)


def test_what_the_model_gets_right_is_drawn_where_it_was_measured(learned):
    reply = asked(learned, "learning")
    assert [trace["y"] for trace in traces(reply)] == [
        [0.1, 0.6, None, None],
        [None, None, 0.3, 0.7],
        [None, None, 0.2, 0.8],
        [None, None, 0.9, 0.1],
    ]
    assert reply["title"] == "By step 70 of fine-tuning it falls for most traps of shared words"
    assert reply["press"]["values"] == ["0", "1", "2", "3"]


def test_a_stage_that_was_not_recorded_has_no_line(learned, tmp_path):
    record = json.loads((tmp_path / "learning.json").read_text())
    (tmp_path / "learning.json").write_text(json.dumps(record | {"moments": record["moments"][2:]}))
    names = [trace["name"] for trace in traces(asked(learned, "learning"))]
    assert names == ["easy pairs right", "negations recognised", "traps of shared words avoided"]


def test_where_the_heads_look_is_drawn_for_every_moment(learned):
    reply = asked(learned, "learning", learned="attention")
    previous, sink = (trace["y"] for trace in traces(reply))
    assert previous == pytest.approx(
        [0.25, 0.8, 0.7, 0.6], abs=3e-3
    )  # of the three tokens that have one before
    assert sink == pytest.approx([(0.25 + share / 4) / 2 for share in (0.2, 0.8, 0.7, 0.6)], abs=3e-3)
    assert reply["title"] == "A previous-word head appears by step 900 of pretraining"


def test_a_moment_shows_what_was_answered_then_as_text(learned):
    last = asked(learned, "learning")
    assert "step 70 of fine-tuning it is right on 70" in last["says"]
    assert "contradiction, 70" in last["html"]
    assert "&lt;i&gt;cat" in last["html"]
    assert "<b>before" not in last["html"]
    early = asked(learned, "learning", moment="0")
    assert "step 0 of pretraining it fills 10" in early["says"]
    assert "The [MASK] barks." in early["html"]
    assert asked(learned, "learning", moment="4")["error"]["field"] == "moment"


def test_the_card_of_learning_is_there_only_with_a_record_of_this_model(learned, bare, tmp_path, monkeypatch):
    card = 'data-question="trust.learning"'
    assert card in view.template(learned.models.get(), STATE)
    assert card not in view.template(bare.models.get(), STATE)
    assert asked(bare, "learning")["error"]["field"] == "model"
    monkeypatch.setattr(learning_answer, "LEARNING", tmp_path / "none.json")
    assert card not in view.template(learned.models.get(), STATE)
