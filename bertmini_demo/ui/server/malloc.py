"""Few heaps for many threads: what one thread frees the next can use, so that the memory of the process stays flat."""

import ctypes
import os
import sys

HEAPS = 2
ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


def share_heaps() -> None:
    """Has the threads still to come share HEAPS heaps, unless MALLOC_ARENA_MAX is set or the C library is not glibc.

    glibc gives a thread a heap of its own, up to eight for each core, and each keeps the most it ever held.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt"):
            library.mallopt(ARENA_MAX, HEAPS)
