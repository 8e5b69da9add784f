"""A Store and a Vault in memory with the real ones' guards: a transaction is there as a whole or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from tests.sync.no_statistics import NoStatistics
from villagedesk.domain.audit import RECEIPT_KINDS
from villagedesk.domain.capture import Capture, Origin
from villagedesk.domain.case import Case, CaseEvent, CaseLine, CaseStatus, Page, RunningCases
from villagedesk.domain.case_query import CaseQuery, CasesFound
from villagedesk.domain.catalogue import Catalogue
from villagedesk.domain.document import Document
from villagedesk.domain.earlier_person import EarlierPerson
from villagedesk.domain.evaluation import CallBack, Evaluation
from villagedesk.domain.handover import Batch, BatchState
from villagedesk.domain.local_no import local_no
from villagedesk.domain.outbox import OutboxRow, PageTransfer, SendingSize, SendingState, SettledKey
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Prepared, Snapshot, Transaction
from villagedesk.domain.retention import RetentionCandidate
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.visit import Visit

T = TypeVar("T")
_FROZEN = ("payload", "payload_sha256", "wire_version", "frozen_at")
_BY_DECISION = frozenset({SendingState.CANCELLED, SendingState.SUPERSEDED})


@dataclass
class _Tables:
    cases: dict[str, Case] = field(default_factory=dict)
    pages: dict[str, tuple[Page, ...]] = field(default_factory=dict)
    events: dict[str, tuple[CaseEvent, ...]] = field(default_factory=dict)
    outbox: dict[str, OutboxRow] = field(default_factory=dict)
    transfers: dict[str, PageTransfer] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, tuple[str, date, int]] = field(default_factory=dict)
    epochs: dict[str, str] = field(default_factory=lambda: {"A": "00000000-0000-4000-8000-000000000001"})
    expired: frozenset[str] = frozenset()
    corrections: dict[str, Case] = field(default_factory=dict)
    documents: dict[tuple[str, str, str], Document] = field(default_factory=dict)
    parts: dict[tuple[str, str, str], bytes] = field(default_factory=dict)

    def fork(self) -> _Tables:
        return _Tables(*(table.copy() for table in vars(self).values()))


class MemoryTransaction(NoStatistics):
    """Reads and writes one set of tables."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._decided: set[str] = set()
        self._logged: set[str] = set()

    def case(self, case_id: str) -> Case:
        return self._tables.cases[case_id]

    def case_by_number(self, number: str) -> Case | None:
        cases = self._tables.cases.values()
        return next((case for case in cases if number in (case.local_no, case.acceptance_no)), None)

    def cases_with_number(self, number: str) -> Sequence[Case]:
        raise NotImplementedError("numbers given by hand are the real store's")

    def case_lines(
        self, limit: int, *, status: CaseStatus | None = None, after: tuple[datetime, str] | None = None
    ) -> Sequence[CaseLine]:
        raise NotImplementedError("lists are the real store's")

    def find_cases(self, query: CaseQuery, limit: int, after: str = "") -> CasesFound:
        raise NotImplementedError("search is the real store's")

    def received_between(self, start: datetime, end: datetime, limit: int) -> tuple[Sequence[CaseLine], int]:
        raise NotImplementedError("lists are the real store's")

    def evaluations(self, case_id: str) -> Sequence[Evaluation]:
        raise NotImplementedError("evaluations are the real store's")

    def add_evaluation(self, evaluation: Evaluation) -> None:
        raise NotImplementedError("evaluations are the real store's")

    def call_back(self, call_back_id: str) -> CallBack:
        raise NotImplementedError("call-backs are the real store's")

    def call_backs_of(self, case_id: str) -> Sequence[CallBack]:
        raise NotImplementedError("call-backs are the real store's")

    def open_call_backs(self, limit: int) -> Sequence[CallBack]:
        raise NotImplementedError("call-backs are the real store's")

    def count_call_backs(self, due_before: date | None = None) -> int:
        raise NotImplementedError("call-backs are the real store's")

    def put_call_back(self, call_back: CallBack) -> None:
        raise NotImplementedError("call-backs are the real store's")

    def register(
        self, first: date, last: date, limit: int, *, mode: HandlingMode | None = None, after: str = ""
    ) -> Sequence[Case]:
        raise NotImplementedError("registers are the real store's")

    def count_register(self, first: date, last: date) -> Mapping[HandlingMode, int]:
        raise NotImplementedError("registers are the real store's")

    def page_counts(self, case_ids: Collection[str]) -> Mapping[str, int]:
        raise NotImplementedError("registers are the real store's")

    def came_to_an_end(self, since: datetime, until: datetime) -> Sequence[str]:
        raise NotImplementedError("registers are the real store's")

    def count_not_taken_out(self) -> int:
        raise NotImplementedError("registers are the real store's")

    def batch(self, batch_no: str) -> Batch:
        raise NotImplementedError("batches are the real store's")

    def batches(self, states: Collection[BatchState], limit: int) -> Sequence[Batch]:
        raise NotImplementedError("batches are the real store's")

    def batches_of_case(self, case_id: str) -> Sequence[Batch]:
        raise NotImplementedError("batches are the real store's")

    def proxy_cases(self, statuses: Collection[CaseStatus], limit: int) -> tuple[Sequence[Case], int]:
        raise NotImplementedError("batches are the real store's")

    def visits(self) -> Sequence[Visit]:
        raise NotImplementedError("visits are the real store's")

    def visit_of_case(self, case_id: str) -> Visit | None:
        raise NotImplementedError("visits are the real store's")

    def put_visit(self, visit: Visit) -> None:
        raise NotImplementedError("visits are the real store's")

    def put_batch(self, batch: Batch) -> None:
        raise NotImplementedError("batches are the real store's")

    def newest_change(self) -> datetime | None:
        raise NotImplementedError("lists are the real store's")

    def count_by_status(self) -> dict[CaseStatus, int]:
        raise NotImplementedError("lists are the real store's")

    def statuses(self, case_ids: Collection[str]) -> Mapping[str, CaseStatus]:
        cases = self._tables.cases
        return {case_id: cases[case_id].status for case_id in case_ids if case_id in cases}

    def numbers_here(self, numbers: Collection[str], *, told: bool = False) -> frozenset[str]:
        here = {case.acceptance_no.lower() for case in self._tables.cases.values()}
        here |= {case.township_no.lower() for case in self._tables.cases.values() if told}
        return frozenset(number for number in numbers if number.lower() in here - {""})

    def pages(self, case_id: str) -> Sequence[Page]:
        return self._tables.pages.get(case_id, ())

    def events(self, case_id: str) -> Sequence[CaseEvent]:
        return self._tables.events.get(case_id, ())

    def outbox_row(self, action_id: str) -> OutboxRow:
        return self._tables.outbox[action_id]

    def outbox_of_case(self, case_id: str) -> Sequence[OutboxRow]:
        return [row for row in self._tables.outbox.values() if row.case_id == case_id]

    def outbox(self, states: frozenset[SendingState], limit: int | None = None) -> Sequence[OutboxRow]:
        return [row for row in self._tables.outbox.values() if row.state in states][:limit]

    def sending_sizes(self, states: frozenset[SendingState]) -> Mapping[str, SendingSize]:
        raise NotImplementedError("lists are the real store's")

    def settled_keys(self) -> Sequence[SettledKey]:
        rows = [row for row in self._tables.outbox.values() if row.state in (SendingState.SENT, SendingState.DONE)]
        return [SettledKey(row.action_id, row.case_id, row.revision, row.payload_sha256) for row in rows]

    def page_transfer(self, sha256: str) -> PageTransfer | None:
        return self._tables.transfers.get(sha256)

    def pages_transferred(self, sha256s: Collection[str]) -> frozenset[str]:
        known = {sha256: self._tables.transfers.get(sha256) for sha256 in sha256s}
        return frozenset(sha256 for sha256, transfer in known.items() if transfer is not None and transfer.done)

    def print_jobs(self, case_id: str | None = None, *, open_only: bool = False) -> Sequence[PrintJob]:
        return []

    def print_job(self, job_id: str) -> PrintJob:
        raise KeyError(job_id)

    def documents(self, case_id: str) -> Sequence[Document]:
        return [one for one in self._tables.documents.values() if one.case_id == case_id]

    def documents_on_the_way(self) -> Sequence[Document]:
        expired = self._tables.expired
        found = [one for one in self._tables.documents.values() if not one.is_here and one.page_id not in expired]
        return sorted(found, key=lambda one: (one.told_at, one.document_id, one.sha256))

    def documents_of_pages(self, page_ids: Collection[str]) -> Sequence[Document]:
        return [one for one in self._tables.documents.values() if one.page_id and one.page_id in page_ids]

    def document_parts(self, document: Document) -> bytes:
        return self._tables.parts.get(document.key, b"")

    def put_document(self, document: Document) -> None:
        self._tables.documents[document.key] = document

    def add_document_part(self, document: Document, data: bytes) -> None:
        self._tables.parts[document.key] = self.document_parts(document)[: document.bytes_here] + data

    def drop_document_parts(self, document: Document) -> None:
        self._tables.parts.pop(document.key, None)

    def setting(self, name: str) -> str:
        return self._tables.settings.get(name, "")

    def catalogue(self) -> Catalogue | None:
        raise NotImplementedError("catalogues are the real store's")

    def catalogues(self) -> Sequence[Catalogue]:
        raise NotImplementedError("catalogues are the real store's")

    def item_version(self, code: str, version: int) -> str | None:
        raise NotImplementedError("catalogues are the real store's")

    def former_items(self, codes: Collection[str]) -> Sequence[str]:
        raise NotImplementedError("catalogues are the real store's")

    def item_uses(self) -> Mapping[str, int]:
        raise NotImplementedError("catalogues are the real store's")

    def cases_of_person(self, document_number: str, limit: int) -> Sequence[Case]:
        raise NotImplementedError("lists are the real store's")

    def earlier_persons(self, text: str, limit: int, kinds: Set[ApplicantKind]) -> Sequence[EarlierPerson]:
        raise NotImplementedError("lists are the real store's")

    def running_cases(self) -> Sequence[RunningCases]:
        raise NotImplementedError("lists are the real store's")

    def cases_running(self, group: RunningCases, limit: int) -> Sequence[Case]:
        raise NotImplementedError("lists are the real store's")

    def cases_with_papers_left(self, limit: int) -> tuple[Sequence[Case], int]:
        raise NotImplementedError("lists are the real store's")

    def refused_untold(self, limit: int) -> Sequence[Case]:
        raise NotImplementedError("lists are the real store's")

    def logs(self, case_ids: Collection[str]) -> Mapping[str, Sequence[CaseEvent]]:
        raise NotImplementedError("lists are the real store's")

    def count_refused_untold(self) -> int:
        raise NotImplementedError("lists are the real store's")

    def count_to_hand_out(self) -> int:
        raise NotImplementedError("lists are the real store's")

    def count_with_promises(self) -> int:
        raise NotImplementedError("lists are the real store's")

    def count_outbox(self, states: frozenset[SendingState]) -> int:
        return len({row.case_id for row in self.outbox(states)})

    def count_rows(self, states: frozenset[SendingState]) -> Mapping[SendingState, int]:
        return Counter(row.state for row in self.outbox(states))

    def count_paused(self, reason_keys: frozenset[str]) -> int:
        return sum(row.reason_key in reason_keys for row in self.outbox(frozenset({SendingState.PAUSED})))

    def newest_receipt(self) -> int:
        return sum(event.kind in RECEIPT_KINDS for log in self._tables.events.values() for event in log)

    def cases_to_hand_out(self, limit: int) -> Sequence[Case]:
        raise NotImplementedError("lists of cases are the real store's")

    def cases_with_promises(self, limit: int) -> Sequence[Case]:
        raise NotImplementedError("lists are the real store's")

    def epoch(self) -> str:
        return list(self._tables.epochs)[-1]

    def installation_id(self) -> str:
        return list(self._tables.epochs.values())[-1]

    def expired_pages(self, case_id: str) -> frozenset[str]:
        return self._tables.expired & {page.page_id for page in self.pages(case_id)}

    def captures(self, case_id: str) -> Sequence[Capture]:
        del case_id
        return ()

    def origins(self, page_id: str) -> Sequence[Origin]:
        raise NotImplementedError

    def ended_captures(self) -> Sequence[tuple[str, str]]:
        return ()

    def unnamed_pages(self, page_ids: Collection[str]) -> Sequence[str]:
        raise NotImplementedError

    def put_capture(self, capture: Capture) -> None:
        raise NotImplementedError

    def add_origin(self, origin: Origin) -> None:
        raise NotImplementedError

    def end_captures(self, case_id: str, capture_ids: Collection[str] | None = None) -> None:
        """There are none."""

    def forget_ended(self, capture_ids: Collection[str]) -> None:
        raise NotImplementedError

    def retention_candidates(self, delivered_before: datetime) -> Sequence[RetentionCandidate]:
        raise NotImplementedError("what may go is the real store's")

    def begin_epoch(self, epoch: str, installation_id: str) -> None:
        if epoch in self._tables.epochs:
            raise ValueError("the letter was used before")
        self._tables.epochs[epoch] = installation_id

    def expire_pages(self, pages: Sequence[tuple[str, str]], at: datetime) -> None:
        self._tables.expired |= {page_id for page_id, _ in pages}

    def put_case(self, case: Case) -> None:
        self._tables.cases[case.case_id] = case

    def correction(self, case_id: str) -> Case | None:
        return self._tables.corrections.get(case_id)

    def put_correction(self, case: Case) -> None:
        self._tables.corrections[case.case_id] = case

    def end_correction(self, case_id: str) -> None:
        self._tables.corrections.pop(case_id, None)

    def remove_draft(self, case_id: str) -> Sequence[str]:
        raise NotImplementedError("drafts are the real store's")

    def take_local_no(self, day: date) -> str:
        taken = [count for letter, on, count in self._tables.numbers.values() if (letter, on) == (self.epoch(), day)]
        count = max(taken, default=0) + 1
        number = local_no(self.epoch(), day, count)
        self._tables.numbers[number] = (self.epoch(), day, count)
        return number

    def add_page(self, page: Page) -> None:
        self._tables.pages[page.case_id] = (*self.pages(page.case_id), page)

    def replace_pages(self, case_id: str, pages: Sequence[Page]) -> Sequence[str]:
        self._tables.pages[case_id] = tuple(pages)
        return []

    def append_event(self, event: CaseEvent) -> None:
        self._tables.events[event.case_id] = (*self.events(event.case_id), event)
        self._logged.add(event.case_id)

    def add_outbox(self, row: OutboxRow) -> None:
        _check_payload(row)
        if row.action_id in self._tables.outbox:
            raise ValueError("the action is there")
        self._tables.outbox[row.action_id] = row

    def update_outbox(self, row: OutboxRow) -> None:
        old = self._tables.outbox[row.action_id]
        _check_payload(row)
        if old.frozen_at is not None and any(getattr(old, name) != getattr(row, name) for name in _FROZEN):
            raise ValueError("frozen bytes never change")
        if row.state is SendingState.SENT and not row.receipt:
            raise ValueError("nothing is sent without its receipt")
        if row.state in _BY_DECISION and old.state not in _BY_DECISION:
            self._decided.add(row.case_id)
        self._tables.outbox[row.action_id] = row

    def put_page_transfer(self, transfer: PageTransfer) -> None:
        self._tables.transfers[transfer.sha256] = transfer

    def put_print_job(self, job: PrintJob) -> None:
        raise NotImplementedError("print jobs are the real store's")

    def put_setting(self, name: str, value: str) -> None:
        self._tables.settings[name] = value

    def keep_item_version(self, code: str, version: int, content: str) -> None:
        raise NotImplementedError("catalogues are the real store's")

    def add_catalogue(self, catalogue: Catalogue) -> None:
        raise NotImplementedError("catalogues are the real store's")

    def count_item_use(self, code: str, at: datetime) -> None:
        raise NotImplementedError("catalogues are the real store's")

    def check_complete(self) -> None:
        if self._decided - self._logged:
            raise ValueError("an outbox row is taken back only with a logged decision")


