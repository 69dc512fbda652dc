"""HTML as a parser reads it: no tag or attribute but our own, and every typed character back as text."""

import numpy as np
import pytest
from our_markup import HOSTILE, Page

from bertmini_demo.figures import rendering, theme
from bertmini_demo.figures.rendering import STRONGEST
from bertmini_demo.figures.templates import escape
from bertmini_demo.results import HYPOTHESIS, LABELS, PREMISE, Attribution, EncodedPair, Prediction, Word


def made_pair(premise, hypothesis):
    """A pair whose words are tuples of word pieces; a word's text is its pieces joined, without ##."""
    tokens, segments, words = ["[CLS]"], [0], []
    for segment, (sentence, row) in enumerate(((PREMISE, premise), (HYPOTHESIS, hypothesis))):
        for pieces in row:
            positions = tuple(range(len(tokens), len(tokens) + len(pieces)))
            words.append(Word("".join(piece.removeprefix("##") for piece in pieces), sentence, positions, 0))
            tokens += pieces
            segments += [segment] * len(pieces)
        tokens.append("[SEP]")
        segments.append(segment)
    return EncodedPair(
        premise=" ".join(word.text for word in words if word.sentence == PREMISE),
        hypothesis=" ".join(word.text for word in words if word.sentence == HYPOTHESIS),
        tokens=tuple(tokens),
        input_ids=np.arange(len(tokens)),
        segments=np.array(segments),
        words=tuple(words),
        notes=(),
    )


def made_attribution(pair, scores, **changes):
    values = {
        "pair": pair,
        "method": "integrated_gradients",
        "target": "contradiction",
        "output": "logit",
        "baseline": "pad",
        "baseline_probabilities": {"entailment": 0.8, "neutral": 0.1, "contradiction": 0.1},
        "scores": np.array(scores, dtype=float),
        "signed": True,
        "steps": 64,
        "inputs": 66,
        "gradients": 64,
        "standard_errors": None,
        "completeness_gap": 0.01,
        "seconds": 0.25,
    }
    return Attribution(**values | changes)


def made_prediction(**changes):
    values = {
        "label": "neutral",
        "probabilities": {"entailment": 0.1234, "neutral": 0.6543, "contradiction": 0.2223},
        "logits": dict.fromkeys(LABELS, 0.0),
        "tokens": ("[CLS]", "a", "[SEP]", "b", "[SEP]"),
        "notes": (),
        "seconds": 0.0314,
    }
    return Prediction(**values | changes)


# [CLS] a sleep ##ing cat . [SEP] no dog [SEP]
PAIR = made_pair([("a",), ("sleep", "##ing"), ("cat",), (".",)], [("no",), ("dog",)])
SCORES = [9.0, 0.5, -1.5, 0.5, -2.0, 0.0, 0.25, 1.0, -0.01, -7.0]
WORD_SCORES = [0.5, -1.0, -2.0, 0.0, 1.0, -0.01]
ATTRIBUTION = made_attribution(PAIR, SCORES)


def rows_of(page):
    """The words of each row, without the marks of their signs."""
    rows = zip(page.all(kind="sentence"), page.all(kind="which"), strict=True)
    return [[word.rstrip("+−") for word in row.text.removeprefix(which.text).split()] for row, which in rows]


# What a reader typed


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_comes_back_from_a_parser_as_content_and_as_attribute(text):
    page = Page(f'<p title="{escape(text)}">{escape(text)}</p>')
    assert page.one().text == page.one().attributes["title"] == text


