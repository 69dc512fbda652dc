"""The WordPiece vocabulary, learnt from made-up sentences."""

import pytest
from transformers import AutoTokenizer

from bertmini_demo.training.__main__ import main
from bertmini_demo.training.vocabulary import SPECIAL_TOKENS, train_vocabulary


@pytest.fixture(scope="module")
def learnt(sentences):
    return train_vocabulary(sentences, size=100)


def test_size_and_special_tokens(learnt):
    assert len(learnt) == 100
    assert learnt.convert_ids_to_tokens(range(5)) == SPECIAL_TOKENS
    assert sorted(learnt.get_vocab().values()) == list(range(100))


@pytest.mark.parametrize("change", [str, str.upper, str.title])
@pytest.mark.parametrize("size", [17, 18, 19, 20, 30])
def test_the_most_frequent_pieces_are_learnt_first_whatever_their_capitals(change, size):
    counts = {"ab": 50, "cd": 40, "ef": 30, "gh": 20}  # no ties: the library breaks those by chance
    text = [change(word) for word, count in counts.items() for _ in range(count)]
    letters = {*"abcdefgh", "##b", "##d", "##f", "##h"}
    learnt = set(train_vocabulary(text, size=size).get_vocab())
    assert learnt == {*SPECIAL_TOKENS, *letters, *list(counts)[: size - 17]}


def test_pieces_are_lower_case(learnt, sentences):
    assert all(piece == piece.lower() for piece in learnt.get_vocab() if piece not in SPECIAL_TOKENS)
    assert learnt.tokenize(sentences[0].upper()) == learnt.tokenize(sentences[0])


def test_with_room_enough_every_frequent_word_is_one_piece(sentences):
    learnt = train_vocabulary(sentences, size=1000)
    for sentence in sentences:
        assert learnt.tokenize(sentence) == sentence.split()


def test_pieces_join_to_the_text_again(learnt, sentences):
    for sentence in sentences:
        assert learnt.decode(learnt(sentence)["input_ids"], skip_special_tokens=True) == sentence


def test_every_letter_of_the_text_survives(sentences):
    words = ["þorn", "жук", "q", "日本", "it's", "42%"]  # rare on purpose: once among many
    learnt = train_vocabulary([*sentences, " ".join(words)], size=130)
    for word in [*words, *sentences]:
        assert learnt.unk_token not in learnt.tokenize(word), word


@pytest.mark.parametrize("name", ["text.txt", "pairs.jsonl"])
def test_the_command_writes_a_tokenizer_that_loads(tmp_path, write_rows, sentences, name, capfd):
    pairs = [
        {"premise": premise, "hypothesis": hypothesis, "label": "neutral"}
        for premise, hypothesis in zip(sentences[::2], sentences[1::2], strict=True)
    ]
    data = write_rows(pairs if name == "pairs.jsonl" else sentences, name)
    assert main(["vocabulary", "--data", str(data), "--output", str(tmp_path / "out"), "--size", "90"]) == 0
    loaded = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert len(loaded) == 90
    assert loaded.model_max_length == 512
    assert loaded.tokenize("THE") == ["the"]
    assert loaded.unk_token not in loaded.tokenize(" ".join(sentences))
    assert capfd.readouterr().out == ""


def test_a_saved_tokenizer_gives_the_same_pieces(tmp_path, learnt, sentences):
    learnt.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert loaded.get_vocab() == learnt.get_vocab()
    for text in [*sentences, "Unseen WORDS, 12!", "a fox's lanterns", "Çafé"]:
        assert loaded(text, sentences[0]).data == learnt(text, sentences[0]).data
        assert loaded.tokenize(text) == learnt.tokenize(text)


def test_a_pair_is_encoded_the_way_bert_reads_it(learnt):
    premise, hypothesis = learnt.tokenize("the fox"), learnt.tokenize("the piano hears")
    encoded = learnt("the fox", "the piano hears")
    tokens = learnt.convert_ids_to_tokens(encoded["input_ids"])
    assert tokens == ["[CLS]", *premise, "[SEP]", *hypothesis, "[SEP]"]
    assert encoded["token_type_ids"] == [0] * (len(premise) + 2) + [1] * (len(hypothesis) + 1)
