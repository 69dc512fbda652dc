"""Long work goes on aside, on one thread and one core, so that verdicts and reasons are not kept waiting for it."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import get_native_id
from typing import ParamSpec, TypeVar

import torch

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
STANDS_BACK = 5  # of 19


def aside(
    function: Callable[Arguments, Result], *arguments: Arguments.args, **choices: Arguments.kwargs
) -> Result:
    """What a function returns, computed on the one thread aside; one call at a time."""
    return thread().submit(function, *arguments, **choices).result()


@cache
def thread() -> ThreadPoolExecutor:
    """The thread aside."""
    return one_core("aside")


def one_core(name: str) -> ThreadPoolExecutor:
    """A thread on which torch uses one core and that lets others go first; what it is given it does in order.

    A thread takes torch's number when it first asks for it; setting it changes the thread's own and that of threads to
    come. So this one asks first and sets it then, and those to come get the old number back.
    """
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name, initializer=stand_back)
    pool.submit(torch.get_num_threads).result()
    pool.submit(torch.set_num_threads, 1).result()
    torch.set_num_threads(before)
    return pool


def stand_back() -> None:
    """Lets every other thread of this machine go before this one, where threads have a priority of their own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), STANDS_BACK)
