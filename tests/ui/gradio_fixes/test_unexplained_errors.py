"""An event that fails says so in one line of its own, and never in the words of an exception."""

import asyncio
import logging

import gradio as gr
import pytest
from gradio.utils import error_payload

from bertmini_demo.ui.gradio_fixes.unexplained_errors import ExplainedErrors


def page_of(kind: type, function, component) -> gr.Blocks:
    with kind() as page:
        go, shown = gr.Button(), component()
        go.click(function, shown, gr.Textbox())
    return page


def break_down(_: object) -> str:
    raise KeyError("/a/path/of/this/machine")


def payload(page: gr.Blocks, value: object) -> dict:
    """What is answered to an event with a value."""
    [event] = page.fns.values()
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is tested
        asyncio.run(page.process_api(event, [value]))
    return error_payload(caught.value, show_error=False)


@pytest.mark.parametrize(
    ("function", "component", "value"),
    [
        (break_down, gr.Textbox, "a"),
        (str, gr.Slider, "not a number"),
        (str, gr.File, {"path": "/etc/passwd"}),
    ],
)
def test_an_event_that_fails_says_something(function, component, value):
    ours = payload(page_of(ExplainedErrors, function, component), value)
    assert ours["error"]
    assert "/a/path" not in ours["error"]
    assert "\n" not in ours["error"]
    theirs = payload(page_of(gr.Blocks, function, component), value)
    assert theirs == {"error": None}, "Gradio no longer needs the class ExplainedErrors"


def test_a_value_is_named_with_its_field():
    page = page_of(ExplainedErrors, str, lambda: gr.Slider(0, 10, label="Steps"))
    assert payload(page, "three")["error"] == 'Steps is "three", which a slider cannot hold.'


def test_what_is_the_servers_fault_is_logged_and_what_is_not_is_no_error(caplog):
    with caplog.at_level(logging.WARNING):
        payload(page_of(ExplainedErrors, str, gr.File), {"path": "/etc/passwd"})
        assert {record.levelname for record in caplog.records} <= {"WARNING"}
        payload(page_of(ExplainedErrors, break_down, gr.Textbox), "a")
    [fault] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert fault.exc_info
    assert "break_down" in fault.getMessage()


def test_a_message_to_the_visitor_stays_as_it_is_and_prints_no_traceback():
    def refuse(_: object) -> str:
        raise gr.Error("Choose another.")

    page = page_of(ExplainedErrors, refuse, gr.Textbox)
    [event] = page.fns.values()
    with pytest.raises(gr.Error) as caught:
        asyncio.run(page.process_api(event, ["a"]))
    assert caught.value.message == "Choose another."
    assert not caught.value.print_exception
