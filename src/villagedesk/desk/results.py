"""Results and other documents the acceptance system handed out: to be printed, saved as a file, fetched once more.

Nothing is shown but what is whole and has the hash that was announced; every print and every copy stands in the log.
A file that was lost since is noted when it is wanted, and fetched again by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.door_views import Sentence
from villagedesk.desk.life_views import DocumentView
from villagedesk.desk.lost_results import LOST_FILE, note_lost
from villagedesk.desk.print_runner import PrintRunner
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.document import LOST, MAX_DOCUMENT_BYTES, PDF, SCANNED_HERE, Document, DocumentOrigin
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.reports.report_file import save_new

_ENDINGS = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "application/zip": ".zip"}
"""A file of another kind gets none, so that nothing opens it by itself."""


def document_views(snapshot: Snapshot, case_id: str, expired: frozenset[str]) -> tuple[DocumentView, ...]:
    """The documents of a case, in the order they were announced.

    Args:
        expired: ids of files of the case whose time was over.
    """
    documents = snapshot.documents(case_id)
    jobs = snapshot.print_jobs(case_id) if documents else ()
    return tuple(_view(document, jobs, expired) for document in documents)


class ResultDesk:
    """Prints and saves documents. Calls block and may come from several threads."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, runner: PrintRunner, acting: Acting) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._runner = runner
        self._acting = acting

    def print(self, document: Document) -> PrintJob:
        """Print it as it came; printed again it is counted, one that waits for the printer is not made twice.

        Raises:
            InputProblem: ``results.gone`` when it is not here, ``results.not_printable`` when it is no PDF.
            EnvironmentProblem: ``results.lost`` when its file is missing or damaged; it is fetched again then, and no
                job was made. ``store.page_unreadable`` when it cannot be read now.
        """
        self._acting.need(Right.WORK)
        here = self._here(document)
        if here.media_type != PDF:
            raise InputProblem("results.not_printable")
        self._bytes(here)
        now = self._clock.now()

        def work(transaction: Transaction) -> PrintJob:
            jobs = [job for job in transaction.print_jobs(here.case_id) if job.page_id == here.page_id]
            waiting = next((job for job in reversed(jobs) if job.state is PrintJobState.WAITING), None)
            if waiting is not None:
                return waiting
            place = (here.page_id, here.sha256, PrintJobState.WAITING, now)
            before = sum(job.may_be_out for job in jobs)
            job = PrintJob(str(uuid.uuid4()), here.case_id, PaperKind.RESULT, before, *place)
            transaction.put_print_job(job)
            detail = {"paper": str(job.kind), "reprint": str(job.reprint), "document": here.name}
            transaction.append_event(CaseEvent(here.case_id, now, self._acting.clerk, "print_asked", detail=detail))
            return job

        job = self._store.write(work).result()
        self._runner.wake()
        return job

    def pdf(self, document: Document) -> bytes:
        """As it came. Raises as :meth:`print`."""
        self._acting.need(Right.SEE_PERSONS)
        here = self._here(document)
        if here.media_type != PDF:
            raise InputProblem("results.not_printable")
        return self._bytes(here)

    def save(self, document: Document, folder: Path) -> Path:
        """Put a copy into a folder under a name of the case's number; it lies there unlocked, and the log says so.

        Raises:
            InputProblem: ``results.gone``, ``results.no_folder``.
            EnvironmentProblem: ``results.disk_full``, ``results.write_failed``, ``results.lost`` and
                ``store.page_unreadable`` as of :meth:`print`; no file is left then.
        """
        self._acting.need(Right.WORK)
        here = self._here(document)
        if not folder.is_dir():
            raise InputProblem("results.no_folder")
        data = self._bytes(here)
        number = self._store.read(lambda snapshot: snapshot.case(here.case_id).local_no) or "0"
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            detail = {"document": here.name, "sha256": here.sha256}
            transaction.append_event(CaseEvent(here.case_id, now, self._acting.clerk, "document_saved", detail=detail))

        # noted first: what lies in a folder is always named by the log
        self._store.write(work).result()
        try:
            return save_new(folder, f"jieguo-{number}", _ENDINGS.get(here.media_type, ""), data)
        except OSError as error:
            raise EnvironmentProblem("results.write_failed") from error
        except EnvironmentProblem as problem:
            full = problem.key == "store.disk_full"
            raise EnvironmentProblem("results.disk_full" if full else "results.write_failed") from problem

    def fetch_again(self, document: Document) -> None:
        """Try once more to fetch what was given up; logged as the clerk's decision. Raises InputProblem
        ``results.gone`` when it is here or never was."""
        self._acting.need(Right.WORK)
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            known = _known(transaction, document)
            if known is None or not _can_fetch(known):
                raise InputProblem("results.gone")
            transaction.put_document(replace(known, failures=0, reason_key=LOST if known.page_id else ""))
            detail = {"document": known.name}
            event = CaseEvent(known.case_id, now, self._acting.clerk, "document_asked_again", detail=detail)
            transaction.append_event(event)

        self._store.write(work).result()

    def _bytes(self, here: Document) -> bytes:
        try:
            return self._vault.get(here.page_id, here.sha256)
        except EnvironmentProblem as problem:
            if problem.key not in LOST_FILE:
                raise
            note_lost(self._store, self._clock, {here.page_id})
            raise EnvironmentProblem("results.lost") from problem

    def _here(self, document: Document) -> Document:
        def work(snapshot: Snapshot) -> Document | None:
            known = _known(snapshot, document)
            gone = known is None or not known.is_here or known.page_id in snapshot.expired_pages(document.case_id)
            return None if gone else known

        here = self._store.read(work)
        if here is None:
            raise InputProblem("results.gone")
        return here


def _known(snapshot: Snapshot, document: Document) -> Document | None:
    return next((one for one in snapshot.documents(document.case_id) if one.key == document.key), None)


def _view(document: Document, jobs: Sequence[PrintJob], expired: frozenset[str]) -> DocumentView:
    own = [job for job in jobs if job.page_id == document.page_id] if document.is_here else []
    here = document.is_here and document.page_id not in expired
    return DocumentView(
        document,
        _standing(document, expired),
        own[-1] if own else None,
        len(own),
        printable=here and document.media_type == PDF,
        savable=here,
        can_fetch=_can_fetch(document),
    )


def _can_fetch(document: Document) -> bool:
    there = document.origin is DocumentOrigin.SYSTEM and document.byte_count <= MAX_DOCUMENT_BYTES
    return there and document.is_given_up


def _standing(document: Document, expired: frozenset[str]) -> Sentence:
    if document.page_id in expired:
        return Sentence("results.expired")
    if document.is_here and document.origin in SCANNED_HERE:
        return Sentence("results.scanned", {"at": f"{document.told_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}, "good")
    if document.is_here:
        return Sentence("results.here" if document.media_type == PDF else "results.here_no_pdf", {}, "good")
    if document.origin in SCANNED_HERE:
        return Sentence("results.lost_scan", {}, "bad")
    if document.byte_count > MAX_DOCUMENT_BYTES:
        return Sentence("results.too_large", {"most": MAX_DOCUMENT_BYTES // 1024 // 1024}, "bad")
    if document.is_given_up:
        return Sentence("results.given_up", {"why": Sentence(document.reason_key), "times": document.failures}, "bad")
    if document.failures:
        return Sentence("results.again", {"why": Sentence(document.reason_key)}, "warn")
    if document.reason_key == LOST:
        return Sentence("results.lost", {}, "warn")
    share = document.bytes_here * 100 // max(1, document.byte_count)
    return Sentence("results.coming", {"share": share}, "time")