@pytest.mark.parametrize("scored", [True, False])
@pytest.mark.parametrize("pieces", [True, False])
def test_hostile_words_come_out_as_text_only(scored, pieces):
    pair = made_pair([(text,) for text in HOSTILE], [(text,) for text in reversed(HOSTILE)])
    attribution = made_attribution(pair, np.linspace(-1, 1, len(pair.tokens))) if scored else None
    page = Page(rendering.sentences(pair, attribution, chosen=3, pieces=pieces, special=True))
    shown = [element.text.removesuffix("+").removesuffix("−") for element in page.all("bdi")]
    assert shown == [*HOSTILE, *reversed(HOSTILE)]
    assert len(page.all("button")) == 2 * len(HOSTILE)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_text_in_the_sentence_about_them(text, signed):
    pair = made_pair([(text,), ("a",)], [("b",)])
    attribution = made_attribution(pair, [0, 3, 1, 0, 2, 0], signed=signed)
    assert f"“{text}”" in Page(rendering.strongest(attribution)).one("p").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_notes_stay_text(text):
    assert Page(rendering.verdict(made_prediction(notes=("first", text)))).all("li")[1].text == text


@pytest.mark.parametrize("text", HOSTILE)
def test_the_pair_itself_stands_in_attributes_as_typed(text):
    pair = made_pair([(text,), ("a",)], [("b",), (text,)])
    (outer,) = Page(rendering.sentences(pair)).all(kind="sentences")
    assert outer.attributes["data-premise"] == pair.premise == f"{text} a"
    assert outer.attributes["data-hypothesis"] == pair.hypothesis == f"b {text}"


# The words


def test_words_stand_in_two_named_rows():
    page = Page(rendering.sentences(PAIR))
    assert [element.text for element in page.all(kind="which")] == [PREMISE, HYPOTHESIS]
    assert rows_of(page) == [["a", "sleeping", "cat", "."], ["no", "dog"]]
    assert [element.tint for element in page.all("button")] == [(None, 0.0)] * len(PAIR.words)


def test_pieces_show_word_pieces_and_keep_their_word():
    page = Page(rendering.sentences(PAIR, pieces=True))
    shown = [(element.text, element.attributes["data-word"]) for element in page.all("button")]
    assert shown == [
        *(("a", "0"), ("sleep", "1"), ("##ing", "1"), ("cat", "2"), (".", "3")),
        *(("no", "4"), ("dog", "5")),
    ]


@pytest.mark.parametrize("pieces", [True, False])
@pytest.mark.parametrize("special", [True, False])
def test_special_tokens_show_on_demand_at_their_places(pieces, special):
    page = Page(rendering.sentences(PAIR, ATTRIBUTION, pieces=pieces, special=special))
    middle = ["sleep", "##ing"] if pieces else ["sleeping"]
    expected = [["a", *middle, "cat", "."], ["no", "dog"]]
    if special:
        expected = [["[CLS]", *expected[0], "[SEP]"], [*expected[1], "[SEP]"]]
    assert rows_of(page) == expected
    outside = page.all(kind="special")
    assert [element.attributes["title"] for element in outside] == ["+9.00", "+0.25", "−7.00"] * special
    assert not any("data-word" in element.attributes for element in outside)


@pytest.mark.parametrize("pieces", [True, False])
@pytest.mark.parametrize("chosen", [None, *range(len(PAIR.words))])
def test_the_chosen_word_and_only_it_is_pressed(chosen, pieces):
    page = Page(rendering.sentences(PAIR, ATTRIBUTION, chosen=chosen, pieces=pieces))
    for element in page.all("button"):
        pressed = {"true": True, "false": False}[element.attributes["aria-pressed"]]
        assert pressed == (element.attributes["data-word"] == str(chosen))


def test_a_word_tells_its_score_as_the_sum_of_its_pieces():
    page = Page(rendering.sentences(PAIR, ATTRIBUTION))
    told = [float(element.attributes["title"].replace("−", "-")) for element in page.all("button")]
    assert told == pytest.approx(WORD_SCORES)
    assert told == pytest.approx(ATTRIBUTION.word_scores)


def rgb(colour):
    """A hex colour as it is written in a tint."""
    return ",".join(map(str, bytes.fromhex(colour[1:])))


