"""The process that is killed: works with the real store and says, in a flushed file elsewhere, what was confirmed.

It is started once, imports everything, and forks a fresh child per job; the child waits on a FIFO until strace has
taken hold of it. A job's ``mutant`` plants a fault *here*, around the store, never in it: the harness must catch each.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.store.fixtures import CHEAP, CLERK, DAY, ROLE, START, FixedClock, example_case, example_page, example_submit
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.store import database, keys, slots
from villagedesk.store.database import EncryptedStore
from villagedesk.store.slots import SLOT_FILES, Slots, slots_exist
from villagedesk.store.sweep import sweep
from villagedesk.store.vault import VAULT_FOLDER, PageVault

MUTANTS = {
    "row before file": "take in",
    "ack before commit": "take in",
    "case and outbox row apart": "take in",
    "event apart": "take in",
    "number printed before it is taken": "take in",
    "slots unlinked first": "password",
    "database made in place": "first run",
}
"""Each planted fault, and the operation under which it is looked for."""

DRIVERS_NAME = "Mihray Sample"
"""In Latin letters, so that no driver has to read the pinyin dictionaries under strace."""

_PR_SET_PTRACER = 0x59616D61


def password(number: int) -> str:
    """The clerk's password after that many changes."""
    return f"pass word {number}"


@dataclass
class Desk:
    """One opened installation, and the file that says what was confirmed."""

    folder: Path
    acks: Path
    mutant: str
    store: EncryptedStore
    vault: PageVault

    @classmethod
    def open(cls, folder: Path, acks: Path, mutant: str) -> Desk:
        """Sign in with the newest password confirmed, making keys and database when they are not there."""
        if slots_exist(folder):
            key = sign_in(folder, confirmed_password(acks))
        else:
            public = X25519PrivateKey.generate().public_key().public_bytes_raw()
            key = keys.create_keys(folder, CLERK, password(0), public, ROLE, CHEAP)
        make = EncryptedStore.open if EncryptedStore.exists(folder) else EncryptedStore.create
        vault = PageVault(folder / VAULT_FOLDER, key.vault)
        return cls(folder, acks, mutant, make(folder, key, FixedClock()), vault)

    def acknowledge(self, **facts: object) -> None:
        """Write down a confirmation as the screen would show it: what is here must never be missing later."""
        handle = os.open(self.acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, json.dumps(facts).encode() + b"\n")
        os.fsync(handle)
        os.close(handle)

    def pages(self, case_id: str, count: int) -> list[tuple[Page, bytes]]:
        """New pages of a case, not yet anywhere."""
        bodies = [os.urandom(6000) for _ in range(count)]
        return [(example_page(case_id, body, order=order), body) for order, body in enumerate(bodies, 1)]

    def take_in(self, page_count: int = 2) -> tuple[Case, OutboxRow]:
        """One case from photographs to 已保存."""
        case = example_case(name=DRIVERS_NAME)
        pages = self.pages(case.case_id, page_count)
        if self.mutant != "row before file":
            self._put(pages)
        saved = self._save(case, [page for page, _body in pages])
        if self.mutant == "row before file":
            self._put(pages)
        if self.mutant != "ack before commit":
            self._acknowledge_case(*saved, [page for page, _body in pages])
        return saved

    def _put(self, pages: Sequence[tuple[Page, bytes]]) -> None:
        for page, body in pages:
            self.vault.put(page.page_id, body)

    def _save(self, case: Case, pages: Sequence[Page]) -> tuple[Case, OutboxRow]:
        received = replace(case, status=CaseStatus.RECEIVED, revision=1, received_at=START)
        row = example_submit(received)
        event = CaseEvent(case.case_id, START, CLERK, "taken_in", CaseStatus.DRAFT, CaseStatus.RECEIVED)
        steps: list[Callable[[Transaction], object]] = [
            lambda t: t.put_case(replace(received, local_no=t.take_local_no(DAY))),
            lambda t: t.replace_pages(case.case_id, pages),
            lambda t: t.append_event(event),
            lambda t: t.add_outbox(row),
        ]
        apart = {
            "case and outbox row apart": [steps[:3], steps[3:]],
            "event apart": [[*steps[:2], steps[3]], [steps[2]]],
        }
        if self.mutant == "number printed before it is taken":
            number = f"mutant {self.store.read(lambda s: len(s.case_lines(10**6)))}"
            self.acknowledge(number=number)
            steps[0] = lambda t: t.put_case(replace(received, local_no=number))
        for part in apart.get(self.mutant, [steps]):
            future = self.store.write(lambda t, part=part: [step(t) for step in part])  # type: ignore[misc]
            if self.mutant == "ack before commit":
                self._acknowledge_case(received, row, pages)
            future.result()
        return self.store.read(lambda s: s.case(case.case_id)), row

    def _acknowledge_case(self, case: Case, row: OutboxRow, pages: Sequence[Page]) -> None:
        self.acknowledge(
            case=case.case_id,
            number=case.local_no,
            pages=[[page.page_id, page.sha256] for page in pages],
            action=row.action_id,
            payload=row.payload_sha256,
        )

    def change_password(self) -> None:
        """Change the clerk's password and say so."""
        number = confirmed_password(self.acks)
        for old in (number, number + 1):
            with contextlib.suppress(InputProblem):
                keys.change_password(self.folder, CLERK, password(old), password(number + 1), CHEAP)
                break
        self.acknowledge(password=number + 1)

    def close(self) -> None:
        """Close in order."""
        self.store.close()


