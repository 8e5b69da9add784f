"""One page on its way: created, resumed where the server says, sent in chunks; and several pages at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Protocol

from villagedesk.acceptance.port import AcceptanceSystem, OffsetMoved, Unanswered, UploadGone
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.outbox import PageTransfer
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store, Vault

CHUNK_BYTES = 64 * 1024
"""What a cut can cost at most: a chunk with a checksum counts as a whole or not at all (design: section 5)."""
_TURNS = 3
"""How often in a row the server may move the offset, cut or forget the upload before the page waits."""


class PageUnreadable(Exception):
    """The page's bytes cannot be had on this PC. ``key`` names why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass
class PageUpload:
    """Sends pages. Safe to use from several threads for different pages."""

    store: Store
    vault: Vault
    acceptance: AcceptanceSystem
    chunk_bytes: int = CHUNK_BYTES

    def send(self, case_id: str, entry: ManifestEntry, on_chunk: Callable[[], None]) -> None:
        """Bring the page's offset to its length.

        Args:
            on_chunk: called after every chunk the server acknowledged.

        Raises:
            AcceptanceFailure: the page waits where it is.
            PageUnreadable: the vault has no such bytes.
            EnvironmentProblem: the disk fails at the moment.
        """
        data = self._bytes(case_id, entry)
        transfer = self.store.read(lambda snapshot: snapshot.page_transfer(entry.sha256))
        transfer = transfer or PageTransfer(entry.sha256, "", 0, len(data), False)
        turns = 0
        known = False
        while not transfer.done:
            try:
                if not transfer.location:
                    location = self.acceptance.create_upload(entry.sha256, len(data), entry.media_type)
                    transfer = self._keep(replace(transfer, location=location, offset=0))
                elif not known:
                    # Only the server knows how much arrived; what is stored here may be behind it or ahead of it.
                    transfer = self._reached(transfer, self.acceptance.upload_offset(transfer.location))
                known = True
                while not transfer.done:
                    chunk = data[transfer.offset : transfer.offset + self.chunk_bytes]
                    reached = self.acceptance.send_chunk(transfer.location, transfer.offset, chunk)
                    transfer = self._reached(transfer, reached)
                    turns = 0
                    on_chunk()
            except (OffsetMoved, UploadGone, Unanswered) as failure:
                turns += 1
                if isinstance(failure, UploadGone):
                    transfer = self._keep(replace(transfer, location="", offset=0))
                if turns >= _TURNS or (isinstance(failure, Unanswered) and not known):
                    raise
                known = False

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
            if problem.key not in ("store.page_damaged", "store.page_missing"):
                raise
            raise PageUnreadable("sync.reason.page_damaged") from problem
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


class Uploader(Protocol):
    """Runs page jobs; how many at once is its own business."""

    def run(self, jobs: Iterator[Job]) -> None:
        """Run jobs until the iterator ends and all that began have ended. A job handles its own failures."""

    def close(self) -> None:
        """End the workers; what is under way is waited for."""


class ThreadedUploader:
    """Several at once: one TCP connection gets a fifth of a lossy line, four together most of it (facts.md).

    Args:
        width: how many pages travel at the same time.
    """

    def __init__(self, width: int = 4) -> None:
        self._width = width
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="page-upload")

    def run(self, jobs: Iterator[Job]) -> None:
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    job = next(jobs, None)
                if job is None:
                    return
                job()

        running = [self._pool.submit(work) for _ in range(self._width)]
        wait(running)
        for future in running:
            future.result()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
