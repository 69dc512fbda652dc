"""A row a sub-case with its accuracies; what was not measured is not drawn."""

import json

import pytest

from bertmini_demo.figures.hans_accuracy import Row, accuracy_rows

SEEDS = (0.1, 0.25, 0.7)
ROWS = [
    Row("Overlap", 0.5, 0.25, summary=True, published=0.95, seeds=SEEDS),
    Row("swapped", 1 / 3, 0.125, seeds=(0.0, 0.5, 1.0)),
    Row("joined <b>", 2 / 3, 0.0),
    Row("Stretch", 0.0, 1.0, summary=True, published=0.95, seeds=SEEDS),
    Row("cut out", 0.0, 1.0),
]


def traces(rows=ROWS):
    return {
        trace.name or "numbers": trace
        for trace in accuracy_rows(rows, title="Pairs that do not follow", source="first").data
    }


def drawn(trace, figure):
    """Accuracy in percent by the name of its row."""
    axis = figure.layout.yaxis
    names = dict(zip(axis.tickvals, axis.ticktext, strict=True))
    bare = {
        place: name.strip("\u00a0").removeprefix("<b>").removesuffix("</b>") for place, name in names.items()
    }
    return {bare[place].strip("\u00a0"): value for place, value in zip(trace.y, trace.x, strict=True)}


def test_each_measure_stands_in_its_row():
    figure = accuracy_rows(ROWS, title="Pairs that follow", source="first")
    by_name = {trace.name: trace for trace in figure.data}
    assert drawn(by_name["this model, this probe"], figure) == {
        "Overlap": 50,
        "swapped": 33.3,
        "joined &lt;b&gt;": 66.7,
        "Stretch": 0,
        "cut out": 0,
    }
    assert list(drawn(by_name["this model, HANS"], figure).values()) == [25, 12.5, 0, 100, 100]
    assert drawn(by_name["BERT-base, HANS, first"], figure) == {"Overlap": 95, "Stretch": 95}
    seeds = by_name["BERT-base, HANS, 100 seeds: mean and range"]
    assert drawn(seeds, figure) == {"Overlap": 25, "swapped": 50, "Stretch": 25}
    ends = zip(seeds.x, seeds.error_x.arrayminus, seeds.error_x.array, strict=True)
    assert [(x - below, x + above) for x, below, above in ends] == [(10, 70), (0, 100), (10, 70)]
    assert "mean 50.0\u00a0%, 0.0 to 100.0\u00a0%" in seeds.hovertext[1]
    assert "Pairs that follow" in figure.layout.title.text


def test_the_bars_have_their_numbers_beside_them_on_an_axis_that_makes_room_for_them():
    figure = accuracy_rows(ROWS, title="t", source="first")
    axis = figure.layout.yaxis2
    texts = [text.replace("\u00a0", " ") for text in axis.ticktext]
    assert texts == ["<b>50 %</b>", "33 %", "67 %", "<b>0 %</b>", "0 %"]
    assert axis.tickvals == figure.layout.yaxis.tickvals
    assert (axis.side, axis.automargin, axis.range) == ("right", True, figure.layout.yaxis.range)
    assert "y2" in [trace.yaxis for trace in figure.data]


def test_a_mark_at_either_end_keeps_off_names_and_numbers():
    low, high = accuracy_rows(ROWS, title="t", source="first").layout.xaxis.range
    assert low < -3
    assert high > 103


def test_rows_go_down_and_heuristics_stand_apart():
    figure = accuracy_rows(ROWS, title="t", source="first")
    places = list(figure.layout.yaxis.tickvals)
    assert places == sorted(set(places))
    assert places[3] - places[2] > places[1] - places[0]
    low, high = figure.layout.yaxis.range
    assert low > max(places)
    assert high < min(places)


def test_guessing_has_a_line_at_one_half():
    (line,) = accuracy_rows(ROWS, title="t", source="first").layout.shapes
    assert (line.x0, line.x1, line.xref) == (50, 50, "x")


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ("probe", "this model, this probe"),
        ("hans", "this model, HANS"),
        ("published", "BERT-base, HANS, first"),
        ("seeds", "BERT-base, HANS, 100 seeds: mean and range"),
    ],
)
def test_what_was_not_measured_is_neither_drawn_nor_in_the_legend(missing, name):
    rows = [
        Row(
            row.title,
            **{
                key: None if key == missing else getattr(row, key)
                for key in ("probe", "hans", "summary", "published", "seeds")
            },
        )
        for row in ROWS
    ]
    assert name in traces()
    assert name not in traces(rows)


def test_marks_differ_by_shape_and_not_by_colour_alone():
    symbols = [
        trace.marker.symbol
        for trace in traces().values()
        if trace.type == "scatter" and trace.mode == "markers"
    ]
    assert len(set(symbols)) == len(symbols) == 3


def test_the_same_rows_give_the_same_small_figure():
    text = accuracy_rows(ROWS, title="t", source="first").to_json()
    assert text == accuracy_rows(ROWS, title="t", source="first").to_json()
    assert len(text) < 6_000
    assert json.loads(text)["layout"]["height"] > 200
