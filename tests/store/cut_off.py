"""Runs work in a child process that is gone, without any clean-up, at its n-th change to the file system."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

_CUT, _FAILED = 9, 1
_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"})


def cut_off(work: Callable[[], object], at: int) -> bool:
    """Whether the work was cut off at its ``at``-th change (counted from 1); False when it came to its end before.

    Raises:
        AssertionError: when the work failed instead.
    """
    child = os.fork()
    if child == 0:
        _be_the_child(work, at)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, _CUT), f"the work failed before it was cut off ({code})"
    return code == _CUT


def _be_the_child(work: Callable[[], object], at: int) -> None:
    left = at

    def hook(event: str, values: tuple[Any, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(values[2], int) and values[2] & (os.O_WRONLY | os.O_RDWR)
        if event in _CHANGES or writes:
            left -= 1
            if left == 0:
                os._exit(_CUT)

    code = _FAILED
    try:
        sys.addaudithook(hook)
        work()
        code = 0
    finally:
        os._exit(code)
