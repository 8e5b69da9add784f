"""A round of pages: those of all uploading rows, as many at once as the uploader runs, in an order that may change
while it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from villagedesk.acceptance.port import Busy, LoginNeeded, NoConnection
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store
from villagedesk.sync.ledger import manifest_of
from villagedesk.sync.order import QueueOrder, pages_in_order
from villagedesk.sync.upload import Job, Jobs, LeftOut, PageUpload, Uploader

Wanted = Mapping[str, tuple[str, Sequence[ManifestEntry]]]
"""By action id, in the order they go: the case and its outstanding pages."""

_NOTE_SECONDS = 1.0
"""Between two notes of how far the pages under way have come: each is a flush of the disk."""

_AHEAD = 8
"""Pages whose upload is begun before their turn: one request less between two pages of a connection."""


class Plan(NamedTuple):
    """What there is to do about uploading rows.

    Args:
        unreadable: a row whose bytes are no revision.
        complete: a row of which every page is there.
        wanted: with neither of these, the pages to be sent.
    """

    unreadable: OutboxRow | None
    complete: OutboxRow | None
    wanted: Wanted


class PageRound(Jobs):
    """Sends what pages are outstanding. Workers take jobs from it; the rest belongs to the thread that steps.

    Args:
        before: gives what a worker does rather than begin a page.
    """

    def __init__(
        self,
        store: Store,
        pages: PageUpload,
        uploader: Uploader,
        order: QueueOrder,
        before: Callable[[], Job | None] = lambda: None,
    ) -> None:
        self._store = store
        self._pages = pages
        self._uploader = uploader
        self._order = order
        self._before = before
        self._noted: float | None = None
        self._manifests: dict[str, tuple[ManifestEntry, ...] | None] = {}
        self._lock = threading.Lock()
        self._wanted: Wanted = {}
        self._begun: set[str] = set()
        self._prepared: set[str] = set()
        self._failures: dict[str, Exception] = {}
        self._progressed: set[str] = set()
        self._moved = False
        self._barred = False

    def look_over(self, rows: Sequence[OutboxRow]) -> Plan:
        """What there is to do about these rows, in the order in which they go."""
        # Frozen bytes never change, so each is read once; it is asked twice a second about all of them.
        self._manifests = {
            row.payload_sha256: self._manifests.get(row.payload_sha256) or manifest_of(row) for row in rows
        }
        manifests = [(row, self._manifests[row.payload_sha256]) for row in rows]
        names = {entry.sha256 for _row, manifest in manifests for entry in manifest or ()}
        there = self._store.read(lambda snapshot: snapshot.pages_transferred(names))
        pages: dict[str, list[ManifestEntry]] = {}
        for row, manifest in manifests:
            if manifest is None:
                return Plan(row, None, {})
            pages[row.action_id] = [entry for entry in manifest if entry.sha256 not in there]
            if not pages[row.action_id]:
                return Plan(None, row, {})
        left = {action_id: sum(entry.byte_count for entry in entries) for action_id, entries in pages.items()}
        ordered = self._order.sort(rows, lambda row: left[row.action_id])
        return Plan(None, None, {row.action_id: (row.case_id, pages_in_order(pages[row.action_id])) for row in ordered})

    def note_progress(self, now: float) -> None:
        """Let the screen know how far the pages under way are, at most once a second.

        Args:
            now: seconds on a clock that never jumps.
        """
        if self._noted is None or now - self._noted >= _NOTE_SECONDS:
            self._noted = now
            self._pages.note_progress()

    def run(self, wanted: Wanted, between: Callable[[], bool]) -> None:
        """Send pages until all are there, everything fails, or something comes first.

        Args:
            between: called again and again in this thread; gives whether a further page may begin. It may plan anew
                and take failures.

        Raises:
            EnvironmentProblem: the disk fails at the moment.
        """
        with self._lock:
            self._wanted, self._barred = wanted, False
            self._begun.clear()
            self._prepared.clear()
            self._progressed.clear()
        self._uploader.run(self, between)

    def plan(self, wanted: Wanted) -> None:
        """Go on with these from now on. Pages under way that are not among them are broken off where they are."""
        with self._lock:
            self._wanted = wanted
        names = {entry.sha256 for _case_id, entries in wanted.values() for entry in entries}
        self._pages.traffic.leave_out(names.__contains__)

    def take_failures(self) -> list[tuple[str, Exception, bool]]:
        """What failed since it was last asked: action id, the first failure (AcceptanceFailure, PageUnreadable, or a
        fault of this program), and whether the server acknowledged something of that row since the round began or it
        failed last."""
        with self._lock:
            failed = [
                (action_id, failure, action_id in self._progressed) for action_id, failure in self._failures.items()
            ]
            self._failures.clear()
            self._progressed -= {action_id for action_id, _failure, _progressed in failed}
            return failed

    def take_progress(self) -> bool:
        """Whether the server acknowledged anything since it was last asked."""
        with self._lock:
            moved, self._moved = self._moved, False
            return moved

    def __next__(self) -> Job:
        job = self._before()
        if job is not None:
            return job
        with self._lock:
            width = self._pages.traffic.width
            following = list(islice(self._open_pages(), width + 1))
            if not following:
                raise StopIteration
            if len(following) <= width:
                # No others are left: they begin at nearly the same time, and a large one begun last would end alone.
                following.sort(key=lambda page: -page[2].byte_count)
            action_id, case_id, entry = following[0]
            self._begun.add(entry.sha256)
            return self._job(action_id, case_id, entry)

    def light(self) -> Job | None:
        """A record, or the beginning of the upload of one of the next pages."""
        job = self._before()
        if job is not None:
            return job
        with self._lock:
            for _action_id, _case_id, entry in islice(self._open_pages(), _AHEAD):
                if entry.sha256 not in self._prepared:
                    self._prepared.add(entry.sha256)
                    return partial(self._pages.prepare, entry)
        return None

    def left(self) -> int:
        """Pages that nobody began yet."""
        with self._lock:
            return sum(1 for _page in self._open_pages())

    def _open_pages(self) -> Iterator[tuple[str, str, ManifestEntry]]:
        """Those nobody began, in their order: action id, case and page."""
        if self._barred:
            return
        for action_id, (case_id, entries) in self._wanted.items():
            if action_id not in self._failures:
                for entry in entries:
                    if entry.sha256 not in self._begun:
                        yield action_id, case_id, entry

    def _job(self, action_id: str, case_id: str, entry: ManifestEntry) -> Job:
        def progressed() -> None:
            with self._lock:
                self._progressed.add(action_id)
                self._moved = True

        def job() -> None:
            try:
                self._pages.send(case_id, entry, progressed)
            except EnvironmentProblem:
                raise
            except LeftOut:
                with self._lock:
                    self._begun.discard(entry.sha256)
            except Exception as failure:
                with self._lock:
                    self._begun.discard(entry.sha256)
                    self._failures.setdefault(action_id, failure)
                    self._barred = self._barred or _concerns_all(failure)

        return job


def _concerns_all(failure: Exception) -> bool:
    return isinstance(failure, NoConnection | Busy | LoginNeeded)
