"""The village's process that is killed: a clerk who takes cases in, the engine that sends them, no screen.

What the screen would have said is written down, flushed, outside the data folder: 已保存 once the case is committed,
已上报 once its receipt is stored. Every second case or so is evaluated once it is sent.
"""

from __future__ import annotations

import json
import os
import random
import threading
from contextlib import suppress
from pathlib import Path

from tests.faults.kills_mutants import around_village
from tests.faults.place import Place
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Timeouts
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.outbox import CLOSED_STATES, OPEN_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.station import StationFile
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.assembly import engine_for
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.link import LinkKind
from villagedesk.sync.retry import RetryPolicy

KEY = DataKey(bytes(range(32)))
_SOON = RetryPolicy(first=0.05, cap=0.5, confirming=(0.02, 0.1), busy_spread=0.1)
_IMPATIENT = Timeouts(connect=2.0, read=2.0, answer=4.0)
_PAGE_BYTES = (5_000, 60_000)
_BETWEEN_CASES = (0.0, 0.3)
_MOST_OPEN = 4
_LOOK_AGAIN = 0.2


def enough_file(place: Place) -> Path:
    """Once it is there, nothing more is taken in."""
    return place.root / "enough"


def settled_file(place: Place) -> Path:
    """Is there once nothing more is taken in and nothing is open."""
    return place.root / "settled"


def all_rows(snapshot: Snapshot) -> list[OutboxRow]:
    """Every outbox row there is."""
    return list(snapshot.outbox(frozenset(SendingState)))


def open_village(place: Place) -> EncryptedStore:
    """The store, made when there is none."""
    place.data.mkdir(exist_ok=True)
    make = EncryptedStore.open if EncryptedStore.exists(place.data) else EncryptedStore.create
    return make(place.data, KEY, SystemClock())


def live(place: Place, life: int) -> None:
    """Be the village until killed.

    Args:
        life: number of this start, so that no id is made twice.
    """
    store = open_village(place)
    vault = PageVault(place.data / VAULT_FOLDER, KEY.vault)
    station = StationFile.from_bytes((place.root / "station-file.json").read_bytes())
    plain = HttpAcceptanceSystem(
        station.address, station.ca_pem, lambda: stored_credential(store), station.division_code, timeouts=_IMPATIENT
    )
    system = around_village(place.mutant, plain)
    moved = threading.Event()
    engine = engine_for(
        store,
        vault,
        system,
        station,
        SystemClock(),
        abort=plain.abort,
        publish=lambda _status: moved.set(),
        retry=_SOON,
    )
    store.subscribe(moved.set)
    clerk = Clerk(store, vault, SimClock(), prefix=f"{life}.", numbered=True)
    taking = threading.Thread(target=_take_in, args=(place, clerk), daemon=True)
    taking.start()
    engine.start()
    told = {str(fact[word]) for fact in place.confirmations() for word in ("sent", "done") if word in fact}
    while True:
        moved.wait(_LOOK_AGAIN)
        moved.clear()
        if engine.status.link.kind is not LinkKind.ONLINE:
            # The clerk is impatient as well.
            engine.kick()
        enough = enough_file(place).exists() and not taking.is_alive()
        _tell(place, clerk, store.read(all_rows), told)
        if enough and all(row.state in CLOSED_STATES for row in store.read(all_rows)):
            settled_file(place).touch()


def _take_in(place: Place, clerk: Clerk) -> None:
    chance = random.Random()
    pause = threading.Event()
    while not enough_file(place).exists():
        pause.wait(chance.uniform(*_BETWEEN_CASES))
        if len(clerk.store.read(lambda snapshot: snapshot.outbox(OPEN_STATES))) >= _MOST_OPEN:
            continue
        pages = [os.urandom(size) for size in _page_sizes(place.mutant, chance)]
        case, row = clerk.take_in(pages)
        kept = clerk.store.read(lambda snapshot, name=case.case_id: snapshot.pages(name))  # type: ignore[misc]
        place.acknowledge(
            case=case.case_id,
            number=case.local_no,
            action=row.action_id,
            payload=row.payload_sha256,
            pages=[[page.page_id, page.sha256] for page in kept],
        )


def _page_sizes(mutant: str, chance: random.Random) -> list[int]:
    """Bytes of a case's pages. A mutant is wrong about records or actions: pages would only keep it from them."""
    if mutant == "a key per attempt":
        return []
    return [2000] if mutant else [chance.randint(*_PAGE_BYTES) for _ in range(chance.randint(1, 3))]


def _tell(place: Place, clerk: Clerk, rows: list[OutboxRow], told: set[str]) -> None:
    evaluated = {row.case_id for row in rows if row.operation is Operation.EVALUATE}
    for row in rows:
        if row.state is SendingState.SENT:
            if row.action_id not in told:
                told.add(row.action_id)
                place.acknowledge(sent=row.action_id, of=row.case_id, receipt=_receipt_id(row))
            chosen = bool(place.mutant) or row.case_id.endswith(("1", "3", "5", "7", "9"))
            if chosen and row.case_id not in evaluated:
                clerk.act(row.case_id, Operation.EVALUATE)
        elif row.state is SendingState.DONE and row.action_id not in told:
            told.add(row.action_id)
            place.acknowledge(done=row.action_id, of=row.case_id)


def _receipt_id(row: OutboxRow) -> str:
    with suppress(ValueError, KeyError):
        return str(json.loads(row.receipt)["receipt_id"])
    return ""
