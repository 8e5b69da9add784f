"""Somebody who looks at one page after the other until the process is killed; see test_view_log.

Beside each look a little is flushed to the same disk, so that a machine that stands still for a while holds up this as
it holds up the log.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from tests.desk.counter import open_window, ready_draft
from tests.store.fixtures import FixedClock
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey

KEY = bytes(range(32))
PACE_S = 0.05


def main() -> None:
    """Tell each look on a line of its own, with its moment on the machine's clock."""
    folder = Path(sys.argv[1])
    EncryptedStore.create(folder, DataKey(KEY), FixedClock()).close()
    window = open_window(folder, key=DataKey(KEY))
    case_id = ready_draft(window)
    pause = threading.Event()
    beside = os.open(folder / "beside", os.O_WRONLY | os.O_CREAT)
    for number in range(10_000):
        window.desk.audit.page_viewed(case_id, str(number))
        sys.stdout.write(f"{number} {time.monotonic()}\n")
        sys.stdout.flush()
        os.pwrite(beside, b"x", 0)
        os.fsync(beside)
        pause.wait(PACE_S)


if __name__ == "__main__":
    main()
