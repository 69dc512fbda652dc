"""What a config.json may say, and what is refused by name and value."""

import json

import pytest
from checkpoints import PAIR, change_config, logits, refused
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.checksums import MANIFEST
from bertmini_demo.model.model_config import memory_megabytes
from bertmini_demo.settings import Settings


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"problem_type": "multi_label_classification"}, "problem_type .*'multi_label_classification'"),
        ({"problem_type": "regression"}, "problem_type .*'regression'"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "quantization_config .*bitsandbytes"),
        ({"is_decoder": True}, "is_decoder .* True"),
        ({"add_cross_attention": True, "is_decoder": True}, "True"),
        ({"pruned_heads": {"0": [1]}}, "pruned_heads"),
        ({"pad_token_id": 10**6}, r"pad_token_id .* is 1000000; the vocabulary has \d+"),
        ({"pad_token_id": -1}, "pad_token_id .* is -1"),
        ({"max_position_embeddings": 4}, "max_position_embeddings .* is 4; it must be 5 or more"),
        ({"num_attention_heads": 3}, "3 attention heads"),
        ({"id2label": ..., "label2id": ...}, "neither id2label nor num_labels, .* the weights have 3"),
        ({"id2label": "entailment"}, "cannot be read"),
        ({"vocab_size": None}, "cannot be read"),
        ({"torchscript": True}, "torchscript"),
    ],
)
def test_what_a_config_says_is_refused_by_name_and_value(unsealed, changes, reason):
    change_config(unsealed, **changes)
    refused(unsealed, reason)


@pytest.mark.parametrize(
    "changes", [{"return_dict": False}, {"use_cache": True}, {"output_attentions": True}]
)
def test_settings_that_change_no_number_are_read(unsealed, tiny, changes):
    change_config(unsealed, **changes)
    model = bertmini_demo.load_model(str(unsealed))
    assert model.predict(*PAIR).logits == tiny.predict(*PAIR).logits
    assert model.trace(*PAIR).prediction.logits == pytest.approx(tiny.predict(*PAIR).logits, abs=1e-4)


def test_sixteen_positions_are_enough(tmp_path):
    write_tiny_checkpoint(tmp_path, max_position_embeddings=16)
    pair = bertmini_demo.load_model(str(tmp_path)).encode("the man runs " * 9, "a dog")
    assert len(pair.tokens) == 16


def test_code_named_in_the_config_is_not_kept(unsealed):
    change_config(unsealed, auto_map={"AutoModelForSequenceClassification": "evil.Evil"})
    model = bertmini_demo.load_model(str(unsealed))
    save_checkpoint(model.network, model.tokenizer, unsealed / "saved")
    assert "auto_map" not in (unsealed / "saved" / "config.json").read_text()


