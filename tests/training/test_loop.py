"""What must survive a kill and a second process: states, the order of rows, and the weights at the end."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from made_up import NOUNS, rule_pairs
from safetensors.torch import load_file

from bertmini_demo.training import loop
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.learning_record import steps_of
from bertmini_demo.training.loop import EpochOrder, add_loop_arguments, bfloat16_pays, last_complete_state

ROWS, BATCH = 40, 8
EPOCH = ROWS // BATCH  # steps


@pytest.fixture
def write_state(tmp_path):
    """Writes a state of the Trainer's kind; ``progress`` is its last-written file."""

    def write(step: int, progress: str | None) -> Path:
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
        if progress is not None:
            (folder / "trainer_state.json").write_text(progress)
        return folder

    return write


@pytest.mark.parametrize("half", [None, "", '{"global_step": 10'])
def test_a_half_written_state_is_passed_over_and_removed(tmp_path, write_state, caplog, half):
    write_state(5, "{}")
    whole, broken = write_state(9, "{}"), write_state(10, half)
    assert last_complete_state(tmp_path) == str(whole)
    assert not broken.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-5", "checkpoint-9"]
    assert str(broken) in caplog.text


def test_the_newest_state_is_the_one_with_most_steps(tmp_path, write_state):
    for step in (1000, 500, 1500, 900):
        write_state(step, "{}")
    assert last_complete_state(tmp_path) == str(tmp_path / "checkpoint-1500")


def test_nothing_to_go_on_from(tmp_path, write_state):
    assert last_complete_state(tmp_path / "missing") is None
    write_state(3, None)
    assert last_complete_state(tmp_path) is None


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks about the CPU")
@pytest.mark.parametrize(
    ("capabilities", "pays"),
    [
        ({}, False),
        ({"avx2": True, "avx512_f": True, "avx512_bf16": False, "amx_bf16": False}, False),
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True}, True),
        ({"bf16": True}, True),
    ],
)
def test_bfloat16_only_where_the_processor_has_it(monkeypatch, capabilities, pays):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert bfloat16_pays() is pays


def test_bfloat16_is_answered_here():
    assert isinstance(bfloat16_pays(), bool)


@pytest.fixture
def finetune(write_rows):
    """Fine-tunes on the same 40 pairs each time and returns the weights of its last state, in float32."""
    data = write_rows(rule_pairs(ROWS))

    def run(start: Path, output: Path, *options: object) -> dict[str, torch.Tensor]:
        fixed = ["--data", data, "--batch", BATCH, "--warmup", 2, "--rate", 1e-3, "--seed", 4]
        assert (
            main([str(word) for word in ["finetune", "--model", start, "--output", output, *fixed, *options]])
            == 0
        )
        return load_file(Path(last_complete_state(output / "state")) / "model.safetensors")

    return run


