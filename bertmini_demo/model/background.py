"""Long work runs in the background, on one thread and one core, so that verdicts do not wait for it."""

import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import get_native_id
from typing import ParamSpec, TypeVar

import torch

log = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
NICENESS = 5  # added to the thread's own, on Linux; 19 is the lowest priority there


def run_in_background(
    function: Callable[Arguments, Result], *arguments: Arguments.args, **choices: Arguments.kwargs
) -> Result:
    """What a function returns, computed on the one background thread; one call at a time.

    Raises:
        Exception: whatever the function raises.
    """
    return background_thread().submit(function, *arguments, **choices).result()


@cache
def background_thread() -> ThreadPoolExecutor:
    """The thread that :func:`run_in_background` uses, started at the first call."""
    return single_core_executor("background")


def single_core_executor(name: str) -> ThreadPoolExecutor:
    """A thread of low priority on which torch uses one core; it runs its calls in order.

    A thread reads torch's number of threads when it first asks for it; setting it changes the thread's own number and that
    of later threads. So this one asks first, then sets it, and restores the old number for later threads.
    """
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name, initializer=lower_priority)
    pool.submit(torch.get_num_threads).result()
    pool.submit(torch.set_num_threads, 1).result()
    torch.set_num_threads(before)
    return pool


def lower_priority() -> None:
    """Lowers this thread's priority relative to its own, where threads have one (Linux); goes on where that is refused."""
    if sys.platform != "linux":
        return
    try:
        thread = get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, niceness)  # the kernel caps it at 19
    except OSError as error:
        log.warning("Background work keeps the priority of the rest: %s", error)
