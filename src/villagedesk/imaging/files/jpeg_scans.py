"""How often a JPEG goes over its picture: a small file can ask for so many passes that reading it does not end.

Loads nothing large, because cameras ask before the first window is seen.
"""

from __future__ import annotations

import re

MOST_SCANS = 100
"""Encoders write up to some twenty; libtiff refuses from here on, too. So many take about 8 s at 80 megapixels."""

_MOST_MARKS = 10_000
"""A picture has a few hundred at most."""
_START = b"\xff\xd8"
_SCAN, _END = 0xDA, 0xD9
_MARK = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
"""That something of a told length follows, or the end. Within what is packed, 0xff itself is followed by 0, and places
to restart from by 0xd0 to 0xd7."""


def has_too_many_scans(data: bytes) -> bool:
    """Whether a file is a JPEG of more than ``MOST_SCANS`` passes; what is no JPEG has none."""
    if not data.startswith(_START) or data.count(b"\xff\xda") <= MOST_SCANS:
        return False
    # they may also stand in what a camera notes, or behind the picture's end
    scans, at = 0, len(_START)
    for _ in range(_MOST_MARKS):
        mark = _MARK.search(data, at)
        if mark is None or mark[1][0] == _END:
            return False
        scans += mark[1][0] == _SCAN
        if scans > MOST_SCANS:
            return True
        at = mark.end() + max(2, int.from_bytes(data[mark.end() : mark.end() + 2], "big"))
    return True
