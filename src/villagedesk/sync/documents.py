"""Documents come in pieces, after the changes that announce them, and never while a case is going out.

A piece is kept as soon as it came, so that a cut line, a crash or a restart of either side costs one piece at most. The
whole is believed when its hash is the one announced; then it goes into the vault like a page, and is named in the
transaction that drops the pieces. What is wrong is fetched anew, and after :data:`TRIES` times the clerk is told. One
whose file was lost here is fetched once more, into the same file, and believed by the same hash; where the file turns
out to be whole after all, nothing is fetched.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, Busy, LoginNeeded, Refused
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.document import Document
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.sync.gate import ASKED_STANDS
from villagedesk.sync.pace import Pace
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.turned_away import TurnedAway

PIECE_BYTES = 64 * 1024
"""What a cut costs at most, as of a page on its way out."""
_LEAST_PIECE = 8 * 1024
_PIECE_SECONDS = 0.5
"""Under a limit a piece is what may come in that time, because it comes as fast as the line can."""
_GOING_OUT = frozenset({SendingState.SENDING, SendingState.UPLOADING})
_LATER = 60.0
"""Seconds, about, until one is fetched anew that was wrong."""
WRONG_HASH = "results.reason.wrong_hash"
REFUSED = "results.reason.refused"


class DocumentPull:
    """Fetches one piece at a time. Used by one thread, but for :meth:`link_returned`, which the one that watches the
    link calls.

    Args:
        uniform: gives a number between two, for the waits.
        pace: holds what comes to the limit, as what leaves is held to it: a video call needs both ways.
        gone: whether the program ends, and nobody waits any more.
        turned_away: knows whom a 401 or 403 is about.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        acceptance: AcceptanceSystem,
        clock: Clock,
        uniform: Callable[[float, float], float],
        piece_bytes: int = PIECE_BYTES,
        pace: Pace | None = None,
        retry: RetryPolicy | None = None,
        gone: Callable[[], bool] = lambda: False,
        turned_away: TurnedAway | None = None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._acceptance = acceptance
        self._clock = clock
        self._uniform = uniform
        self._piece_bytes = piece_bytes
        self._pace = pace or Pace()
        self._gone = gone
        self._retry = retry or RetryPolicy()
        self._turned_away = turned_away or TurnedAway()
        self._due = 0.0
        self._asked = 0.0
        self._put_off: dict[tuple[str, str, str], float] = {}
        self._troubles = 0

    def is_due(self) -> bool:
        """Whether there is a piece to fetch now."""
        return self._clock.monotonic() >= self._due and self._store.read(self._next) is not None

    def link_returned(self) -> None:
        """Nothing waits for its time any more, but for what the acceptance system asked, as at the gate."""
        self._due, self._troubles = min(self._asked, self._clock.monotonic() + ASKED_STANDS), 0
        self._put_off = {}

    def run(self) -> bool:
        """Fetch the next piece; gives whether one came, or the whole was here after all. What fails is tried again
        later, another document first.

        Raises:
            LoginNeeded: the station's credential is not accepted.
        """
        document = self._store.read(self._next)
        if document is None:
            return False
        try:
            if document.page_id and not document.bytes_here and self._vault.verify(document.page_id, document.sha256):
                self._is_here(document)
                return True
            if document.bytes_here < document.byte_count:
                size = self._size()
                self._pace.take(min(size, document.byte_count - document.bytes_here), self._gone)
                piece = self._acceptance.document(document, document.bytes_here, size)
                document = self._keep(document, piece)
            if document.bytes_here >= document.byte_count:
                self._finish(document)
        except LoginNeeded as failure:
            if not self._turned_away.alone(document.key):
                raise
            self._went_wrong(document, REFUSED, failure.raw)
            return False
        except Refused as failure:
            reason = failure.reason if failure.code == "changed" else REFUSED
            self._went_wrong(document, reason, failure.raw)
            return False
        except (AcceptanceFailure, EnvironmentProblem) as failure:
            self._due = self._clock.monotonic() + self._retry.again(self._troubles, failure, self._uniform)
            if isinstance(failure, Busy) and failure.retry_after is not None:
                self._asked = self._due
            self._troubles += 1
            self._put_off[document.key] = self._due
            return False
        self._troubles = 0
        return True

    def _size(self) -> int:
        """Of the next piece."""
        return piece_size(self._pace, self._piece_bytes)

    def _next(self, snapshot: Snapshot) -> Document | None:
        """The first announced that is not put off, before those that failed; none while a case is on the line."""
        now = self._clock.monotonic()
        wanted = [one for one in snapshot.documents_on_the_way() if not one.is_given_up]
        if not wanted or any(row.next_try_at is None for row in snapshot.outbox(_GOING_OUT)):
            return None
        due = [one for one in wanted if self._put_off.get(one.key, 0.0) <= now]
        return min(due, key=lambda one: self._put_off.get(one.key, 0.0), default=None)

    def _keep(self, document: Document, piece: bytes) -> Document:
        piece = piece[: document.byte_count - document.bytes_here]
        grown = replace(document, bytes_here=document.bytes_here + len(piece))

        def work(transaction: Transaction) -> None:
            transaction.add_document_part(document, piece)
            transaction.put_document(grown)

        self._store.write(work).result()
        return grown

    def _finish(self, document: Document) -> None:
        data = self._store.read(lambda snapshot: snapshot.document_parts(document))
        if hashlib.sha256(data).hexdigest() != document.sha256:
            self._went_wrong(document, WRONG_HASH, f"{len(data)} bytes, another hash")
            return
        page_id = document.page_id or str(uuid.uuid4())
        sha256 = self._vault.put(page_id, data)
        if not self._vault.verify(page_id, sha256):
            raise EnvironmentProblem("store.write_failed")
        self._is_here(replace(document, page_id=page_id))

    def _is_here(self, document: Document) -> None:
        """Its file is whole: name it, and drop the pieces."""
        now = self._clock.now()
        here = replace(document, came_at=now, bytes_here=document.byte_count, reason_key="")

        def work(transaction: Transaction) -> None:
            transaction.drop_document_parts(document)
            transaction.put_document(here)
            detail = {"document": document.name or document.document_id, "sha256": document.sha256}
            transaction.append_event(CaseEvent(document.case_id, now, SYSTEM, "document_came", detail=detail))

        self._store.write(work).result()

    def _went_wrong(self, document: Document, reason: str, raw: str) -> None:
        """What came of it is worth nothing: it begins anew, later, and the log says so."""
        now = self._clock.now()
        anew = replace(document, bytes_here=0, failures=document.failures + 1, reason_key=reason)

        def work(transaction: Transaction) -> None:
            transaction.drop_document_parts(document)
            transaction.put_document(anew)
            detail = {"document": document.name or document.document_id, "reason": reason, "raw": raw[:400]}
            transaction.append_event(CaseEvent(document.case_id, now, SYSTEM, "document_wrong", detail=detail))

        self._store.write(work).result()
        self._put_off[document.key] = self._clock.monotonic() + self._retry.spread(_LATER, self._uniform)


def piece_size(pace: Pace, most: int) -> int:
    """Bytes to ask for at once: under a limit no more than come in a moment."""
    limit = pace.limit
    return min(most, max(_LEAST_PIECE, int(limit * _PIECE_SECONDS))) if limit else most
