"""Models fetched from a Hub that runs on this machine, with all its faults: what comes, and what is refused."""

import json
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import huggingface_hub
import pytest
import torch
from checkpoints import as_pytorch_bin, change_config
from conftest import write_tiny_checkpoint
from hub_server import running_hub
from huggingface_hub.utils import close_session
from serving import PATIENCE
from transformers import BertForMaskedLM, BertTokenizer

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model import hub as module
from bertmini_demo.model.checkpoint import load_checkpoint
from bertmini_demo.model.hub import needed, run_within
from bertmini_demo.settings import Settings
from bertmini_demo.training.__main__ import main

NAME = "owner/name"
PAIR = ("A man sleeps in the park.", "The dog is walking asleep.")
TOKENIZER = {"tokenizer.json", "tokenizer_config.json"}
USELESS = ("README.md", "modeling_evil.py", "flax_model.msgpack", "metrics.json", "training_args.bin")


@pytest.fixture
def hub(monkeypatch, tmp_path, tiny_folder):
    """A Hub that the library asks, with an empty cache: owner/name is the tiny checkpoint beside files nobody needs."""
    constants = huggingface_hub.constants
    with running_hub() as hub:
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub.address)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        for waiting in ("huggingface_hub.file_download", "huggingface_hub.utils._http"):
            monkeypatch.setattr(f"{waiting}.time", SimpleNamespace(**vars(time) | {"sleep": lambda _: None}))
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        close_session()
        hub.models[NAME] = Path(shutil.copytree(tiny_folder, tmp_path / "stored"))
        for file in USELESS:
            (hub.models[NAME] / file).write_text("raise SystemExit")
        yield hub
    close_session()


@pytest.fixture
def stored(hub):
    """The folder behind owner/name."""
    return hub.models[NAME]


def refused(told, *, name=NAME, **settings):
    """Asserts one clear line that names the model, and returns it."""
    with pytest.raises(CheckpointError, match=told) as caught:
        load_checkpoint(name, settings=Settings(**settings))
    message = str(caught.value)
    assert name in message
    assert "\n" not in message
    assert len(message) < 600
    return message


def test_only_config_tokenizer_and_weights_are_fetched_and_the_logits_are_the_same(hub, stored, tiny):
    (stored / "pytorch_model.bin").write_text("not asked for where safetensors are")
    model = bertmini_demo.load_model(NAME)
    assert model.name == NAME
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert sorted(hub.fetched) == sorted({"config.json", "model.safetensors", *TOKENIZER})
    assert {file.name for file in model.folder.iterdir()} == set(hub.fetched)


def test_every_file_of_a_tokenizer_is_fetched(hub, stored):
    names = {"vocab.txt", "special_tokens_map.json", "added_tokens.json"}
    (stored / "special_tokens_map.json").write_text("{}")
    (stored / "added_tokens.json").write_text("{ }")  # the cache fetches the same content once
    vocabulary = BertTokenizer.from_pretrained(stored).get_vocab()
    (stored / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n")
    load_checkpoint(NAME)
    assert names | TOKENIZER <= set(hub.fetched)


def test_what_has_come_is_not_fetched_again_and_serves_when_the_hub_is_gone(hub, tiny, monkeypatch):
    load_checkpoint(NAME)
    hub.fetched.clear()
    load_checkpoint(NAME)
    assert hub.fetched == []
    hub.faults[""] = (503, "")
    assert load_checkpoint(NAME).name == NAME
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert bertmini_demo.load_model(NAME).predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert hub.fetched == []


@pytest.mark.usefixtures("hub")
def test_a_broken_file_of_the_cache_is_refused_and_fetched_again_once_its_folder_is_deleted(tiny):
    file = load_checkpoint(NAME).folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=f"{re.escape(str(file.parent))} cannot be read"):
        load_checkpoint(NAME)
    shutil.rmtree(file.parents[2])  # models--owner--name, with the file behind the link
    assert bertmini_demo.load_model(NAME).predict(*PAIR).logits == tiny.predict(*PAIR).logits


@pytest.mark.usefixtures("hub")
def test_two_that_fetch_into_one_cache_at_once_both_have_the_whole_model(tiny):
    with ThreadPoolExecutor(2) as pool:
        models = list(pool.map(bertmini_demo.load_model, [NAME, NAME]))
    assert [model.predict(*PAIR).logits for model in models] == [tiny.predict(*PAIR).logits] * 2