def test_a_weight_counts_four_bytes(unsealed, tiny):
    """The network runs in float32: a limit below its size refuses it, one above does not."""
    needed = memory_megabytes(tiny.network.config)
    assert needed == pytest.approx(4 * tiny.parameters / 1e6, rel=0.1)
    change_config(unsealed, num_hidden_layers=10_000)  # 4 bytes a weight: hundreds of MB
    refused(unsealed, "would take 328 MB of memory; the limit is 300 MB", model_megabytes=300)
    change_config(unsealed, num_hidden_layers=tiny.layers)
    assert bertmini_demo.load_model(str(unsealed), settings=Settings(model_megabytes=1)).layers == tiny.layers


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"model_type": "roberta"}, "type 'roberta'; only bert"),
        ({"id2label": {"0": "a", "1": "b", "2": "c", "3": "d"}}, "4 labels; .* two or three"),
        ({"id2label": {"0": "a"}}, "1 labels; .* two or three"),
        ({"id2label": {"0": "a", "2": "b", "5": "c"}}, r"outputs \[0, 2, 5\]"),
        ({"id2label": ["a", "b", "c"]}, "config.json cannot be read"),
        ({"id2label": {"x": "a", "y": "b", "z": "c"}}, "config.json cannot be read"),
        ({"id2label": {"0": "a", "1": "b"}}, r"classifier\.\w+ is \(3.* where \(2.* is expected"),
        ({"hidden_size": "big"}, "config.json cannot be read"),
        ({"hidden_size": 64}, r"is \(.*32.* where \(.*64.* is expected"),
        ({"hidden_size": 33}, "33"),
        ({"num_hidden_layers": 4}, "weights are missing, bert.encoder.layer.3"),
        ({"hidden_act": "nonsense"}, "nonsense"),
        ({"num_hidden_layers": 2}, "has no place for 16 of them: bert.encoder.layer.2"),
        ({"num_hidden_layers": 0}, "num_hidden_layers .* is 0; it must be 1 or more"),
        ({"num_hidden_layers": 10**9}, "MB of memory; the limit is 1,500 MB"),
        ({"vocab_size": 10**9}, "MB of memory; the limit is 1,500 MB"),
        ({"type_vocab_size": 1}, "type_vocab_size .* is 1; it must be 2 or more"),
        (
            {"position_embedding_type": "relative_key"},
            "position_embedding_type .* is 'relative_key'; only 'absolute'",
        ),
    ],
)
def test_a_config_that_does_not_fit_is_refused_by_value(unsealed, changes, told):
    change_config(unsealed, **changes)
    refused(unsealed, told)


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe\x00"])
def test_a_damaged_config_is_refused(unsealed, content):
    (unsealed / "config.json").write_bytes(content)
    assert "config.json" in refused(unsealed, "cannot be read")


def test_a_missing_model_type_is_taken_as_bert(unsealed, tiny):
    change_config(unsealed, model_type=..., architectures=...)
    assert logits(unsealed) == tiny.predict(*PAIR).logits


def test_code_named_in_the_config_is_not_run(unsealed, tiny, tmp_path):
    marker = tmp_path / "ran"
    (unsealed / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\nEvil = None\n")
    code = dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForSequenceClassification"), "evil.Evil")
    change_config(unsealed, auto_map=code)
    settings = json.loads((unsealed / "tokenizer_config.json").read_text())
    settings["auto_map"] = {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}
    (unsealed / "tokenizer_config.json").write_text(json.dumps(settings))
    assert logits(unsealed) == tiny.predict(*PAIR).logits
    assert not marker.exists()


UNNAMED = ("LABEL_0", "LABEL_1")


@pytest.mark.parametrize(
    ("task", "names", "reason"),
    [
        ("qnli", ("entailment", "not_entailment"), "finetuning_task"),  # named as NLI is
        ("glue:mrpc", UNNAMED, "finetuning_task"),
        ("qqp", ("not_duplicate", "duplicate"), "finetuning_task"),
        ("sst-2", UNNAMED, "finetuning_task"),
        ("sts-b", ("LABEL_0",), "finetuning_task"),
        (None, UNNAMED, "another task"),
        (None, ("LABEL_0",), "two or three"),
    ],
)
def test_a_classifier_of_another_task_of_glue_is_refused(tmp_path, task, names, reason):
    """In the shapes in which they are published: the page, app.py and the commands all read them so."""
    numbers = {name: place for place, name in enumerate(names)}
    folder = write_tiny_checkpoint(tmp_path, id2label=dict(enumerate(names)), label2id=numbers)
    change_config(folder, finetuning_task=task)
    (folder / MANIFEST).unlink()
    with pytest.raises(CheckpointError, match=reason):
        bertmini_demo.load_model(str(folder))


@pytest.mark.parametrize("task", ["mnli", "glue:rte", "wnli", None])
def test_a_classifier_of_nli_is_taken_by_its_task(tmp_path, task):
    folder = write_tiny_checkpoint(tmp_path)
    change_config(folder, finetuning_task=task)
    (folder / MANIFEST).unlink()
    assert bertmini_demo.load_model(str(folder)).labels == ("entailment", "neutral", "contradiction")
