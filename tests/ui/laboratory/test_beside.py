"""Two models beside each other: numbers are those of each model, and what is typed stays text."""

import re
from types import SimpleNamespace

import pytest
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.data.examples import gallery
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory.beside import PRESS, SAME, compare_many, pairs_of, show_pair
from bertmini_demo.ui.laboratory.beside_html import says

PAIR = ("the <b>man</b> runs .", "a dog sleeps .")
QUESTION = {"method": "input_x_gradient", "target": "verdict", "output": "logit", "baseline": "pad"}
VIEW = SimpleNamespace(premise=PAIR[0], hypothesis=PAIR[1], **QUESTION)


@pytest.fixture(scope="module")
def first(tiny):
    return Analysis(tiny)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """A model of two labels and other sizes."""
    labels = {0: "not_entailment", 1: "entailment"}
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 4, "id2label": labels}
    folder = tmp_path_factory.mktemp("two")
    write_tiny_checkpoint(folder, seed=5, label2id={"not_entailment": 0, "entailment": 1}, **sizes)
    return Analysis(bertmini_demo.load_model(str(folder)))


def test_both_verdicts_words_and_heads_are_each_models_own(first, other):
    html, *grids = show_pair(first, other, VIEW)
    verdict = first.trace(*PAIR).prediction.label
    for analysis in (first, other):
        answer = analysis.trace(*PAIR).prediction
        assert all(f"{share:.1%}" in html for share in answer.probabilities.values())
        question = {"method": "input_x_gradient", "output": "logit", "baseline": "pad"}
        target = verdict if verdict in analysis.model.labels else None
        scores = analysis.attribution(*PAIR, target=target, **question).word_scores
        assert all(f"{score:.3f}" in html for score in scores)
        assert f"{analysis.model.layers} layers of {analysis.model.heads} heads" in html
    assert [len(grid["value"].data) for grid in grids] == [first.model.layers * first.model.heads, 8]
    assert "<b>" not in html
    assert html.count("<td>–</td>") == 3  # two labels here, one there


def test_without_another_model_there_is_an_invitation(first):
    assert [grid["visible"] for grid in show_pair(first, None, VIEW)[1:]] == [False, False]
    assert PRESS in show_pair(first, None, VIEW)[0]
    assert SAME in show_pair(first, first, VIEW)[0]


def test_over_many_pairs_the_share_is_that_of_the_answers(first, other):
    pairs = [PAIR, ("a man .", "a dog ."), ("no cat runs .", "the cat walks .")]
    *_, html = compare_many(first, other, pairs)
    same = [
        (first.model.predict(*pair).label == "entailment")
        == (other.model.predict(*pair).label == "entailment")
        for pair in pairs
    ]
    assert f"On {sum(same) / 3:.1%} of 3 pairs" in html
    assert len(re.findall("data-pair", html)) == 3 - sum(same)
    assert "<b>" not in html
    assert [*compare_many(first, first, pairs)] == [says(SAME)]


def test_pairs_come_from_a_file_or_the_examples_and_what_is_no_pair_is_told_by_its_line(tmp_path):
    examples = pairs_of(None, Settings()).pairs
    assert [(one.premise, one.hypothesis) for one in examples] == [
        (one.premise, one.hypothesis) for one in gallery()
    ]
    file = tmp_path / "pairs.tsv"
    file.write_bytes("\ufeffa man .\ta dog .\tneutral\r\n\r\nonly one\n é \t 狗 \n".encode())
    read = pairs_of(str(file), Settings())
    assert [(pair.premise, pair.hypothesis) for pair in read.pairs] == [("a man .", "a dog ."), ("é", "狗")]
    assert [row.line for row in read.bad_rows] == [3]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a\t\n", r"no pair in pairs\.tsv. Line 1"),
        (b"", "It is empty"),
        (b"\xff\xfe\x00", "not text in utf-16"),
        (b"a\tb\n" * 2_001, "over 2,000 rows"),
        (b"x" * 5_000_001, "more than 5 MB of text"),
    ],
)
def test_a_file_that_cannot_be_compared_is_refused(tmp_path, content, told):
    (tmp_path / "pairs.tsv").write_bytes(content)
    with pytest.raises(InputError, match=told):
        pairs_of(str(tmp_path / "pairs.tsv"), Settings())
