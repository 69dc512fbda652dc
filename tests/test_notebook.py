"""What a notebook shows: the words with the tints of the page, and nothing typed as markup."""

import json
import re

from bertmini_demo.attribution import attribute
from bertmini_demo.figures import rendering
from bertmini_demo.notebook import Coloured, Heads

PAIR = ("the man <b>sleeps</b>", "a man is awake .")


def test_it_shows_the_coloured_sentences_of_the_page(tiny):
    found = attribute(tiny, *PAIR, method="saliency")
    html = Coloured(found)._repr_html_()
    assert rendering.sentences(found.pair, found) in html
    assert "<b>" not in html
    assert rendering.sentences(found.pair, found, special=True) in Coloured(found, special=True)._repr_html_()


def test_every_class_it_styles_is_one_that_is_drawn(tiny):
    html = Coloured(attribute(tiny, *PAIR, method="saliency"))._repr_html_()
    style, body = html.split("</style>")
    drawn = {name for names in re.findall(r'class="([^"]+)"', body) for name in names.split()}
    assert set(re.findall(r"\.([a-z]+)", style)) <= drawn


def test_the_heat_maps_of_all_heads_need_nothing_else_to_be_drawn(tiny):
    trace = tiny.trace("</script><b>sleeps</b>", PAIR[1])
    html = Heads(trace)._repr_html_()
    code, figure = html.rsplit("Plotly.newPlot(", 1)
    assert "plotly.js v" in code
    assert not re.search(r"<script[^>]+src=", html)
    data, _ = json.JSONDecoder().raw_decode(figure, figure.index("["))
    assert len(data) == trace.attentions.shape[0] * trace.attentions.shape[1]
    assert "</script><b>" not in figure
