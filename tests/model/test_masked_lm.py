"""Fill-mask against the library's own forward pass, and the refusal of models that do not belong together."""

import dataclasses
import json
import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import write_tiny_checkpoint
from safetensors import safe_open
from transformers import BertForMaskedLM, BertTokenizer, pipeline

import bertmini_demo
from bertmini_demo.errors import CheckpointError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.model import checkpoint, masked_lm
from bertmini_demo.model.checkpoint import SHIPPED
from bertmini_demo.model.checksums import MANIFEST
from bertmini_demo.model.masked_lm import PRETRAINED, language_model_of, load_language_model, mask_word

PAIR = ("The man isn't sleeping in the park.", "A woman is awake.")
TEXT = "the [MASK] sleeps in [MASK] park ."
LARGEST_FILE = 17_000_000  # bytes; the repository's own limit


@pytest.fixture(params=["tiny", "shipped"])
def kin(request):
    """A classifier and its masked-language model: each test of a property runs on the tiny and the shipped ones."""
    return tuple(request.getfixturevalue(request.param + name) for name in ("", "_language"))


@pytest.fixture
def language(kin):
    return kin[1]


@pytest.fixture
def pair(kin):
    return kin[0].encode(*PAIR)


@pytest.fixture
def copy(tiny_language_folder, tmp_path):
    """A copy of the tiny masked-language model to do damage to."""
    return Path(shutil.copytree(tiny_language_folder, tmp_path / "copy"))


@pytest.fixture
def brings_one(monkeypatch, tiny_folder, tiny_language_folder):
    """Makes the tiny classifier the shipped one."""
    monkeypatch.setattr(masked_lm, "SHIPPED", tiny_folder)
    monkeypatch.setattr(masked_lm, "PRETRAINED", tiny_language_folder)


def library_probabilities(network, ids, segments):
    """(tokens, vocabulary) by the whole network of the library, all logits computed."""
    with torch.no_grad():
        logits = network(torch.tensor([ids]), token_type_ids=torch.tensor([segments])).logits[0]
    shares = np.exp(logits.numpy().astype(np.float64))
    return shares / shares.sum(axis=1, keepdims=True)


# A gap in a pair


def test_a_masked_word_is_one_gap_however_many_pieces_it_had(language, pair):
    mask = language.tokenizer.mask_token_id
    for index, word in enumerate(pair.words):
        masked = mask_word(pair, index, "[MASK]", mask)
        before, after = pair.input_ids[: word.positions[0]], pair.input_ids[word.positions[-1] + 1 :]
        assert masked.input_ids.tolist() == [*before, mask, *after]
        assert masked.tokens == tuple(language.tokenizer.convert_ids_to_tokens(masked.input_ids.tolist()))
        first = len(masked.tokens) - list(reversed(masked.tokens[:-1])).index("[SEP]") - 1
        assert masked.segments.tolist() == [0] * first + [1] * (len(masked.tokens) - first)
        for was, now in zip(pair.words, masked.words, strict=True):
            if was is not word:
                assert [masked.tokens[p] for p in now.positions] == [pair.tokens[p] for p in was.positions]
        assert masked.words[index].positions == (word.positions[0],)


def test_candidates_are_the_librarys_most_probable_pieces(language, pair):
    for index, filled in enumerate(language.fill_each(pair)):
        masked = mask_word(pair, index, "[MASK]", language.tokenizer.mask_token_id)
        expected = library_probabilities(
            language.network, masked.input_ids.tolist(), masked.segments.tolist()
        )[filled.position]
        assert filled.tokens[filled.position] == "[MASK]"
        special = set(language.tokenizer.all_special_ids)
        ranked = [row for row in np.argsort(-expected) if row not in special][:10]
        assert [candidate.probability for candidate in filled.candidates] == pytest.approx(
            expected[ranked], abs=1e-5
        )
        for candidate in filled.candidates:
            assert candidate.probability == pytest.approx(expected[candidate.id], abs=1e-5)
            assert language.tokenizer.convert_ids_to_tokens(candidate.id) == candidate.piece


