"""One page on its way: created, resumed where the server says, streamed to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from villagedesk.acceptance.port import (
    AcceptanceFailure,
    AcceptanceSystem,
    Mangled,
    NoConnection,
    OffsetMoved,
    Unanswered,
    UploadGone,
)
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.outbox import PageTransfer
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.sync.traffic import Traffic

PROVEN_BYTES = 64 * 1024
"""Of a chunk with a checksum, which counts as a whole or not at all (design: section 5)."""
_TURNS = 3
"""How often in a row, with nothing won, the server may move the offset, cut or forget the upload before the page
waits."""

_UNREADABLE = {
    "store.page_damaged": "sync.reason.page_damaged",
    "store.page_missing": "sync.reason.page_damaged",
    "store.page_unreadable": "sync.reason.page_unreadable",
}
"""What the vault says, and what is said of the case."""


class PageUnreadable(Exception):
    """The page's bytes cannot be had on this PC. ``key`` names why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class LeftOut(Exception):
    """The page is not wanted any more, or not now: a clerk paused its case."""


@dataclass
class PageUpload:
    """Sends pages. Safe to use from several threads for different pages.

    Args:
        chunk_bytes: of one PATCH at most; None streams to the page's end.
        traffic: sees everything that leaves.
    """

    store: Store
    vault: Vault
    acceptance: AcceptanceSystem
    chunk_bytes: int | None = None
    traffic: Traffic = field(default_factory=Traffic)

    def __post_init__(self) -> None:
        self._under_way: dict[str, PageTransfer] = {}
        self._prepared: dict[str, str] = {}

    def send(self, case_id: str, entry: ManifestEntry, on_chunk: Callable[[], None]) -> None:
        """Bring the page's offset to its length.

        Args:
            on_chunk: called whenever the server acknowledged more.

        Raises:
            AcceptanceFailure: the page waits where it is.
            LeftOut: it was not wanted any more.
            PageUnreadable: the vault has no such bytes.
            EnvironmentProblem: the disk fails at the moment.
        """
        data = self._bytes(case_id, entry)
        transfer = self.store.read(lambda snapshot: snapshot.page_transfer(entry.sha256))
        transfer = transfer or PageTransfer(entry.sha256, "", 0, len(data), False)
        try:
            self._bring(transfer, data, entry.media_type, on_chunk)
        finally:
            self._under_way.pop(entry.sha256, None)

    def prepare(self, entry: ManifestEntry) -> None:
        """Begin the upload of a page whose turn is near, so that its bytes can follow those of the page before it at
        once; harmless where it has begun. What hinders it, the page itself will meet.

        Raises:
            EnvironmentProblem: the disk fails at the moment.
        """

        def begun(snapshot: Snapshot) -> bool:
            known = snapshot.page_transfer(entry.sha256)
            return known is not None and (known.done or known.location != "")

        if self.store.read(begun):
            return
        try:
            location = self.acceptance.create_upload(entry.sha256, entry.byte_count, entry.media_type)
        except AcceptanceFailure:
            return

        def work(transaction: Transaction) -> bool:
            if begun(transaction):
                return False
            transaction.put_page_transfer(PageTransfer(entry.sha256, location, 0, entry.byte_count, False))
            return True

        if self.store.write(work).result():
            self._prepared[entry.sha256] = location

    def note_progress(self) -> None:
        """Write how far the pages under way have come, for the screen: all in one transaction, because each is a flush
        of the disk. What the server holds is asked of it before anything is sent on; nothing hangs on these numbers."""
        handed = self.traffic.under_way()
        come = [
            replace(transfer, offset=min(transfer.offset + handed[sha256], transfer.length))
            for sha256, transfer in list(self._under_way.items())
            if sha256 in handed
        ]

        def work(transaction: Transaction) -> None:
            for transfer in come:
                known = transaction.page_transfer(transfer.sha256)
                if known is not None and not known.done and known.location == transfer.location:
                    transaction.put_page_transfer(transfer)

        if come:
            self.store.write(work).result()

    def _bring(self, transfer: PageTransfer, data: bytes, media_type: str, on_chunk: Callable[[], None]) -> None:
        turns = 0
        proven = False
        # Begun just now and nothing sent: that need not be asked. Were it wrong, the server would say so (409).
        known = transfer.offset == 0 and self._prepared.pop(transfer.sha256, "no") == transfer.location
        while not transfer.done:
            try:
                if not transfer.location:
                    location = self.acceptance.create_upload(transfer.sha256, len(data), media_type)
                    transfer = self._keep(replace(transfer, location=location, offset=0))
                elif not known:
                    # Only the server knows how much arrived; what is stored here may be behind it or ahead of it.
                    before = transfer.offset
                    transfer = self._reached(transfer, self.acceptance.upload_offset(transfer.location))
                    if transfer.offset > before:
                        turns = 0
                        on_chunk()
                known = True
                while not transfer.done:
                    transfer = self._reached(transfer, self._send_on(transfer, data, proven))
                    turns = 0
                    on_chunk()
            except (OffsetMoved, UploadGone, Unanswered) as failure:
                turns += 1
                proven = proven or isinstance(failure, Mangled)
                if isinstance(failure, UploadGone):
                    transfer = self._keep(replace(transfer, location="", offset=0))
                if turns >= _TURNS or (isinstance(failure, Unanswered) and not known):
                    raise
                known = False

    def _send_on(self, transfer: PageTransfer, data: bytes, proven: bool) -> int:
        end = len(data)
        if proven or self.chunk_bytes is not None:
            end = min(end, transfer.offset + (self.chunk_bytes or PROVEN_BYTES))
        chunk = data[transfer.offset : end]
        self._under_way[transfer.sha256] = transfer
        with self.traffic.sending(transfer.sha256, len(chunk)) as sending:
            try:
                return self.acceptance.send_chunk(
                    transfer.location, transfer.offset, chunk, watch=sending, proven=proven
                )
            except (NoConnection, Unanswered) as failure:
                if sending.left_out:
                    raise LeftOut from failure
                if sending.is_cut and isinstance(failure, NoConnection):
                    # It was cut before its connection stood. That says nothing about the line.
                    raise Unanswered(failure.reason, failure.raw) from failure
                raise

    def _bytes(self, case_id: str, entry: ManifestEntry) -> bytes:
        pages, expired = self.store.read(lambda snapshot: (snapshot.pages(case_id), snapshot.expired_pages(case_id)))
        named = [page.page_id for page in pages if page.sha256 == entry.sha256]
        if not named:
            raise PageUnreadable("sync.reason.page_missing")
        page_id = next((one for one in named if one not in expired), None)
        if page_id is None:
            # Custody was attested and the file given up; a server that forgot it since is for people to settle.
            raise PageUnreadable("sync.reason.page_expired")
        try:
            data = self.vault.get(page_id, entry.sha256)
        except EnvironmentProblem as problem:
            reason = _UNREADABLE.get(problem.key)
            if reason is None:
                raise
            raise PageUnreadable(reason) from problem
        if len(data) != entry.byte_count:
            raise PageUnreadable("sync.reason.page_damaged")
        return data

    def _reached(self, transfer: PageTransfer, offset: int) -> PageTransfer:
        if offset > transfer.length:
            raise Unanswered("sync.reason.not_ours", f"offset {offset} of {transfer.length}")
        return self._keep(replace(transfer, offset=offset, done=offset == transfer.length))

    def _keep(self, transfer: PageTransfer) -> PageTransfer:
        self.store.write(lambda transaction: transaction.put_page_transfer(transfer)).result()
        return transfer


Job = Callable[[], None]


class Jobs(Iterator[Job], Protocol):
    """What there is to do. It may have more again after it had none. Several threads may ask at once."""

    def light(self) -> Job | None:
        """One that takes no more than a round trip, so that it need not wait until a page has ended; None when there
        is none at the moment. All that must be done comes by iterating as well."""

    def left(self) -> int:
        """Pages that nobody began yet."""


class Uploader(Protocol):
    """Runs page jobs; how many at once is its own business."""

    def run(self, jobs: Jobs, between: Callable[[], bool]) -> None:
        """Run jobs until there are none and all that began have ended. A job handles its own failures.

        Args:
            between: does what comes before the next page, in the calling thread, again and again; gives whether a
                further page may begin.
        """

    def close(self, *, wait: bool = True) -> None:
        """End the workers.

        Args:
            wait: for what is under way.
        """
