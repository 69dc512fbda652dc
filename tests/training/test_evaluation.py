"""Measures against cases worked out by hand, and the command that prints them."""

import copy
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.label_mapping import sure_pairs
from bertmini_demo.results import LABELS
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.corpora.corpus_files import read_pairs
from bertmini_demo.training.evaluation import (
    FILL_MASK,
    evaluate,
    fill_mask,
    short_names,
)

SUBJECTS = ["a man", "the woman", "a dog", "the cat", "no dog", "the man in a park", "not a cat"]
ENDS = ["is asleep", "is not asleep", "runs in the park", "doesn ' t walk", "sleeps", "was awake ?"]
SENTENCE_PAIRS = [
    (f"{one} {end} .", f"{other} {end} .") for one, end, other in itertools.product(SUBJECTS, ENDS, SUBJECTS)
]


@pytest.fixture(scope="module")
def balanced_folder(tiny, tmp_path_factory) -> Path:
    """The tiny model with its classifier's bias moved so that it gives each answer somewhere."""
    network = copy.deepcopy(tiny.network)
    logits = tiny.batch_logits([tiny.encode(*pair) for pair in SENTENCE_PAIRS])
    with torch.no_grad():
        network.classifier.bias -= torch.from_numpy(logits.mean(axis=0))
    folder = tmp_path_factory.mktemp("balanced")
    save_checkpoint(network, tiny.tokenizer, folder)
    return folder


@pytest.fixture(scope="module")
def balanced(balanced_folder):
    return bertmini_demo.load_model(str(balanced_folder))


@pytest.fixture(scope="module")
def answered(balanced) -> dict[str, list[tuple[str, str]]]:
    """Pairs of sentences under the label that the model gives them, close calls left out."""
    found = {label: [] for label in LABELS}
    for pair, answer in zip(SENTENCE_PAIRS, balanced.predict_batch(SENTENCE_PAIRS), strict=True):
        second, first = sorted(answer.probabilities.values())[1:]
        if first - second > 1e-3:
            found[answer.label].append(pair)
    assert min(map(len, found.values())) >= 8
    return found


def labelled(answered, truth: str, answer: str, count: int, **groups: str) -> list[Pair]:
    """Pairs with this label to which the model gives that answer."""
    return [
        Pair(premise, hypothesis, truth, groups=groups) for premise, hypothesis in answered[answer][:count]
    ]


def share_right_without_premises(model, pairs: list[Pair]) -> float:
    """Computed outside NLIModel: the network reads [CLS] [SEP] hypothesis [SEP]."""
    hits = 0
    for pair in pairs:
        inputs = model.tokenizer("", pair.hypothesis, return_tensors="pt")
        assert inputs["input_ids"][0, :2].tolist() == [
            model.tokenizer.cls_token_id,
            model.tokenizer.sep_token_id,
        ]
        with torch.no_grad():
            label = LABELS[int(model.network(**inputs).logits.argmax())]
        hits += label == pair.label or (pair.label == "not_entailment" and label != "entailment")
    return round(hits / len(pairs), 4)


def test_three_way_measures_by_hand(balanced, answered):
    pairs = [
        *labelled(answered, "entailment", "entailment", 4),
        *labelled(answered, "entailment", "neutral", 1),
        *labelled(answered, "neutral", "neutral", 3),
        *labelled(answered, "contradiction", "contradiction", 1),
        *labelled(answered, "contradiction", "neutral", 1),
    ]
    found = evaluate(balanced, pairs)
    assert found["pairs"] == 10
    assert found["accuracy"] == 0.8
    assert found["recall"] == {"entailment": 0.8, "neutral": 1.0, "contradiction": 0.5}
    assert found["precision"] == {"entailment": 1.0, "neutral": 0.6, "contradiction": 1.0}
    assert found["accuracy_interval"] == [0.4902, 0.9433]  # Wilson's, of 8 of 10
    assert "calibration" not in found  # of ten pairs it would say nothing
    assert found["empty_premise_accuracy"] == share_right_without_premises(balanced, pairs)
    assert "heuristics" not in found


@pytest.fixture
def hans(answered) -> list[Pair]:
    """Made-up pairs in the manner of HANS; the model's three answers are known, the labels are two."""
    overlap = {"heuristic": "lexical_overlap", "subcase": "le_swap"}
    fewer = {"heuristic": "subsequence", "subcase": "sn_inside"}
    return [
        *labelled(answered, "entailment", "entailment", 3, **overlap),
        *labelled(answered, "entailment", "contradiction", 1, **overlap),
        *labelled(answered, "not_entailment", "neutral", 2, **overlap),
        *labelled(answered, "not_entailment", "contradiction", 2, **overlap),
        *labelled(answered, "not_entailment", "entailment", 4, **fewer),
        *labelled(answered, "not_entailment", "neutral", 1, **fewer),
    ]


def test_hans_folds_neutral_and_contradiction(balanced, hans):
    found = evaluate(balanced, hans)
    assert found["accuracy"] == round(8 / 13, 4)
    assert found["confusion"] == {
        "entailment": {"entailment": 3, "not_entailment": 1},
        "not_entailment": {"entailment": 4, "not_entailment": 5},
    }
    assert "calibration" not in found


