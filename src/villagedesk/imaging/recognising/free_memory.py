"""How much memory this PC has left."""

from __future__ import annotations

import sys
from pathlib import Path

_COUNTED = ("total", "free", "pages", "free_pages", "room", "free_room", "extended")
"""What MEMORYSTATUSEX counts, bytes each."""


def free_memory() -> int | None:
    """Bytes a new process could have without anything being put out to the disk; None where that cannot be told.

    STATUS: the way of Windows was never run on a PC that is short of memory.
    """
    if sys.platform == "win32":
        return _of_windows()
    try:
        lines = Path("/proc/meminfo").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) * 1024
    return None


def _of_windows() -> int | None:
    import ctypes  # noqa: PLC0415 - has no windll elsewhere

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in _COUNTED),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    windll = getattr(ctypes, "windll")  # noqa: B009 - mypy knows it on Windows only
    return int(status.free) if windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None
