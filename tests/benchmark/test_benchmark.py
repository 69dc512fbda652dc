"""The command and its parts on a small model: what is compared must be the same thing."""

import json
import math

import pytest

from bertmini_demo.benchmark import __main__ as command
from bertmini_demo.benchmark import (
    attribution_speed,
    experiment_speed,
    figure_sizes,
    prediction_speed,
    scaling,
)
from bertmini_demo.benchmark.memory_use import installed_megabytes, resident_megabytes
from bertmini_demo.benchmark.sample_pairs import fresh_pairs, mixed_pairs, pair_of_length


def test_the_pipeline_gives_the_verdicts_that_it_is_timed_against(shipped):
    pipeline = prediction_speed.peer(shipped)
    for pair in mixed_pairs(5):
        theirs = {
            entry["label"]: entry["score"]
            for entry in pipeline(prediction_speed.as_question(pair), top_k=None)
        }
        assert theirs == pytest.approx(shipped.predict(*pair).probabilities, abs=1e-5)


def test_the_recipe_explains_what_we_explain(shipped):
    """Both sets of scores add up to about the same change; the recipe's gap is a share of it."""
    recipe = attribution_speed.Recipe(shipped)
    pair = shipped.encode("A man is asleep.", "A man is awake.")
    assert 0 <= recipe.completeness_gap(pair) < 0.5


def test_mixed_pairs_are_mixed_and_always_the_same(shipped):
    pairs = mixed_pairs(60)
    assert pairs == mixed_pairs(60)
    lengths = {len(shipped.encode(*pair).tokens) for pair in pairs}
    assert min(lengths) < 20
    assert max(lengths) > 60


@pytest.mark.parametrize("pieces", [5, 8, 33, 128])
def test_a_pair_has_as_many_word_pieces_as_asked_for(shipped, pieces):
    assert len(shipped.encode(*pair_of_length(shipped, pieces)).tokens) == pieces


def test_fresh_pairs_are_as_long_as_asked_for_and_all_different(shipped):
    pairs = fresh_pairs(shipped, pieces=32, count=60)
    assert len(set(pairs)) == 60
    for premise, hypothesis in pairs:
        assert len(shipped.encode(premise, hypothesis).tokens) == 32
        assert len(set(f"{premise} {hypothesis}".split())) == 29


def test_experiments_are_on_pairs_of_the_length_that_is_named_and_patch_a_difference(shipped):
    """Two pairs that differ in nothing could not be patched at all."""
    ways = experiment_speed.ways(shipped, 16)
    assert len(ways[experiment_speed.PEER]().tokens) == 16
    patching = ways["patch_states"]()
    assert len(patching.clean.tokens) == len(patching.corrupted.tokens) == 16
    assert sum(a != b for a, b in zip(patching.clean.tokens, patching.corrupted.tokens, strict=True)) == 1
    assert patching.recovered.shape == (shipped.layers + 1, 16)
    assert ways["patch_heads"]().recovered.shape == (shipped.layers, shipped.heads)


def test_multiplications_of_a_network_whose_products_are_counted(shipped):
    """By hand: a block multiplies each token with 4 square matrices and 2 of four times the width, and biases count as one row."""
    hidden, tokens = shipped.hidden, 10
    weights = shipped.layers * (12 * hidden * hidden)
    found = prediction_speed.multiplications(shipped, tokens)
    assert found == pytest.approx(tokens * weights + shipped.layers * 2 * tokens**2 * hidden, rel=0.01)


def test_longer_pairs_hold_larger_traces(tiny):
    rows = scaling.with_length(tiny, repetitions=2)
    sizes = [row["trace_megabytes"] for row in rows]
    assert sizes == sorted(sizes)
    assert rows[-1]["word_pieces"] <= tiny.positions


def test_pictures_without_bertviz_say_nothing_of_it(tiny, monkeypatch):
    monkeypatch.setattr(figure_sizes, "find_spec", lambda _: None)
    assert all(
        row["ratio"] is None and row["ours_kilobytes"] > 0 for row in figure_sizes.transfer_sizes(tiny)
    )


def test_memory_of_this_process_and_of_packages():
    assert resident_megabytes() > 50
    packages = installed_megabytes()
    assert packages["torch"]["megabytes"] > packages["captum"]["megabytes"] > 0


def test_the_command_says_in_one_line_why_a_model_cannot_be_used(tmp_path, capsys):
    with pytest.raises(SystemExit):
        command.main(["--model", str(tmp_path)])
    assert f"error: {tmp_path} has no config.json" in capsys.readouterr().err.splitlines()[-1]


def test_the_command_writes_what_it_found_and_keeps_the_rest(tmp_path, capsys):
    file = tmp_path / "benchmark.json"
    file.write_text('{"load": {"found": 1}}', encoding="utf-8")
    assert command.main(["--only", "pairs", "--quick", "--output", str(file)]) == 0
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert stored["load"] == {"found": 1}
    assert [row["pairs"] for row in stored["pairs"]["found"]] == [10, 100]
    assert stored["pairs"]["machine"]["hardware"]
    assert capsys.readouterr().out == ""


def test_an_unknown_part_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit):
        command.main(["--only", "speed"])
    assert "one_pair" in capsys.readouterr().err


def test_numbers_are_stored_with_four_digits():
    assert command.plain({"a": (math.pi, 12345.678)}) == {"a": [3.142, 12350.0]}
