"""Background work takes one core and a low priority; all other threads keep theirs."""

import logging
import os
import subprocess
import sys
from threading import Event, Thread, current_thread, get_native_id

import pytest
import torch
from serving import ROOT

from bertmini_demo.model.background import NICENESS, lower_priority, run_in_background

NICE = pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no such priorities")


@pytest.fixture
def cores():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("cores")
def test_the_background_is_one_thread_of_one_core_and_others_keep_theirs():
    names = {run_in_background(lambda: current_thread().name) for _ in range(5)}
    assert (len(names), run_in_background(torch.get_num_threads)) == (1, 1)
    counts = []
    later = Thread(target=lambda: counts.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert (counts, torch.get_num_threads()) == ([2], 2)


def test_two_callers_at_once_are_served_one_after_the_other():
    running, most = [], []

    def work():
        running.append(1)
        most.append(len(running))
        Event().wait(0.05)
        running.pop()

    callers = [Thread(target=run_in_background, args=[work]) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert most == [1, 1, 1]


def own_priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, get_native_id())


@NICE
def test_background_work_has_a_lower_priority_than_the_caller():
    before = own_priority()
    assert (run_in_background(own_priority), own_priority()) == (before + NICENESS, before)


@NICE
def test_priority_falls_relative_to_a_process_that_was_started_nice():
    """As an ordinary user, who may lower a priority but never raise it; each in a fork of one interpreter."""
    code = """
import os, sys
from threading import get_native_id
from bertmini_demo.model.background import run_in_background
for niceness in (3, 10, 17):
    if child := os.fork():
        os.waitpid(child, 0)
        continue
    os.nice(niceness)
    os.getuid() or os.setuid(65534)
    print(run_in_background(lambda: os.getpriority(os.PRIO_PROCESS, get_native_id())), flush=True)
    os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    expected = [str(min(before + niceness + NICENESS, 19)) for niceness in (3, 10, 17)]
    assert done.stdout.split() == expected, done.stderr


@pytest.mark.parametrize("call", ["getpriority", "setpriority"])
@pytest.mark.parametrize("error", [PermissionError, ProcessLookupError, OSError])
def test_work_goes_on_where_the_priority_may_not_be_changed(monkeypatch, caplog, call, error):
    def refuse(*_arguments):
        raise error("refused")

    monkeypatch.setattr(os, call, refuse, raising=False)
    with caplog.at_level(logging.WARNING):
        lower_priority()
    if sys.platform == "linux":
        assert "refused" in caplog.text


def test_what_is_raised_in_the_background_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        run_in_background(divmod, 1, 0)
