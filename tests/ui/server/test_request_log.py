"""The log is lines of JSON, whoever writes to it, and quotes nobody."""

import io
import json
import logging
import sys
import warnings

import pytest

from bertmini_demo.ui.server import request_log


@pytest.fixture
def lines(monkeypatch):
    """What is logged from now on, one object a line; the loggers are as they were afterwards."""
    root, package = logging.getLogger(), logging.getLogger(request_log.PACKAGE)
    libraries = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(one, one.level, one.propagate, list(one.handlers)) for one in (root, package, *libraries)]
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logging.basicConfig(force=False)
    root.addHandler(logging.StreamHandler(stream))  # as a library does
    libraries[0].addHandler(logging.StreamHandler(stream))
    request_log.write_to_standard_error()
    request_log.write_to_standard_error()  # the second time changes nothing
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.captureWarnings(False)
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate, logger.handlers[:] = propagate, handlers


def test_each_record_is_one_line_of_json(lines):
    request_log.write("request", endpoint="predict")
    logging.getLogger("a library").warning("careful")
    logging.getLogger("uvicorn.error").error("broken")
    logging.getLogger("a library").info("not of interest")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("beware", UserWarning, stacklevel=1)
    first, *others = lines()
    assert (first["event"], first["endpoint"]) == ("request", "predict")
    assert [one["level"] for one in others] == ["WARNING", "ERROR", "WARNING"]
    assert all(one["time"] for one in (first, *others))


def test_a_librarys_message_loses_what_may_quote_a_request(lines):
    logging.getLogger().warning("18 validation errors\ninput_value='what a visitor typed'")
    [line] = lines()
    assert line["text"] == "18 validation errors"


def test_a_fault_keeps_its_traceback_on_the_same_line(lines):
    try:
        raise KeyError("a fault")
    except KeyError:
        logging.getLogger(f"{request_log.PACKAGE}.ui").exception("it failed")
    [line] = lines()
    assert line["text"].startswith("it failed\nTraceback")
    assert "KeyError" in line["text"]