def test_hans_is_reported_by_heuristic_and_subcase(balanced, hans):
    found = evaluate(balanced, hans)
    assert found["heuristics"] == {
        "lexical_overlap": {"entailment": 0.75, "not_entailment": 1.0},
        "subsequence": {"not_entailment": 0.2},
    }
    assert found["subcases"] == {
        "le_swap": {"entailment": 0.75, "not_entailment": 1.0},
        "sn_inside": {"not_entailment": 0.2},
    }


def test_a_heuristic_without_subcases_is_reported_alone(balanced, hans):
    pairs = [
        Pair(p.premise, p.hypothesis, p.label, groups={"heuristic": p.groups["heuristic"]}) for p in hans
    ]
    found = evaluate(balanced, pairs)
    assert set(found["heuristics"]) == {"lexical_overlap", "subsequence"}
    assert "subcases" not in found


def test_a_model_with_two_labels_is_scored_two_way(tmp_path, answered):
    names = {0: "entailment", 1: "not_entailment"}
    folder = write_tiny_checkpoint(tmp_path, id2label=names, label2id={name: i for i, name in names.items()})
    model = bertmini_demo.load_model(str(folder))
    pairs = [pair for answer in LABELS for truth in LABELS for pair in labelled(answered, truth, answer, 2)]
    truths = [pair.label if pair.label == "entailment" else "not_entailment" for pair in pairs]
    hits = sum(
        model.predict(pair.premise, pair.hypothesis).label == truth
        for pair, truth in zip(pairs, truths, strict=True)
    )
    assert evaluate(model, pairs)["accuracy"] == round(hits / len(pairs), 4)


def test_files_of_one_name_are_told_apart():
    assert short_names([Path("a/dev.jsonl.xz"), Path("b/hans.jsonl")]) == ["dev", "hans"]
    paths = [Path("a/dev.jsonl"), Path("b/dev.jsonl")]
    assert short_names(paths) == [str(path) for path in paths]


@pytest.fixture
def files(write_rows, answered, hans):
    def rows(pairs: list[Pair]) -> list[dict]:
        return [
            {"premise": p.premise, "hypothesis": p.hypothesis, "label": p.label, **p.groups} for p in pairs
        ]

    three = labelled(answered, "neutral", "neutral", 3) + labelled(answered, "neutral", "contradiction", 1)
    return [str(write_rows(rows(three), "dev.jsonl")), str(write_rows(rows(hans), "hans.jsonl"))]


def test_json_is_printed_and_written_alike(tmp_path, balanced_folder, balanced, files, capsys):
    output = tmp_path / "new" / "metrics.json"
    command = [
        "evaluate",
        "--model",
        str(balanced_folder),
        "--data",
        *files,
        "--json",
        "--output",
        str(output),
    ]
    assert main(command) == 0
    printed = capsys.readouterr().out
    metrics = json.loads(printed)
    assert json.loads(output.read_text()) == metrics
    assert metrics["parameters"] == balanced.parameters
    assert metrics["data"]["dev"]["accuracy"] == 0.75
    assert metrics["data"]["hans"]["heuristics"]["subsequence"] == {"not_entailment": 0.2}


def test_the_table_says_the_same_in_words(balanced_folder, files, capsys):
    assert main(["evaluate", "--model", str(balanced_folder), "--data", *files]) == 0
    table = capsys.readouterr().out
    assert "dev: accuracy 75.0% (95 % interval 30.1% to 95.4%) on 4 pairs of dev.jsonl" in table
    assert "hans: accuracy 61.5% (95 % interval 35.5% to 82.3%) on 13 pairs of hans.jsonl" in table
    assert table.index("dev: No pair is labelled entailment or contradiction") < table.index("dev: accuracy")
    assert "lexical_overlap: entailment 75.0%, not_entailment 100.0%" in table
    assert "calibration" not in table


def test_a_classifier_of_hypotheses_alone_stands_beside_it(balanced_folder, balanced, files, capsys):
    command = ["evaluate", "--model", str(balanced_folder), "--data", *files]
    command += ["--hypothesis-only", str(balanced_folder)]
    expected = {
        Path(file).stem: share_right_without_premises(balanced, read_pairs(Path(file))) for file in files
    }
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hypothesis_only_classifier"] == expected
    assert main(command) == 0
    table = capsys.readouterr().out
    assert all(f"trained on hypotheses only {share:.1%}" in table for share in expected.values())


@pytest.mark.parametrize("missing", ["--model", "--data"])
def test_what_is_missing_is_named_in_one_line(balanced_folder, files, caplog, capsys, missing):
    command = ["evaluate", "--model", str(balanced_folder), "--data", files[0]]
    command[command.index(missing) + 1] = "./missing.jsonl"
    assert main(command) == 1
    [error] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "missing.jsonl" in error.getMessage()
    assert "\n" not in error.getMessage()
    assert capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.parametrize("broken", [False, True])
