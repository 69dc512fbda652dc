"""How the model learned, from a made record of its training."""

import json

import numpy as np
import pytest
from trust_answers import STATE, asked, traces

from bertmini_demo.data.learning import pack_attention
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.views.trust import learning_answer, view


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
