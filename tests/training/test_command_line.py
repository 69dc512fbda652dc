"""The commands' help and what happens to a command nobody knows."""

import argparse

import pytest

from bertmini_demo.training import (
    baseline_choice,
    distillation,
    evaluation,
    example_changes,
    finetuning,
    hans_probe,
    labelling,
    linear_probes,
    model_soup,
    pretraining,
    temperature_scaling,
    vocabulary,
    vocabulary_transfer,
    word_counts,
)
from bertmini_demo.training.__main__ import COMMANDS, main
from bertmini_demo.training.corpora import semantic_fragments

MODULES = {
    "baselines": baseline_choice,
    "vocabulary": vocabulary,
    "pretrain": pretraining,
    "transfer": vocabulary_transfer,
    "fragments": semantic_fragments,
    "distill": distillation,
    "label": labelling,
    "finetune": finetuning,
    "average": model_soup,
    "calibrate": temperature_scaling,
    "evaluate": evaluation,
    "changes": example_changes,
    "linear-probes": linear_probes,
    "words": word_counts,
    "probe": hans_probe,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option_and_its_default(command, capsys):
    with pytest.raises(SystemExit) as done:
        main([command, "--help"])
    assert done.value.code == 0
    text = " ".join(capsys.readouterr().out.split())  # argparse breaks lines where it likes
    parser = argparse.ArgumentParser()
    MODULES[command].add_arguments(parser)
    for action in parser._actions:
        assert action.option_strings[-1] in text
        assert action.help, action.dest
        if action.default not in (None, False, argparse.SUPPRESS):
            assert action.help in text
            default = action.help.split("(default: ")[1].rstrip(")")
            assert type(action.default)(default) == action.default


def number_options() -> list[tuple[str, str]]:
    """Each command with each of its options that is a number."""
    listed = []
    for command, module in MODULES.items():
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        numbers = [one for one in parser._actions if isinstance(one.default, int | float) and one.nargs != 0]
        listed += [(command, one.option_strings[-1]) for one in numbers]
    return [*listed, ("pretrain", "--steps")]


@pytest.mark.parametrize(
    "value", ["-1e9", "-5000", "nan", "inf", "9" * 400, "", "many", "0x10", "\x1b[31m", "²"]
)
def test_a_number_out_of_range_is_refused_with_its_range(value, capsys):
    for command, option in number_options():
        with pytest.raises(SystemExit) as done:
            main([command, f"{option}={value}"])
        message = capsys.readouterr().err.splitlines()[-1]
        assert done.value.code == 2
        assert f"argument {option}: {value[:40]!r}" in message
        assert "number from" in message, (command, option)


@pytest.mark.parametrize("name", ["x" * 5_000, "half \ud800"])
def test_an_output_that_no_system_can_have_is_refused_in_one_line(name, tmp_path, caplog):
    text = tmp_path / "text.txt"
    text.write_text("a man walks in the park .\n" * 50, encoding="utf-8")
    assert main(["vocabulary", "--data", str(text), "--output", name]) == 1
    [record] = [one for one in caplog.records if one.levelname == "ERROR"]
    assert record.exc_info is None
    assert len(record.getMessage()) < 300
    assert "Name another file" in record.getMessage()


def test_help_lists_the_commands(capsys):
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    text = capsys.readouterr().out
    for name, (_, summary) in COMMANDS.items():
        assert name in text
        assert summary in text


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["train"],
        ["evaluate"],
        ["evaluate", "--data", "x", "--nonsense"],
        ["pretrain", "--data", "x", "--tokenizer", "y", "--output", "z"],
        ["finetune", "--data", "x", "--model", "y", "--output", "z", "--epochs", "many"],
        ["finetune", "--data", "x", "--model", "y", "--output", "z", "--schedule", "stairs"],
    ],
    ids=" ".join,
)
def test_what_is_not_understood_ends_with_usage(words, capsys):
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("usage:")
    assert captured.out == ""
