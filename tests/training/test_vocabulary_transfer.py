"""A model carried over to another vocabulary: shared pieces keep everything, new ones get vectors near their meaning."""

import pytest
import torch
from teacher_models import other_tokenizer, write_teacher
from transformers import BertForMaskedLM, BertForSequenceClassification

from bertmini_demo.errors import DataError
from bertmini_demo.model.files import read_stages
from bertmini_demo.model.tokenizer_files import read_tokenizer
from bertmini_demo.training.__main__ import main
from bertmini_demo.training.vocabulary_transfer import carried_over, new_vectors, split_into

SENTENCE = "the fox hears the river"  # shared pieces only


@pytest.fixture(scope="module")
def other(tokenizer):
    return other_tokenizer(tokenizer)


def masked_model(folder) -> BertForMaskedLM:
    return BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()


def test_a_sentence_of_shared_pieces_is_read_as_before(pretrained, tokenizer, other):
    model = masked_model(pretrained)
    result = carried_over(model, tokenizer, other, torch.randn(len(other), 8)).eval()
    with torch.no_grad():
        before = model(**tokenizer(SENTENCE, return_tensors="pt")).logits[0]
        after = result(**other(SENTENCE, return_tensors="pt")).logits[0]
    shared = sorted(set(tokenizer.get_vocab()) & set(other.get_vocab()))
    torch.testing.assert_close(
        after[:, other.convert_tokens_to_ids(shared)],
        before[:, tokenizer.convert_tokens_to_ids(shared)],
        rtol=0,
        atol=1e-5,
    )
    assert result.config.vocab_size == len(other)
    assert result.get_output_embeddings().weight is result.get_input_embeddings().weight


def test_a_new_piece_lies_between_the_mapped_vector_and_the_mean_of_its_parts(tokenizer, other):
    """The guide's vectors are a linear image of the old ones, so the map can be fitted almost without error."""
    torch.manual_seed(0)
    table = 100 * torch.randn(len(tokenizer), 4)  # large, so that the ridge hardly shrinks the map
    turn = torch.linalg.qr(torch.randn(4, 4)).Q
    guide = torch.zeros(len(other), 4)
    for piece, index in other.get_vocab().items():
        guide[index] = (
            table[tokenizer.get_vocab()[piece]] if piece in tokenizer.get_vocab() else torch.ones(4)
        ) @ turn
    vectors = new_vectors(table, tokenizer, other, guide)
    parts = table[tokenizer.convert_tokens_to_ids(tokenizer.tokenize("violin"))].mean(0)
    expected = (torch.ones(4) + parts) / 2
    torch.testing.assert_close(vectors[other.get_vocab()["violin"]], expected, rtol=0.01, atol=0.2)
    fox = other.get_vocab()["fox"], tokenizer.get_vocab()["fox"]
    assert torch.equal(vectors[fox[0]], table[fox[1]])


def test_pieces_split_as_wordpiece_splits(tokenizer):
    vocabulary = tokenizer.get_vocab()
    for word in ("violin", "merchant", "fox", "foxes"):
        assert split_into(word, vocabulary) == tokenizer.convert_tokens_to_ids(tokenizer.tokenize(word))
    assert split_into("##chant", vocabulary) == [vocabulary[f"##{letter}"] for letter in "chant"]
    assert split_into("7", vocabulary) == []


def test_the_command_writes_a_model_with_the_other_vocabulary(tmp_path, pretrained, other, teachers):
    command = ["transfer", "--model", pretrained, "--vocabulary", teachers[1], "--output", tmp_path]
    assert main([str(word) for word in command]) == 0
    model = masked_model(tmp_path)
    assert model.config.vocab_size == len(other)
    assert read_tokenizer(tmp_path, model.config).get_vocab() == other.get_vocab()
    before, after = masked_model(pretrained).bert.encoder, model.bert.encoder
    for (name, one), two in zip(before.named_parameters(), after.parameters(), strict=True):
        torch.testing.assert_close(two, one, rtol=0, atol=1e-3, msg=name)  # float16 files
    assert read_stages(tmp_path)[-1] == {"command": "transfer", "pieces": 76, "new_pieces": 3}


def test_a_classifier_stays_a_classifier(tmp_path, tokenizer, other):
    folder = write_teacher(tmp_path, tokenizer, seed=1)
    network = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    result = carried_over(network, tokenizer, other, torch.randn(len(other), 8)).eval()
    with torch.no_grad():
        torch.testing.assert_close(
            result(**other(SENTENCE, return_tensors="pt")).logits,
            network(**tokenizer(SENTENCE, return_tensors="pt")).logits,
        )
    assert result.config.id2label == network.config.id2label


def test_too_few_shared_pieces_are_refused(tokenizer, other):
    with pytest.raises(DataError, match="to fit a map from 500 dimensions takes more"):
        new_vectors(torch.randn(len(tokenizer), 4), tokenizer, other, torch.randn(len(other), 500))
