"""Printing a case's papers: drawn once, kept in the vault as printed, then brought to the printer by the runner."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_papers import about, jobs_of, why_not
from villagedesk.desk.items import Items
from villagedesk.desk.missing_hint import MissingHint
from villagedesk.desk.page_copies import PageCopies
from villagedesk.desk.paper_making import Making, PaperMaker
from villagedesk.desk.paper_source import PaperSource, paper_source
from villagedesk.desk.print_choices import PrintChoices, choices_of
from villagedesk.desk.print_runner import PrintRunner, TakenBack
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.printing import SAVED, PaperKind, PaperSize, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.reports.report_file import save_new

_RECEIPTS = frozenset({PaperKind.RECEIPT, PaperKind.SUPPLEMENT_RECEIPT})
_WITHOUT_A_ROW = frozenset({PaperKind.MISSING_MATERIALS, PaperKind.PAGE_COPY})
"""Each print is a paper of its own, of what is missing or wanted that day."""


@dataclass(frozen=True)
class _Drawn:
    """A paper before it is kept.

    Args:
        about: as of :attr:`PrintJob.about`.
        told: what the case's log says of it beside that it was printed: kind and detail of a further event.
    """

    pdf: bytes
    size: PaperSize = PaperSize.A4
    about: str = ""
    told: tuple[str, Mapping[str, str]] | None = None


class PrintDesk:
    """Makes print jobs and shows what became of them. Calls block and may come from several threads."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        papers: PaperMaker,
        hint: MissingHint,
        copies: PageCopies,
        runner: PrintRunner,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._papers = papers
        self._hint = hint
        self._copies = copies
        self._runner = runner
        self._acting = acting
        self._one_at_a_time = threading.Lock()

    def print(self, case_id: str, kind: PaperKind) -> PrintJob:
        """Print a paper of a case, as many copies as are set; once it came out, every further print is counted and
        marked 补打. One that is still to come out is not made twice: it is brought forward, a failed one tried again.

        Raises:
            InputProblem: ``intake.gone``; ``printing.*`` when it cannot be printed now, and why
                (:mod:`villagedesk.desk.case_papers`); ``handouts.nothing_missing``.
            EnvironmentProblem: ``store.*``; no job was made then.
        """
        self._acting.need(Right.WORK)
        with self._one_at_a_time:  # two prints at once would both be called the first
            source, choices = self._source(case_id)
            earlier = [job for job in jobs_of(source, kind) if job.is_open]
            if kind is PaperKind.MISSING_MATERIALS:
                for job in earlier:  # what is missing may be something else by now
                    self._give_up(job)
            elif earlier and why_not(source, kind) is None:
                return self._forward(earlier[-1])
            count = 0 if kind is PaperKind.MISSING_MATERIALS else _printed_before(source, kind)
            drawn = self._drawn(source, kind, choices, count)
            return self._keep(source, kind, drawn, choices, count)

    def print_copy(self, page_id: str, case_id: str) -> PrintJob:
        """Print a kept page, marked with what the copy is for. One that is still to come out is brought forward.

        Raises:
            InputProblem: ``scanning.page_gone``, ``intake.gone``.
            EnvironmentProblem: ``store.*``; no job was made then.
        """
        self._acting.need(Right.WORK)
        with self._one_at_a_time:
            source, choices = self._source(case_id)
            earlier = [job for job in jobs_of(source, PaperKind.PAGE_COPY, page_id) if job.is_open and job.about]
            if earlier:
                return self._forward(earlier[-1])
            pdf = self._copies.draw(source.case, source.pages, page_id)
            drawn = _Drawn(pdf, about=page_id, told=("page_copied", {"page_id": page_id}))
            return self._keep(source, PaperKind.PAGE_COPY, drawn, choices, 0)

    def open_jobs(self, case_id: str) -> tuple[PrintJob, ...]:
        """Papers of a case that are still to come out and that :func:`papers_of` does not name: hints and copies."""
        self._acting.need(Right.SEE_PERSONS)
        jobs = self._store.read(lambda snapshot: snapshot.print_jobs(case_id))
        return tuple(job for job in jobs if job.kind in _WITHOUT_A_ROW and job.is_open)

    def preview(self, case_id: str, kind: PaperKind) -> bytes:
        """The paper as it would be printed now. Nothing is kept or counted. Raises as :meth:`print`."""
        self._acting.need(Right.WORK)
        source, choices = self._source(case_id)
        return self._drawn(source, kind, choices, _printed_before(source, kind)).pdf

    def retry(self, job_id: str) -> PrintJob:
        """Try a job again that waits or failed; the same paper, since none came out. What the printer's own queue
        holds of it is taken out of there before; what came out meanwhile is noted instead.

        Raises:
            InputProblem: ``printing.job_gone``, ``printing.already_printed``; ``printing.out_of_reach`` (``printer``)
                when the queue keeps it, from where it comes out by itself.
        """
        job = self._open_job(job_id)
        taken = self._runner.take_back(job)
        if taken is TakenBack.OUT_OF_REACH:
            raise InputProblem("printing.out_of_reach", printer=job.printer)
        if taken is TakenBack.CAME_OUT:
            return self._change(job_id, PrintJobState.DONE, "printed")
        return self._change(job_id, PrintJobState.WAITING, "print_asked")

    def came_out(self, job_id: str) -> PrintJob:
        """The clerk holds the paper that the printer's queue had not confirmed.

        Raises:
            InputProblem: ``printing.job_gone``, ``printing.already_printed``.
        """
        return self._change(job_id, PrintJobState.DONE, "printed")

    def give_up(self, job_id: str) -> PrintJob:
        """The clerk does not want the paper any more; where it came out all the same, that is noted instead. Raises as
        :meth:`came_out`."""
        return self._give_up(self._open_job(job_id))

    def save(self, job_id: str, folder: Path) -> Path:
        """The paper as a PDF in a folder, to be printed elsewhere; it lies there unlocked, and the log says so. A job
        that waited counts as come out then.

        Raises:
            InputProblem: ``printing.job_gone``.
            EnvironmentProblem: ``store.*``; no file is left then.
        """
        self._acting.need(Right.WORK)
        job = self._job(job_id)
        pdf = self._bytes(job)
        number = self._store.read(lambda snapshot: snapshot.case(job.case_id).local_no) or "0"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = save_new(folder, f"{self._runner.file_name(job.kind)}-{number}", ".pdf", pdf)
        except OSError as error:
            raise EnvironmentProblem("store.write_failed") from error
        now = self._clock.now()
        taken = self._runner.take_back(job) if job.is_open else TakenBack.CAME_OUT

        def work(transaction: Transaction) -> None:
            newest = transaction.print_job(job_id)
            if newest.is_open and taken is not TakenBack.CAME_OUT:
                saved = replace(newest, state=PrintJobState.DONE, where=str(file), reason_key=SAVED, ticket="")
                transaction.put_print_job(saved)
            transaction.append_event(self._event(newest, "print_saved", now))

        try:
            self._store.write(work).result()
        except EnvironmentProblem:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)  # no file lies unlocked that the log does not name
            raise
        return file

    def job(self, job_id: str) -> PrintJob:
        """Where it stands. Raises InputProblem ``printing.job_gone``."""
        self._acting.need(Right.SEE_PERSONS)
        return self._job(job_id)

    def pdf(self, job_id: str) -> bytes:
        """The paper as printed. Raises InputProblem ``printing.job_gone``, EnvironmentProblem ``store.page_*``."""
        self._acting.need(Right.SEE_PERSONS)
        return self._bytes(self._job(job_id))

    def _drawn(self, source: PaperSource, kind: PaperKind, choices: PrintChoices, count: int) -> _Drawn:
        if kind is PaperKind.MISSING_MATERIALS:
            pdf, missing = self._hint.draw(source.case.case_id)
            return _Drawn(pdf, told=("missing_told", {"count": str(missing)}))
        size = choices.receipt if kind in _RECEIPTS else PaperSize.A4
        how = Making(count, size, self._acting.clerk, self._clock.now())
        return _Drawn(self._papers.draw(kind, source, how), size, about(source, kind))

    def _keep(self, source: PaperSource, kind: PaperKind, drawn: _Drawn, choices: PrintChoices, count: int) -> PrintJob:
        case_id, page_id = source.case.case_id, str(uuid.uuid4())
        sha256 = self._vault.put(page_id, drawn.pdf)
        if not self._vault.verify(page_id, sha256):
            raise EnvironmentProblem("store.write_failed")
        now = self._clock.now()
        job = PrintJob(
            str(uuid.uuid4()),
            case_id,
            kind,
            count,
            page_id,
            sha256,
            PrintJobState.WAITING,
            now,
            about=drawn.about,
            copies=choices.copies_of(kind),
            paper=drawn.size,
        )

        def work(transaction: Transaction) -> None:
            transaction.put_print_job(job)
            transaction.append_event(self._event(job, "print_asked", now))
            if drawn.told is not None:
                event, detail = drawn.told
                transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, event, detail=detail))

        self._store.write(work).result()
        self._runner.wake()
        return job

    def _forward(self, job: PrintJob) -> PrintJob:
        """A paper that is still to come out: a failed one is tried again, one that waits is looked after at once."""
        if job.state is PrintJobState.FAILED:
            return self._change(job.job_id, PrintJobState.WAITING, "print_asked")
        self._runner.wake()
        return job

    def _give_up(self, job: PrintJob) -> PrintJob:
        came_out = self._runner.take_back(job) is TakenBack.CAME_OUT
        if came_out:
            return self._change(job.job_id, PrintJobState.DONE, "printed")
        return self._change(job.job_id, PrintJobState.GIVEN_UP, "print_given_up")

    def _source(self, case_id: str) -> tuple[PaperSource, PrintChoices]:
        try:
            return self._store.read(
                lambda snapshot: (paper_source(snapshot, self._items, case_id), choices_of(snapshot))
            )
        except KeyError:
            raise InputProblem("intake.gone") from None

    def _job(self, job_id: str) -> PrintJob:
        try:
            return self._store.read(lambda snapshot: snapshot.print_job(job_id))
        except KeyError:
            raise InputProblem("printing.job_gone") from None

    def _open_job(self, job_id: str) -> PrintJob:
        self._acting.need(Right.WORK)
        job = self._job(job_id)
        if job.state is PrintJobState.DONE:
            raise InputProblem("printing.already_printed")
        return job

    def _bytes(self, job: PrintJob) -> bytes:
        if job.page_id in self._store.read(lambda snapshot: snapshot.expired_pages(job.case_id)):
            raise EnvironmentProblem("store.page_expired")
        return self._vault.get(job.page_id, job.sha256)

    def _change(self, job_id: str, state: PrintJobState, kind: str) -> PrintJob:
        self._acting.need(Right.WORK)
        now = self._clock.now()

        def work(transaction: Transaction) -> PrintJob:
            try:
                newest = transaction.print_job(job_id)
            except KeyError:
                raise InputProblem("printing.job_gone") from None
            if newest.state is PrintJobState.DONE:
                raise InputProblem("printing.already_printed")
            where = "" if state is PrintJobState.WAITING else newest.where
            changed = replace(newest, state=state, where=where, reason_key="", ticket="")
            transaction.put_print_job(changed)
            transaction.append_event(self._event(newest, kind, now))
            return changed

        changed = self._store.write(work).result()
        self._runner.wake()
        return changed

    def _event(self, job: PrintJob, kind: str, at: datetime) -> CaseEvent:
        detail = {"paper": str(job.kind), "reprint": str(job.reprint)}
        return CaseEvent(job.case_id, at, self._acting.clerk, kind, detail=detail)


def _printed_before(source: PaperSource, kind: PaperKind) -> int:
    return sum(job.may_be_out for job in jobs_of(source, kind))
