"""Makes a page of the photograph on standard input, and nothing else, and prints how much memory that took at most."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.page import make_page


def peak_bytes() -> int:
    """The most memory this process ever had resident."""
    status = Path("/proc/self/status")
    if status.exists():
        # The kernel's other figure, ru_maxrss, is inherited from the process that started this one.
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found:
            return int(found[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    with contextlib.suppress(InputProblem):  # no paper found: what the search took is told
        make_page(sys.stdin.buffer.read())
    sys.stdout.write(f"{peak_bytes()}\n")