def test_blue_supports_orange_opposes_and_the_strongest_is_the_most_opaque():
    buttons = Page(rendering.sentences(PAIR, ATTRIBUTION)).all("button")
    largest = max(map(abs, WORD_SCORES))
    for element, score in zip(buttons, WORD_SCORES, strict=True):
        colour, opacity = element.tint
        assert opacity == pytest.approx(STRONGEST * abs(score) / largest, abs=0.006)
        assert colour == rgb(theme.SUPPORTS if score >= 0 else theme.OPPOSES)
    assert int(np.argmax(list(bytes.fromhex(theme.SUPPORTS[1:])))) == 2  # blue
    assert int(np.argmax(list(bytes.fromhex(theme.OPPOSES[1:])))) == 0  # orange


def test_scores_without_a_sign_share_no_colour_with_signed_ones():
    unsigned = made_attribution(PAIR, np.abs(SCORES), signed=False, method="saliency")
    page = Page(rendering.sentences(PAIR, unsigned))
    assert {element.tint[0] for element in page.all("button")} == {rgb(theme.UNSIGNED)}
    assert len({theme.UNSIGNED, theme.SUPPORTS, theme.OPPOSES}) == 3
    assert page.all("sup") == []
    assert "+" not in "".join(element.attributes["title"] for element in page.all("button"))


def test_marks_tell_the_sign_without_colour_but_not_of_scores_near_zero():
    marks = [element.text[-1] for element in Page(rendering.sentences(PAIR, ATTRIBUTION)).all("button")]
    assert marks == ["+", "−", "−", ".", "+", "g"]


def test_shown_special_tokens_count_in_the_scale_and_hidden_ones_do_not():
    hidden = Page(rendering.sentences(PAIR, ATTRIBUTION)).all("button")
    shown = Page(rendering.sentences(PAIR, ATTRIBUTION, special=True)).all("button")
    assert max(element.tint[1] for element in hidden) == STRONGEST
    assert max(element.tint[1] for element in shown) == pytest.approx(STRONGEST * 2 / 9, abs=0.006)


def test_scores_that_are_all_zero_colour_nothing():
    page = Page(rendering.sentences(PAIR, made_attribution(PAIR, np.zeros(len(PAIR.tokens)))))
    assert {element.tint[1] for element in page.all("button")} == {0.0}


@pytest.mark.parametrize(
    ("attribution", "told"),
    [
        (None, "."),
        (ATTRIBUTION, "supports contradiction"),
        (made_attribution(PAIR, SCORES, target="not_entailment"), "supports not entailment"),
        (made_attribution(PAIR, np.abs(SCORES), signed=False), "the darker"),
    ],
)
def test_a_legend_always_says_what_the_colours_mean(attribution, told):
    page = Page(rendering.sentences(PAIR, attribution))
    assert told in page.one(kind="legend").text


# The verdict


def test_bars_stand_in_a_fixed_order_with_the_right_numbers():
    page = Page(rendering.verdict(made_prediction()))
    assert [element.text for element in page.all(kind="name")] == list(LABELS)
    assert [element.text for element in page.all(kind="share")] == ["12.3%", "65.4%", "22.2%"]
    widths = [element.attributes["style"] for element in page.all(kind="fill")]
    assert widths == ["width: 12.3%", "width: 65.4%", "width: 22.2%"]
    assert ["winner" in element.classes for element in page.all(kind="bar")] == [False, True, False]


@pytest.mark.parametrize("label", [*LABELS, "not_entailment"])
def test_the_verdict_names_the_label_and_says_what_it_means(label):
    labels = LABELS if label in LABELS else ("entailment", "not_entailment")
    probabilities = {name: 0.8 if name == label else 0.2 / (len(labels) - 1) for name in labels}
    page = Page(rendering.verdict(made_prediction(label=label, probabilities=probabilities)))
    assert page.one("section").attributes["data-label"] == label
    assert page.one("strong").text == label.replace("_", " ")
    assert rendering.MEANINGS[label] in page.one(kind="answer").text