class MemoryStore:
    """The domain's Store without disk and thread; commits in the calling thread."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._listeners: dict[object, Callable[[], None]] = {}
        self._one_writer = threading.RLock()

    def copy(self) -> MemoryStore:
        """Another store with what is committed here now, as a backup has it."""
        other = MemoryStore()
        other._tables = self._tables.fork()
        return other

    @property
    def listening(self) -> int:
        """How many are told of commits."""
        return len(self._listeners)

    def write(self, work: Callable[[Transaction], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._one_writer:
            tables = self._tables.fork()
            transaction = MemoryTransaction(tables)
            try:
                result = work(transaction)
                transaction.check_complete()
            except Exception as error:
                future.set_exception(error)
                return future
            self._tables = tables
        future.set_result(result)
        for listener in tuple(self._listeners.values()):
            listener()
        return future

    def read(self, work: Callable[[Snapshot], T]) -> T:
        return work(MemoryTransaction(self._tables))

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        key = object()
        self._listeners[key] = listener

        def end() -> None:
            self._listeners.pop(key, None)

        return end

    def close(self) -> None:
        pass


class MemoryVault:
    """Pages by id; a page can be damaged."""

    def __init__(self) -> None:
        self._pages: dict[str, bytes] = {}

    def copy(self) -> MemoryVault:
        """Another vault with the pages that are here now."""
        other = MemoryVault()
        other._pages = dict(self._pages)
        return other

    def put(self, page_id: str, data: bytes) -> str:
        self._pages[page_id] = data
        return hashlib.sha256(data).hexdigest()

    def prepare(self, page_id: str, data: bytes) -> Prepared:
        raise NotImplementedError

    def publish(self, prepared: Sequence[Prepared]) -> None:
        raise NotImplementedError

    def give_up(self, prepared: Sequence[Prepared]) -> None:
        raise NotImplementedError

    def get(self, page_id: str, sha256: str) -> bytes:
        if page_id not in self._pages:
            raise EnvironmentProblem("store.page_missing")
        if hashlib.sha256(self._pages[page_id]).hexdigest() != sha256:
            raise EnvironmentProblem("store.page_damaged")
        return self._pages[page_id]

    def verify(self, page_id: str, sha256: str) -> bool:
        return hashlib.sha256(self._pages.get(page_id, b"")).hexdigest() == sha256

    def remove(self, page_id: str, sha256: str) -> None:
        del self._pages[page_id]

    def stored(self) -> Iterator[str]:
        return iter(sorted(self._pages))


def _check_payload(row: OutboxRow) -> None:
    if hashlib.sha256(row.payload).hexdigest() != row.payload_sha256:
        raise ValueError("the payload's hash is not its hash")
