"""Names of labels in the spellings that people use, where a checkpoint has them."""

import pytest
from checkpoints import change_config
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.label_names import parse_label
from bertmini_demo.results import LABELS, TWO_LABELS
from bertmini_demo.settings import Settings


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ENTAILMENT", "entailment"),
        ("Entails", "entailment"),
        ("entailed", "entailment"),
        ("contradictory", "contradiction"),
        ("Contradict", "contradiction"),
        ("not entailment", "not_entailment"),
        ("Non-Entailment", "not_entailment"),
        (" Neutral ", "neutral"),
        ("LABEL_0", None),
        ("positive", None),
        ("entailment!", None),
        ("", None),
    ],
)
def test_common_spellings_of_labels_are_understood(name, label):
    assert parse_label(name) == label


@pytest.mark.parametrize("label", sorted({*LABELS, *TWO_LABELS}))
def test_a_label_is_its_own_name(label):
    assert parse_label(label) == label


def test_names_in_other_spellings_count_as_names(unsealed, tiny):
    change_config(unsealed, id2label={"0": "Entails", "1": "NEUTRAL", "2": "contradictory"}, label2id=...)
    model = bertmini_demo.load_model(str(unsealed))
    assert (model.output_labels, model.label_source) == (tiny.output_labels, tiny.label_source)


def test_names_in_label2id_alone_are_heeded(unsealed, tiny):
    numbers = {label: place for place, label in enumerate(LABELS)}
    change_config(unsealed, id2label={str(n): f"LABEL_{n}" for n in range(3)}, label2id=numbers)
    assert bertmini_demo.load_model(str(unsealed)).label_source == tiny.label_source


def test_numbers_of_labels_that_make_no_sense_are_left_out(unsealed, tiny):
    change_config(unsealed, label2id={"entailment": [1], "neutral": {}, "contradiction": "two"})
    assert bertmini_demo.load_model(str(unsealed)).label_source == tiny.label_source


@pytest.mark.parametrize("names", [("good", "bad", "ugly"), ("entailment", "neutral", "neither")])
def test_names_that_are_not_known_are_quoted(unsealed, names):
    change_config(unsealed, id2label={str(n): name for n, name in enumerate(names)}, label2id=...)
    with pytest.raises(CheckpointError, match=f"Its config names them {', '.join(names)}"):
        bertmini_demo.load_model(str(unsealed))


@pytest.mark.parametrize(
    "names",
    [("not_equivalent", "equivalent"), ("negative", "positive"), ("LABEL_0", "LABEL_1"), ("NLI", "other")],
)
def test_a_head_of_two_outputs_of_another_task_is_refused_unless_its_labels_are_given(tmp_path, names):
    write_tiny_checkpoint(
        tmp_path, id2label=dict(enumerate(names)), label2id={name: place for place, name in enumerate(names)}
    )
    with pytest.raises(CheckpointError, match="another task"):
        bertmini_demo.load_model(str(tmp_path))
    given = Settings(labels=("Not-Entailment", "ENTAILMENT"))
    model = bertmini_demo.load_model(str(tmp_path), settings=given)
    assert model.output_labels == ("not_entailment", "entailment")
