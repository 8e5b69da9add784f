"""A helper in a process of its own, for a library that may crash or hang: asked on its standard input, it answers each
time with one line of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

LONGEST_LINE = 64 * 1024
"""Bytes that are read of an answer."""
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW: no black box flashes up when it starts."""


def begin(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start it. Raises OSError."""
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW,
    )


def answer_in(line: bytes) -> dict[str, Any]:
    """What a line says. Raises ValueError when it is cut, or no answer at all."""
    try:
        told = json.loads(line) if line.endswith(b"\n") else None
    except RecursionError:
        told = None
    if not isinstance(told, dict):
        raise ValueError("no answer")
    return told
