"""The tab Traps: its figures are the probe's, its pairs the templates', and all belongs to the model, not to a pair."""

import json
import shutil
from html import unescape
from types import SimpleNamespace

import gradio as gr
import pytest

import bertmini_demo
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.hans.probe import (
    ENTAILED,
    NOT_ENTAILED,
    PUBLISHED,
    heuristics,
    probe_pairs,
    run_probe,
    seed_accuracies,
    subcases,
    word_list,
)
from bertmini_demo.model.files import METRICS
from bertmini_demo.ui.laboratory.traps import (
    MOST_SLOTS,
    SHOWN,
    accuracies,
    fresh_slots,
    pattern_choices,
    run,
    show_examples,
    show_findings,
    template_of,
    written_pair,
)

VIEW = SimpleNamespace(premise="a dog runs .", hypothesis="a cat sleeps .")
OTHER = SimpleNamespace(premise="the man walks .", hypothesis="the woman walks .")
HANS = {name: number / 29 for number, name in enumerate(subcases())}
every_case = pytest.mark.parametrize("name", subcases())


@pytest.fixture
def analysis(tiny):
    return Analysis(tiny)


def pairs_in(markup):
    """The pairs that the buttons of some HTML open."""
    return [tuple(json.loads(unescape(part.split('"')[0]))) for part in markup.split('data-pair="')[1:]]


def finish(analysis, seed):
    *steps, last = run(analysis, VIEW, seed)
    return steps, last


def bars(figure):
    """Percent by the place of its row, of the probe's bars."""
    return [value for trace in figure.data if trace.type == "bar" for value in trace.x]


def test_before_the_run_published_figures_stand_alone(analysis):
    progress, entailed, not_entailed, says = show_findings(analysis, VIEW, 0)
    assert "Not run yet" in progress
    assert "no figures for the real HANS set" in says
    for figure, label in ((entailed, ENTAILED), (not_entailed, NOT_ENTAILED)):
        seeds, published = figure.data
        assert list(published.x) == [round(100 * share, 1) for share in PUBLISHED[label]]
        means = [seed_accuracies(case.name)[1] for case in subcases().values() if case.label == label]
        assert [x for x, name in zip(seeds.x, seeds.customdata, strict=True) if name] == pytest.approx(
            [100 * mean for mean in means], abs=0.06
        )


def test_the_run_shows_progress_and_then_what_the_core_returns(analysis):
    steps, last = finish(analysis, 3)
    result = run_probe(analysis.model, seed=3)
    sizes = [int(step[0].split('value="')[1].split('"')[0]) for step in steps]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == len(result.pairs)
    assert all(update == gr.skip() for step in steps for update in step[1:])
    for figure, label in ((last[1], ENTAILED), (last[2], NOT_ENTAILED)):
        expected = []
        for heuristic in heuristics():
            shares = [result.accuracy[case.name] for case in heuristic.subcases if case.label == label]
            expected += [sum(shares) / 5, *shares]
        assert bars(figure) == pytest.approx([100 * share for share in expected], abs=0.06)
    for name, share in result.accuracy.items():
        row = last[3].split(f"<td>{name}</td>")[1].split("</tr>")[0]
        assert f"<td>{share:.0%}</td>" in row


def test_another_pair_keeps_the_result_and_another_seed_has_its_own(analysis):
    _, last = finish(analysis, 0)
    for number in range(10 * analysis.model.settings.cached_pairs):
        analysis.store(number, str, "a dog .", str(number))
    again = show_findings(analysis, OTHER, 0)
    assert [str(shown) for shown in again] == [str(shown) for shown in last[:4]]
    assert "Not run yet" in show_findings(analysis, OTHER, 1)[0]
    assert bars(show_findings(analysis, OTHER, 1)[1]) == []


def test_a_second_run_takes_what_is_kept(analysis, monkeypatch):
    _, last = finish(analysis, 0)
    monkeypatch.setattr(analysis.model, "predict_batch", None)
    steps, again = finish(analysis, 0)
    assert steps == []
    assert [str(shown) for shown in again] == [str(shown) for shown in last]


def test_a_stopped_run_leaves_nothing(analysis):
    running = run(analysis, VIEW, 0)
    next(running)
    running.close()
    assert "Not run yet" in show_findings(analysis, VIEW, 0)[0]


def test_an_empty_seed_field_is_seed_nought(analysis):
    assert show_examples(analysis, VIEW, "le_passive", None) == show_examples(analysis, VIEW, "le_passive", 0)


@every_case
def test_examples_are_pairs_of_the_probe(analysis, name):
    (markup,) = show_examples(analysis, VIEW, name, 2)
    expected = [(pair.premise, pair.hypothesis) for pair in probe_pairs(seed=2) if pair.subcase == name]
    assert pairs_in(markup) == expected[:SHOWN]
    told = "It follows." if subcases()[name].label == ENTAILED else "It does not follow."
    assert markup.count(told) == SHOWN
    assert "The model says" not in markup


