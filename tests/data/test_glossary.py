"""Terms and method notes: whole, explained once in a text, and never where a reader's words or controls stand."""

import re
from html.parser import HTMLParser

import pytest

from bertmini_demo import attribution
from bertmini_demo.attribution import METHODS
from bertmini_demo.data.glossary import (
    explain_terms,
    glossary,
    method_notes,
    read_glossary,
    read_method_notes,
)
from bertmini_demo.errors import LessonError
from bertmini_demo.explain.value_zeroing import VALUE_ZEROING
from bertmini_demo.explain.word_scores import ATTENTION, ROLLOUT

TERMS = {"logit": "A score.", "logits": "A score.", "[cls]": "A <mark>.", "head": "A part."}
ASKED = (
    "premise hypothesis entailment word_piece token [CLS] [SEP] embedding layer head query key attention softmax residual "
    "hidden_state pooler logit probability attribution baseline completeness faithfulness comprehensiveness sufficiency "
    "rollout ablation fine-tuning calibration heuristic"
)


class Reader(HTMLParser):
    """The terms of a text with their meanings, and its text without tags."""

    def __init__(self, text):
        super().__init__()
        self.terms, self.text, self.inside = [], "", None
        self.feed(text)

    def handle_starttag(self, _tag, attributes):
        self.inside = dict(attributes).get("data-meaning")

    def handle_data(self, data):
        self.text += data
        if self.inside:
            self.terms.append((data, self.inside))
            self.inside = None


def explained(text):
    return Reader(explain_terms(text, terms=TERMS)).terms


def test_only_the_first_use_is_explained_whatever_its_form():
    assert explained("Logits, a logit, LOGIT.") == [("Logits", "A score.")]


def test_terms_are_whole_words_and_marks():
    assert explained("Headings, forehead, head-on, subheads, [CLS].") == [("[CLS]", "A <mark>.")]


@pytest.mark.parametrize("tag", ["a", "bdi", "button", "h2", "label", "option", "summary", "q"])
def test_what_stands_in_controls_headings_and_quotations_is_left_alone(tag):
    text = f"<p><{tag} title='logit'>logit <em>head</em></{tag}> head</p>"
    assert explained(text) == [("head", "A part.")]
    assert explain_terms(f"<{tag}>logit</{tag}>", terms=TERMS) == f"<{tag}>logit</{tag}>"


def test_nothing_but_the_terms_changes():
    text = "<p class='head logit'>The <strong>logit</strong> &amp; no head &lt;b&gt;.</p>"
    told = explain_terms(text, terms=TERMS)
    assert Reader(told).text == Reader(text).text
    assert re.sub(r"</?span[^>]*>", "", told) == text


def test_every_term_of_the_trade_has_a_short_meaning():
    known = glossary()
    for name in ASKED.split():
        assert name.replace("_", " ").lower() in known, name
    for meaning in set(known.values()):
        assert 4 <= len(meaning.split()) <= 40, meaning
        assert len(re.findall(r"[.?!](?= |$)", meaning)) <= 2, meaning


def test_a_term_without_meaning_or_given_twice_is_told_by_its_line(tmp_path):
    path = tmp_path / "glossary.md"
    path.write_text("# Words\n\n## one\n\nText.\n\n## two\n", encoding="utf-8")
    with pytest.raises(LessonError, match=r"line 7: “two” has no meaning"):
        read_glossary(path)
    path.write_text("# Words\n\n## one\n\nText.\n\n## two\nalso: One\n\nText.\n", encoding="utf-8")
    with pytest.raises(LessonError, match=r"line 8: “One” appears twice"):
        read_glossary(path)


def test_every_way_of_scoring_has_its_five_lines():
    assert set(method_notes()) == {*METHODS, ATTENTION, ROLLOUT, VALUE_ZEROING}
    for note in method_notes().values():
        assert re.search(
            r"(19|20)\d\d, .*https://(arxiv\.org/abs/\d{4}\.\d{4,5}|doi\.org/\S+|aclanthology\.org/\S+)$",
            note.paper,
        )


@pytest.mark.parametrize("method", METHODS)
def test_the_paper_is_the_one_the_code_names(method):
    address = method_notes()[method].paper.split(", ")[-1]
    assert address in getattr(attribution, method).__doc__


def test_a_note_without_one_of_its_lines_is_told(tmp_path):
    path = tmp_path / "methods.md"
    path.write_text("# Notes\n\n## saliency\ncomputes: a norm.\n", encoding="utf-8")
    with pytest.raises(LessonError, match=r"line 3: “saliency” needs a line “formula"):
        read_method_notes(path)
