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
