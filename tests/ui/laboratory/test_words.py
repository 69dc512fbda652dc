"""The tab Words shows what the tokenizer, the network and the masked-language model return."""

import html
import re
from types import SimpleNamespace

import numpy as np
import pytest

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.embeddings import add_embeddings, nearest_pieces
from bertmini_demo.model.masked_lm import NO_LANGUAGE_MODEL
from bertmini_demo.ui.laboratory.words import Gap, current_word, show_gap, show_pair, show_text, show_word

PAIR = {"premise": "The man doesn't sleep in the park.", "hypothesis": "A WOMAN is Asléep."}
ASLEEP = 11  # index of “Asléep”


@pytest.fixture
def analysis(tiny, tiny_language):
    return Analysis(tiny, lambda _model: tiny_language)


def view(word=None, **pair):
    return SimpleNamespace(**{**PAIR, **pair}, word=word)


def text(markup):
    """What a reader sees, tags left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def ranked(markup):
    """[[(name, share)]] for each ranked list."""
    lists = re.findall(r"<ol>(.*?)</ol>", markup)
    return [
        [tuple(map(text, found)) for found in re.findall(r"<li>(.*?)<span.*?share\">(.*?)</span></li>", one)]
        for one in lists
    ]


def shown(probability):
    return f"{probability:.1%}" if probability >= 0.0005 else "<0.1%"


# The pair


def test_every_piece_stands_there_with_its_id_and_position(analysis):
    (markup,) = show_pair(analysis, view())
    pair = analysis.trace(**PAIR).pair
    cells = re.findall(r"<b>(.*?)</b><small>id (\d+)</small><small>position (\d+)</small>", markup)
    expected = [
        (html.escape(token), str(row), str(position))
        for position, (token, row) in enumerate(zip(pair.tokens, pair.input_ids, strict=True))
    ]
    assert cells == expected
    first, second = markup.split('<div class="reading segment-1">')
    assert first.count("<small>id") == list(pair.segments).count(0)
    assert second.count("<small>id") == list(pair.segments).count(1)
    assert len(re.findall("data-word", markup)) == len(pair.words)


def test_changed_words_are_shown_before_and_after(analysis):
    told = text(show_pair(analysis, view())[0])
    assert "WOMAN → woman" in told
    assert "Asléep → asleep" in told
    assert "4 were lower-cased or lost accents" in told
    assert "doesn →" not in told


def test_a_typed_token_is_said_to_be_one(analysis):
    assert "would be read as BERT’s own token" in text(show_pair(analysis, view())[0])
    typed = view(premise="the [MASK] runs [SEP] .")
    assert "Here [MASK], [SEP] was typed and is read as BERT’s own token" in text(
        show_pair(analysis, typed)[0]
    )
    (index,) = [
        i
        for i, word in enumerate(analysis.trace(typed.premise, typed.hypothesis).pair.words)
        if word.text == "[SEP]"
    ]
    typed.word = index
    assert "never split" in text(show_word(analysis, typed)[0])


def test_without_a_choice_the_last_word_of_the_hypothesis_is_taken(tiny):
    pair = tiny.encode(**PAIR)
    assert pair.words[current_word(pair, None)].text == "Asléep"
    assert current_word(pair, 3) == 3
    marks = tiny.encode("the man .", "? !")
    assert marks.words[current_word(marks, None)].text == "man"
    assert current_word(tiny.encode(".", "?"), None) == 0


# One word


def test_a_split_word_is_shown_try_by_try(analysis):
    matching = show_word(analysis, view(word=0, premise="Parking a dog."))[0]
    told = text(matching)
    assert "“Parking” was lower-cased: “parking”. It became 2 pieces in 5 tries" in told
    tried = [text(found) for found in re.findall(r'<td class="tried".*?</td>', matching)]
    assert tried == ["parking", "parkin", "parki", "park", "##ing"]
    assert [text(row) for row in re.findall('<tr class="known">.*?</tr>', matching)] == [
        "park ✓ yes: taken",
        "##ing ✓ yes: taken",
    ]
    spans = [
        sum(int(span) for span in re.findall(r'colspan="(\d+)"', row))
        for row in re.findall(r"<tr class.*?</tr>", matching)
    ]
    assert spans == [len("parking")] * 5


def test_many_tries_are_counted_and_left_out(analysis):
    word = "q" * 14
    matching = show_word(analysis, view(word=0, premise=f"{word} is"))[0]
    pieces = analysis.trace(f"{word} is", PAIR["hypothesis"]).pair.words[0].positions
    assert len(pieces) == 14
    left = [int(number) for number in re.findall(r"… (\d+) more", text(matching))]
    assert left == [14 - 10, 13 - 10, 12 - 10]
    tried = len(re.findall(r'class="tried"', matching))
    assert tried + sum(left) == 14 * 15 // 2


@pytest.mark.parametrize(
    ("premise", "told"),
    [
        ("man", "is in the vocabulary: one piece"),
        ("狗", "cannot be put together from pieces"),
        ("z" * 120, "longer than the tokenizer tries"),
    ],
)
def test_what_is_not_split_is_said(analysis, premise, told):
    assert told in text(show_word(analysis, view(word=0, premise=premise))[0])


def test_strips_and_tables_hold_the_embeddings(analysis, tiny):
    _, figure, markup, _ = show_word(analysis, view(word=0, premise="parking a dog"))
    pair = analysis.trace("parking a dog", PAIR["hypothesis"]).pair
    embeddings = add_embeddings(tiny, pair)
    vectors = [embeddings.word, embeddings.position, embeddings.segment, embeddings.total]
    for piece, position in enumerate((1, 2)):
        for row, vector in enumerate(vectors):
            np.testing.assert_allclose(figure.data[0].z[6 * piece + 1 + row], vector[position], atol=1e-3)
        np.testing.assert_allclose(
            figure.data[1].z[6 * piece + 5], embeddings.normalised[position], atol=1e-3
        )
    lengths = re.findall(r"<td>(.*?)</td>", markup)
    assert lengths[0] == "park"
    assert lengths[1:6] == [
        f"{np.linalg.norm(vector[1]):.2f}" for vector in [*vectors, embeddings.normalised]
    ]
    total = embeddings.total[1]
    for cell, vector in zip(lengths[6:9], vectors, strict=False):
        angle = vector[1] @ total / np.linalg.norm(vector[1]) / np.linalg.norm(total)
        assert float(cell) == pytest.approx(angle, abs=0.006)


def test_only_the_first_pieces_of_a_long_word_are_drawn_and_that_is_said(analysis):
    _, figure, markup, near = show_word(analysis, view(word=0, premise="q" * 9))
    assert len(figure.layout.yaxis.ticktext) == 3 * 6
    assert "The first 3 of its 9 pieces are drawn." in text(markup)
    assert len(ranked(near)) == 3


def test_neighbours_are_those_of_the_table(analysis, tiny):
    near = show_word(analysis, view(word=1))[3]
    row = int(analysis.trace(**PAIR).pair.input_ids[2])
    (expected,) = nearest_pieces(tiny, [row])
    assert ranked(near) == [[(one.piece, f"{one.cosine:.2f}") for one in expected.nearest]]
    assert f"{expected.typical:.2f}" in text(near)


# A gap


def test_candidates_are_the_masked_language_models(analysis, tiny_language):
    markup, gap = show_gap(analysis, view(word=1), False, None)
    pair = analysis.trace(**PAIR).pair
    filled = tiny_language.fill(pair, 1)
    assert ranked(markup) == [[(one.piece, shown(one.probability)) for one in filled.candidates]]
    assert f"“man” itself: place {filled.rank}, {shown(filled.original.probability)}" in text(markup)
    assert "The ____ doesn't sleep in the park." in text(markup)
    assert gap == Gap(*PAIR.values(), 1)


def test_whole_words_only_when_asked(analysis, tiny_language):
    markup = show_gap(analysis, view(word=1), True, None)[0]
    filled = tiny_language.fill(analysis.trace(**PAIR).pair, 1, whole_words=True)
    assert [name for name, _ in ranked(markup)[0]] == [one.piece for one in filled.candidates]


def test_a_kept_gap_stands_beside_the_same_one_after_a_change(analysis, tiny_language):
    kept = Gap(PAIR["premise"], "A woman was awake.", ASLEEP)
    earlier = tiny_language.fill(analysis.trace(kept.premise, kept.hypothesis).pair, ASLEEP)
    for word in (ASLEEP, None):  # with no word chosen the kept one is taken
        markup, gap = show_gap(analysis, view(word=word), False, kept)
        assert gap == Gap(*PAIR.values(), ASLEEP)
        now, before = ranked(markup)
        assert before == [(one.piece, shown(one.probability)) for one in earlier.candidates]
        new = ", ".join(f"“{name}”" for name, _ in now if name not in dict(before)) or "nothing"
        gone = ", ".join(f"“{name}”" for name, _ in before if name not in dict(now)) or "nothing"
        assert f"Since the gap was kept {new} came among the first 10 and {gone} left them." in text(markup)


def test_another_gap_is_not_compared_with_the_kept_one(analysis):
    kept = Gap(*PAIR.values(), ASLEEP)
    markup = show_gap(analysis, view(word=1), False, kept)[0]
    assert len(ranked(markup)) == 2
    assert "Since the gap was kept" not in text(markup)
    assert "A gap is kept." in text(markup)
    same = show_gap(analysis, view(word=ASLEEP), False, kept)[0]
    assert len(ranked(same)) == 1
    assert "A gap is kept." in text(same)


def test_in_a_pair_of_other_length_the_kept_word_is_not_looked_for(analysis):
    _, gap = show_gap(analysis, view(hypothesis="a dog ."), False, Gap(*PAIR.values(), 1))
    assert gap.word == current_word(analysis.trace(PAIR["premise"], "a dog .").pair, None)


def test_a_candidate_opens_the_pair_with_that_word(analysis):
    markup = show_gap(analysis, view(word=0), True, None)[0]
    pairs = [
        tuple(map(html.unescape, found))
        for found in re.findall(r'data-premise="(.*?)" data-hypothesis="(.*?)"', markup)
    ]
    assert len(pairs) >= 9
    for premise, hypothesis in pairs:
        assert hypothesis == PAIR["hypothesis"]
        assert re.fullmatch(r"[A-Z]\w* man doesn't sleep in the park\.", premise)
        assert premise != PAIR["premise"]
    (dot,) = [i for i, word in enumerate(analysis.trace(**PAIR).pair.words) if word.text == "." and i > 9]
    opened = re.findall(r'data-hypothesis="(.*?)"', show_gap(analysis, view(word=dot), True, None)[0])
    assert all(hypothesis.startswith("A WOMAN is Asléep ") for hypothesis in opened)


def test_without_a_masked_language_model_that_is_said(tiny):
    analysis = Analysis(tiny)
    assert show_gap(analysis, view(), False, None) == [f'<p class="says">{NO_LANGUAGE_MODEL}</p>', None]
    assert NO_LANGUAGE_MODEL in show_text(analysis, view(), "a [MASK]", False)[0]
    assert show_pair(analysis, view())[0]
    assert show_word(analysis, view())[0]


# A text of one's own


def test_a_text_is_filled_at_each_mask(analysis, tiny_language):
    (markup,) = show_text(analysis, view(), "the [MASK] is [MASK] .", False)
    expected = tiny_language.fill_text("the [MASK] is [MASK] .")
    assert ranked(markup) == [[(c.piece, shown(c.probability)) for c in one.candidates] for one in expected]
    assert show_text(analysis, view(), "", False) == [""]


def test_what_is_wrong_with_a_text_is_said(analysis):
    (markup,) = show_text(analysis, view(), "a dog", False)
    assert "The text has no [MASK]. Put one in." in text(markup)


MARKUP = "<img src=x onerror=alert(1)> ${alert(1)} {{value}} </script>"


def test_what_was_typed_is_text(analysis):
    words = len(analysis.trace(MARKUP, MARKUP).pair.words)
    for word in range(words):
        typed = view(word=word, premise=MARKUP, hypothesis=MARKUP)
        outputs = [
            *show_pair(analysis, typed),
            *show_word(analysis, typed),
            *show_gap(analysis, typed, False, None),
        ]
        for markup in (output for output in outputs if isinstance(output, str)):
            assert not re.search(r"<(img|script|/script)", markup)
            assert "${" not in markup
            assert "{{" not in markup
