"""The most memory a process ever held."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.needs import not_run


def peak_mb() -> int:
    """Of this process, in MB. ``getrusage`` would count the parent's as well: Linux keeps its mark over ``exec``."""
    if sys.platform != "linux":
        not_run("/proc is Linux's")
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1]) // 1024