def test_as_a_program(balanced_folder, files, broken):
    model = "./no such folder" if broken else str(balanced_folder)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bertmini_demo.training",
            "evaluate",
            "--model",
            model,
            "--data",
            files[0],
            "--json",
        ],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    if broken:
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
    else:
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["data"]["dev"]["pairs"] == 4


def test_sure_pairs_and_the_size_of_the_weights_are_measured(balanced_folder, balanced, files, capsys):
    assert main(["evaluate", "--model", str(balanced_folder), "--data", str(files[0]), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = sure_pairs()
    hits = [balanced.predict(row["premise"], row["hypothesis"]).label == row["label"] for row in rows]
    assert found["sure_pairs"] == pytest.approx(sum(hits) / len(rows), abs=1e-4)
    assert found["megabytes"] == round((balanced_folder / "model.safetensors").stat().st_size / 1e6, 1)
    assert "temperature" not in found


def test_calibration_is_measured_on_rows_that_fitted_nothing(balanced, answered):
    right, wrong = (labelled(answered, "neutral", answer, 4) for answer in ("neutral", "entailment"))
    mixed = [pair for both in zip(right, wrong, strict=True) for pair in both] * 25  # odd rows: all wrong
    confidence = [max(found.probabilities.values()) for found in balanced.predict_batch(texts(wrong))]
    held_out = evaluate(balanced, mixed, fitted=True)["calibration"]
    assert (held_out["rows"], sum(entry["pairs"] for entry in held_out["bins"])) == ("odd", 100)
    assert held_out["expected_calibration_error"] == pytest.approx(sum(confidence) / 4, abs=1e-3)
    every = evaluate(balanced, mixed)["calibration"]
    assert (every["rows"], sum(entry["pairs"] for entry in every["bins"])) == ("all", 200)
    assert "calibration" not in evaluate(balanced, mixed[:99])


def test_the_file_that_a_temperature_was_fitted_on_is_known(
    tmp_path, balanced_folder, write_rows, answered, capsys
):
    folder = tmp_path / "model"
    shutil.copytree(balanced_folder, folder)
    (folder / "temperature.json").write_text(json.dumps({"temperature": 1.0, "fitted_on": ["dev.jsonl"]}))
    rows = [
        {"premise": premise, "hypothesis": hypothesis, "label": label}
        for label in LABELS
        for premise, hypothesis in answered[label][:8] * 10
    ]
    files = [str(write_rows(rows, name)) for name in ("dev.jsonl", "other.jsonl")]
    assert main(["evaluate", "--model", str(folder), "--data", *files, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert [data[name]["calibration"]["rows"] for name in ("dev", "other")] == ["odd", "all"]
    assert main(["evaluate", "--model", str(folder), "--data", *files]) == 0
    assert "percentage points on odd rows" in capsys.readouterr().out


def test_a_file_that_loses_its_labels_says_so_before_its_accuracy(balanced_folder, write_rows, capsys):
    rows = [
        {"premise": "a dog", "hypothesis": "a cat", "label": label} for label in (0, 0, "neutral", "entails")
    ]
    command = ["evaluate", "--model", str(balanced_folder), "--data", str(write_rows(rows, "scitail.jsonl"))]
    assert main(command) == 0
    table = capsys.readouterr().out
    assert "“0” (2)" in table
    assert "No pair is labelled contradiction" in table
    assert table.index("No pair is labelled") < table.index("accuracy")
    assert main([*command, "--label-order", "contradiction,neutral", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["data"]["scitail"]
    assert (found["pairs"], found["notes"], found["file"]) == (4, [], "scitail.jsonl")


def texts(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [(pair.premise, pair.hypothesis) for pair in pairs]


def test_a_classifier_measured_before_stays_in_the_file(tmp_path, balanced_folder, files):
    output = tmp_path / "metrics.json"
    output.write_text(json.dumps({"hypothesis_only_classifier": {"dev": 0.61}, "parameters": 1}))
    command = ["evaluate", "--model", str(balanced_folder), "--data", str(files[0]), "--output", str(output)]
    assert main(command) == 0
    found = json.loads(output.read_text())
    assert found["hypothesis_only_classifier"] == {"dev": 0.61}
    assert found["parameters"] > 1


def test_fill_mask_counts_the_right_words_among_the_first_five():
    sentences = json.loads(FILL_MASK.read_text())["sentences"]
    assert len(sentences) == 50
    assert all(sentence["text"].count("[MASK]") == 1 for sentence in sentences)

    class Oracle:
        """Knows every third sentence, at its last place."""

        def fill_text(self, text, *, count):
            place = [sentence["text"] for sentence in sentences].index(text)
            right = sentences[place]["answer"] if place % 3 == 0 else "nothing"
            pieces = ["wrong"] * (count - 1) + [right]
            return [SimpleNamespace(candidates=[SimpleNamespace(piece=piece) for piece in pieces])]

    assert fill_mask(Oracle()) == {"sentences": 50, "right_among_first": 5, "right": 17}
