"""What is put into a template is text, whatever it holds; a missing value is an error."""

import jinja2
import pytest
from markupsafe import Markup

from bertmini_demo.figures.templates import render

HOSTILE = """</text><script>alert(1)</script> "onload='x' {{ 7 * 7 }} ${alert(1)} &amp;"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "line.jinja"
    path.write_text('<p title="{{ text }}">{{ text }}</p>', encoding="utf-8")
    return path


def test_text_is_inert(template):
    result = render(template, text=HOSTILE)
    for mark in ("<script", '"onload', "{{", "${", '&amp;"'):
        assert mark not in result
    assert result.count("&lt;script&gt;") == 2
    assert "&amp;amp;" in result


def test_markup_is_not_escaped_again(template):
    inner = render(template, text="a < b")
    assert "<p>" in render(template, text=Markup("<p>"))
    assert isinstance(inner, Markup)
    assert inner == '<p title="a &lt; b">a &lt; b</p>'


def test_a_missing_value_is_an_error(template):
    with pytest.raises(jinja2.UndefinedError, match="text"):
        render(template)
