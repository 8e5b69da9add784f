"""The reading process with faults that a marked file sets off, and with planted mistakes: ``… [MISTAKE]``."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time

from villagedesk.devices import file_pages_child, helper_bounds
from villagedesk.imaging.files.foreign import ForeignFile, open_foreign

CRASH, HANG, EAT = b"%!crash", b"%!hang", b"%!eat"
"""A file that begins so makes this reader crash, hang, or take memory without end, as a real one may some day."""
MOST_MB = file_pages_child.MOST_MEMORY >> 20


def _no_bounds(most_memory: int) -> None:
    del most_memory


def main() -> int:
    """The real one, but for what stands above."""
    mistakes = sys.argv[1:]

    def opened(data: bytes) -> ForeignFile:
        if data.startswith(CRASH):
            os.kill(os.getpid(), signal.SIGSEGV)
        if data.startswith(HANG):
            time.sleep(600)
        if data.startswith(EAT):
            eaten: list[bytearray] = []
            while len(eaten) < 20:
                eaten.append(bytearray(b"\1") * (100 << 20))
        if "leaves a file" in mistakes:
            with tempfile.NamedTemporaryFile(delete=False) as left:
                left.write(data)
        return open_foreign(data)

    file_pages_child.open_foreign = opened  # type: ignore[attr-defined]
    if {"no bounds", "leaves a file"} & {*mistakes}:
        helper_bounds.hold = _no_bounds
    return file_pages_child.main()


if __name__ == "__main__":
    sys.exit(main())