def test_after_the_run_examples_tell_the_model_s_answer(analysis):
    name = "sn_PP_on_subject"
    _, last = finish(analysis, 0)
    assert last[4] == 0  # the seed, by which the page knows that there are answers to show
    (markup,) = show_examples(analysis, VIEW, name, 0, last[4])
    for premise, hypothesis in pairs_in(markup):
        answer = analysis.model.predict(premise, hypothesis).label
        mark = "✗ wrong" if answer == ENTAILED else "✓ right"
        card = markup.split(premise)[1].split("</button>")[0]
        assert f"The model says {answer}: {mark}." in card


def test_the_pair_at_hand_is_marked(analysis):
    pair = next(pair for pair in probe_pairs() if pair.subcase == "ce_adverb")
    (markup,) = show_examples(analysis, pair, "ce_adverb", 0)
    assert markup.count("This pair is open</button>") == 1
    assert "This pair is open" not in show_examples(analysis, VIEW, "ce_adverb", 0)[0]


def test_a_row_tells_which_sub_case_it_is(analysis):
    _, last = finish(analysis, 0)
    for figure, label in ((last[1], ENTAILED), (last[2], NOT_ENTAILED)):
        (told,) = (trace.customdata for trace in figure.data if trace.type == "bar")
        cases = [[case.name for case in h.subcases if case.label == label] for h in heuristics()]
        assert list(told) == [name for names in cases for name in (None, *names)]


@pytest.fixture
def measured(tiny_folder, tmp_path):
    """A model that brings figures for HANS."""
    folder = tmp_path / "measured"
    shutil.copytree(tiny_folder, folder)
    data = {"hans": {"subcases": {name: {case.label: HANS[name]} for name, case in subcases().items()}}}
    (folder / METRICS).write_text(json.dumps({"data": data}))
    return Analysis(bertmini_demo.load_model(str(folder)))


def test_figures_for_hans_are_those_of_the_model_in_use(measured, analysis):
    _, entailed, _, says = show_findings(measured, VIEW, 0)
    (diamonds,) = (trace for trace in entailed.data if trace.name == "this model, HANS")
    rows = accuracies(None, HANS, label=ENTAILED)
    assert list(diamonds.x) == pytest.approx([100 * row.hans for row in rows], abs=0.06)
    assert "On the real HANS set it is right on" in says
    assert "Spearman" not in says
    *_, last = run(measured, VIEW, 0)
    assert "Spearman" in last[3]
    assert "On the real HANS set it is" not in show_findings(analysis, VIEW, 0)[3]


def test_what_the_command_stored_is_told_before_the_run(measured):
    file = measured.model.folder / METRICS
    metrics = json.loads(file.read_text())
    found = {"spearman": -0.25, "mean_difference": 0.125}
    metrics["probe"] = {"agreement_with_hans": {ENTAILED: found, NOT_ENTAILED: found | {"spearman": None}}}
    file.write_text(json.dumps(metrics))
    says = show_findings(measured, VIEW, 0)[3]
    assert "rho −0.25 and a mean difference of 12 points where it follows" in says
    assert "rho not defined" in says


@every_case
def test_every_pattern_has_its_fields_and_makes_a_pair(tiny, name):
    for number, (shown, pattern) in enumerate(pattern_choices(name)):
        template = template_of(pattern)
        assert template == subcases()[name].templates[number]
        assert shown.count("[") == template.premise.count("{") + template.hypothesis.count("{")
        updates, words = fresh_slots(pattern)
        assert len(updates) == MOST_SLOTS
        fields = [update for update in updates if update["visible"]]
        assert [update["value"] for update in fields] == words
        assert [update["choices"] for update in fields] == [
            list(word_list(words)) for words in template.slots.values()
        ]
        assert len({update["label"] for update in fields}) == len(fields)
        markup = written_pair(tiny, pattern, words)
        assert pairs_in(markup) == [template.fill(dict(zip(template.slots, words, strict=True)))]
        told = "it follows." if subcases()[name].label == ENTAILED else "it does not follow."
        assert f"By construction {told}" in markup


def test_typed_words_are_filled_in_and_stay_text(tiny):
    typed = "<b>wizard</b> {{x}} ${y}"
    markup = written_pair(tiny, "ln_subject/object_swap 0", [typed, "praised", " "])
    first = word_list("noun")[0]
    assert pairs_in(markup) == [(f"The {typed} praised the {first}.", f"The {first} praised the {typed}.")]
    assert "<b>" not in markup
    assert not {"{", "}", "$"} & set(markup)


def test_what_cannot_be_read_is_told(tiny):
    markup = written_pair(tiny, "ln_subject/object_swap 0", ["x" * 20_000, "praised", "poet"])
    assert "limit is 10,000" in markup
    assert pairs_in(markup) == []
