"""Started by test_loop.py under torchrun: trains on two processes and writes down which rows each one saw."""

import argparse
import json
import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoTokenizer, BertForSequenceClassification, DataCollatorWithPadding

from bertmini_demo.training import loop
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpora.corpus_files import labelled_pairs
from bertmini_demo.training.corpora.encoded_pairs import EncodedPairs
from bertmini_demo.training.loop import add_loop_arguments, processes, train


class NumberedPairs(EncodedPairs):
    """Pairs that carry the number of their row."""

    def __getitem__(self, index: int) -> dict:
        return {**super().__getitem__(index), "number": index}


def record(run: str, folder: Path, start: str) -> None:
    """Trains two epochs with dropout and writes the numbers of each batch's rows to RUN-RANK.json."""
    parser = argparse.ArgumentParser()
    add_loop_arguments(parser, rate=1e-3, batch=4)
    arguments = parser.parse_args(["--output", str(folder / run), "--save-steps", "7"])
    tokenizer = AutoTokenizer.from_pretrained(start)
    pad = DataCollatorWithPadding(tokenizer)
    dataset = NumberedPairs(labelled_pairs([folder / "mixed.jsonl"]), tokenizer, length=64)
    batches = []

    def collate(rows: list[dict]) -> dict[str, torch.Tensor]:
        batches.append([row["number"] for row in rows])
        return pad([{key: value for key, value in row.items() if key != "number"} for row in rows])

    torch.manual_seed(0)
    network = BertForSequenceClassification.from_pretrained(start, num_labels=3, dtype=torch.float32)
    train(network, dataset, collate, tokenizer, arguments, num_train_epochs=2)
    (folder / f"{run}-{processes().process_index}.json").write_text(json.dumps(batches))


def run(folder: Path, start: str) -> None:
    record("whole", folder, start)
    if processes().is_main_process:
        name = "state/checkpoint-7"
        shutil.copytree(folder / "whole" / name, folder / "resumed" / name)
    processes().wait_for_everyone()
    record("resumed", folder, start)
    options = ["--model", start, "--data", str(folder / "even.jsonl"), "--output", str(folder / "even")]
    loop.bfloat16_pays = lambda: False  # its rounding would hide whether two processes learn what one does
    fixed = ["--batch", "4", "--epochs", "2", "--dropout", "0", "--warmup", "1", "--rate", "1e-3"]
    sys.exit(main(["finetune", *options, *fixed]))


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2])
