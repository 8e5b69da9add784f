"""Has the memory of large pictures kept for the next ones, where the C library would give it back each time."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What glibc's ``mallopt`` calls them."""
_LARGEST = 64 << 20
"""Bytes; a picture of 12 megapixels has 36 MB."""
_KEPT = 128 << 20
"""Bytes a thread that made pages may hold unused; a page needs about so many at its worst."""


@cache
def keep_freed_memory() -> None:
    """Ask for it, once in a process. Every page of memory that is given back is cleared by the system when it is taken
    again: of a page's whole processor time that was a fifth. Elsewhere than on Linux it does nothing."""
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return  # another C library, with ways of its own
    mallopt(_MMAP_THRESHOLD, _LARGEST)
    mallopt(_TRIM_THRESHOLD, _KEPT)
