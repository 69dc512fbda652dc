"""The layouts of data sets: true column names with invented sentences."""

import pytest

from bertmini_demo.data.pair_layouts import UnknownLayout, layout_of, names_columns, pair_of

PARSES = ("sentence1_binary_parse", "sentence2_binary_parse", "sentence1_parse", "sentence2_parse")
P, H = "A man is asleep.", "A man is awake."
SNLI = {
    "annotator_labels": ["contradiction"],
    "captionID": "1.jpg#0",
    "gold_label": "contradiction",
    "pairID": "1.jpg#0r1c",
    "sentence1": P,
    "sentence1_binary_parse": "( A man )",
    "sentence1_parse": "(ROOT A)",
    "sentence2": H,
}
LAYOUTS = {
    "SNLI": SNLI,
    "MultiNLI": {**SNLI, "genre": "fiction", "promptID": "63735"},
    "XNLI": {**SNLI, "language": "en", "match": "True", "sentence1_tokenized": "A man is asleep ."},
    "XNLI in training": {"premise": P, "hypo": H, "label": "contradictory"},
    "XNLI in all languages": {
        "premise": {"de": "Ein Mann schläft.", "en": P},
        "hypothesis": {"language": ["de", "en"], "translation": ["Ein Mann ist wach.", H]},
        "label": "contradiction",
    },
    "ANLI": {"uid": "1", "context": P, "hypothesis": H, "label": "c", "model_label": "e", "reason": "asleep"},
    "GLUE's MNLI": {"index": "0", "genre": "fiction", "sentence1": P, "sentence2": H, "label1": "neutral", "gold_label": "contradiction"},
    "SciTail": {"sentence1": P, "sentence2": H, "gold_label": "contradicts", "sentence2_structure": "x"},
    "MED": {"index": "1", "promptID": "1", "genre": "gq", "sentence1": P, "sentence2": H, "gold_label": "contradiction"},
    "SICK": {
        "pair_ID": "1",
        "sentence_A": P,
        "sentence_B": H,
        "entailment_label": "CONTRADICTION",
        "relatedness_score": "3.6",
        "entailment_AB": "A_contradicts_B",
    },
    "SICK at SemEval": {"pair_ID": "1", "sentence_A": P, "sentence_B": H, "relatedness_score": "3.6", "entailment_judgment": "CONTRADICTION"},
    "e-SNLI": {"pairID": "1", "gold_label": "contradiction", "Sentence1": P, "Sentence2": H, "Explanation_1": "x"},
    "FEVER-NLI": {"cid": 1, "fid": "x", "query": H, "context": P, "label": "REFUTES"},
    "VitaminC": {"unique_id": "1", "case_id": "2", "claim": H, "evidence": P, "label": "REFUTES"},
    "WANLI": {"id": 1, "premise": P, "hypothesis": H, "gold": "contradiction", "genre": "generated"},
    "UNLI": {"id": "1", "pre": P, "hyp": H, "label": "contradiction"},
    "ChaosNLI": {"uid": "1", "majority_label": "c", "entropy": 0.1, "example": {"uid": "1", "premise": P, "hypothesis": H, "source": "snli"}},
    "the Hub's viewer": {"row_idx": 0, "row": {"premise": P, "hypothesis": H, "label": "contradiction"}},
    "diagnostics of GLUE": {"Lexical Semantics": "", "Premise": P, "Hypothesis": H, "Label": "contradiction"},
    "a label beside its number": {"text_a": P, "text_b": H, "label": 2, "label_text": "contradiction"},
    "a number whose meaning is named": {"premise": P, "hypothesis": H, "label (0=contradiction, 1=entailment)": 0},
    "names in other cases": {"PREMISE": P, " Hypothesis ": H, "Gold Label": "Contradiction"},
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read(name):
    pair = pair_of(LAYOUTS[name], line=3)
    assert (pair.premise, pair.hypothesis, pair.label, pair.line) == (P, H, "contradiction", 3)


def test_hans_keeps_its_groups():
    row = {
        **dict.fromkeys(PARSES, "( A )"),
        "gold_label": "non-entailment",
        "sentence1": P,
        "sentence2": H,
        "pairID": "ex1",
        "heuristic": "lexical_overlap",
        "subcase": "ln_passive",
        "template": "temp1",
    }
    pair = pair_of(row)
    assert pair.label == "not_entailment"
    assert pair.groups == {"heuristic": "lexical_overlap", "subcase": "ln_passive"}


@pytest.mark.parametrize(
    ("label", "text"),
    [(None, None), ("-", None), ("", None), (2, "2"), ("perhaps", "perhaps"), (-1, "-1"), (0.83, "0.83")],
)
def test_a_label_that_is_not_understood_never_throws_the_pair_away(label, text):
    pair = pair_of({"premise": P, "hypothesis": H, "label": label})
    assert (pair.label, pair.label_text) == (None, text)


def test_numbers_are_read_where_the_user_says_their_order():
    row = {"premise": P, "hypothesis": H, "label": 1}
    assert pair_of(row, order={0: "contradiction", 1: "entailment"}).label == "entailment"
    assert pair_of(row, labels=False, order={1: "entailment"}).label is None


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("question1", "question2", "is_duplicate"), "question1, question2, is_duplicate"),
        (("sentence", "label"), "sentence, label"),
        (("premise", "conclusion"), "premise, conclusion"),
        (("goal", "sol1", "sol2", ""), r"\(no name\)"),
        (tuple(f"column{number}" for number in range(99)), "column11, …"),
        (("index", "question", "sentence", "label"), "questions, and sentences that may answer them"),
    ],
)
def test_an_unknown_layout_names_its_columns(names, message):
    with pytest.raises(UnknownLayout, match=message):
        layout_of(names)