def test_one_word_alone_gives_what_all_words_together_give(language, pair):
    together = language.fill_each(pair)
    assert len(together) == len(pair.words)
    for index in (0, len(pair.words) // 2, len(pair.words) - 1):
        alone = language.fill(pair, index)
        assert alone.tokens == together[index].tokens
        shares = [[c.probability for c in filled.candidates] for filled in (alone, together[index])]
        assert shares[0] == pytest.approx(shares[1], abs=1e-5)


def test_a_network_that_returns_no_attention_gives_no_trace(tiny_language, tiny):
    network = deepcopy(tiny_language.network)
    network.set_attn_implementation("sdpa")
    unable = masked_lm.LanguageModel(network, tiny_language.tokenizer, tiny_language.settings)
    with pytest.raises(RuntimeError, match="eager"):
        unable.trace(tiny.encode(*PAIR))


def test_many_gaps_are_shared_out_in_batches(tiny_language, tiny, monkeypatch):
    pair = tiny.encode(*PAIR)
    whole = [filled.candidates[0].id for filled in tiny_language.fill_each(pair)]
    monkeypatch.setattr(tiny_language, "settings", dataclasses.replace(tiny_language.settings, batch_pairs=3))
    assert [filled.candidates[0].id for filled in tiny_language.fill_each(pair)] == whole
    assert tiny_language.fill_each(pair, []) == []


def test_the_word_that_stood_there_is_ranked_among_all_pieces(tiny_language, tiny):
    pair = tiny.encode(*PAIR)
    vocabulary = len(tiny_language.tokenizer)
    for word, filled in zip(pair.words, tiny_language.fill_each(pair, count=vocabulary), strict=True):
        if len(word.positions) > 1:
            assert filled.original is filled.rank is None
            continue
        assert filled.original.id == pair.input_ids[word.positions[0]]
        ahead = sum(c.probability > filled.original.probability for c in filled.candidates)
        assert ahead + 1 <= filled.rank <= ahead + 1 + len(tiny_language.tokenizer.all_special_ids)


def test_special_tokens_are_no_candidates_and_whole_words_only_if_asked(tiny_language, tiny):
    pair = tiny.encode(*PAIR)
    vocabulary = tiny_language.tokenizer.get_vocab()
    every = tiny_language.fill(pair, 1, count=10_000).candidates
    assert {c.piece for c in every} == {piece for piece in vocabulary if not piece.startswith("[")}
    whole = tiny_language.fill(pair, 1, count=10_000, whole_words=True).candidates
    assert {c.piece for c in whole} == {piece for piece in vocabulary if piece.isalpha()}
    shares = {c.piece: c.probability for c in every}
    assert all(c.probability == shares[c.piece] for c in whole)  # over the whole vocabulary all the same
    assert 0 < sum(shares.values()) < 1
    assert [c.probability for c in whole] == sorted((c.probability for c in whole), reverse=True)


# A gap in a text


def test_text_of_ones_own_has_a_gap_at_each_mask(language):
    encoded = language.tokenizer(TEXT)
    expected = library_probabilities(language.network, encoded["input_ids"], encoded["token_type_ids"])
    filled = language.fill_text(TEXT)
    places = [
        place for place, row in enumerate(encoded["input_ids"]) if row == language.tokenizer.mask_token_id
    ]
    assert [one.position for one in filled] == places
    for one in filled:
        assert list(one.tokens) == language.tokenizer.convert_ids_to_tokens(encoded["input_ids"])
        assert one.original is one.rank is None
        best = max(one.candidates, key=lambda candidate: candidate.probability)
        assert best is one.candidates[0]
        assert best.probability == pytest.approx(expected[one.position, best.id], abs=1e-5)


def test_the_librarys_fill_mask_pipeline_says_the_same(language):
    text = "a [MASK] sleeps in the park ."
    fill = pipeline("fill-mask", model=language.network, tokenizer=language.tokenizer, device="cpu")
    special = set(language.tokenizer.all_special_tokens)
    expected = [found for found in fill(text, top_k=12) if found["token_str"] not in special][:5]
    found = language.fill_text(text, count=5)[0].candidates
    assert [candidate.piece for candidate in found] == [row["token_str"].strip() for row in expected]
    assert [c.probability for c in found] == pytest.approx([row["score"] for row in expected], abs=1e-5)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("a dog runs .", r"no \[MASK\]"),
        ("[mask]", r"no \[MASK\]"),
        ("[MASK] " * 80, "82 word pieces; the limit is 64"),
        ("a" * 10_001, "the limit is 10,000"),
        (None, "must be text"),
    ],
)
def test_text_that_cannot_be_filled_is_refused(tiny_language, text, told):
    with pytest.raises(InputError, match=told) as caught:
        tiny_language.fill_text(text)
    assert caught.value.field == "text"


