"""Naming a fault of this program without repeating what it says: an exception's text may hold what a villager told."""

from __future__ import annotations

import ntpath
import traceback


def fault_lines(error: BaseException) -> list[str]:
    """What may be written down of an exception: kinds and places of it and of its causes, innermost cause last.

    No message, no value, and of files the name alone, since a path may hold the name of whoever is signed in (I8).
    """
    lines: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines += [
            f"  {ntpath.basename(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"  # takes / and \\ alike
            for frame, line in traceback.walk_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    return lines
