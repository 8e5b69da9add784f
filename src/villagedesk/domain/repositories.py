"""What the floors above may ask of the store: snapshots to read, transactions to write.

One writer thread owns the writing connection; readers have read-only connections of their own. Everything a function
given to :meth:`Store.write` does is one transaction: it is on disk with FULL sync when the future has a result, or
nothing of it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from villagedesk.domain.capture import CaptureReads, CaptureWrites
from villagedesk.domain.case import Case, CaseEvent, CaseLine, CaseStatus, Page, RunningCases
from villagedesk.domain.case_query import CaseQuery, CasesFound
from villagedesk.domain.catalogue import Catalogue
from villagedesk.domain.document import Document
from villagedesk.domain.earlier_person import EarlierPerson
from villagedesk.domain.evaluation import CallBack, Evaluation
from villagedesk.domain.handover import Batch, BatchState
from villagedesk.domain.link_days import LinkDayReads, LinkDayWrites
from villagedesk.domain.outbox import OutboxRow, PageTransfer, SendingSize, SendingState, SettledKey
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.retention import RetentionCandidate
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.statistics import StatisticsReads
from villagedesk.domain.visit import Visit

T = TypeVar("T")


class Snapshot(CaptureReads, StatisticsReads, LinkDayReads, Protocol):
    """One consistent view of the database."""

    def case(self, case_id: str) -> Case:
        """The case. Raises KeyError."""

    def correction(self, case_id: str) -> Case | None:
        """The case as the clerk has corrected it so far, half-typed values and all, also when it went on;
        None while nobody does."""

    def case_by_number(self, number: str) -> Case | None:
        """The case with that local_no or acceptance_no, or of the visit with that number; else the newest with that
        township_no."""

    def cases_with_number(self, number: str) -> Sequence[Case]:
        """The cases with that acceptance_no, whatever letters of it are capitals; more than one only where the
        acceptance system gave it twice."""

    def case_lines(
        self,
        limit: int,
        *,
        status: CaseStatus | None = None,
        after: tuple[datetime, str] | None = None,
    ) -> Sequence[CaseLine]:
        """Newest cases first, keyset-paged by (updated_at, case_id)."""

    def find_cases(self, query: CaseQuery, limit: int, after: str = "") -> CasesFound:
        """Cases for which all words of the query hold, the newest made first; all cases, newest changed first, when it
        has none. ``after`` is the ``next`` of the page before."""

    def received_between(self, start: datetime, end: datetime, limit: int) -> tuple[Sequence[CaseLine], int]:
        """Cases received from ``start`` on and before ``end``, the newest changed first, and how many there are."""

    def newest_change(self) -> datetime | None:
        """When a case was changed last, as the PC's clock said; None before there was one."""

    def count_by_status(self) -> dict[CaseStatus, int]:
        """How many cases stand in each state."""

    def statuses(self, case_ids: Collection[str]) -> Mapping[str, CaseStatus]:
        """Where each of these cases stands, however many they are; one that is not here is left out."""

    def numbers_here(self, numbers: Collection[str], *, told: bool = False) -> frozenset[str]:
        """Which of these acceptance_nos cases here have, whatever letters are capitals; ``told``: or township_nos."""

    def pages(self, case_id: str) -> Sequence[Page]:
        """The case's pages by requirement and order."""

    def events(self, case_id: str) -> Sequence[CaseEvent]:
        """The case's log, oldest first."""

    def outbox_row(self, action_id: str) -> OutboxRow:
        """The row. Raises KeyError."""

    def outbox_of_case(self, case_id: str) -> Sequence[OutboxRow]:
        """The case's rows, oldest first."""

    def outbox(self, states: frozenset[SendingState], limit: int | None = None) -> Sequence[OutboxRow]:
        """Rows in these states, oldest first; no more than ``limit`` where one is given."""

    def sending_sizes(self, states: frozenset[SendingState]) -> Mapping[str, SendingSize]:
        """By case_id, of all cases with a row in these states; a case without pages is left out."""

    def settled_keys(self) -> Sequence[SettledKey]:
        """What is sent or done, oldest first, without the bytes: there are as many as cases ever taken in."""

    def page_transfer(self, sha256: str) -> PageTransfer | None:
        """How far that page has come, None when never begun."""

    def pages_transferred(self, sha256s: Collection[str]) -> frozenset[str]:
        """Which of those pages the acceptance system has whole."""

    def print_jobs(self, case_id: str | None = None, *, open_only: bool = False) -> Sequence[PrintJob]:
        """Print jobs, oldest first."""

    def print_job(self, job_id: str) -> PrintJob:
        """The print job. Raises KeyError."""

    def documents(self, case_id: str) -> Sequence[Document]:
        """Documents handed out for the case, in the order they were announced."""

    def documents_on_the_way(self) -> Sequence[Document]:
        """Documents of all cases that are not here, the first announced first; none whose time is over."""

    def documents_of_pages(self, page_ids: Collection[str]) -> Sequence[Document]:
        """Documents whose file is one of these pages."""

    def document_parts(self, document: Document) -> bytes:
        """What of it has come so far, in one piece."""

    def setting(self, name: str) -> str:
        """A stored setting, "" when there is none."""

    def catalogue(self) -> Catalogue | None:
        """The catalogue in use, None before the first was installed."""

    def catalogues(self) -> Sequence[Catalogue]:
        """Every catalogue that ever was in use, the one in use last."""

    def item_version(self, code: str, version: int) -> str | None:
        """That version of an item as JSON text, None when it was never here."""

    def former_items(self, codes: Collection[str]) -> Sequence[str]:
        """The newest version of every item kept that is none of these, as JSON text."""

    def item_uses(self) -> Mapping[str, int]:
        """How often each item was taken in, by code."""

    def cases_of_person(self, document_number: str, limit: int) -> Sequence[Case]:
        """Cases whose applicant has that number (folded), newest first, drafts too."""

    def earlier_persons(self, text: str, limit: int, kinds: Set[ApplicantKind]) -> Sequence[EarlierPerson]:
        """Persons of those kinds in cases taken in, by name, pinyin initials, a number or its last four; newest first,
        each number once."""

    def running_cases(self) -> Sequence[RunningCases]:
        """All cases in which a clock of the organ runs, counted by what their limits hang on."""

    def cases_running(self, group: RunningCases, limit: int) -> Sequence[Case]:
        """Cases of that group, the newest made first."""

    def cases_with_papers_left(self, limit: int) -> tuple[Sequence[Case], int]:
        """Cases refused, withdrawn or void whose papers still lie here, the newest made first, and how many there are
        in all."""

    def refused_untold(self, limit: int) -> Sequence[Case]:
        """Refused cases of which nobody noted that the applicant was told, longest unchanged first."""

    def logs(self, case_ids: Collection[str]) -> Mapping[str, Sequence[CaseEvent]]:
        """The logs of these cases, oldest first."""

    def count_refused_untold(self) -> int:
        """How many there are of those."""

    def count_to_hand_out(self) -> int:
        """How many cases have a result that the villager is to get."""

    def count_with_promises(self) -> int:
        """How many cases wait for a promised paper."""

    def count_outbox(self, states: frozenset[SendingState]) -> int:
        """How many cases have a row in one of these states."""

    def count_rows(self, states: frozenset[SendingState]) -> Mapping[SendingState, int]:
        """How many outbox rows stand in each of these states; a state without any is left out."""

    def count_paused(self, reason_keys: frozenset[str]) -> int:
        """How many outbox rows are paused for one of these reasons."""

    def newest_receipt(self) -> int:
        """The number in the station's log of the newest line that tells of a receipt, 0 before the first. It grows with
        each receipt, whatever the PC's clock says."""

    def cases_to_hand_out(self, limit: int) -> Sequence[Case]:
        """Cases sent or carried elsewhere whose result the villager is to get, longest unchanged first."""

    def cases_with_promises(self, limit: int) -> Sequence[Case]:
        """Cases that wait for a promised paper, soonest due first; drafts and closed ones are left out."""

    def epoch(self) -> str:
        """The letter this installation's local numbers carry."""

    def installation_id(self) -> str:
        """UUID text, another after every restore or recovery."""

    def expired_pages(self, case_id: str) -> frozenset[str]:
        """page_ids of the case whose file was removed after custody was attested."""

    def retention_candidates(self, delivered_before: datetime) -> Sequence[RetentionCandidate]:
        """Cases delivered before that moment which still have files, oldest delivery first."""

    def register(
        self, first: date, last: date, limit: int, *, mode: HandlingMode | None = None, after: str = ""
    ) -> Sequence[Case]:
        """Cases received from the first day to the last in Shanghai, in the order of their local_no; ``after`` is the
        last one's of the piece before."""

    def count_register(self, first: date, last: date) -> Mapping[HandlingMode, int]:
        """How many cases were received in that time, by mode; a mode without any is left out."""

    def page_counts(self, case_ids: Collection[str]) -> Mapping[str, int]:
        """How many pages each of these cases has; one without any is left out."""

    def came_to_an_end(self, since: datetime, until: datetime) -> Sequence[str]:
        """Cases that are through and of which a line of that time says so, in the order of their local_no. When they
        came to their end is for their log to say."""

    def count_not_taken_out(self) -> int:
        """How many cases that are through were never in an archive package."""

    def evaluations(self, case_id: str) -> Sequence[Evaluation]:
        """What was said of a case, the first stage first."""

    def call_back(self, call_back_id: str) -> CallBack:
        """The call-back. Raises KeyError."""

    def call_backs_of(self, case_id: str) -> Sequence[CallBack]:
        """All of a case, done or not, the soonest due first."""

    def open_call_backs(self, limit: int) -> Sequence[CallBack]:
        """Those that are not done, the soonest due first."""

    def count_call_backs(self, due_before: date | None = None) -> int:
        """How many are not done; of those due before a day, where one is given."""

    def batch(self, batch_no: str) -> Batch:
        """That batch. Raises KeyError."""

    def batches(self, states: Collection[BatchState], limit: int) -> Sequence[Batch]:
        """Batches in these states, the oldest first."""

    def batches_of_case(self, case_id: str) -> Sequence[Batch]:
        """Every batch the case was ever in, the newest first."""

    def visits(self) -> Sequence[Visit]:
        """Home visits whose papers are not taken in yet, soonest planned first, those without a day last."""

    def visit_of_case(self, case_id: str) -> Visit | None:
        """The visit for which the case was begun, None where it was begun at the window."""

    def proxy_cases(self, statuses: Collection[CaseStatus], limit: int) -> tuple[Sequence[Case], int]:
        """Proxy cases in these states that are in no packed bag, longest unchanged first, and how many there are."""


