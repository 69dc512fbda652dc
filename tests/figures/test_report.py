"""A report is one document: it needs nothing from elsewhere, says what the results say, and keeps text as text."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from bertmini_demo.attribution import attribute
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.figures.report import MAX_CELLS, Findings, bar, report
from bertmini_demo.results import Head

PAIR = ("<b>a</b> dog & runs", "{{x}} ${y} </p> it")
LARGEST = 400_000  # characters, for a pair of common length
EMPTY = {"meta", "img", "br", "image", "rect", "circle", "path", "line"}


class Reader(HTMLParser):
    """Notes every element, what it refers to, the text, and whether elements are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.references, self.texts, self.open = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.references += [
            value for name, value in attributes if name in ("src", "href", "srcset", "action")
        ]
        assert not [name for name, _ in attributes if name.startswith("on")]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(document: str) -> Reader:
    reader = Reader()
    reader.feed(document)
    assert reader.open == []
    return reader


def find(model, premise, hypothesis, **more) -> Findings:
    trace = model.trace(premise, hypothesis)
    return Findings(
        trace=trace,
        attribution=attribute(model, premise, hypothesis, method="input_x_gradient", target=model.labels[0]),
        parts=contributions(model, trace),
        early=early_exit(model, trace),
        head=Head(1, 0),
        model="<i>model</i>",
        **more,
    )


@pytest.fixture(scope="module")
def findings(model):
    return find(model, *PAIR, expected="neutral", link="http://127.0.0.1:7860/?premise=a&tab=why")


@pytest.fixture(scope="module")
def reader(findings):
    return read(report(findings))


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(findings, reader):
    outside = [one for one in reader.references if not one.startswith(("data:image/png;base64,", "#"))]
    assert outside == [findings.link]
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in reader.tags}
    assert not re.search(r"url\(|@import", report(findings))


def test_what_was_typed_stays_text(findings, reader):
    text = " ".join(reader.texts)
    assert PAIR[0] in text
    assert PAIR[1] in text
    assert "b" not in {tag for tag, _ in reader.tags}
    assert "<i>model</i>" not in report(findings)


def test_it_says_what_the_results_say(findings, reader):
    text = " ".join(" ".join(reader.texts).split())
    prediction = findings.trace.prediction
    assert label_name(prediction.label) in text
    assert "Expected: neutral." in text
    assert all(f"{share:.1%}" in text for share in prediction.probabilities.values())
    assert all(f"{score:+.3f}" in text for score in findings.attribution.word_scores)
    assert all(f"{share:.1%}" in text for share in findings.early.ravel())
    titles = [attributes["title"] for tag, attributes in reader.tags if tag == "td" and "title" in attributes]
    assert titles == [f"{weight:.3f}" for weight in findings.trace.attentions[findings.head].ravel()]


def test_every_picture_has_a_text_and_every_head_a_tile(findings, reader):
    tiles = [attributes for tag, attributes in reader.tags if tag == "img" and "title" in attributes]
    assert len(tiles) == np.prod(findings.trace.attentions.shape[:2])
    assert all(attributes["alt"].startswith("Layer ") for attributes in tiles)


def test_a_report_is_small_and_the_same_for_the_same_results(findings):
    document = report(findings)
    assert document == report(findings)
    assert len(document) < LARGEST


def test_a_long_pair_is_shown_as_a_picture(tiny):
    findings = find(tiny, "a dog runs . " * 6, "the cat sleeps . " * 6)
    assert len(findings.trace.tokens) > MAX_CELLS
    tags = read(report(findings)).tags
    assert not [attributes for _, attributes in tags if attributes.get("class") == "weights"]
    assert len([attributes for _, attributes in tags if attributes.get("class") == "closeup"]) == 1


def test_no_link_is_made_of_what_is_no_address(tiny):
    findings = find(tiny, "a dog", "a cat", link="javascript:alert(1)")
    assert "javascript" not in report(findings)


def test_bars_start_at_zero_and_are_as_long_as_their_scores():
    assert bar(0.5, signed=True) | {"colour": ""} == {"left": "50.0%", "width": "25.0%", "colour": ""}
    assert bar(-0.5, signed=True) | {"colour": ""} == {"left": "25.0%", "width": "25.0%", "colour": ""}
    assert bar(0.5, signed=False) | {"colour": ""} == {"left": "0.0%", "width": "50.0%", "colour": ""}
