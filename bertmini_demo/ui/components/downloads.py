"""A report on the pair, and its numbers, as files that the browser saves."""

from bertmini_demo.data.examples import gallery
from bertmini_demo.data.export import as_csv, as_json
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.early_exit import early_exit
from bertmini_demo.explain.norm_decomposition import contributions
from bertmini_demo.figures.report import Findings, report
from bertmini_demo.results import Head
from bertmini_demo.ui.components.pair_bar import current_attribution
from bertmini_demo.ui.questions import Question, Reply
from bertmini_demo.ui.server.error_responses import describe
from bertmini_demo.ui.state import State
from bertmini_demo.ui.visit import Visit

TYPES = {"report": "text/html", "csv": "text/csv", "json": "application/json"}
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes a CSV file for one of its country's old encodings


def download(analysis: Analysis, state: State, visit: Visit) -> Reply:  # noqa: ARG001
    """Name, media type and text of a file; the option "kind" says of which, "link" where the same page is opened again."""
    kind = state.option("kind", tuple(TYPES))
    name = "bert-mini-report.html" if kind == "report" else f"bert-mini-numbers.{kind}"
    return {"name": name, "type": TYPES[kind], "text": text_of(analysis, state, kind)}


def text_of(analysis: Analysis, state: State, kind: str) -> str:
    """The text of a file of one kind."""
    trace, model = analysis.trace(*state.pair), analysis.model
    attribution, head = current_attribution(analysis, state), Head(state.layer, state.head)
    if kind == "json":
        return as_json(trace, attribution, model=model.name)
    if kind == "csv":
        return BYTE_ORDER_MARK + as_csv(trace, attribution, head=head, model=model.name)
    expected = (one.label for one in gallery() if (one.premise, one.hypothesis) == state.pair)
    return report(
        Findings(
            trace=trace,
            attribution=attribution,
            parts=contributions(model, trace),
            early=early_exit(model, trace),
            head=head,
            model=model.name,
            expected=next(expected, None),
            link=link_of(state),
        )
    )


def link_of(state: State) -> str:
    """Where the same page is opened again; "" where that is not known.

    Raises:
        InputError: it is no address of a page; field "link".
    """
    link = state.options.get("link", "")
    if link and not link.startswith(("https://", "http://")):
        raise InputError(f"Link is {describe(link)}; it must begin with https:// or http://.", field="link")
    return link


QUESTIONS = (Question("download", download, visit=True),)
