"""Writing: the domain's Transaction, with the guards of invariants I4, I5, I6 and I9."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import IntegrityError

from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.catalogue import Catalogue
from villagedesk.domain.clock import Clock, utc_text
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.local_no import EPOCHS as EPOCH_LETTERS
from villagedesk.domain.local_no import local_no
from villagedesk.domain.outbox import Operation, OutboxRow, PageTransfer, SendingState
from villagedesk.domain.printing import PrintJob
from villagedesk.store import audit, retention, rows
from villagedesk.store.captures import SqlCaptureWrites
from villagedesk.store.case_words import add_words, remove_words
from villagedesk.store.documents import DocumentWrites
from villagedesk.store.evaluations import EvaluationWrites
from villagedesk.store.handover import HandoverWrites
from villagedesk.store.link_days import SqlLinkDayWrites
from villagedesk.store.schema import (
    CASE_COUNTS,
    CASE_NUMBERS,
    CASES,
    CATALOGUES,
    DOCUMENTS,
    EPOCHS,
    EXPIRED_PAGES,
    ITEM_USES,
    ITEM_VERSIONS,
    LOCAL_NUMBERS,
    META,
    OUTBOX,
    PAGE_TRANSFERS,
    PAGES,
    PRINT_JOBS,
    SENT_PAGES,
    SETTINGS,
    VISITS,
)
from villagedesk.store.search import words_of
from villagedesk.store.snapshot import CORRECTION, SqlSnapshot
from villagedesk.store.visits import VisitWrites


def _insert_or_replace(table: Table, key: str) -> Insert:
    statement = insert(table)
    names = [column.name for column in table.columns if column.name not in (key, "seq")]
    changed = {name: statement.excluded[name] for name in names}
    return statement.on_conflict_do_update(index_elements=[key], set_=changed)


# Built once: building a statement anew for every row costs more than SQLite takes to run it.
_PUT_CASE = _insert_or_replace(CASES, "case_id")
_PUT_TRANSFER = _insert_or_replace(PAGE_TRANSFERS, "sha256")
_PUT_JOB = _insert_or_replace(PRINT_JOBS, "job_id")
_PUT_SETTING = _insert_or_replace(SETTINGS, "name")
_ADD_COUNT = insert(CASE_COUNTS)
_ADD_COUNT = _ADD_COUNT.on_conflict_do_update(
    index_elements=["status"], set_={"cases": CASE_COUNTS.c.cases + _ADD_COUNT.excluded.cases}
)
_COUNT_USE = insert(ITEM_USES)
_COUNT_USE = _COUNT_USE.on_conflict_do_update(
    index_elements=["code"], set_={"uses": ITEM_USES.c.uses + 1, "last_at": _COUNT_USE.excluded.last_at}
)
_BY_DECISION = frozenset({SendingState.CANCELLED, SendingState.SUPERSEDED})
_TAKES_NO_PAGES = CLOSED | {CaseStatus.DELIVERED}
_FIXED = ("case_id", "operation", "revision", "created_at")
_FROZEN = ("payload", "payload_sha256", "wire_version", "frozen_at")


class SqlTransaction(
    SqlCaptureWrites, DocumentWrites, HandoverWrites, VisitWrites, EvaluationWrites, SqlLinkDayWrites, SqlSnapshot
):
    """A snapshot that can be written to.

    Args:
        connection: in a transaction that the writer thread commits when the work is done, or rolls back.
        audit_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.audit`.
        clock: stamps what the store itself notes.
    """

    def __init__(self, connection: Connection, audit_key: bytes, clock: Clock) -> None:
        super().__init__(connection)
        self._clock = clock
        self._audit_key = audit_key
        self._logged: set[str] = set()
        self._decided: set[str] = set()
        self.outbox_touched = False

    def put_case(self, case: Case) -> None:
        """Insert or replace the case.

        Raises:
            ValueError: when its local number would change or is another case's (I6), or it would become a draft again.
        """
        stored = self.connection.execute(select(CASES).where(CASES.c.case_id == case.case_id)).first()
        old = None if stored is None else rows.case_of(stored)
        if old is not None:
            if old.local_no is not None and case.local_no != old.local_no:
                raise ValueError("a case keeps its local number")
            if case.status is CaseStatus.DRAFT and old.status is not CaseStatus.DRAFT:
                raise ValueError("a case taken in is no draft again")
        try:
            self.connection.execute(_PUT_CASE, rows.case_values(case))
        except IntegrityError as error:
            raise ValueError(f"case refused: {error.orig}") from None
        taken_in = old is not None and old.status is CaseStatus.DRAFT and case.status is not CaseStatus.DRAFT
        if taken_in or case.status in _TAKES_NO_PAGES:
            self.end_captures(case.case_id)
        if old is None or old.status is not case.status:
            self._count(case.status, +1)
            if old is not None:
                self._count(old.status, -1)
        known, wanted = frozenset[str]() if old is None else words_of(old), words_of(case)
        if old is None:
            self.connection.execute(CASE_NUMBERS.insert(), {"case_id": case.case_id})
        if known != wanted:
            made = self._made(case.case_id)
            remove_words(self.connection, ((word, made) for word in known - wanted))
            add_words(self.connection, ((word, made) for word in wanted - known))

    def put_correction(self, case: Case) -> None:
        """Keep a case as the clerk is correcting it, beside the case itself, which stays as it was sent."""
        self.put_setting(f"{CORRECTION}{case.case_id}", rows.case_text(case))

    def end_correction(self, case_id: str) -> None:
        """The correction was sent: nothing of it is kept any more, nor the photographs of its pages; one that nobody
        corrects is no error."""
        self.connection.execute(SETTINGS.delete().where(SETTINGS.c.name == f"{CORRECTION}{case_id}"))
        self.end_captures(case_id)

    def remove_draft(self, case_id: str) -> Sequence[str]:
        """Remove a draft with the rows of its pages, print jobs and signed papers; gives the page_ids no row names any
        more (their files may go).

        Raises:
            KeyError: when there is no such case.
            ValueError: unless the case is a draft.
        """
        case = self.case(case_id)
        if case.status is not CaseStatus.DRAFT:
            raise ValueError("only a draft can be removed")
        page_ids = {page.page_id for page in self.pages(case_id)}
        page_ids |= {job.page_id for job in self.print_jobs(case_id)}
        page_ids |= {document.page_id for document in self.documents(case_id)}
        self.end_captures(case_id)
        self.connection.execute(VISITS.delete().where(VISITS.c.case_id == case_id))
        self.connection.execute(PRINT_JOBS.delete().where(PRINT_JOBS.c.case_id == case_id))
        self.connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.case_id == case_id))
        self.connection.execute(PAGES.delete().where(PAGES.c.case_id == case_id))
        made = self._made(case_id)
        remove_words(self.connection, ((word, made) for word in words_of(case)))
        self.connection.execute(CASE_NUMBERS.delete().where(CASE_NUMBERS.c.case_id == case_id))
        self.connection.execute(CASES.delete().where(CASES.c.case_id == case_id))
        self._count(CaseStatus.DRAFT, -1)
        return self.unnamed_pages(page_ids)

    def take_local_no(self, day: date) -> str:
        """The day's next 收件流水号 of this installation's epoch; never given twice once the transaction commits.

        Raises:
            Problem: ``domain.local_no.day_full``, ``domain.local_no.year``.
        """
        epoch = self.epoch()
        taken = select(func.max(LOCAL_NUMBERS.c.day_count)).where(
            LOCAL_NUMBERS.c.epoch == epoch, LOCAL_NUMBERS.c.day == day.isoformat()
        )
        count = (self.connection.execute(taken).scalar() or 0) + 1
        number = local_no(epoch, day, count)
        values = {"local_no": number, "epoch": epoch, "day": day.isoformat(), "day_count": count}
        self.connection.execute(LOCAL_NUMBERS.insert(), values)
        return number

    def add_page(self, page: Page) -> None:
        """Name a page that lies verified in the vault. Raises ValueError when its place is taken."""
        try:
            self.connection.execute(PAGES.insert(), rows.page_values(page))
        except IntegrityError as error:
            raise ValueError(f"page refused: {error.orig}") from None

    def replace_pages(self, case_id: str, pages: Sequence[Page]) -> Sequence[str]:
        """Set the case's pages (order, removal, moves); gives the page_ids no row names any more.

        Pages of a case that has gone into the outbox stay named, for a server restored to an older state asks again.

        Raises:
            ValueError: when a page is another case's or two claim one place.
        """
        if any(page.case_id != case_id for page in pages):
            raise ValueError("a page of another case")
        before = self.pages(case_id)
        if before and self._sent_before(case_id):
            for page in before:
                values = {"case_id": case_id, "page_id": page.page_id, "sha256": page.sha256}
                self.connection.execute(insert(SENT_PAGES).values(**values).on_conflict_do_nothing())
        self.connection.execute(PAGES.delete().where(PAGES.c.case_id == case_id))
        for page in pages:
            self.add_page(page)
        return self.unnamed_pages({page.page_id for page in before})

    def append_event(self, event: CaseEvent) -> None:
        """Append to the case's log, hash-chained."""
        audit.append(self.connection, self._audit_key, event)
        self._logged.add(event.case_id)

    def add_outbox(self, row: OutboxRow) -> None:
        """Enqueue. Raises ValueError when the action or an open row of the same case and revision is there."""
        _check_payload(row)
        try:
            self.connection.execute(OUTBOX.insert(), rows.outbox_values(row))
        except IntegrityError as error:
            raise ValueError(f"outbox row refused: {error.orig}") from None
        self.outbox_touched = True

    def update_outbox(self, row: OutboxRow) -> None:
        """Change a row.

        Raises:
            KeyError: when there is no such action.
            ValueError: when frozen bytes would change (I4), the row would become another action's, or a submission
                would be called sent without its receipt (I3).
        """
        old = self.outbox_row(row.action_id)
        _check_payload(row)
        if any(getattr(old, name) != getattr(row, name) for name in _FIXED):
            raise ValueError("an action stays the action it is")
        if old.frozen_at is not None and any(getattr(old, name) != getattr(row, name) for name in _FROZEN):
            raise ValueError("frozen bytes never change")
        if row.state is SendingState.SENT and not row.receipt:
            raise ValueError("nothing is sent without its receipt")
        if row.state in _BY_DECISION and old.state not in _BY_DECISION:
            self._decided.add(row.case_id)
        values = rows.outbox_values(row)
        if old.frozen_at is not None:
            # The bytes are the same: not writing them again spares the log a payload per attempt.
            values = {name: value for name, value in values.items() if name not in _FROZEN}
        try:
            self.connection.execute(OUTBOX.update().where(OUTBOX.c.action_id == row.action_id).values(**values))
        except IntegrityError as error:
            raise ValueError(f"outbox row refused: {error.orig}") from None
        self.outbox_touched = True

    def put_page_transfer(self, transfer: PageTransfer) -> None:
        """Insert or replace."""
        self.connection.execute(_PUT_TRANSFER, rows.transfer_values(transfer))

    def put_print_job(self, job: PrintJob) -> None:
        """Insert or replace."""
        self.connection.execute(_PUT_JOB, rows.print_job_values(job))

    def put_setting(self, name: str, value: str) -> None:
        """Insert or replace."""
        self.connection.execute(_PUT_SETTING, {"name": name, "value": value})

    def keep_item_version(self, code: str, version: int, content: str) -> None:
        """Keep a version of an item; the same content again changes nothing.

        Raises:
            ValueError: when that version is here with other content.
        """
        kept = self.item_version(code, version)
        if kept is None:
            self.connection.execute(ITEM_VERSIONS.insert(), {"code": code, "version": version, "content": content})
        elif kept != content:
            raise ValueError("a version of an item is never another")

    def add_catalogue(self, catalogue: Catalogue) -> None:
        """From now on this catalogue is in use; its items are kept already."""
        self.connection.execute(CATALOGUES.insert(), rows.catalogue_values(catalogue))

    def count_item_use(self, code: str, at: datetime) -> None:
        """Count one case taken in."""
        self.connection.execute(_COUNT_USE, {"code": code, "uses": 1, "last_at": utc_text(at)})

    def begin_epoch(self, epoch: str, installation_id: str) -> None:
        """From now on numbers carry this letter, and the installation is this one.

        Raises:
            ValueError: when the letter is none or was ever used in this database (I6).
        """
        if len(epoch) != 1 or epoch not in EPOCH_LETTERS:
            raise ValueError(f"{epoch!r} is no epoch")
        since = utc_text(self._clock.now())
        try:
            self.connection.execute(
                EPOCHS.insert(), {"epoch": epoch, "installation_id": installation_id, "since": since}
            )
        except IntegrityError as error:
            raise ValueError(f"epoch refused: {error.orig}") from None
        for name, value in (("epoch", epoch), ("installation_id", installation_id)):
            self.connection.execute(META.update().where(META.c.name == name).values(value=value))

    def expire_pages(self, pages: Sequence[tuple[str, str]], at: datetime) -> None:
        """Note that the files of these pages (page_id, sha256) are given up; they are removed after the commit.

        Raises:
            ValueError: when one is still needed (I9).
        """
        held = retention.held_pages(self.connection, (page_id for page_id, _ in pages), at)
        if held:
            raise ValueError(f"pages are still needed: {sorted(set(held.values()))}")
        values = [{"page_id": page_id, "sha256": sha256, "at": utc_text(at)} for page_id, sha256 in pages]
        if values:
            try:
                self.connection.execute(insert(EXPIRED_PAGES).on_conflict_do_nothing(), values)
            except IntegrityError as error:
                raise ValueError(f"pages are still needed: {error.orig}") from None

    def check_complete(self) -> None:
        """Called before the commit. Raises ValueError when a row was closed by a decision that is not logged (I5)."""
        if self._decided - self._logged:
            raise ValueError("an outbox row is taken back only with a logged decision")

    def _count(self, status: CaseStatus, change: int) -> None:
        self.connection.execute(_ADD_COUNT, {"status": status.value, "cases": change})

    def _made(self, case_id: str) -> int:
        chosen = select(CASE_NUMBERS.c.made).where(CASE_NUMBERS.c.case_id == case_id)
        made: int = self.connection.execute(chosen).scalar_one()
        return made


def _check_payload(row: OutboxRow) -> None:
    if hashlib.sha256(row.payload).hexdigest() != row.payload_sha256:
        raise ValueError("the payload's hash is not its hash")
    if row.operation is Operation.SUBMIT and row.revision < 1:
        raise ValueError("a submission has a revision")
