"""Encoding against transformers' own tokenizer: which pieces the model reads, what is cut, and what a note says."""

import pytest
import transformers
from odd_sentences import odd

from bertmini_demo.errors import InputError
from bertmini_demo.model.encoding import MAX_NAMED, is_special
from bertmini_demo.results import HYPOTHESIS, LABELS, PREMISE
from bertmini_demo.settings import MIN_WORD_PIECES

BAD = {
    "empty": ("", "is empty"),
    "spaces": ("   ", "is empty"),
    "tab and newline": ("\t\n", "is empty"),
    "None": (None, "NoneType"),
    "a number": (5, "not int"),
    "bytes": (b"bytes", "not bytes"),
    "10,001 characters": ("a" * 10_001, "10,001 characters; the limit is 10,000"),
    "10,000 words": ("word " * 10_000, "50,000 characters; the limit is 10,000"),
    "a megabyte": ("a" * 2**20, "1,048,576 characters; the limit is 10,000"),
    "control characters only": ("\x00\x01", "no character that the model can read"),
    "zero-width characters only": ("\u200b\u200d\ufeff", "no character that the model can read"),
    "a lone surrogate": ("\ud800", "Character 1 .*surrogate"),
    "a lone surrogate inside": ("the \udfff cat", "Character 5 .*surrogate"),
}


PAIR = ("A man sleeps in the park, doesn't he?", "The dog is walking asleep.")


@pytest.fixture(scope="session")
def reference_tokenizer(folder):
    return transformers.AutoTokenizer.from_pretrained(folder)


@odd
@pytest.mark.parametrize("limit", [64, 11, 8])
def test_tokens_equal_those_of_transformers(model, reference_tokenizer, premise, hypothesis, limit):
    pair = model.encode(premise, hypothesis, limit=limit)
    expected = reference_tokenizer(premise, hypothesis, truncation="longest_first", max_length=limit)
    assert pair.input_ids.tolist() == expected["input_ids"]
    assert pair.segments.tolist() == expected["token_type_ids"]
    assert list(pair.tokens) == reference_tokenizer.convert_ids_to_tokens(expected["input_ids"])


@pytest.mark.parametrize("premise", [1, 4, 5, 6, 30, 400])
@pytest.mark.parametrize("hypothesis", [1, 4, 5, 30])
@pytest.mark.parametrize("limit", [MIN_WORD_PIECES, 12, 13, 64])
def test_the_longer_sentence_is_cut_first_and_said(model, reference_tokenizer, premise, hypothesis, limit):
    texts = "a " * premise, "b " * hypothesis
    pair = model.encode(*texts, limit=limit)
    expected = reference_tokenizer(*texts, truncation="longest_first", max_length=limit)
    assert pair.input_ids.tolist() == expected["input_ids"]
    kept = [sum(word.sentence == sentence for word in pair.words) for sentence in (PREMISE, HYPOTHESIS)]
    assert min(kept) >= 1
    total = premise + hypothesis + 3
    assert len(pair.tokens) == min(total, limit)
    told = f"Cut at {limit} word pieces of {total}: the model did not read the rest."
    assert pair.notes == ((told,) if total > limit else ())
    for before, after, other in ((premise, kept[0], kept[1]), (hypothesis, kept[1], kept[0])):
        assert after == before or after >= other - 1  # a sentence that was cut is still the longer one


@pytest.mark.parametrize("limit", [6, 64])
@pytest.mark.parametrize("premise", ["A cat runs.", "", None])
def test_the_hypothesis_can_be_read_alone(model, reference_tokenizer, premise, limit):
    pair = model.encode(premise, PAIR[1], limit=limit, empty_premise=True)
    expected = reference_tokenizer("", PAIR[1], truncation="longest_first", max_length=limit)
    assert pair.input_ids.tolist() == expected["input_ids"]
    assert pair.segments.tolist() == expected["token_type_ids"]
    assert pair.premise == ""
    assert {word.sentence for word in pair.words} == {HYPOTHESIS}


@pytest.mark.parametrize("limit", [4, 3, 1, 0, -1])
def test_a_limit_without_room_for_both_sentences_is_refused(model, limit):
    with pytest.raises(InputError, match=rf"limit is {limit} .* at least {MIN_WORD_PIECES}") as caught:
        model.encode(*PAIR, limit=limit)
    assert caught.value.field == "limit"


@odd
def test_words_hold_every_word_piece_once_and_in_order(model, premise, hypothesis):
    pair = model.encode(premise, hypothesis)
    inside = [position for word in pair.words for position in word.positions]
    first_separator = len(pair.segments) - int(pair.segments.sum()) - 1
    outside = [0, first_separator, len(pair.tokens) - 1]
    assert inside == [position for position in range(len(pair.tokens)) if position not in outside]
    assert [position for position, special in enumerate(pair.special) if special] == outside
    for word in pair.words:
        assert {int(pair.segments[position]) for position in word.positions} == {
            0 if word.sentence == PREMISE else 1
        }