# The encoder before fine-tuning


def test_the_trace_is_what_the_encoder_computes(language, pair):
    trace = language.trace(pair)
    config = language.network.config
    tokens = len(pair.tokens)
    assert trace.attentions.shape == (config.num_hidden_layers, config.num_attention_heads, tokens, tokens)
    assert trace.hidden_states.shape == (config.num_hidden_layers + 1, tokens, config.hidden_size)
    np.testing.assert_allclose(trace.attentions.sum(axis=-1), 1, atol=1e-5)
    with torch.no_grad():
        logits = language.network.cls(torch.tensor(trace.hidden_states[-1])).numpy().astype(np.float64)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = library_probabilities(language.network, pair.input_ids.tolist(), pair.segments.tolist())
    np.testing.assert_allclose(shares, expected, atol=1e-5)
    assert not trace.attentions.flags.writeable
    assert not trace.hidden_states.flags.writeable


def test_eight_threads_answer_as_one(tiny_language, tiny):
    pairs = [tiny.encode(*PAIR), tiny.encode("the dog", "a cat runs"), tiny.encode("a", "the man sleeps .")]

    def answers(pair):
        filled = tiny_language.fill_each(pair)
        return [[(c.id, c.probability) for c in one.candidates] for one in filled]

    alone = [answers(pair) for pair in pairs]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answers, pairs * 8)) == alone * 8


# Loading


def refused(folder, told):
    """Asserts one clear line that names the folder."""
    with pytest.raises(CheckpointError, match=told) as caught:
        load_language_model(folder)
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
    assert len(message) < 600


def test_stored_in_float16_but_run_in_float32_with_explicit_attention(tiny_language_folder, tiny_language):
    for file in tiny_language_folder.glob("*.safetensors"):
        with safe_open(file, "pt") as content:
            assert {content.get_tensor(name).dtype for name in content.keys()} == {torch.float16}  # noqa: SIM118
    network = tiny_language.network
    assert {weight.dtype for weight in network.state_dict().values()} == {torch.float32}
    assert network.config._attn_implementation == "eager"
    assert not any(module.training for module in network.modules())
    embeddings = network.get_input_embeddings().weight
    assert network.get_output_embeddings().weight is embeddings  # tied, as in BERT


def test_one_flipped_byte_is_noticed(copy):
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    refused(copy, "damaged")


def test_a_missing_file_an_empty_folder_and_no_folder_are_refused(copy, tmp_path):
    (copy / "tokenizer.json").unlink()
    refused(copy, "is missing")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "no config.json")
    refused(tmp_path / "nowhere", "no folder")


def test_truncated_weights_and_another_architecture_are_refused(copy):
    (copy / MANIFEST).unlink()
    file = copy / "model.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    refused(copy, "weights .* cannot be read")
    file.write_bytes(whole)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"model_type": "roberta"}))
    refused(copy, "only bert")


def test_a_classifier_is_refused_as_no_masked_language_model(tiny_folder):
    refused(tiny_folder, r"not a BERT masked-language model of .*: 5 weights are missing, cls.predictions")


def test_the_shipped_folder_needs_its_manifest(copy, monkeypatch):
    monkeypatch.setattr(masked_lm, "PRETRAINED", copy)
    assert load_language_model().network.config.hidden_size
    (copy / MANIFEST).unlink()
    with pytest.raises(CheckpointError, match=f"{MANIFEST} is missing"):
        load_language_model()


