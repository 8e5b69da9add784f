"""A real encrypted store on a temporary folder, and invented cases to put in; used by other floors' tests as well.

The people are impossible (born on 29 February 1904 with serials nobody was given) and their check digits are right.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from villagedesk.domain.case import Applicant, Case, CaseEvent, CaseStatus, Material, Page
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode, MaterialForm
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey, PasswordCost, create_keys
from villagedesk.store.vault import VAULT_FOLDER, PageVault

CHEAP = PasswordCost(time_cost=1, memory_kib=64, lanes=1)
"""Argon2id so cheap that tests do not wait for it; never for a real password."""

CLERK, PASSWORD, ROLE = "代办员甲", "correct horse 7", "clerk"
NAME, ID_NUMBER, PHONE = "欧阳𬍛霖", "410422190402299997", "13900009999"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment set."""
        return self.moment

    def monotonic(self) -> float:
        """Seconds from the start moment."""
        return (self.moment - START).total_seconds()

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class OpenedStore:
    """A store with what belongs to it."""

    folder: Path
    key: DataKey
    store: EncryptedStore
    vault: PageVault
    clock: FixedClock
    recovery_private_key: bytes

    def reopened(self) -> OpenedStore:
        """Closed and opened again on the same folder."""
        self.store.close()
        vault = PageVault(self.folder / VAULT_FOLDER, self.key.vault)
        return replace(self, store=EncryptedStore.open(self.folder, self.key, self.clock), vault=vault)


def open_store(folder: Path) -> OpenedStore:
    """A new installation with one clerk in ``folder / "data"``; close its ``store`` when done."""
    data, clock = folder / "data", FixedClock()
    private = X25519PrivateKey.generate()
    key = create_keys(data, CLERK, PASSWORD, private.public_key().public_bytes_raw(), ROLE, CHEAP)
    store = EncryptedStore.create(data, key, clock)
    vault = PageVault(data / VAULT_FOLDER, key.vault)
    return OpenedStore(data, key, store, vault, clock, private.private_bytes_raw())


def example_case(
    *,
    name: str = NAME,
    status: CaseStatus = CaseStatus.DRAFT,
    local_no: str | None = None,
    updated_at: datetime = START,
    case_id: str = "",
) -> Case:
    """A case of the item the demo uses."""
    taken_in = status is not CaseStatus.DRAFT
    return Case(
        case_id=case_id or str(uuid.uuid4()),
        item_code="VD-YB-001",
        item_version=1,
        item_name="城乡居民基本医疗保险参保登记",
        mode=HandlingMode.SYSTEM,
        status=status,
        clerk=CLERK,
        created_at=START,
        updated_at=updated_at,
        applicant=Applicant(name=name, document_number=ID_NUMBER, phone=PHONE, address="某县某乡无名村9组"),
        materials=(Material("id_card", "居民身份证", MaterialForm.COPY, 1),),
        form={"参保年度": "2027"},
        local_no=local_no,
        revision=1 if taken_in else 0,
        received_at=updated_at if taken_in else None,
    )


def example_page(case_id: str, data: bytes, *, order: int = 1, page_id: str = "") -> Page:
    """The row of a page with these bytes."""
    return Page(
        page_id=page_id or str(uuid.uuid4()),
        case_id=case_id,
        requirement_id="id_card",
        order=order,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_count=len(data),
        media_type="image/jpeg",
        width=1654,
        height=2339,
        dpi=200,
        captured_at=START,
    )


def example_submit(case: Case, *, payload: bytes = b"", created_at: datetime = START) -> OutboxRow:
    """A queued submission of the case's revision; the payload names the applicant, as real ones do."""
    payload = payload or f'{{"name":"{case.applicant.name}","id":"{case.applicant.document_number}"}}'.encode()
    return OutboxRow(
        action_id=str(uuid.uuid4()),
        case_id=case.case_id,
        operation=Operation.SUBMIT,
        revision=case.revision,
        state=SendingState.QUEUED,
        payload=payload,
        payload_sha256=hashlib.sha256(payload).hexdigest(),
        wire_version=1,
        created_at=created_at,
        updated_at=created_at,
    )


def take_in(transaction: Transaction, case: Case, pages: Sequence[Page]) -> tuple[Case, OutboxRow]:
    """What the desk does in one transaction when a draft is taken in: number, case, pages, log, outbox row."""
    received = replace(
        case,
        status=CaseStatus.RECEIVED,
        revision=1,
        received_at=START,
        local_no=transaction.take_local_no(DAY),
    )
    transaction.put_case(received)
    transaction.replace_pages(case.case_id, pages)
    transaction.append_event(
        CaseEvent(case.case_id, START, CLERK, "taken_in", CaseStatus.DRAFT, CaseStatus.RECEIVED, {"pages": "1"})
    )
    row = example_submit(received)
    transaction.add_outbox(row)
    return received, row
