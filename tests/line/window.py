"""A village's client in a process of its own: encrypted store, vault, engine, TLS; no screen.

``python -m tests.line.window FOLDER JOB`` makes a new installation in FOLDER (which holds ``station-file.json``),
enrols it, and takes in the cases of the job, all before anything counts. It says that it is ready; a line of input then
starts the engine; when every case is sent it says the moment, and the end of its input ends it.
"""

from __future__ import annotations

import json
import random
import secrets
import socket
import ssl
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.line.namespaces import use_cubic
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.station import StationFile
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync import assembly
from villagedesk.sync.enrolment import Enrolment, stored_credential
from villagedesk.sync.traffic import Traffic
from villagedesk.sync.uploader import ThreadedUploader, _Running

KEY = DataKey(bytes(range(32)))
_PAGE_KB = (60, 200)
"""Smallest and largest page, as pages of 200 dpi come out (design: section 5, *page size*)."""
_MOST_PAGES = 6


@dataclass(frozen=True)
class Job:
    """What is to be sent.

    Args:
        seed: of the pages' sizes and bytes.
        page_bytes: of all pages together, about.
        width: connections for pages; 0 for what the program would use.
    """

    seed: int
    page_bytes: int
    width: int = 0


def pages_of(job: Job) -> list[list[bytes]]:
    """The pages of each case: bytes that nothing can be squeezed out of, like a JPEG's."""
    chance = random.Random(f"pages/{job.seed}")
    cases: list[list[bytes]] = []
    left = job.page_bytes
    while left > 0:
        sizes = [int(chance.triangular(*_PAGE_KB, 100) * 1024) for _ in range(chance.randint(1, _MOST_PAGES))]
        # The last case is cut to measure, so that every seed has the same to send.
        kept = [size for place, size in enumerate(sizes) if sum(sizes[:place]) < left]
        cases.append([chance.randbytes(size) for size in kept])
        left -= sum(kept)
    return cases


class _FixedUploader(ThreadedUploader):
    """Measures nothing, and cuts no connection that collapsed."""

    def __init__(self, width: int, traffic: Traffic, advised: object) -> None:
        super().__init__(traffic)
        self._fixed = width

    def _supervise(self, running: _Running) -> None:
        while not running.ended(0.1):
            running.widen(self._fixed)


def set_width(width: int) -> None:
    """So many connections for pages instead of what the program would use; 0 leaves that to the program."""
    if width:
        vars(assembly)["ThreadedUploader"] = partial(_FixedUploader, width)


def main(folder: Path, job: Job) -> None:
    """Be that client."""
    use_cubic()
    set_width(job.width)
    station = StationFile.from_bytes((folder / "station-file.json").read_bytes())
    data = folder / "data"
    data.mkdir()
    store = EncryptedStore.create(data, KEY, SystemClock())
    vault = PageVault(data / VAULT_FOLDER, KEY.vault)
    _enrol(store, station)
    clerk = Clerk(store, vault, SimClock(), numbered=True)
    rows = [clerk.take_in(pages)[1] for pages in pages_of(job)]
    byte_count = sum(page.byte_count for row in rows for page in store.read(lambda s, r=row: s.pages(r.case_id)))  # type: ignore[misc]
    _greet(station)
    _say(ready=True, cases=len(rows), page_bytes=byte_count)
    sys.stdin.readline()
    system = HttpAcceptanceSystem(
        station.address, station.ca_pem, lambda: stored_credential(store), station.division_code
    )
    moved = threading.Condition()

    def wake(_status: object = None) -> None:
        with moved:
            moved.notify_all()

    def states() -> Counter[SendingState]:
        return store.read(lambda snapshot: Counter(snapshot.outbox_row(row.action_id).state for row in rows))

    engine = assembly.engine_for(store, vault, system, station, SystemClock(), abort=system.abort, publish=wake)
    store.subscribe(wake)
    engine.start()
    with moved:
        moved.wait_for(lambda: states()[SendingState.SENT] == len(rows))
    _say(done=SystemClock().monotonic(), sent=states()[SendingState.SENT])
    sys.stdin.readline()
    engine.stop()
    system.close()
    store.close()


def _enrol(store: EncryptedStore, station: StationFile) -> None:
    system = HttpAcceptanceSystem(
        station.address, station.ca_pem, lambda: stored_credential(store), station.division_code
    )
    enrolment = Enrolment(store, system, station, SystemClock(), lambda: secrets.token_urlsafe(32))
    enrolment.prepare()
    enrolment.attempt()
    system.close()


def _greet(station: StationFile) -> None:
    """A TLS connection that asks nothing: the last before ``ready``, so that the relay tells what greeting costs."""
    parts = urlsplit(station.address)
    host = parts.hostname or ""
    context = ssl.create_default_context(cadata=station.ca_pem)
    context.set_alpn_protocols(["http/1.1"])
    with socket.create_connection((host, parts.port or 443)) as plain, context.wrap_socket(plain, server_hostname=host):
        pass


def _say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Job(**json.loads(sys.argv[2])))
