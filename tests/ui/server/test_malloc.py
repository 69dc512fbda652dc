"""Threads share a few arenas, unless the operator has set their number."""

import os
import subprocess
import sys

import pytest

from bertmini_demo.ui.server.malloc import ARENAS

THREADS = 8
# Each thread frees a block that its arena keeps, while all the others hold one; then the C library lists its arenas.
COUNT = f"""
import ctypes
from threading import Barrier, Thread
from bertmini_demo.ui.server.malloc import limit_malloc_arenas

limit_malloc_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
library.malloc.argtypes, library.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
barrier = Barrier({THREADS})

def work():
    block = library.malloc(50_000)
    barrier.wait()
    library.free(block)

threads = [Thread(target=work) for _ in range({THREADS})]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
out = ctypes.c_void_p(library.fopen(b"/dev/stdout", b"w"))
library.malloc_info(0, out)
library.fclose(out)
"""


def arenas(**variables: str) -> int:
    """How many arenas a program with THREADS threads has."""
    told = subprocess.run(
        [sys.executable, "-c", COUNT], env=os.environ | variables, capture_output=True, text=True, check=True
    )
    return told.stdout.count("<heap ")


@pytest.mark.skipif(
    sys.platform != "linux" or os.confstr_names.get("CS_GNU_LIBC_VERSION") is None, reason="not glibc"
)
def test_threads_share_a_few_arenas_unless_the_operator_has_set_their_number():
    assert arenas() == ARENAS
    assert arenas(MALLOC_ARENA_MAX=str(THREADS)) > ARENAS