class Transaction(CaptureWrites, LinkDayWrites, Snapshot, Protocol):
    """A snapshot that can be written to; commits as a whole."""

    def put_case(self, case: Case) -> None:
        """Insert or replace the case."""

    def put_correction(self, case: Case) -> None:
        """Keep a case as the clerk is correcting it, beside the case itself, which stays as it was sent."""

    def end_correction(self, case_id: str) -> None:
        """The correction was sent: nothing of it is kept any more; one that nobody corrects is no error."""

    def remove_draft(self, case_id: str) -> Sequence[str]:
        """Remove a draft with the rows of its papers; gives the page_ids no row names any more (their files may go).

        Raises:
            ValueError: unless the case is a draft.
        """

    def take_local_no(self, day: date) -> str:
        """The day's next 收件流水号 of this installation's epoch; never given twice once the transaction commits."""

    def add_page(self, page: Page) -> None:
        """Name a page that lies verified in the vault. Raises ValueError when its place is taken."""

    def replace_pages(self, case_id: str, pages: Sequence[Page]) -> Sequence[str]:
        """Set the case's pages (order, removal, moves); gives the page_ids no row names any more."""

    def append_event(self, event: CaseEvent) -> None:
        """Append to the case's log, hash-chained."""

    def add_outbox(self, row: OutboxRow) -> None:
        """Enqueue. Raises ValueError when the action or an open row of the same case and revision is there."""

    def update_outbox(self, row: OutboxRow) -> None:
        """Change a row. Raises ValueError when frozen bytes would change (I4)."""

    def put_page_transfer(self, transfer: PageTransfer) -> None:
        """Insert or replace."""

    def put_print_job(self, job: PrintJob) -> None:
        """Insert or replace."""

    def put_document(self, document: Document) -> None:
        """Insert or replace; what was announced of its length and hash stays. Raises ValueError for no case's."""

    def add_document_part(self, document: Document, data: bytes) -> None:
        """Keep the piece that follows ``bytes_here``; the caller puts the document with its new count."""

    def drop_document_parts(self, document: Document) -> None:
        """Its pieces are not needed any more, or were wrong."""

    def put_visit(self, visit: Visit) -> None:
        """Insert or replace. Raises ValueError when its number is none of a visit."""

    def put_batch(self, batch: Batch) -> None:
        """Insert or replace; what its list says stays. Raises ValueError when a case of it is in another packed bag."""

    def put_setting(self, name: str, value: str) -> None:
        """Insert or replace."""

    def keep_item_version(self, code: str, version: int, content: str) -> None:
        """Keep a version of an item; the same content again changes nothing.

        Raises:
            ValueError: when that version is here with other content.
        """

    def add_catalogue(self, catalogue: Catalogue) -> None:
        """From now on this catalogue is in use; its items are kept already."""

    def count_item_use(self, code: str, at: datetime) -> None:
        """Count one case taken in."""

    def begin_epoch(self, epoch: str, installation_id: str) -> None:
        """From now on numbers carry this letter, and the installation is this one.

        Raises:
            ValueError: when the letter was ever used in this database (I6).
        """

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Keep what was said. Raises ValueError when something was said of the case at that stage before: it stays."""

    def put_call_back(self, call_back: CallBack) -> None:
        """Insert or replace; whom it is for and why stays. Raises ValueError for no case's."""

    def expire_pages(self, pages: Sequence[tuple[str, str]], at: datetime) -> None:
        """Note that the files of these pages (page_id, sha256) are given up; they are removed after the commit.

        Raises:
            ValueError: when one is still needed (I9); see :class:`villagedesk.domain.retention.Held`.
        """


