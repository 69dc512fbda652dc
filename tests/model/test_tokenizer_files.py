"""The tokenizer of a folder is used as it is, or refused by what differs."""

import pytest
import transformers
from checkpoints import PAIR, change_json, refused
from transformers import BertTokenizer

import bertmini_demo
from bertmini_demo.model.checkpoint import save_checkpoint
from bertmini_demo.model.tokenizer_files import read_tokenizer
from bertmini_demo.settings import MIN_WORD_PIECES


def tokens_of(folder, text):
    return bertmini_demo.load_model(str(folder)).encode(text, "a dog").tokens


@pytest.mark.parametrize(
    ("part", "changes", "text"),
    [
        ("normalizer", {"strip_accents": False}, "the caf\u00e9 is in"),
        ("normalizer", {"lowercase": False}, "The MAN sleeps"),
        ("normalizer", {"handle_chinese_chars": False}, "a \u732b\u732b dog"),
        ("pre_tokenizer", {"type": "WhitespaceSplit"}, "a man, a dog."),
        ("model", {"max_input_chars_per_word": 4}, "the woman sleeps"),
        ("model", {"continuing_subword_prefix": "@@"}, "the walking woman"),
    ],
)
def test_tokenizer_json_is_used_as_it_is(unsealed, part, changes, text):
    change_json(unsealed / "tokenizer.json", lambda values: values[part].update(changes))
    change_json(
        unsealed / "tokenizer_config.json",
        lambda values: [
            values.pop(name, None) for name in ("do_lower_case", "strip_accents", "tokenize_chinese_chars")
        ],
    )
    own = transformers.PreTrainedTokenizerFast(tokenizer_file=str(unsealed / "tokenizer.json"))
    expected = own.backend_tokenizer.encode(text, "a dog").tokens
    assert list(tokens_of(unsealed, text)) == expected
    assert list(expected) != list(
        BertTokenizer.from_pretrained(unsealed).backend_tokenizer.encode(text, "a dog").tokens
    )
    saved = bertmini_demo.load_model(str(unsealed))
    save_checkpoint(saved.network, saved.tokenizer, unsealed / "saved")
    assert list(tokens_of(unsealed / "saved", text)) == expected


@pytest.mark.parametrize("place", ["tokenizer_config.json", "tokenizer.json"])
def test_the_length_limit_of_the_tokenizer_holds(unsealed, place):
    truncation = {"max_length": 12, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    change = {"truncation": truncation} if place == "tokenizer.json" else {"model_max_length": 12}
    change_json(unsealed / place, lambda values: values.update(change))
    pair = bertmini_demo.load_model(str(unsealed)).encode("the man runs " * 9, "a dog")
    assert len(pair.tokens) == 12
    assert any("Cut at 12 word pieces" in note for note in pair.notes)


def test_the_smallest_length_limit_is_that_of_a_pair(unsealed):
    def limit(tokens):
        change_json(unsealed / "tokenizer_config.json", lambda values: values.update(model_max_length=tokens))

    limit(MIN_WORD_PIECES)
    assert read_tokenizer(unsealed).model_max_length == MIN_WORD_PIECES
    limit(MIN_WORD_PIECES - 1)
    refused(
        unsealed, f"length limit of {MIN_WORD_PIECES - 1} tokens; a pair takes at least {MIN_WORD_PIECES}"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda t: t["model"].update(type="WordLevel", vocab=t["model"]["vocab"]),
            "WordLevel|cannot be read",
        ),
        (
            lambda t: t["post_processor"].update(pair=t["post_processor"]["pair"][::-1]),
            "joins two sentences as",
        ),
        (
            lambda t: t["post_processor"]["special_tokens"].pop("[CLS]"),
            r"joins sentences with \[CLS\], which",
        ),
        (lambda t: t["normalizer"].update(lowercase=False), "do_lower_case is True .* lowercase is False"),
        (lambda t: t["model"].update(unk_token="cat"), "unknown words as 'cat'"),
        (lambda t: (t["model"]["vocab"].pop("[SEP]"), t.update(added_tokens=[])), r"\[SEP\]|cannot be read"),
        (lambda t: t["model"]["vocab"].update(woolly=99_999), r"'woolly' \(number 99999\)"),
    ],
)
def test_a_tokenizer_that_cannot_be_heeded_is_refused_by_what_differs(unsealed, change, reason):
    change_json(unsealed / "tokenizer.json", change)
    refused(unsealed, reason)


def test_a_word_piece_too_many_is_named_by_its_line(unsealed, tiny):
    (unsealed / "tokenizer.json").unlink()
    vocabulary = tiny.tokenizer.get_vocab()
    lines = [*sorted(vocabulary, key=vocabulary.get), "", "woolly"]
    (unsealed / "vocab.txt").write_text("\n".join(lines) + "\n")
    count = len(vocabulary)
    refused(
        unsealed, rf"has {count + 2} word pieces .*: '' \(line {count + 1}\), 'woolly' \(line {count + 2}\)"
    )


def test_padding_and_truncation_of_the_folder_are_off(unsealed, tiny):
    """They would be shared by all threads, and pad each sentence of its own."""
    padding = {
        "strategy": {"Fixed": 40},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    }
    change_json(unsealed / "tokenizer.json", lambda values: values.update(padding=padding))
    model = bertmini_demo.load_model(str(unsealed))
    assert model.encode(*PAIR).tokens == tiny.encode(*PAIR).tokens
    assert model.tokenizer.backend_tokenizer.padding is None
    assert model.tokenizer.backend_tokenizer.truncation is None


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b'{"model": 1}', b"\xff\xfe\x00"])
def test_a_missing_or_damaged_tokenizer_is_refused(unsealed, content):
    (unsealed / "tokenizer.json").unlink()
    if content is not None:
        (unsealed / "tokenizer.json").write_bytes(content)
    refused(unsealed, "tokenizer")


def test_a_tokenizer_larger_than_the_embeddings_is_refused(unsealed, tiny):
    tokenizer = BertTokenizer.from_pretrained(unsealed)
    tokenizer.add_tokens(["extraordinary"])
    tokenizer.save_pretrained(unsealed)
    size = len(tiny.tokenizer)
    refused(unsealed, f"has {size + 1} word pieces but embeddings for {size}")
