"""Printing papers: drawn once, kept in the vault as printed, then brought to the printer by the runner."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace

from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.paper_making import PaperMaker
from villagedesk.desk.print_runner import PrintRunner
from villagedesk.domain.case import Case, CaseEvent, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import goes_by_hand
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.roles import Right


class PrintDesk:
    """Makes print jobs and shows what became of them. Calls block and may come from several threads."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        papers: PaperMaker,
        runner: PrintRunner,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._papers = papers
        self._runner = runner
        self._acting = acting
        self._one_at_a_time = threading.Lock()

    def print_receipt(self, case_id: str) -> PrintJob:
        """Print the receipt; every print after the first is counted and marked 补打.

        Raises:
            InputProblem: ``printing.not_taken_in``, ``intake.gone``.
            EnvironmentProblem: ``store.*``; no job was made then.
        """
        return self._print(case_id, PaperKind.RECEIPT, self._papers.receipt)

    def print_acceptance_notice(self, case_id: str) -> PrintJob:
        """Print the acceptance notice.

        Raises:
            InputProblem: ``printing.no_acceptance_number`` before the acceptance system has given one;
                ``bridge.notice_there`` for a case that was entered there by hand: there it was issued (I7).
            EnvironmentProblem: ``store.*``; no job was made then.
        """
        self._acting.need(Right.WORK)
        if goes_by_hand(self._store.read(lambda snapshot: snapshot.outbox_of_case(case_id))):
            raise InputProblem("bridge.notice_there")

        def draw(case: Case, _pages: tuple[Page, ...], reprint: int) -> bytes:
            try:
                item = self._items.get(case.item_code)
            except KeyError:
                item = None
            return self._papers.acceptance_notice(case, item, reprint)

        return self._print(case_id, PaperKind.ACCEPTANCE_NOTICE, draw)

    def retry(self, job_id: str) -> PrintJob:
        """Try a job again that waits or failed; the same paper, since none came out.

        Raises:
            InputProblem: ``printing.job_gone``, ``printing.already_printed``.
        """
        return self._change(job_id, PrintJobState.WAITING)

    def came_out(self, job_id: str) -> PrintJob:
        """The clerk holds the paper that the printer's queue had not confirmed.

        Raises:
            InputProblem: ``printing.job_gone``, ``printing.already_printed``.
        """
        return self._change(job_id, PrintJobState.DONE)

    def pdf(self, job_id: str) -> bytes:
        """The paper as printed. Raises InputProblem ``printing.job_gone``, EnvironmentProblem ``store.page_*``."""
        self._acting.need(Right.SEE_PERSONS)
        job = self._job(job_id)
        if job.page_id in self._store.read(lambda snapshot: snapshot.expired_pages(job.case_id)):
            raise EnvironmentProblem("store.page_expired")
        return self._vault.get(job.page_id, job.sha256)

    def _print(self, case_id: str, kind: PaperKind, draw: Callable[[Case, tuple[Page, ...], int], bytes]) -> PrintJob:
        self._acting.need(Right.WORK)
        with self._one_at_a_time:  # two prints at once would both be called the first
            job = self._make_job(case_id, kind, draw)
        self._runner.wake()
        return job

    def _make_job(
        self, case_id: str, kind: PaperKind, draw: Callable[[Case, tuple[Page, ...], int], bytes]
    ) -> PrintJob:
        try:
            case, pages, jobs = self._store.read(
                lambda snapshot: (
                    snapshot.case(case_id),
                    tuple(snapshot.pages(case_id)),
                    tuple(snapshot.print_jobs(case_id)),
                )
            )
        except KeyError:
            raise InputProblem("intake.gone") from None
        reprint = sum(job.kind is kind for job in jobs)
        pdf = draw(case, pages, reprint)
        page_id = str(uuid.uuid4())
        sha256 = self._vault.put(page_id, pdf)
        if not self._vault.verify(page_id, sha256):
            raise EnvironmentProblem("store.write_failed")
        now = self._clock.now()
        job = PrintJob(str(uuid.uuid4()), case_id, kind, reprint, page_id, sha256, PrintJobState.WAITING, now)

        def work(transaction: Transaction) -> None:
            transaction.put_print_job(job)
            detail = {"paper": str(kind), "reprint": str(reprint)}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "print_asked", detail=detail))

        self._store.write(work).result()
        return job

    def _job(self, job_id: str) -> PrintJob:
        try:
            return self._store.read(lambda snapshot: snapshot.print_job(job_id))
        except KeyError:
            raise InputProblem("printing.job_gone") from None

    def _change(self, job_id: str, state: PrintJobState) -> PrintJob:
        self._acting.need(Right.WORK)
        now = self._clock.now()

        def work(transaction: Transaction) -> PrintJob:
            try:
                newest = transaction.print_job(job_id)
            except KeyError:
                raise InputProblem("printing.job_gone") from None
            if newest.state is PrintJobState.DONE:
                raise InputProblem("printing.already_printed")
            where = newest.where if state is PrintJobState.DONE else ""
            changed = replace(newest, state=state, where=where, reason_key="")
            transaction.put_print_job(changed)
            kind = "printed" if state is PrintJobState.DONE else "print_asked"
            detail = {"paper": str(newest.kind), "reprint": str(newest.reprint)}
            transaction.append_event(CaseEvent(newest.case_id, now, self._acting.clerk, kind, detail=detail))
            return changed

        changed = self._store.write(work).result()
        self._runner.wake()
        return changed
