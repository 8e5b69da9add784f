"""One range of bytes, as a request asks for it (RFC 9110, sections 13.1.5 and 14.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")
_ETAG = re.compile(r'"([0-9a-f]{64})"')


@dataclass(frozen=True)
class Span:
    """Bytes that are asked for.

    Args:
        first: position of the first byte.
        last: position of the last one; None: to the end.
        of: SHA-256 of what they are wanted of; of something else the whole is wanted. "": of whatever is there.
    """

    first: int
    last: int | None
    of: str = ""

    def count(self, length: int) -> int:
        """How many bytes those are of so many."""
        return length - self.first if self.last is None else min(self.last + 1, length) - self.first


def span_of(asked: str, if_range: str) -> Span | None:
    """What ``Range`` and ``If-Range`` ask for; None: the whole. Any ``Range`` but one of bytes with a first position is
    passed over, as RFC 9110 allows."""
    named = _ONE_RANGE.fullmatch(asked.strip())
    if named is None:
        return None
    first, last = int(named[1]), int(named[2]) if named[2] else None
    if last is not None and last < first:
        return None  # no range at all (RFC 9110, 14.1.1)
    if not if_range.strip():
        return Span(first, last)
    etag = _ETAG.fullmatch(if_range.strip())
    # a date, or a name that is none of ours, fits nothing here
    return Span(first, last, etag[1]) if etag else None