def assert_same_weights(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, weights in one.items():
        torch.testing.assert_close(weights, other[name], rtol=0, atol=1e-6, msg=name)


@pytest.mark.parametrize(
    ("epochs", "kept"),
    [(1, 3), (2, EPOCH), (2, EPOCH + 2)],
    ids=["first epoch", "between epochs", "second epoch"],
)
def test_a_killed_run_ends_at_the_weights_of_one_never_killed(
    tmp_path, finetune, pretrained, otherwise_pretrained, epochs, kept
):
    options = ["--epochs", epochs, "--save-steps", kept]
    expected = finetune(pretrained, tmp_path / "whole", *options)
    assert last_complete_state(tmp_path / "whole/state").endswith(f"checkpoint-{epochs * EPOCH}")

    killed = tmp_path / "killed" / "state"
    shutil.copytree(tmp_path / "whole/state" / f"checkpoint-{kept}", killed / f"checkpoint-{kept}")
    (killed / f"checkpoint-{kept + 1}").mkdir()  # half-written
    # other weights to start from: had it not gone on from the state, it would end elsewhere
    assert_same_weights(finetune(otherwise_pretrained, tmp_path / "killed", *options), expected)


def test_a_finished_run_started_again_changes_nothing(tmp_path, finetune, pretrained, otherwise_pretrained):
    first = finetune(pretrained, tmp_path, "--epochs", 1)
    written = load_file(tmp_path / "model.safetensors")
    assert_same_weights(finetune(otherwise_pretrained, tmp_path, "--epochs", 1), first)
    assert_same_weights(load_file(tmp_path / "model.safetensors"), written)


def test_the_seed_decides_the_weights(tmp_path, finetune, pretrained):
    one = finetune(pretrained, tmp_path / "one", "--epochs", 1)
    assert_same_weights(finetune(pretrained, tmp_path / "again", "--epochs", 1), one)
    with pytest.raises(AssertionError):
        assert_same_weights(finetune(pretrained, tmp_path / "other", "--epochs", 1, "--seed", 5), one)


def test_every_loop_argument_says_its_default():
    parser = argparse.ArgumentParser()
    add_loop_arguments(parser, rate=3e-4, batch=7)
    for action in parser._actions:
        if action.default not in (None, argparse.SUPPRESS):
            assert f"(default: {action.default})" in action.help, action.dest
    assert parser.parse_args(["--output", "x"]).rate == 3e-4
    assert parser.parse_args(["--output", "x"]).batch == 7


def test_how_it_learns_is_recorded_where_that_is_asked_for(tmp_path, finetune, pretrained):
    record = tmp_path / "learning.json"
    finetune(pretrained, tmp_path / "one", "--epochs", 2, "--learning-record", record)
    moments = json.loads(record.read_text(encoding="utf-8"))["moments"]
    assert [moment["step"] for moment in moments] == list(steps_of(2 * EPOCH))
    assert {moment["stage"] for moment in moments} == {"fine-tuning"}


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory, pretrained, free_port) -> Path:
    """The folder that two_processes.py filled, started once by torchrun on two processes."""
    folder = tmp_path_factory.mktemp("two")
    for name, rows in (("mixed", rule_pairs(ROWS)), ("even", rule_pairs(24, nouns=NOUNS))):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    here = Path(__file__).parent
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc_per_node=2",
        f"--master_port={free_port}",
    ]
    done = subprocess.run(
        [*command, here / "two_processes.py", folder, pretrained],
        env={**os.environ, "PYTHONPATH": str(here.parents[1]), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (folder / "stderr").write_text(done.stderr)
    (folder / "stdout").write_text(done.stdout)
    return folder


def seen(folder: Path, run: str) -> list[list[list[int]]]:
    """The rows of each batch of each of the two processes."""
    return [json.loads((folder / f"{run}-{rank}.json").read_text()) for rank in range(2)]


@pytest.mark.slow
def test_two_processes_are_really_there(two_processes):
    assert "2 processes on cpu" in (two_processes / "stderr").read_text()
    assert (two_processes / "stdout").read_text() == ""
    assert all((two_processes / f"whole-{rank}.json").exists() for rank in range(2))


@pytest.mark.slow
def test_two_processes_share_each_epoch_without_overlap(two_processes):
    """Dropout is on and rows differ in length, so the processes' random states part ways after the first step."""
    steps = ROWS // (2 * 4)
    batches = seen(two_processes, "whole")
    assert [len(own) for own in batches] == [2 * steps] * 2
    for epoch in range(2):
        rows = [row for own in batches for batch in own[epoch * steps : (epoch + 1) * steps] for row in batch]
        assert sorted(rows) == list(range(ROWS)), f"epoch {epoch}"
    assert batches[0][:steps] != batches[0][steps : 2 * steps], (
        "the second epoch repeats the first one's order"
    )


@pytest.mark.slow
def test_two_processes_go_on_where_they_were_killed(two_processes):
    kept = 7  # steps, in the second epoch
    assert seen(two_processes, "resumed") == [own[kept:] for own in seen(two_processes, "whole")]


@pytest.mark.slow
def test_two_processes_learn_what_one_does_with_the_same_rows_a_step(
    two_processes, tmp_path, pretrained, monkeypatch
):
    """All rows are as long as each other and dropout is off, so both runs take the same rows at each step."""
    monkeypatch.setattr(loop, "bfloat16_pays", lambda: False)  # as in two_processes.py
    options = [
        "--model",
        pretrained,
        "--data",
        two_processes / "even.jsonl",
        "--output",
        tmp_path,
        "--batch",
        8,
    ]
    fixed = ["--epochs", 2, "--dropout", 0, "--warmup", 1, "--rate", 1e-3]
    assert main([str(word) for word in ["finetune", *options, *fixed]]) == 0
    one, two = (load_file(folder / "model.safetensors") for folder in (tmp_path, two_processes / "even"))
    for name, weights in one.items():
        torch.testing.assert_close(weights, two[name], rtol=0, atol=2e-4, msg=name)  # float16 files
    losses = [
        json.loads((folder / "training.json").read_text())["stages"][-1]["mean_loss"]
        for folder in (tmp_path, two_processes / "even")
    ]
    assert losses[1] == pytest.approx(losses[0], abs=0.2)  # of one process's half of the rows


def test_each_epoch_has_an_order_of_its_own():
    """The callback alone: the same seed and epoch give the same order, whatever was drawn before."""

    class State:
        epoch = 0.0

    class Loader:
        batch_sampler = torch.utils.data.BatchSampler(
            torch.utils.data.RandomSampler(range(20)), batch_size=5, drop_last=False
        )

    def order(seed: int, epoch: float | None) -> list[list[int]]:
        State.epoch = epoch
        EpochOrder().on_epoch_begin(argparse.Namespace(seed=seed), State, None, train_dataloader=Loader)
        return list(Loader.batch_sampler)

    first = order(0, None)
    torch.rand(7)
    assert order(0, 0.0) == first
    assert order(0, 1.0) != first
    assert order(0, 1.0) == order(0, 1.4)  # a run resumed within the second epoch
    assert order(1, 0.0) != first


class Weight(torch.nn.Module):
    """The least that can be trained."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def forward(self, input_ids):
        return {"loss": self.weight.sum() * input_ids.float().mean()}


class Rows(torch.utils.data.Dataset):
    """Short rows, then long ones."""

    lengths = [2] * 1280 + [20] * 1280

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, index):
        return self.lengths[index]


@pytest.mark.parametrize("grouped", [True, False])
def test_batches_are_of_one_length_only_where_rows_are_grouped(tmp_path, tokenizer, grouped):
    lengths = []

    def collate(rows):
        lengths.append(set(rows))
        return {"input_ids": torch.ones(len(rows), max(rows), dtype=torch.long)}

    parser = argparse.ArgumentParser()
    add_loop_arguments(parser, rate=1e-3, batch=16)
    arguments = parser.parse_args(["--output", str(tmp_path)])
    loop.train(Weight(), Rows(), collate, tokenizer, arguments, grouped=grouped, max_steps=8)
    mixed = sum(len(batch) > 1 for batch in lengths)
    assert mixed <= 1 if grouped else mixed == len(lengths)
