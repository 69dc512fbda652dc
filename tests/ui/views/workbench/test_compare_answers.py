"""Two models beside each other."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import write_tiny_checkpoint
from workbench_answers import STATE, ask, pairs_file

import bertmini_demo
from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.state import State
from bertmini_demo.ui.visit import SentFile


@pytest.fixture
def two(answers, tmp_path_factory, monkeypatch):
    """A second model in memory: two labels and other sizes."""
    labels = {0: "not_entailment", 1: "entailment"}
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 4, "id2label": labels}
    folder = tmp_path_factory.mktemp("two")
    write_tiny_checkpoint(folder, seed=5, label2id={"not_entailment": 0, "entailment": 1}, **sizes)
    other = Analysis(bertmini_demo.load_model(str(folder)))
    known = {"two/labels": other, None: answers.models.first}
    monkeypatch.setattr(answers.models, "get", lambda name=None: known[name])
    return other


HOSTILE = replace(STATE, premise="the <b>man</b> runs .")


def test_both_verdicts_and_words_are_each_models_own(answers, two, tiny):
    reply = ask(answers, "compare_pair", HOSTILE, other="two/labels")[-1]
    first, second = tiny.predict(*HOSTILE.pair), two.model.predict(*HOSTILE.pair)
    for prediction in (first, second):
        assert prediction.label.replace("_", " ") in reply["says"]
    assert reply["html"].count('<span class="odds-share">–</span>') == 3  # two labels here, one there
    assert "<b>" not in reply["html"]
    target = first.label if first.label in two.model.labels else None
    choices = {"method": STATE.method, "output": "logit", "baseline": "pad"}
    scores = two.attribution(*HOSTILE.pair, target=target, **choices).word_scores
    shown = [float(row[3]) for row in reply["table"]["rows"] if row[0] == two.model.name]
    assert np.allclose(shown, scores, atol=6e-4)
    heads = ask(answers, "other_heads", HOSTILE, other="two/labels")[-1]
    assert len(json.loads(heads["figure"])["data"]) == 2 * 4


def test_on_many_pairs_the_share_is_that_of_the_answers(answers, two, tiny):
    pairs = [HOSTILE.pair, ("a man .", "a dog ."), ("no cat runs .", "the cat walks .")]
    file = pairs_file(["\t".join(pair) for pair in pairs] + ["only one"], "pairs.tsv")
    *way, last = ask(answers, "compare_pairs", file=file, other="two/labels")
    same = [
        (tiny.predict(*pair).label == "entailment") == (two.model.predict(*pair).label == "entailment")
        for pair in pairs
    ]
    assert way[-1]["progress"] == 1
    assert f"agree on {100 * sum(same) / 3:.1f}\u00a0% of 3 pairs" in last["says"]
    assert last["html"].count("data-pair") == 3 - sum(same)
    assert "Line 4: " in last["html"]
    assert "<b>" not in last["html"]
    assert sum(int(cell) for row in last["table"]["rows"] for cell in row[1:]) == 3
    examples = ask(answers, "compare_pairs", other="two/labels")[-1]
    assert f"of {len(gallery())} pairs" in examples["says"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\t\n", "no pair in pairs.tsv. Line 1"),
        (b"", "It is empty"),
        (b"a\tb\n" * 2_001, "over 2,000 rows"),
    ],
)
@pytest.mark.usefixtures("two")
def test_a_file_that_cannot_be_compared_is_refused(answers, content, message):
    error = ask(answers, "compare_pairs", file=SentFile("pairs.tsv", content), other="two/labels")[-1][
        "error"
    ]
    assert message in error["message"]


def test_a_model_is_not_compared_with_itself(answers):
    assert "is the model in use" in ask(answers, "compare_pair", other="")[-1]["error"]["message"]


@pytest.mark.parametrize("kind", ["report", "csv", "json"])
def test_a_file_of_the_pair_is_what_it_is_called(answers, kind):
    first = gallery()[0]
    link = "http://127.0.0.1:7860/?premise=x"
    state = replace(
        State(first.premise, first.hypothesis, method="saliency"), options={"kind": kind, "link": link}
    )
    [reply] = answers.answer(answers.questions["download"], state)
    text = reply["text"]
    assert reply["name"].endswith("html" if kind == "report" else kind)
    if kind == "json":
        assert json.loads(text)["premise"] == first.premise
    elif kind == "csv":
        rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        assert first.premise in [row["text"] for row in rows]
    else:
        assert f"Expected: {first.label}." in text
        assert f'href="{link}"' in text


def test_a_link_that_could_run_something_is_not_put_into_a_report(answers):
    for link in ("javascript:alert(1)", " data:text/html,x", "page"):
        state = replace(STATE, options={"kind": "report", "link": link})
        [reply] = answers.answer(answers.questions["download"], state)
        assert reply["error"]["field"] == "link"
        assert "must begin with https://" in reply["error"]["message"]