def test_a_model_that_changes_while_it_is_fetched_comes_from_one_version(hub):
    folder = module.fetch(
        NAME, settings=Settings(), check=lambda _: setattr(hub, "commit", "b" * 40)
    )  # called after the config
    assert folder.name == "a" * 40
    assert {file.name for file in folder.iterdir()} == {"config.json", "model.safetensors", *TOKENIZER}


def test_half_a_copy_does_not_serve_when_the_hub_is_gone(hub):
    hub.faults["model.safetensors"] = (500, "")
    refused("could not be reached")
    hub.faults[""] = (503, "")
    refused("could not be reached")
    hub.faults.clear()
    assert load_checkpoint(NAME).name == NAME


def test_the_shape_of_the_first_checkpoints_is_read(hub, stored, tiny):
    (stored / "manifest.json").unlink()
    as_pytorch_bin(stored)
    change_config(stored, model_type=..., architectures=..., dtype=...)
    model = bertmini_demo.load_model(NAME)
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert sorted(hub.fetched) == ["config.json", "pytorch_model.bin", "vocab.txt"]


def test_shards_are_fetched(hub, tmp_path):
    sizes = {"hidden_size": 256, "num_hidden_layers": 6, "num_attention_heads": 4, "intermediate_size": 1024}
    hub.models[NAME] = write_tiny_checkpoint(tmp_path / "large", **sizes)
    model = bertmini_demo.load_model(NAME)
    assert model.layers == 6
    assert sum(file.endswith(".safetensors") for file in hub.fetched) > 1


# What is refused before it is fetched


def test_a_model_over_the_limit_is_refused_before_any_file_is_fetched(hub):
    hub.sizes["model.safetensors"] = 1_600_000_000
    assert "limit is 1,500 MB" in refused("1,600 MB to fetch")
    refused("limit is 1,599 MB", model_megabytes=1599)
    assert hub.fetched == []


@pytest.mark.parametrize(
    ("file", "size", "told"),
    [
        ("model.safetensors", None, "does not state the size of model.safetensors"),
        ("tokenizer.json", 40_000_000, "tokenizer.json of owner/name has 40 MB; at most 16"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(hub, file, size, told):
    hub.sizes[file] = size
    refused(told)
    assert hub.fetched == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"model_type": "roberta"}, "type 'roberta'; only bert"),
        ({"num_hidden_layers": 100_000}, "MB of memory; the limit is"),
        ({"id2label": {"0": "positive"}}, "1 labels; .* two or three"),
    ],
)
def test_what_the_config_rules_out_is_refused_before_the_weights_are_fetched(hub, stored, changes, told):
    change_config(stored, **changes)
    with pytest.raises(CheckpointError, match=told):
        load_checkpoint(NAME)
    assert hub.fetched == ["config.json"]


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (("model.safetensors",), "has no weights .*; it holds 'README.md'"),
        (("tokenizer.json",), "has no tokenizer"),
        (("config.json",), "has no config.json"),
        (("config.json", "model.safetensors"), "has no config.json, no weights"),
    ],
)
def test_a_model_without_what_is_needed_is_refused_by_what_it_holds(hub, stored, gone, told):
    for file in gone:
        (stored / file).unlink()
    refused(told)
    assert hub.fetched == []


def test_names_in_a_listing_cannot_point_elsewhere():
    files = ["config.json", "vocab.txt", "../model.safetensors", "x/model-00001-of-00001.safetensors"]
    with pytest.raises(CheckpointError, match="no weights"):
        needed(files, where="it")
    listed = [*files, "model.safetensors.index.json", "model-00001-of-00001.safetensors"]
    assert needed(listed, where="it") == [
        "config.json",
        "vocab.txt",
        "model.safetensors.index.json",
        "model-00001-of-00001.safetensors",
    ]


# What a visitor may have


def test_a_visitor_gets_no_folder_of_this_machine_and_asks_without_its_token(
    hub, stored, tiny_folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tiny_folder, tmp_path / "assets" / "nli")
    assert load_checkpoint("assets/nli").folder == tmp_path / "assets" / "nli"
    with pytest.raises(CheckpointError, match="Hub has no such model"):
        load_checkpoint("assets/nli", public=True)
    with pytest.raises(CheckpointError, match="no folder"):
        load_checkpoint(str(stored), public=True)
    hub.tokens.clear()
    load_checkpoint(NAME, public=True)
    assert hub.tokens
    assert not any(hub.tokens)
    load_checkpoint(NAME)
    assert any(hub.tokens)


