"""Few arenas for many threads: what one thread frees the next can use, so that the memory of the process stays flat."""

import ctypes
import os
import sys

ARENAS = 2
M_ARENA_MAX = -8  # of glibc's malloc.h


def limit_malloc_arenas() -> None:
    """Has threads that start later share ARENAS arenas, unless MALLOC_ARENA_MAX is set or the C library is not glibc.

    glibc gives each thread an arena of its own, up to eight for each core, and each keeps the most it ever held.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt"):
            library.mallopt(M_ARENA_MAX, ARENAS)
