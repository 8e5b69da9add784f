"""Fetches a document and is killed by itself (SIGKILL) after some pieces: run by ``test_documents``.

Arguments: data folder, division code, address, CA file, credential, pieces before the end (0: all), bytes of a piece.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.store.fixtures import CLERK, PASSWORD
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.app.system_clock import SystemClock
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import unlock
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.documents import DocumentPull


def main(data: str, division_code: str, address: str, ca: str, credential: str, pieces: str, piece_bytes: str) -> None:
    """Fetch, and die."""
    key, clock = unlock(Path(data), CLERK, PASSWORD), SystemClock()
    store = EncryptedStore.open(Path(data), key, clock)
    acceptance = HttpAcceptanceSystem(address, Path(ca).read_text(), lambda: credential, division_code)
    vault = PageVault(Path(data) / VAULT_FOLDER, key.vault)
    pull = DocumentPull(store, vault, acceptance, clock, lambda low, _high: low, int(piece_bytes))
    came = 0
    while pull.run():
        came += 1
        if came == int(pieces):
            os.kill(os.getpid(), signal.SIGKILL)
    acceptance.close()
    store.close()
    sys.stdout.write(f"{came}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