def test_the_verdict_tells_time_word_pieces_and_notes():
    page = Page(rendering.verdict(made_prediction(notes=("Cut at 128.", "A close call."))))
    assert page.one(kind="facts").text == "31 ms · 5 word pieces"
    assert [element.text for element in page.all("li")] == ["Cut at 128.", "A close call."]


# What was done


@pytest.mark.parametrize(
    ("gap", "amber", "told"),
    [
        (None, False, "not promised"),
        (0.0, False, "0.0\u00a0%"),
        (0.05, False, "5.0\u00a0%"),
        (0.051, True, "5.1\u00a0%"),
        (1.7, True, "170.0\u00a0%"),
    ],
)
def test_the_strip_is_amber_above_five_percent_only(gap, amber, told):
    page = Page(rendering.strip(made_attribution(PAIR, SCORES, completeness_gap=gap)))
    assert ("amber" in page.one("dl").classes) == amber
    facts = dict(zip([e.text for e in page.all("dt")], [e.text for e in page.all("dd")], strict=True))
    assert facts["completeness gap"] == told


def test_the_strip_says_what_was_done():
    page = Page(rendering.strip(ATTRIBUTION))
    assert [(e.text, f.text) for e, f in zip(page.all("dt"), page.all("dd"), strict=True)] == [
        ("method", "integrated gradients"),
        ("explains", "logit of contradiction"),
        ("absent word", "pad"),
        ("steps", "64"),
        ("inputs", "66"),
        ("completeness gap", "1.0\u00a0%"),
        ("time", "0.25 s"),
    ]


def test_the_strip_says_where_a_method_has_no_baseline_and_no_steps():
    text = Page(rendering.strip(made_attribution(PAIR, SCORES, baseline=None, steps=None))).one("dl").text
    assert "absent wordnot needed" in text
    assert "stepsnone" in text


def test_the_strip_shows_the_error_of_a_method_that_samples_and_no_gap_that_is_zero_by_construction():
    errors = np.array([0.01, 0.234])
    page = Page(rendering.strip(made_attribution(PAIR, SCORES, standard_errors=errors, completeness_gap=0.0)))
    facts = dict(zip([e.text for e in page.all("dt")], [e.text for e in page.all("dd")], strict=True))
    assert facts["standard error"] == "up to 0.23 logits"
    assert "completeness gap" not in facts


@pytest.mark.parametrize(
    ("premise", "hypothesis", "index", "name"),
    [
        (["a", "cat"], ["no", "dog"], 1, "“cat”"),
        (["little", "cat"], ["Little", "dog"], 2, "“Little” in the hypothesis"),
        (["a", "cat", "a"], ["dog"], 2, "the second “a” in the premise"),
    ],
)
def test_a_word_that_occurs_twice_is_named_with_its_place(premise, hypothesis, index, name):
    words = made_pair([(word,) for word in premise], [(word,) for word in hypothesis]).words
    assert rendering.word_name(words, index) == name


def test_the_strongest_words_are_named_in_order_on_the_right_side():
    text = Page(rendering.strongest(ATTRIBUTION)).one("p").text
    assert text.startswith(
        "The strongest evidence for contradiction is “no” (+1.00) and “a” (+0.50). "
        "The strongest against it is “cat” (−2.00) and “sleeping” (−1.00)."
    )


def test_no_word_on_a_side_is_said():
    text = Page(rendering.strongest(made_attribution(PAIR, np.abs(SCORES)))).one("p").text
    assert "No word is evidence against it." in text
    text = Page(rendering.strongest(made_attribution(PAIR, -np.abs(SCORES)))).one("p").text
    assert text.startswith(
        "No word is evidence for contradiction. The strongest evidence against it is “cat” (−2.00)"
    )


def test_unsigned_scores_are_not_said_to_speak_for_or_against():
    text = Page(rendering.strongest(made_attribution(PAIR, np.abs(SCORES), signed=False))).one("p").text
    assert "depends most on “sleeping”, “cat” and “no”" in text
    assert "against" not in text
