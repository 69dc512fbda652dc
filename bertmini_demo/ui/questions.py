"""What a view declares: the questions that it can answer, and the lane that each is answered in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import isgeneratorfunction
from types import ModuleType
from typing import Any

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.state import State
from bertmini_demo.ui.visit import Visit

VERDICT_LANE, WORDS_LANE, FIGURE_LANE = "verdict", "words", "figure"
SEARCH_LANE, WORK_LANE = "search", "work"
MODEL = ("model",)
PAIR = ("premise", "hypothesis", *MODEL)

Reply = Mapping[str, Any]
VisitAnswer = Callable[[Analysis, State, Visit], Reply | Iterator[Reply]]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One thing that the browser can ask.

    Attributes:
        name: "view.what", such as "how_it_decides.head".
        answer: from the analysis of the visitor's model and the state to JSON: a figure, a verdict, sentences. A
            generator answers work that takes seconds: it yields {"progress": share, "message": text} and the answer last.
        reads: the fields of the state and the options that the answer depends on, beside the pair and the model.
        lane: "verdict" for one forward pass, "words" for their first colours, "figure" for what is drawn at once, "search"
            for the one-word change, which gives way to these, "work" for what takes seconds.
        then: the lane of the replies after the first; "" for the same.
        pair: whether the answer is about the pair; where it is not, a pair that cannot be read is no obstacle.
        visit: whether ``answer`` takes the :class:`Visit` as its third argument. Such answers are not cached.
    """

    name: str
    answer: Callable[[Analysis, State], Reply | Iterator[Reply]] | VisitAnswer
    reads: tuple[str, ...] = ()
    lane: str = FIGURE_LANE
    then: str = ""
    pair: bool = True
    visit: bool = False

    @property
    def streams(self) -> bool:
        """Whether the answer comes in several replies."""
        return isgeneratorfunction(self.answer)


def card(
    figure: Any = None,
    *,
    title: str,
    says: str,
    table: tuple[tuple[str, ...], list[tuple[object, ...]]] | None = None,
    press: Mapping[str, Any] | None = None,
    html: str | None = None,
) -> dict[str, Any]:
    """The answer that a figure card shows, see components/card.html.

    Args:
        figure: a Plotly figure, sent as a string of JSON; None where ``html`` is the picture.
        title: a question or a finding.
        says: one sentence about this pair; it is also the figure's text alternative.
        table: headings and rows, the numbers behind the picture.
        press: what a press chooses: {"field": "word", "values": [...]} by the point's index, {"field": "word", "rows":
            [...]} by the row of a heat map, {"choices": [{"layer": 0, "head": 1}, ...]} likewise for several fields, or
            {"custom": ["word"]} for fields in the point's customdata.
        html: markup from a template that escapes.
    """
    answer = {"title": title, "says": says}
    if figure is not None:
        answer["figure"] = figure.to_json()  # once, however often the answer is sent
    if table is not None:
        headings, rows = table
        answer["table"] = {"headings": list(headings), "rows": [[str(cell) for cell in row] for row in rows]}
    if press is not None:
        answer["press"] = dict(press)
    if html is not None:
        answer["html"] = html
    return answer


def questions_of(modules: tuple[ModuleType, ...]) -> dict[str, Question]:
    """Name to question, for all of these modules' QUESTIONS.

    Raises:
        ValueError: two questions have one name.
    """
    listed = [question for module in modules for question in module.QUESTIONS]
    named = {question.name: question for question in listed}
    if len(named) != len(listed):
        raise ValueError("Two questions have the same name.")
    return named
