"""The capture journal: a photograph is on disk, with its row, before the screen says that it is saved or waits. The
sound of the shutter comes before: it only says that the paper may be moved.

What is kept is the picture as it came (JPEG of a 12-megapixel camera: 3–4 MB), because writing and flushing it beside
the imaging costs less than coding it anew would, and a page cut out again later loses nothing. Only what is absurdly
large is coded anew. It goes when the papers are taken in; a village has a few open drafts, so some 100 MB at most.

Flushes: a sure page and its photograph are prepared side by side and named together, which is one flush for each file,
one for the folder, one for the rows, and the photograph's own runs while the page is being made. A photograph that
waits for an answer costs three, and its page three more when it is kept.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from villagedesk.devices.ports import Photograph
from villagedesk.domain.capture import Capture, Framing
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Prepared, Store, Transaction, Vault
from villagedesk.imaging.page import photograph_again

MOST_BYTES = 12 * 1024 * 1024
"""A larger photograph (a scan without loss, a telephone's raw picture) is coded anew before it is kept."""


@dataclass(frozen=True)
class Written:
    """A photograph that lies aside.

    Args:
        media_type: of the bytes that were written.
    """

    prepared: Prepared
    media_type: str


class CaptureJournal:
    """Photographs of open cases. Calls may come from several threads; files are written on one thread of its own, so
    that the disk works while the page is being made."""

    def __init__(self, store: Store, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._guard = threading.Lock()
        self._tidying = False
        self._closed = False
        self._unsubscribe = store.subscribe(self._tidy_soon)

    def begin(self, capture_id: str, photograph: Photograph) -> Future[Written]:
        """Write a photograph aside. The future raises EnvironmentProblem ``store.disk_full``, ``store.write_failed``;
        what was written is published or given up by the caller."""
        return self._worker.submit(self._write, capture_id, photograph)

    def give_up(self, writing: Future[Written]) -> None:
        """It was no page: nothing of it stays."""

        def forget(done: Future[Written]) -> None:
            if done.exception() is None:
                self._vault.give_up([done.result().prepared])

        writing.add_done_callback(forget)

    def photograph(self, capture: Capture) -> Photograph:
        """The picture as it was kept. Raises EnvironmentProblem ``store.page_*``."""
        return Photograph(self._vault.get(capture.capture_id, capture.sha256), capture.media_type, "")

    def find(self, case_id: str, capture_id: str) -> Capture:
        """A photograph of the case. Raises InputProblem ``scanning.proposal_gone``."""
        found = self._store.read(lambda snapshot: snapshot.captures(case_id))
        for capture in found:
            if capture.capture_id == capture_id:
                return capture
        raise InputProblem("scanning.proposal_gone")

    def reframe(self, case_id: str, capture_id: str, framing: Framing, doubt: str) -> None:
        """Note how a waiting photograph's page is made now, and what is asked about it, so that a restart shows it like
        that. Raises EnvironmentProblem ``store.disk_full``, ``store.write_failed``; it comes back as it was then."""

        def work(transaction: Transaction) -> None:
            for capture in transaction.captures(case_id):
                if capture.capture_id == capture_id and capture.waits:
                    transaction.put_capture(replace(capture, framing=framing, doubt=doubt))

        self._store.write(work).result()

    def drop(self, case_id: str, capture_ids: Collection[str]) -> None:
        """The clerk wants these waiting photographs no more; those that were settled already stay as they are."""

        def work(transaction: Transaction) -> None:
            waiting = {one.capture_id for one in transaction.captures(case_id) if one.waits}
            transaction.end_captures(case_id, waiting & set(capture_ids))

        self._store.write(work).result()

    def close(self) -> None:
        """Finish what is being written, and remove the files of what has ended."""
        self._unsubscribe()
        with self._guard:
            self._closed = True
        self._worker.shutdown(wait=True)
        with contextlib.suppress(EnvironmentProblem):
            self._tidy()

    def _write(self, capture_id: str, photograph: Photograph) -> Written:
        data, media_type = photograph.data, photograph.media_type
        if len(data) > MOST_BYTES:
            data, media_type = photograph_again(data, media_type), "image/jpeg"
        return Written(self._vault.prepare(capture_id, data), media_type)

    def _tidy_soon(self) -> None:
        """After each commit, on the writer's thread: whatever ended a case, its photographs go."""
        with self._guard:
            if self._tidying or self._closed:
                return
            self._tidying = True
            self._worker.submit(self._tidy_later)

    def _tidy_later(self) -> None:
        with self._guard:
            self._tidying = False
        with contextlib.suppress(EnvironmentProblem):  # the next commit, or the next start, tries again
            self._tidy()

    def _tidy(self) -> None:
        ended = self._store.read(lambda snapshot: snapshot.ended_captures())
        for capture_id, sha256 in ended:
            self._vault.remove(capture_id, sha256)
        if ended:
            self._store.write(lambda transaction: transaction.forget_ended([name for name, _ in ended])).result()
