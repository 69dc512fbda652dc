"""The teachers' probabilities: whose they are, in which order, and that a killed run goes on."""

import numpy as np
import pytest
import torch
from made_up import rule_pairs
from teacher_models import write_teacher

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import CheckpointError
from bertmini_demo.results import LABELS
from bertmini_demo.training.distilling import teachers as module
from bertmini_demo.training.distilling.teachers import ensemble_probabilities, teacher_probabilities

PAIRS = [Pair(row["premise"], row["hypothesis"], row["label"]) for row in rule_pairs(40)]


@pytest.fixture(autouse=True)
def full_precision(monkeypatch):
    monkeypatch.setattr(module, "bfloat16_pays", lambda: False)


def expected(folders) -> np.ndarray:
    """The mean by the package's own inference."""
    each = []
    for folder in folders:
        answers = bertmini_demo.load_model(str(folder)).predict_batch(
            [(pair.premise, pair.hypothesis) for pair in PAIRS]
        )
        each.append([[answer.probabilities[label] for label in LABELS] for answer in answers])
    return np.mean(each, axis=0)


def test_a_committee_gives_the_mean_of_what_its_members_predict(teachers):
    """The second teacher counts the labels in another order and reads a vocabulary of its own."""
    result = ensemble_probabilities([str(folder) for folder in teachers], PAIRS, length=64)
    assert len(set(result.argmax(1))) > 1, "teachers that always say the same prove nothing"
    np.testing.assert_allclose(result, expected(teachers), atol=2e-3)


def test_what_is_stored_is_read_and_only_what_is_missing_is_computed(teachers, tmp_path, monkeypatch):
    teacher = bertmini_demo.load_model(str(teachers[0]))
    whole = teacher_probabilities(teacher, PAIRS, length=64, folder=tmp_path)
    [file] = tmp_path.glob("*.npy")
    stored = np.lib.format.open_memmap(file, mode="r+")
    stored[5:9] = np.nan  # as a kill leaves it
    stored.flush()
    computed = []
    original = module.fill
    monkeypatch.setattr(module, "fill", lambda *given: computed.extend(given[-1]) or original(*given))
    again = teacher_probabilities(teacher, PAIRS, length=64, folder=tmp_path)
    assert sorted(computed) == [5, 6, 7, 8]
    np.testing.assert_allclose(again, whole, atol=1e-3)


def test_other_weights_or_other_pairs_are_not_mistaken_for_stored_ones(teachers, tmp_path):
    teacher = bertmini_demo.load_model(str(teachers[0]))
    teacher_probabilities(teacher, PAIRS, length=64, folder=tmp_path)
    teacher_probabilities(teacher, PAIRS[::-1], length=64, folder=tmp_path)
    with torch.no_grad():
        teacher.network.classifier.bias += 1
    teacher_probabilities(teacher, PAIRS, length=64, folder=tmp_path)
    assert len(list(tmp_path.glob("*.npy"))) == 3


def test_a_teacher_that_does_not_name_the_labels_is_refused(tmp_path, tokenizer):
    nameless = write_teacher(tmp_path, tokenizer, seed=0, names=("LABEL_0", "LABEL_1", "LABEL_2"))
    with pytest.raises(
        CheckpointError, match=r"does not name the labels\. The order of the outputs stays unclear"
    ):
        ensemble_probabilities([str(nameless)], PAIRS, length=64)