@pytest.mark.parametrize(
    "cells",
    [
        ["premise", "hypothesis"],
        ["Sentence1", "Sentence2"],
        ["question1", "question2", "is_duplicate"],
        ["id", "document", "summary"],
        ["premise", "a sentence."],
    ],
)
def test_a_header_is_known_by_its_names(cells):
    assert names_columns(cells)


@pytest.mark.parametrize(
    "cells",
    [["a", "b"], ["A man sleeps.", "A text is read."], ["Sleeping", "Awake", "neutral"], ["premises"]],
)
def test_sentences_are_no_header(cells):
    assert not names_columns(cells)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"premise": P}, "premise and hypothesis must be among them"),
        ({"premise": P, "hypothesis": None}, "the hypothesis is missing"),
        ({"premise": P, "hypothesis": 7}, "the hypothesis is 7, not text in quotes"),
        ({"premise": {"0": P}, "hypothesis": {"0": H}}, "the premise is .*, not text in quotes"),
        ({"premise": " ", "hypothesis": H}, "the premise is empty"),
        ({"premise": "half \ud800", "hypothesis": H}, "surrogates"),
    ],
)
def test_a_row_without_two_sentences_is_no_pair(row, message):
    with pytest.raises(ValueError, match=message):
        pair_of(row)


@pytest.mark.parametrize(
    "value",
    [
        {"entailment": 1},
        [0.1, 0.2, 0.7],
        {"entailment": 2, "neutral": -1, "contradiction": 0},
        {"entailment": 0.2, "neutral": 0.2, "contradiction": 0.2},
    ],
)
def test_probabilities_count_only_where_they_are_asked_for(value):
    row = {"premise": P, "hypothesis": H, "probabilities": value}
    assert pair_of(row).probabilities is None
    with pytest.raises(ValueError, match="probabilities"):
        pair_of(row, graded=True)


def test_probabilities_are_in_the_order_of_the_labels():
    shares = {"contradiction": 0.7, "entailment": 0.1, "neutral": 0.2}
    pair = pair_of({"premise": P, "hypothesis": H, "probabilities": shares}, graded=True)
    assert pair.probabilities == (0.1, 0.2, 0.7)