# What goes wrong on the way


@pytest.mark.parametrize(
    ("file", "fault", "told"),
    [
        ("", (401, "RepoNotFound"), "Hub has no such model"),
        ("", (403, "GatedRepo"), "Ask for access"),
        ("", (500, ""), "could not be reached .*Check the name and the network"),
        ("", "silent", "could not be reached"),
        ("", "garbage", "could not be reached"),
        ("config.json", (403, "GatedRepo"), "Ask for access"),
        ("model.safetensors", (500, ""), "could not be reached"),
        ("model.safetensors", "cut", "broke off"),
    ],
)
def test_each_fault_gives_one_clear_line_and_the_next_try_goes_well(
    hub, tiny, monkeypatch, file, fault, told
):
    hub.faults[file] = fault
    with monkeypatch.context() as impatient:
        if fault == "silent":
            impatient.setattr(module, "ANSWER_SECONDS", 1)
        refused(told)
    hub.faults.clear()
    assert bertmini_demo.load_model(NAME).predict(*PAIR).logits == tiny.predict(*PAIR).logits


def test_an_unknown_name_is_told(hub):
    refused("Hub has no such model", name="owner/other")
    assert hub.fetched == []


def test_what_is_cut_once_is_taken_up_where_it_broke_off(hub, tiny):
    hub.faults["model.safetensors"] = "cut once"
    assert bertmini_demo.load_model(NAME).predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert hub.fetched.count("model.safetensors") == 2


def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for(hub):
    hub.faults["model.safetensors"] = "drip"
    refused("could not be fetched .* within 2 seconds", download_seconds=2)


def test_more_bytes_than_announced_are_not_taken(hub):
    hub.sizes["model.safetensors"] = 1000
    refused("broke off")


def test_progress_grows_up_to_all_that_comes(hub, stored):
    told = []
    load_checkpoint(NAME, progress=lambda come, whole: told.append((come, whole)))
    whole = sum((stored / file).stat().st_size for file in hub.fetched)
    assert {announced for _, announced in told} == {whole}
    assert [come for come, _ in told] == sorted(come for come, _ in told)
    assert told[-1][0] == whole


def test_work_that_is_not_done_in_time_is_told_to_stop():
    ended = Event()

    def work(stopped):
        assert stopped.wait(PATIENCE)
        ended.set()

    with pytest.raises(TimeoutError):
        run_within(0.1, work)
    assert ended.wait(PATIENCE)
    assert run_within(PATIENCE, lambda stopped: stopped.is_set()) is False


def test_fine_tuning_starts_from_a_pretrained_model_by_its_name(hub, tiny_language_folder, tmp_path):
    """It looks like prajjwal1/bert-mini: a config without model_type, a bare list of word pieces, a pickle of tensors."""
    folder = hub.models["owner/bert-mini"] = tmp_path / "bert-mini"
    folder.mkdir()
    network = BertForMaskedLM.from_pretrained(tiny_language_folder)
    vocabulary = BertTokenizer.from_pretrained(tiny_language_folder).get_vocab()
    (folder / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n")
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    shutil.copy(tiny_language_folder / "config.json", folder)
    change_config(folder, model_type=..., architectures=..., id2label=..., label2id=...)
    data, output = tmp_path / "pairs.jsonl", tmp_path / "nli"
    row = {"premise": PAIR[0], "hypothesis": PAIR[1]}
    rows = [{**row, "label": label} for label in ("entailment", "neutral", "contradiction", "neutral")]
    data.write_text("\n".join(map(json.dumps, rows * 2)))
    command = ["finetune", "--model", "owner/bert-mini", "--data", str(data), "--output", str(output)]
    assert main([*command, "--epochs", "1", "--batch", "4", "--rate", "1e-9"]) == 0
    model = bertmini_demo.load_model(str(output))
    assert model.output_labels == ("entailment", "neutral", "contradiction")
    assert model.tokenizer.get_vocab() == vocabulary
    expected = network.bert.state_dict()
    found = model.network.bert.state_dict()
    assert all(
        torch.allclose(found[name].float(), expected[name].float(), atol=1e-3)
        for name in expected
        if name in found
    )
    assert set(expected) - set(found) <= {"embeddings.position_ids"}
