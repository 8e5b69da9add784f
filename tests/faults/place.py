"""Where an operation works: the folders of one run, what was confirmed in it, and the store opened on it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.store.fixtures import CHEAP, CLERK, DAY, ROLE, START, FixedClock, example_case, example_page, example_submit
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.store import keys
from villagedesk.store.database import EncryptedStore
from villagedesk.store.slots import slots_exist
from villagedesk.store.vault import VAULT_FOLDER, PageVault

DRIVERS_NAME = "Mihray Sample"
"""In Latin letters, so that no driver has to read the pinyin dictionaries under strace."""

COUNTYS_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
"""The county's recovery key in these runs."""


@dataclass(frozen=True)
class Place:
    """The folders of one run.

    Args:
        root: holds all of them.
        mutant: name of the fault planted around the store in this run; "" for none.
    """

    root: Path
    mutant: str = ""

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.root / "data"

    @property
    def medium(self) -> Path:
        """The folder backups are written to."""
        return self.root / "medium"

    def acknowledge(self, **facts: object) -> None:
        """Write down a confirmation as the screen would show it: what is here must never be missing later."""
        handle = os.open(self.root / "acks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, json.dumps(facts).encode() + b"\n")
        os.fsync(handle)
        os.close(handle)

    def confirmations(self) -> list[dict[str, object]]:
        """What was confirmed; a last line without its end was not."""
        file = self.root / "acks"
        if not file.exists():
            return []
        return [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]

    def newest(self, fact: str, otherwise: object) -> object:
        """The value that was confirmed last under a name."""
        values = [facts[fact] for facts in self.confirmations() if fact in facts]
        return values[-1] if values else otherwise

    def confirmed_password(self) -> int:
        """Number of the newest password that was confirmed."""
        return int(str(self.newest("password", 0)))

    def sign_in(self) -> keys.DataKey:
        """Unlock with the confirmed password, or the one that was being set when the process died."""
        confirmed = self.confirmed_password()
        try:
            return keys.unlock(self.data, CLERK, password(confirmed))
        except InputProblem:
            return keys.unlock(self.data, CLERK, password(confirmed + 1))


def password(number: int) -> str:
    """The clerk's password after that many changes."""
    return f"pass word {number}"


@dataclass
class Desk:
    """One opened installation."""

    place: Place
    key: keys.DataKey
    store: EncryptedStore
    vault: PageVault

    @classmethod
    def open(cls, place: Place) -> Desk:
        """Sign in with the newest password confirmed, making keys and database when they are not there."""
        folder = place.data
        if slots_exist(folder):
            key = place.sign_in()
        else:
            public = COUNTYS_KEY.public_key().public_bytes_raw()
            key = keys.create_keys(folder, CLERK, password(0), public, ROLE, CHEAP)
        make = EncryptedStore.open if EncryptedStore.exists(folder) else EncryptedStore.create
        vault = PageVault(folder / VAULT_FOLDER, key.vault)
        return cls(place, key, make(folder, key, FixedClock()), vault)

    def pages(self, case_id: str, count: int) -> list[tuple[Page, bytes]]:
        """New pages of a case, not yet anywhere."""
        bodies = [os.urandom(6000) for _ in range(count)]
        return [(example_page(case_id, body, order=order), body) for order, body in enumerate(bodies, 1)]

    def take_in(self, page_count: int = 2) -> tuple[Case, OutboxRow]:
        """One case from photographs to 已保存."""
        case = example_case(name=DRIVERS_NAME)
        pages = self.pages(case.case_id, page_count)
        if self.place.mutant != "row before file":
            self._put(pages)
        saved = self._save(case, [page for page, _body in pages])
        if self.place.mutant == "row before file":
            self._put(pages)
        if self.place.mutant != "ack before commit":
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
            "no transaction": [[step] for step in steps],
        }
        mutant = self.place.mutant
        if mutant == "number printed before it is taken":
            number = f"mutant {self.store.read(lambda s: len(s.case_lines(10**6)))}"
            self.place.acknowledge(number=number)
            steps[0] = lambda t: t.put_case(replace(received, local_no=number))
        for part in apart.get(mutant, [steps]):
            future = self.store.write(lambda t, part=part: [step(t) for step in part])  # type: ignore[misc]
            if mutant == "ack before commit":
                self._acknowledge_case(received, row, pages)
            future.result()
        return self.store.read(lambda s: s.case(case.case_id)), row

    def _acknowledge_case(self, case: Case, row: OutboxRow, pages: Sequence[Page]) -> None:
        # Told too early (by a mutant) there is no number yet to be told.
        number = {"number": case.local_no} if case.local_no else {}
        self.place.acknowledge(
            case=case.case_id,
            **number,
            pages=[[page.page_id, page.sha256] for page in pages],
            action=row.action_id,
            payload=row.payload_sha256,
        )

    def change_password(self) -> None:
        """Change the clerk's password and say so."""
        number = self.place.confirmed_password()
        for old in (number, number + 1):
            with contextlib.suppress(InputProblem):
                keys.change_password(self.place.data, CLERK, password(old), password(number + 1), CHEAP)
                break
        self.place.acknowledge(password=number + 1)

    def close(self) -> None:
        """Close in order."""
        self.store.close()
