"""What teachers make of pairs: whose opinion is written, for which pairs, and that a pupil learns it."""

import pytest
import torch
from made_up import rule_pairs
from transformers import BertConfig, BertForSequenceClassification

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.results import LABELS
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpus_files import read_pairs
from bertmini_demo.training.labelling import related_pairs


def write_teacher(folder, tokenizer, *, seed: int, names=LABELS):
    """A random 1-layer classifier with large weights, so that its answers differ from pair to pair."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.3,
        id2label=dict(enumerate(names)),
        label2id={name: index for index, name in enumerate(names)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def teachers(tmp_path_factory, tokenizer):
    """Two, of which the second counts the labels in another order."""
    folder = tmp_path_factory.mktemp("teachers")
    return [
        write_teacher(folder / "one", tokenizer, seed=3),
        write_teacher(folder / "other", tokenizer, seed=4, names=LABELS[::-1]),
    ]


def label(data, teachers, output, *options) -> int:
    command = ["label", "--data", str(data), "--teachers", *map(str, teachers), "--output", str(output)]
    return main([*command, *options])


def test_the_mean_of_the_teachers_is_written_pair_by_pair(tmp_path, write_rows, teachers):
    rows = rule_pairs(40)
    assert label(write_rows(rows), teachers, tmp_path / "new" / "labelled.jsonl") == 0
    models = [bertmini_demo.load_model(str(folder)) for folder in teachers]
    answers = [model.predict_batch([(row["premise"], row["hypothesis"]) for row in rows]) for model in models]
    found = read_pairs(tmp_path / "new" / "labelled.jsonl")
    assert len({pair.label for pair in found}) > 1, "teachers that always say the same prove nothing"
    for row, pair, *both in zip(rows, found, *answers, strict=True):
        assert (pair.premise, pair.hypothesis) == (row["premise"], row["hypothesis"])
        for name, share in zip(LABELS, pair.probabilities, strict=True):
            assert share == pytest.approx(
                sum(one.probabilities[name] for one in both) / 2, abs=1e-2
            )  # bfloat16 where it pays
        assert pair.probabilities[LABELS.index(pair.label)] == max(pair.probabilities)


def test_related_pairs_are_of_the_same_sentences_and_new():
    given = [
        Pair("a", "b", "neutral"),
        Pair("b", "a", "neutral"),  # the first, swapped: not made again
        Pair("p", "one", "neutral"),
        Pair("p", "two", "contradiction"),
        Pair("p", "three", "entailment"),
        Pair("p", "four", "entailment"),
    ]
    made = [(pair.premise, pair.hypothesis) for pair in related_pairs(given)]
    assert len(made) == len(set(made))
    assert made[:4] == [("one", "p"), ("two", "p"), ("three", "p"), ("four", "p")]
    assert set(made[4:]) == {
        *(("one", "two"), ("one", "three")),
        *(("two", "three"), ("two", "four")),
        *(("three", "four"), ("three", "one")),
        *(("four", "one"), ("four", "two")),
    }


def test_one_hypothesis_written_twice_is_not_set_against_itself():
    twice = [Pair("p", "one", "neutral"), Pair("p", "one", "neutral")]
    assert [(pair.premise, pair.hypothesis) for pair in related_pairs(twice)] == [("one", "p")]


def test_related_pairs_are_labelled_too(tmp_path, write_rows, teachers):
    rows = rule_pairs(6)
    label(write_rows(rows), teachers, tmp_path / "labelled.jsonl", "--related")
    found = [(pair.premise, pair.hypothesis) for pair in read_pairs(tmp_path / "labelled.jsonl")]
    assert found[:6] == [(row["premise"], row["hypothesis"]) for row in rows]
    assert (rows[0]["hypothesis"], rows[0]["premise"]) in found[6:]


def test_a_pupil_learns_what_the_file_says_and_not_the_label(tmp_path, write_rows, pretrained):
    """Probabilities that halve the truth between two labels come back as halves, though each row names one label."""
    halves = {"entailment": 0.5, "neutral": 0.5, "contradiction": 0.0}
    rows = [{**row, "label": "entailment", "probabilities": halves} for row in rule_pairs(60)]
    options = [
        "--model",
        str(pretrained),
        "--data",
        str(write_rows(rows)),
        "--output",
        str(tmp_path / "pupil"),
    ]
    assert (
        main(["finetune", *options, "--epochs", "8", "--batch", "8", "--rate", "1e-2", "--warmup", "5"]) == 0
    )
    pupil = bertmini_demo.load_model(str(tmp_path / "pupil"))
    for row in rows[:6]:
        found = pupil.predict(row["premise"], row["hypothesis"]).probabilities
        assert found["entailment"] == pytest.approx(0.5, abs=0.1)
        assert found["neutral"] == pytest.approx(0.5, abs=0.1)


def test_a_teacher_that_does_not_name_the_labels_is_refused(tmp_path, write_rows, tokenizer, caplog):
    names = ("LABEL_0", "LABEL_1", "LABEL_2")
    nameless = write_teacher(tmp_path / "nameless", tokenizer, seed=0, names=names)
    assert label(write_rows(rule_pairs(3)), [nameless], tmp_path / "labelled.jsonl") == 1
    assert "does not name the labels entailment, neutral, contradiction" in caplog.text
    assert not (tmp_path / "labelled.jsonl").exists()


def test_teachers_of_other_word_pieces_are_refused(tmp_path, write_rows, teachers, caplog):
    shipped = "assets/nli"
    assert label(write_rows(rule_pairs(3)), [teachers[0], shipped], tmp_path / "labelled.jsonl") == 1
    assert "reads other word pieces" in caplog.text


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        ({"entailment": 0.5, "neutral": 0.5}, "for each of entailment, neutral, contradiction"),
        ({"entailment": 1.5, "neutral": -0.5, "contradiction": 0.0}, "a number from 0 to 1"),
        ({"entailment": 0.5, "neutral": 0.2, "contradiction": 0.2}, "sum to 0.900"),
        ([0.5, 0.25, 0.25], "for each of"),
        ("much", "for each of"),
    ],
)
def test_probabilities_that_are_none_are_named_with_their_line(write_rows, caplog, probabilities, said):
    good = rule_pairs(1)[0]
    assert len(read_pairs(write_rows([good, {**good, "probabilities": probabilities}]))) == 1
    assert "line 2 skipped" in caplog.text
    assert said in caplog.text