@odd
def test_words_are_slices_of_what_was_typed_and_lose_nothing_visible(model, premise, hypothesis):
    pair = model.encode(premise, hypothesis)
    invisible = "\x00\x1b\x07\u200b\u200d\u202e"
    for sentence, text in ((PREMISE, premise), (HYPOTHESIS, hypothesis)):
        end, gaps = 0, ""
        for word in pair.words:
            if word.sentence == sentence:
                start = text.index(word.text, end)
                gaps += text[end:start]
                end = start + len(word.text)
        assert (gaps + text[end:]).translate(dict.fromkeys(map(ord, invisible))).strip() == ""


def test_words_keep_case_and_accents(model):
    words = model.encode("The Café, NAÏVE cafe\u0301.", "Zoë sleeps.").words
    assert [word.text for word in words] == [
        *("The", "Café", ",", "NAÏVE", "cafe\u0301", "."),
        *("Zoë", "sleeps", "."),
    ]


@pytest.mark.parametrize("count", [1, MAX_NAMED, MAX_NAMED + 1])
def test_unknown_words_are_noted_as_typed(model, count):
    glyphs = [chr(0x13000 + number) for number in range(count)]  # hieroglyphs, in no vocabulary of ours
    (note,) = model.encode("A " + " ".join(glyphs), "a").notes
    more = ", …" if count > MAX_NAMED else ""
    assert note == f"Not in the vocabulary, read as [UNK]: {', '.join(glyphs[:MAX_NAMED])}{more}"


def test_an_unknown_word_is_noted_once(model):
    glyph = chr(0x13000)
    (note,) = model.encode(f"{glyph} {glyph} a", f"the {glyph}").notes
    assert note == f"Not in the vocabulary, read as [UNK]: {glyph}"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the \ue000 cat", "U+E000"),
        ("the cat\ufffd runs", "U+FFFD"),
        ("a\uf8ff\U000f0000 man", "U+F8FF, U+F0000"),
        ("a\ufffda \ufffd man", "U+FFFD"),
    ],
    ids=["private use", "a lost byte", "two private ones", "inside a word and twice"],
)
@pytest.mark.parametrize("field", [PREMISE, HYPOTHESIS])
def test_visible_characters_that_are_dropped_are_named(model, text, named, field):
    pair = model.encode(**{PREMISE: "the cat", HYPOTHESIS: "the cat"} | {field: text})
    assert f"Dropped by the tokenizer, so that the model did not read them: {named}" in pair.notes


@pytest.mark.parametrize(
    "text", ["cafe\u0301 is", "a\u200bb", "the\x00cat", "A\u00a0cat", "\u202ethe cat", "na\u00efve"]
)
def test_what_no_reader_sees_is_dropped_without_a_note(model, text):
    assert not any("Dropped" in note for note in model.encode(text, "the cat").notes)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the [MASK] runs", "[MASK]"),
        ("[CLS] the cat [SEP]", "[CLS], [SEP]"),
        ("[UNK] is [UNK]", "[UNK]"),
        ("a [PAD]man", "[PAD]"),
    ],
)
def test_special_tokens_that_someone_typed_are_named(model, text, named):
    notes = model.encode("the cat", text).notes
    assert f"Read as the model's own tokens, not as text: {named}" in notes
    assert not any("Not in the vocabulary" in note for note in notes)


@pytest.mark.parametrize("text", ["the mask runs", "[mask]", "cls sep", "[ MASK ]"])
def test_what_only_looks_like_a_special_token_is_not_named(model, text):
    assert not any("own tokens" in note for note in model.encode("the cat", text).notes)


def test_known_words_bring_no_note(model):
    assert model.encode("a man is in the park.", "the dog runs.").notes == ()


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("field", [PREMISE, HYPOTHESIS])
@pytest.mark.parametrize("call", ["encode", "predict", "trace"])
def test_bad_text_is_refused_by_field_and_value(model, text, told, field, call):
    sentences = {PREMISE: "A cat runs.", HYPOTHESIS: "A cat runs."} | {field: text}
    with pytest.raises(InputError, match=told) as caught:
        getattr(model, call)(**sentences)
    assert caught.value.field == field
    assert field in str(caught.value)
    assert len(str(caught.value)) < 200


def test_text_of_exactly_the_limit_is_read(model):
    assert model.predict("a" * 10_000, "a").label in LABELS


@pytest.mark.parametrize(
    ("piece", "expected"),
    [("[CLS]", True), ("[A]", True), ("[]", False), ("[", False), ("a]", False), ("[a", False)],
)
def test_a_piece_in_brackets_is_special(piece, expected):
    assert is_special(piece) is expected