def confirmations(acks: Path) -> list[dict[str, object]]:
    """What was confirmed; a last line without its end was not."""
    if not acks.exists():
        return []
    return [json.loads(line) for line in acks.read_bytes().split(b"\n")[:-1]]


def confirmed_password(acks: Path) -> int:
    """Number of the newest password that was confirmed."""
    numbers = [fact["password"] for fact in confirmations(acks) if "password" in fact]
    return int(str(numbers[-1])) if numbers else 0


def sign_in(folder: Path, confirmed: int) -> keys.DataKey:
    """Unlock with the confirmed password, or the one that was being set when the process died."""
    try:
        return keys.unlock(folder, CLERK, password(confirmed))
    except InputProblem:
        return keys.unlock(folder, CLERK, password(confirmed + 1))


def _first_run(desk: Desk) -> None:
    desk.take_in()


def _take_in(desk: Desk) -> None:
    for _ in range(3):
        desk.take_in()


def _step_by_step(desk: Desk) -> None:
    case = example_case(name=DRIVERS_NAME)
    desk.store.write(lambda t: t.put_case(case)).result()
    desk.acknowledge(case=case.case_id, number=None, pages=[])
    pages = desk.pages(case.case_id, 2)
    for page, body in pages:
        desk.vault.put(page.page_id, body)
        desk.store.write(lambda t, page=page: t.add_page(page)).result()  # type: ignore[misc]
        desk.acknowledge(case=case.case_id, number=None, pages=[[page.page_id, page.sha256]])
    turned = [replace(page, order=3 - page.order) for page, _body in pages]
    desk.store.write(lambda t: t.replace_pages(case.case_id, turned)).result()
    saved, row = desk.take_in(1)
    frozen = replace(row, state=SendingState.SENDING, frozen_at=START)
    sent = replace(frozen, state=SendingState.SENT, receipt=json.dumps({"receipt": str(uuid.uuid4())}))
    for step in (frozen, sent):
        desk.store.write(lambda t, step=step: t.update_outbox(step)).result()  # type: ignore[misc]
        desk.acknowledge(
            case=saved.case_id,
            number=saved.local_no,
            action=row.action_id,
            payload=row.payload_sha256,
            receipt=step.receipt,
            pages=[],
        )


def _password(desk: Desk) -> None:
    desk.change_password()
    desk.take_in(1)
    desk.change_password()


def _close(desk: Desk) -> None:
    desk.take_in(1)
    desk.close()
    again = Desk.open(desk.folder, desk.acks, desk.mutant)
    again.take_in(1)
    again.close()


def _sweep(desk: Desk) -> None:
    desk.vault.put(str(uuid.uuid4()), os.urandom(500))
    desk.take_in(1)
    key = sign_in(desk.folder, confirmed_password(desk.acks))
    later = replace(desk, vault=PageVault(desk.vault.folder, key.vault))
    sweep(later.store, later.vault)
    later.take_in(1)


OPERATIONS: dict[str, Callable[[Desk], None]] = {
    "first run": _first_run,
    "take in": _take_in,
    "step by step": _step_by_step,
    "password": _password,
    "close": _close,
    "sweep": _sweep,
}


def run_operation(folder: Path, acks: Path, operation: str, mutant: str = "") -> None:
    """Open (or make) the installation and run one operation to its end."""
    _plant(mutant)
    desk = Desk.open(folder, acks, mutant)
    OPERATIONS[operation](desk)
    desk.close()


def _plant(mutant: str) -> None:
    if mutant == "slots unlinked first":
        careful = slots.write_slots

        def unlink_first(folder: Path, new: Slots, mac_key: bytes) -> None:
            for name in SLOT_FILES:
                (folder / name).unlink(missing_ok=True)
            careful(folder, new, mac_key)

        vars(keys)["write_slots"] = unlink_first
    if mutant == "database made in place":
        aside = database._build

        def in_place(path: Path, key: keys.DataKey, clock: Clock) -> None:
            aside(path.with_name(database.DATABASE_FILE), key, clock)

        vars(database)["_build"] = in_place
        vars(database)["rename_durably"] = lambda _source, _target: None


def _child(job: dict[str, str]) -> None:
    # Lets a strace that is no parent of this process take hold of it where Yama is strict.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    with Path(job["fifo"]).open("rb") as fifo:
        fifo.read(1)
    run_operation(Path(job["folder"]), Path(job["acks"]), job["operation"], job["mutant"])


def serve() -> None:
    """Fork a child per job line on standard input; answer its process id, then how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _child(json.loads(line))
                code = 0
            finally:
                os._exit(code)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    serve()