# Whose it is


@pytest.mark.usefixtures("brings_one")
def test_the_shipped_classifier_brings_the_model_it_came_from(tiny, tiny_language):
    found = language_model_of(tiny)
    pair = tiny.encode(*PAIR)
    assert found.fill(pair, 1).candidates[0].id == tiny_language.fill(pair, 1).candidates[0].id
    assert found.settings is tiny.settings


@pytest.mark.usefixtures("brings_one")
def test_another_classifier_brings_none(tmp_path):
    assert language_model_of(bertmini_demo.load_model(str(write_tiny_checkpoint(tmp_path)))) is None


@pytest.mark.usefixtures("brings_one")
def test_where_the_folder_is_missing_there_is_none(tiny, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(masked_lm, "PRETRAINED", tmp_path / "nowhere")
    assert language_model_of(tiny) is None
    assert caplog.records == []


@pytest.mark.usefixtures("brings_one")
@pytest.mark.parametrize("change", ["damage", "vocabulary", "size", "layers"])
def test_what_does_not_belong_is_not_used_and_the_log_says_why(tiny, copy, monkeypatch, caplog, change):
    if change == "damage":
        (copy / "model.safetensors").write_bytes(b"")
        told = "damaged"
    elif change == "vocabulary":
        vocabulary = BertTokenizer.from_pretrained(copy).get_vocab()
        vocabulary["dog"], vocabulary["cat"] = vocabulary["cat"], vocabulary["dog"]
        network = load_language_model(copy).network
        checkpoint.save_checkpoint(network, BertTokenizer(vocab=vocabulary, do_lower_case=True), copy)
        told = "other word pieces"
    else:
        changed = {"hidden_size": 64} if change == "size" else {"num_hidden_layers": 2}
        write_tiny_checkpoint(copy, kind=BertForMaskedLM, **changed)
        told = "hidden_size 64" if change == "size" else "num_hidden_layers 2"
    monkeypatch.setattr(masked_lm, "PRETRAINED", copy)
    with caplog.at_level(logging.WARNING):
        assert language_model_of(tiny) is None
    (record,) = caplog.records
    assert told in record.getMessage()
    assert "\n" not in record.getMessage()


def test_pages_load_it_once_and_late(tiny, tiny_language):
    calls = []

    def find(model):
        calls.append(model)
        return tiny_language

    analysis = Analysis(tiny, find)
    assert calls == []
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: analysis.language_model, range(16)))
    assert found == [tiny_language] * 16
    assert calls == [tiny]
    assert Analysis(tiny).language_model is None


# The shipped one


def test_the_shipped_one_belongs_to_the_shipped_classifier(shipped_language, shipped):
    masked_lm.check_compatible(shipped_language, shipped)
    found = Analysis(shipped).language_model
    pair = shipped.encode(*PAIR)
    assert found.fill(pair, 1).candidates[0].id == shipped_language.fill(pair, 1).candidates[0].id
    assert PRETRAINED.parent == SHIPPED.parent


def test_the_shipped_one_expects_words_that_fit(shipped_language):
    """It has learnt more than which words are frequent: what it expects hangs on the words around."""
    playing, eating = (
        {candidate.piece for candidate in shipped_language.fill_text(text, whole_words=True)[0].candidates}
        for text in ("A boy is playing the [MASK].", "A man [MASK] sleeping.")
    )
    assert playing != eating
    assert shipped_language.fill_text("Two men [MASK] walking.")[0].candidates[0].piece in {"are", "were"}


def test_every_shipped_file_is_in_its_manifest_and_under_the_limit(shipped_language):  # noqa: ARG001
    names = {file.name for file in PRETRAINED.iterdir()}
    read = {name for name in names if name.endswith(".safetensors")}
    read |= names & {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors.index.json"}
    assert set(json.loads((PRETRAINED / MANIFEST).read_text())) == read
    assert all(file.stat().st_size < LARGEST_FILE for file in PRETRAINED.iterdir())
