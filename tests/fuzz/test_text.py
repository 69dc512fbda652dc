"""Hostile text to the parts that take it, without a server between: refused in words or read, and always escaped."""

import csv
import io
from html.parser import HTMLParser

import pytest
from fuzz.hostile import examples, texts
from hypothesis import example, given
from hypothesis import strategies as st
from in_process import LEFT_OPEN

from bertmini_demo.data.export import as_csv, as_json
from bertmini_demo.data.pair_files import read_file
from bertmini_demo.errors import DemoError, InputError
from bertmini_demo.figures.rendering import sentences
from bertmini_demo.results import Head
from bertmini_demo.ui.components.verdict_bars import verdict_html
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.state import READERS, State, read_state

pytestmark = LEFT_OPEN


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
def answers(tiny):
    answers = build_answers(tiny)
    yield answers
    answers.close()


@given(premise=texts(), hypothesis=texts())
@examples(0.2)
def test_a_pair_is_read_or_refused_in_words_and_shown_as_text(answers, premise, hypothesis):
    analysis, state = answers.models.get(), State(premise, hypothesis)
    try:
        analysis.trace(premise, hypothesis)
    except InputError:
        [reply] = answers.answer(answers.questions["verdict"], state)
        assert reply["error"]["field"] in ("premise", "hypothesis")
        return
    [pieces] = answers.answer(answers.questions["how_it_decides.pieces"], state)
    for html in (verdict_html(analysis, state), pieces["html"], sentences(analysis.trace(*state.pair).pair)):
        harmless(html)


@given(premise=texts(), hypothesis=texts())
@example(premise="0", hypothesis="\r=")
@examples(0.05)
def test_what_is_saved_is_whole_and_no_formula(tiny, answers, premise, hypothesis):
    analysis = answers.models.get()
    try:
        trace = analysis.trace(premise, hypothesis)
        attribution = analysis.attribution(premise, hypothesis, method="saliency")
    except InputError:
        return
    as_json(trace, attribution, model=tiny.name).encode()
    table = as_csv(trace, attribution, head=Head(0, 0), model=tiny.name)
    for row in csv.reader(io.StringIO(table, newline="")):  # a word may hold a carriage return
        assert not [cell for cell in row if cell.startswith(("=", "@", "+", "\t", "\r", "\n"))]


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)),
    max_leaves=6,
)


@given(state=st.dictionaries(st.one_of(st.sampled_from(sorted(READERS)), texts()), JSON_VALUES, max_size=6))
@examples(0.15)
def test_any_state_is_read_or_refused_with_its_field(state):
    state = {"premise": "a dog .", "hypothesis": "a cat .", **state}
    try:
        read, field = read_state(state, max_characters=100), None
    except InputError as error:
        read, field = None, error.field
    assert field or (set(state) <= set(READERS) and len(read.premise) <= 100)


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
    for read in (lambda: read_file(file, max_rows=100, megabytes=1),):
        told = ""
        try:
            read()
        except DemoError as error:
            told = str(error)
        assert str(file) not in told