class Store(Protocol):
    """The encrypted database."""

    def write(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Run in one transaction on the writer thread. The future raises what ``work`` raised, or EnvironmentProblem
        (``store.disk_full``, ``store.write_failed``); then nothing happened."""

    def read(self, work: Callable[[Snapshot], T]) -> T:
        """Run on a read-only connection, in the calling thread."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` from the writer thread after each commit; gives what ends it."""

    def close(self) -> None:
        """Finish the queue and close."""


@dataclass(frozen=True)
class Prepared:
    """A file that lies flushed beside the vault's, under no page's name yet.

    Args:
        byte_count: of the page's bytes.
        part: where it lies, for the vault.
    """

    page_id: str
    sha256: str
    byte_count: int
    part: Path


class Vault(Protocol):
    """Encrypted page files, content checked."""

    def put(self, page_id: str, data: bytes) -> str:
        """Write whole, flush, rename; gives the SHA-256 hex. Raises EnvironmentProblem (``store.disk_full`` …)."""

    def prepare(self, page_id: str, data: bytes) -> Prepared:
        """Write aside and flush, so that several become pages at once. Raises as :meth:`put`."""

    def publish(self, prepared: Sequence[Prepared]) -> None:
        """Make prepared files pages, with one flush more for all of them. Raises as :meth:`put`; what is no page yet is
        given up then."""

    def give_up(self, prepared: Sequence[Prepared]) -> None:
        """Take away what was prepared and is no page."""

    def get(self, page_id: str, sha256: str) -> bytes:
        """The bytes, verified. Raises EnvironmentProblem (``store.page_damaged``, ``store.page_missing``; and
        ``store.page_unreadable`` when the file cannot be read now, which says nothing of what is in it)."""

    def verify(self, page_id: str, sha256: str) -> bool:
        """Whether the page decrypts to that hash."""

    def remove(self, page_id: str, sha256: str) -> None:
        """Remove a file no row names."""

    def stored(self) -> Iterator[str]:
        """File names in the vault."""
