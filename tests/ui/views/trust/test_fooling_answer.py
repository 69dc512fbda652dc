"""The example pairs that fool the model."""

import re

from trust_answers import asked, pair_in

from bertmini_demo.data.examples import WRONG, gallery, mark
from bertmini_demo.ui.state import State


def test_example_pairs_are_judged_by_the_model_in_use(full, shipped):
    reply = asked(full, "fooled")
    pairs = [(one.premise, one.hypothesis) for one in gallery()]
    verdicts = [shipped.predict(*pair) for pair in pairs]
    alone = shipped.predict_batch(pairs, empty_premise=True)
    wrong = [
        mark(example.label, verdict=verdict.label, alone=other.label) == WRONG
        for example, verdict, other in zip(gallery(), verdicts, alone, strict=True)
    ]
    assert reply["title"] == f"It misjudges {sum(wrong)} of {len(pairs)} example pairs"
    assert [row[2] for row in reply["table"]["rows"]] == [verdict.label for verdict in verdicts]
    assert [row[4] for row in reply["table"]["rows"]] == [one.label for one in alone]


def test_challenges_are_met_by_the_pair_beside_them(full):
    items = asked(full, "fooled")["html"].split("<details")[0].split("<li>")[1:]
    assert len(items) == 3
    opened = [pair_in({"html": item}) for item in items if "data-set" in item]
    premise, hypothesis = (set(re.findall(r"\w+", text.lower())) for text in opened[0])
    assert hypothesis <= premise
    for pair in opened:
        assert pair in [(one.premise, one.hypothesis) for one in gallery()]


def test_the_open_example_pair_is_named_in_the_sentence(full):
    example = gallery()[0]
    state = State(example.premise, example.hypothesis)
    assert f"label expected of the open pair is {example.label};" in asked(full, "fooled", state)["says"]
    assert "open pair" not in asked(full, "fooled")["says"]
