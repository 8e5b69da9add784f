"""The memory of one photograph serves the next."""

from __future__ import annotations

import subprocess
import sys

from tests.needs import not_run

_PROGRAM = """
import resource, sys, numpy as np
from villagedesk.imaging.kept_memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    photograph = np.full((3000, 4000, 3), 7, np.uint8)
    del photograph
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(way: str) -> int:
    """Pages of memory that the system had to find for the third photograph of 36 MB."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM, way], capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout)


def test_the_next_photograph_takes_no_new_memory() -> None:
    if sys.platform != "linux":
        not_run("only glibc is asked")
    assert _faults("kept") < 5
    assert _faults("given back") > 15, "this C library keeps it unasked"
