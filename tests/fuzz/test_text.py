"""Hostile text to the parts that take it, without a server between: refused in words or read, and always escaped."""

import csv
import io
from html.parser import HTMLParser
from types import SimpleNamespace

import gradio as gr
import pytest
from fuzz.hostile import examples, texts
from hypothesis import example, given
from hypothesis import strategies as st
from in_process import LEFT_OPEN

from bertmini_demo.data.export import as_csv, as_json
from bertmini_demo.data.lessons import Lessons, read_lessons
from bertmini_demo.data.pair_files import read_file
from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.rendering import sentences
from bertmini_demo.results import Head
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory import beside
from bertmini_demo.ui.laboratory.handlers import Handlers
from bertmini_demo.ui.laboratory.inputs import validator
from bertmini_demo.ui.laboratory.navigation import KEYS, read_query
from bertmini_demo.ui.laboratory.sharing import opening
from bertmini_demo.ui.laboratory.tab_page import lay_out

pytestmark = LEFT_OPEN
QUERY_KEYS = (*KEYS, "model")


class Tags(HTMLParser):
    """The names and attributes of the tags of a document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found += [(tag, ""), *((tag, name) for name, _ in attributes)]


def harmless(html: str) -> None:
    """Only tags and attributes that this page writes itself."""
    for tag, attribute in Tags(html).found:
        assert tag not in ("script", "img", "svg", "iframe", "object", "embed", "link", "meta", "textarea")
        assert not attribute.startswith("on")
        assert attribute not in ("src", "href", "srcdoc")


@pytest.fixture(scope="module")
def handlers(tiny):
    return Handlers(Analysis(tiny))


@given(premise=texts(), hypothesis=texts())
@examples(0.2)
def test_a_pair_is_read_or_refused_in_words_and_shown_as_text(tiny, handlers, premise, hypothesis):
    visitor = SimpleNamespace(session_hash="a")
    fine = all(one["is_valid"] for one in validator(tiny, handlers.latest)(premise, hypothesis, visitor))
    try:
        told, look_for, _ = handlers.judge(premise, hypothesis)
    except InputError:
        assert not fine
        return
    assert fine
    for html in (told, look_for, sentences(handlers.analysis.trace(premise, hypothesis).pair)):
        harmless(html)


@given(premise=texts(), hypothesis=texts())
@example(premise="0", hypothesis="\r=")
@examples(0.05)
def test_what_is_taken_along_is_whole_and_no_formula(tiny, handlers, premise, hypothesis):
    try:
        trace = handlers.analysis.trace(premise, hypothesis)
        attribution = handlers.analysis.attribution(premise, hypothesis, method="saliency")
    except InputError:
        return
    as_json(trace, attribution, model=tiny.name).encode()
    table = as_csv(trace, attribution, head=Head(0, 0), model=tiny.name)
    for row in csv.reader(io.StringIO(table, newline="")):  # a word may hold a carriage return
        assert not [cell for cell in row if cell.startswith(("=", "@", "+", "\t", "\r", "\n"))]


@pytest.fixture(scope="module")
def open_link(handlers):
    with gr.Blocks():
        parts = lay_out(handlers, Lessons((), read_lessons().pairs))
    tabs = tuple(tab.name for tab in parts.tabs)
    return opening(handlers, parts.choices, tabs)


@given(query=st.dictionaries(st.one_of(st.sampled_from(QUERY_KEYS), texts()), texts(), max_size=6))
@examples(0.15)
def test_any_link_opens_and_what_cannot_is_told_as_text(open_link, query):
    told, *_ = open_link("a dog .", "a cat .", 0, SimpleNamespace(query_params=query))
    harmless(told)
    assert isinstance(read_query(query).faults, tuple)


@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.lists(texts(), max_size=6).map(lambda rows: "\t".join(rows).encode(errors="surrogatepass")),
    )
)
@examples(0.1)
def test_any_file_of_pairs_is_read_or_refused_by_line(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "hostile.tsv"
    file.write_bytes(content)
    for read in (
        lambda: beside.pairs_of(str(file), Settings()),
        lambda: read_file(file, max_rows=100, megabytes=1),
    ):
        told = ""
        try:
            read()
        except DemoError as error:
            told = str(error)
        assert str(file) not in told
