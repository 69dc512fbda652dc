"""Work aside takes one core; all other threads keep theirs."""

import os
from threading import Thread, current_thread, get_native_id

import pytest
import torch

from bertmini_demo.model.background import STANDS_BACK, aside


@pytest.fixture
def cores():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("cores")
def test_aside_is_one_thread_of_one_core_and_others_keep_theirs():
    names = {aside(lambda: current_thread().name) for _ in range(5)}
    assert (len(names), aside(torch.get_num_threads)) == (1, 1)
    found = []
    later = Thread(target=lambda: found.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert (found, torch.get_num_threads()) == ([2], 2)


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no such priorities")
def test_work_aside_stands_back_and_the_caller_stays_where_it_is():
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    before = priority()
    assert (aside(priority), priority()) == (before + STANDS_BACK, before)


def test_what_is_raised_aside_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        aside(divmod, 1, 0)
