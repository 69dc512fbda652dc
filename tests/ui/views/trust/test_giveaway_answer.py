"""What single words of the hypothesis give away."""

import pytest
from trust_answers import asked

from bertmini_demo.data.word_labels import read_word_labels
from bertmini_demo.ui.state import State


def test_words_carry_their_counts_and_the_hypothesis_alone_its_verdict(bare, tiny):
    state = State("a man sleeps .", "nobody is sleeping .")
    reply = asked(bare, "giveaway", state)
    table = read_word_labels()
    for word, count, *shares in reply["table"]["rows"]:
        assert int(count.replace(",", "")) == sum(table.counts[word])
        assert float(shares[2].strip("<>%\u00a0")) == pytest.approx(
            100 * table.of(word).probabilities["contradiction"], abs=0.51
        )
    assert {row[0] for row in reply["table"]["rows"]} == {"nobody", "is", "sleeping"}
    (alone,) = tiny.predict_batch([state.pair], empty_premise=True)
    assert f"Without the premise this model predicts {alone.label}" in reply["says"]


def test_a_hypothesis_of_unknown_words_says_so(bare):
    reply = asked(bare, "giveaway", State("a man .", "zzqx qqzx ."))
    assert "figure" not in reply
    assert "No word of this hypothesis" in reply["html"]
