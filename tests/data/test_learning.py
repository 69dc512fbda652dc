"""A record of training is read as it was written, to 8 bits, and a damaged one is refused."""

import json

import numpy as np
import pytest

from bertmini_demo.data.learning import pack_attention, read_learning, unpack_attention
from bertmini_demo.errors import DataError


def test_attention_survives_to_half_a_level():
    weights = np.random.default_rng(0).dirichlet(np.ones(9), size=(2, 3, 9)).astype(np.float32)
    back = unpack_attention(json.loads(json.dumps(pack_attention(weights))))
    assert back.shape == weights.shape
    assert np.abs(back - weights).max() <= 0.5 / 255 + 1e-6
    assert unpack_attention(pack_attention(np.array([0.0, 1.0]))).tolist() == [0, 1]


def test_a_record_is_read_as_it_was_written(tmp_path):
    weights = np.array([[[[0.0, 1.0], [0.4, 0.6]]]])
    moment = {
        "stage": "fine-tuning",
        "step": 7,
        "attentions": [pack_attention(weights)],
        "roles": [[["previous"]]],
        "verdicts": [[0.5, 0.25, 0.25]],
        "answers": [],
        "right": 0.75,
        "negations": 0.5,
        "traps": 0.25,
    }
    unmeasured = {"verdicts": None, "negations": None, "traps": None}
    earlier = moment | unmeasured | {"stage": "pretraining", "step": 0, "answers": ["dog"], "right": 0}
    record = {
        "labels": ["entailment", "neutral", "contradiction"],
        "tokens": [["[CLS]", "[SEP]"]],
        "examples": [["A man.", "A dog."]],
        "sentences": ["A [MASK]."],
        "moments": [earlier, moment],
    }
    file = tmp_path / "learning.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    learning = read_learning(file)
    assert learning.labels == ("entailment", "neutral", "contradiction")
    assert learning.tokens == (("[CLS]", "[SEP]"),)
    assert (learning.examples, learning.sentences) == ((("A man.", "A dog."),), ("A [MASK].",))
    first, last = learning.moments
    assert (first.stage, first.step, first.answers, first.verdicts) == ("pretraining", 0, ("dog",), None)
    assert (last.stage, last.step, last.answers, last.right) == ("fine-tuning", 7, (), 0.75)
    assert (first.negations, first.traps, last.negations, last.traps) == (None, None, 0.5, 0.25)
    assert last.verdicts.tolist() == [[0.5, 0.25, 0.25]]
    assert last.roles == ((("previous",),),)
    assert np.allclose(last.attentions[0], weights, atol=0.5 / 255)
    assert not last.attentions[0].flags.writeable
    assert not last.verdicts.flags.writeable


def test_attention_that_unpacks_to_more_than_the_limit_is_refused(monkeypatch):
    packed = pack_attention(np.zeros(100))
    monkeypatch.setattr("bertmini_demo.data.learning.MAX_BYTES", 99)
    with pytest.raises(ValueError, match="reshape"):
        unpack_attention(packed)
    monkeypatch.setattr("bertmini_demo.data.learning.MAX_BYTES", 100)
    assert unpack_attention(packed).shape == (100,)


def test_no_file_is_no_record(tmp_path):
    assert read_learning(tmp_path / "learning.json") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"labels": [], "tokens": [], "examples": [["one"]], "sentences": [], "moments": []}',
        '{"labels": [], "tokens": [], "examples": [], "sentences": [], "moments": [{"stage": "pretraining"}]}',
    ],
)
def test_a_damaged_record_is_refused(tmp_path, text):
    file = tmp_path / "learning.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"learning\.json is not a record"):
        read_learning(file)


@pytest.mark.parametrize("change", [{"shape": [3, 1]}, {"data": "AAAA"}, {"data": "é"}])
def test_damaged_attention_is_refused(change):
    with pytest.raises(Exception, match=r"reshape|decompressing|ASCII") as raised:
        unpack_attention(pack_attention(np.array([0.5, 0.5])) | change)
    assert type(raised.value).__name__ in ("ValueError", "error")
