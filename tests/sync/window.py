"""A village window without screen: what the desk writes when a clerk takes a case in, and the parts sync runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from villagedesk.acceptance.wire import (
    ActionPayload,
    ApplicantRecord,
    ManifestEntry,
    MaterialRecord,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.domain.case import Applicant, Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.station import StationFile
from villagedesk.sync import decisions
from villagedesk.sync.rows import advance
from villagedesk.sync.table import Event

STATION = StationFile("410421103207", "柳林村便民服务站", "https://127.0.0.1:1", "", "once", bytes(32))
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class SimClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.wall = START
        self.steady = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.wall += timedelta(seconds=seconds)


@dataclass
class Clerk:
    """Writes what the desk writes. Ids are counted, so that a run repeats."""

    store: Store
    vault: Vault
    clock: SimClock
    prefix: str = ""
    count: int = 0
    numbered: bool = False
    """Whether numbers are the store's own, instead of made up."""

    def take_in(self, pages: Sequence[bytes], *, note: str = "") -> tuple[Case, OutboxRow]:
        """A case with its pages, taken in and enqueued in one transaction."""
        case_id = self._next("case")
        now = self.clock.now()
        number = f"261123-A-{self.count:04d}-0"
        if self.numbered:
            number = self.store.write(lambda transaction: transaction.take_local_no(now.date())).result()
        case = Case(
            case_id=case_id,
            item_code="test-item",
            item_version=1,
            item_name="城乡居民基本医疗保险参保登记",
            mode=HandlingMode.SYSTEM,
            status=CaseStatus.RECEIVED,
            clerk="李练习",
            created_at=now,
            updated_at=now,
            applicant=Applicant("张不存", "resident_id", "11010119000101001X"),
            local_no=number,
            revision=1,
            received_at=now,
        )
        kept = self._keep_pages(case_id, pages)
        row = self._row(case, kept, 1, note)

        def work(transaction: Transaction) -> None:
            transaction.put_case(case)
            for page in kept:
                transaction.add_page(page)
            transaction.append_event(CaseEvent(case_id, now, "李练习", "taken_in", None, CaseStatus.RECEIVED))
            transaction.add_outbox(row)

        self.store.write(work).result()
        return case, row

    def correct(self, case_id: str, *, note: str = "") -> OutboxRow:
        """The next revision of a case, with the same pages."""
        case = self.store.read(lambda snapshot: snapshot.case(case_id))
        pages = self.store.read(lambda snapshot: snapshot.pages(case_id))
        row = self._row(case, pages, case.revision + 1, note)

        def work(transaction: Transaction) -> None:
            transaction.put_case(replace(transaction.case(case_id), revision=case.revision + 1))
            transaction.append_event(CaseEvent(case_id, self.clock.now(), "李练习", "corrected"))
            transaction.add_outbox(row)

        self.store.write(work).result()
        return row

    def mend(self, row: OutboxRow, *, note: str = "") -> OutboxRow:
        """A row of the tray is replaced by the next revision, with the same pages."""
        case = self.store.read(lambda snapshot: snapshot.case(row.case_id))
        pages = self.store.read(lambda snapshot: snapshot.pages(row.case_id))
        successor = self._row(case, pages, row.revision + 1, note)

        def work(transaction: Transaction) -> None:
            transaction.put_case(replace(transaction.case(row.case_id), revision=successor.revision))
            decisions.mend(transaction, row.action_id, successor, "李练习", self.clock.now())

        self.store.write(work).result()
        return successor

    def call_not_entered(self, row: OutboxRow) -> OutboxRow:
        """What was called entered by hand was not: the next revision, with the same pages, stands for it."""
        case = self.store.read(lambda snapshot: snapshot.case(row.case_id))
        pages = self.store.read(lambda snapshot: snapshot.pages(row.case_id))
        successor = self._row(case, pages, row.revision + 1, "")

        def work(transaction: Transaction) -> OutboxRow:
            transaction.put_case(replace(transaction.case(row.case_id), revision=successor.revision))
            return decisions.not_entered(transaction, row.action_id, successor, "李练习", self.clock.now())

        return self.store.write(work).result()

    def act(self, case_id: str, operation: Operation) -> OutboxRow:
        """A withdrawal, delivery or evaluation."""
        action_id = self._next("action")
        now = self.clock.now()
        payload = ActionPayload(
            wire_version=1,
            action_id=action_id,
            station=STATION.division_code,
            clerk="李练习",
            operation=operation,
            at=now.isoformat(),
        ).to_bytes()
        row = OutboxRow(
            action_id, case_id, operation, 0, SendingState.QUEUED, payload, sha256_hex(payload), 1, now, now
        )
        self.store.write(lambda transaction: transaction.add_outbox(row)).result()
        return row

    def edit(self, row: OutboxRow, note: str) -> bool:
        """Change what is not frozen yet; gives whether there was anything to change."""
        if row.operation is not Operation.SUBMIT:
            return False
        record = RevisionPayload.model_validate_json(row.payload)
        payload = record.model_copy(update={"form": {"note": note}}).to_bytes()

        def work(transaction: Transaction) -> bool:
            fresh = transaction.outbox_row(row.action_id)
            if fresh.frozen_at is not None or fresh.state is not SendingState.QUEUED:
                return False
            edited = advance(fresh, Event.EDITED, self.clock.now())
            transaction.update_outbox(replace(edited, payload=payload, payload_sha256=sha256_hex(payload)))
            return True

        return self.store.write(work).result()

    def _keep_pages(self, case_id: str, pages: Sequence[bytes]) -> list[Page]:
        kept = []
        for order, data in enumerate(pages, 1):
            page_id = self._next("page")
            digest = self.vault.put(page_id, data)
            kept.append(
                Page(page_id, case_id, "id_card", order, digest, len(data), "image/jpeg", 8, 8, 200, self.clock.now())
            )
        return kept

    def _row(self, case: Case, pages: Sequence[Page], revision: int, note: str) -> OutboxRow:
        action_id = self._next("submit")
        now = self.clock.now()
        payload = RevisionPayload(
            wire_version=1,
            action_id=action_id,
            station=STATION.division_code,
            clerk=case.clerk,
            case_id=case.case_id,
            revision=revision,
            local_no=case.local_no or "",
            item_code=case.item_code,
            item_version=case.item_version,
            item_name=case.item_name,
            received_at=now.isoformat(),
            applicant=ApplicantRecord(
                kind="natural",
                name=case.applicant.name,
                document_kind=case.applicant.document_kind,
                document_number=case.applicant.document_number,
            ),
            materials=[MaterialRecord(requirement_id="id_card", name="居民身份证", form="copy", copies=1)],
            form={"note": note} if note else {},
            manifest=[
                ManifestEntry(
                    requirement_id=page.requirement_id,
                    order=page.order,
                    sha256=page.sha256,
                    byte_count=page.byte_count,
                    media_type=page.media_type,
                )
                for page in pages
            ],
        ).to_bytes()
        return OutboxRow(
            action_id,
            case.case_id,
            Operation.SUBMIT,
            revision,
            SendingState.QUEUED,
            payload,
            sha256_hex(payload),
            1,
            now,
            now,
        )

    def _next(self, kind: str) -> str:
        self.count += 1
        return f"{self.prefix}{kind}-{self.count}"
