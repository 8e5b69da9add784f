"""Brings waiting print jobs to the printer, on a thread of its own, also those of an earlier run of the program."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from enum import StrEnum

from villagedesk.desk.acting import Acting
from villagedesk.desk.lost_results import LOST_FILE, note_lost
from villagedesk.desk.news import News
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.devices.ports import Printer, PrintOutcome, PrintState
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.printing import CHOOSE_PRINTER, PERHAPS_PRINTED, PaperKind, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.roles import Right

_LOG = logging.getLogger(__name__)

NO_PRINTER = "printing.reason.no_printer"
OFFLINE = "printer.offline"
IN_QUEUE = "printing.reason.in_queue"
REFUSED = "printing.reason.refused"
BROKE = "printing.reason.broke"
DAMAGED = "printing.reason.damaged"
PRINTING = "printing.reason.printing"
"""Handed to the printer, whose answer is not there yet."""
_LASTING = {
    "printer.too_large": "printing.reason.too_large",
    "printer.locked": "printing.reason.locked",
    "printer.not_pdf": "printing.reason.no_pdf",
    "printer.pdf_broke": "printing.reason.no_pdf",
}
"""What is wrong with the file itself: no printer helps."""
_PASSING = {
    **{f"printer.{one}": f"printer.{one}" for one in ("offline", "stopped", "no_spooler", "gone", "no_folder")},
    "printer.disk_full": "printing.reason.disk_full",
    "printer.folder": "printing.reason.folder",
    "printer.memory": "printer.memory",
}
"""What passes, or is mended: the paper is brought again by itself."""
_QUEUED = {"printer.waiting": IN_QUEUE}
_DECIDED = frozenset({PrintJobState.DONE, PrintJobState.GIVEN_UP})
"""The clerk holds the paper, or does not want it."""
_LOOK_AGAIN_S = 5.0
_FILE_NAMES = {
    PaperKind.RECEIPT: "shoujian",
    PaperKind.SUPPLEMENT_RECEIPT: "bujiao",
    PaperKind.PROXY_AUTHORIZATION: "weituo",
    PaperKind.ACCEPTANCE_NOTICE: "shouli",
    PaperKind.CORRECTION_NOTICE: "buzheng",
    PaperKind.REFUSAL_NOTICE: "buyushouli",
    PaperKind.DELIVERY_RECORD: "songda",
    PaperKind.MISSING_MATERIALS: "quexiang",
    PaperKind.PAGE_COPY: "fuyinjian",
    PaperKind.RESULT: "jieguo",
}


class TakenBack(StrEnum):
    """What came of taking a job out of a printer's queue.

    ``CAME_OUT``: too late, its paper lies there. ``OUT_OF_REACH``: the queue still has it, and it may come out.
    """

    TAKEN = "taken"
    CAME_OUT = "came_out"
    OUT_OF_REACH = "out_of_reach"


class PrintRunner:
    """Takes waiting jobs in order; a job the printer could not take stays and is tried again by itself.

    A job the printer's own queue holds (``where`` is set, state waiting) is not sent a second time: two papers of one
    case are worse than a question to the clerk. The printer is asked again and again what became of it, also after a
    restart; where it does not know, the clerk is asked. For the same reason it is written down that a job goes to the
    printer before it does; a crash in between leaves the question ``PERHAPS_PRINTED``, as restoring and recovering do
    for jobs that waited.

    Args:
        pick: gives the printer of each paper.
        look_again_s: seconds between looks at a printer that was not there.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        pick: PrinterPick,
        clock: Clock,
        news: News,
        acting: Acting,
        look_again_s: float = _LOOK_AGAIN_S,
    ) -> None:
        self._store = store
        self._vault = vault
        self._pick = pick
        self._clock = clock
        self._news = news
        self._acting = acting
        self._look_again_s = look_again_s
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="print-runner", daemon=True)

    def start(self) -> None:
        """Begin with what waits from before; papers wait while somebody is signed in who does not work here."""
        if self._acting.may(Right.WORK):
            self._thread.start()
            self.wake()

    def wake(self) -> None:
        """There is a new job, or an old one to try again."""
        self._wanted.set()

    def close(self) -> None:
        """Finish the paper in hand and stop."""
        self._closing.set()
        self._wanted.set()
        if self._thread.ident is not None:
            self._thread.join()

    def take_back(self, job: PrintJob) -> TakenBack:
        """Take a job out of the printer's own queue, so that it is not printed twice."""
        printer = self._pick.named(job.printer)
        if printer is None or not job.ticket:
            return TakenBack.OUT_OF_REACH if job.where and job.ticket else TakenBack.TAKEN
        try:
            if printer.outcome(job.ticket).state is PrintState.DONE:
                return TakenBack.CAME_OUT
            if printer.cancel(job.ticket):
                return TakenBack.TAKEN
            after = printer.outcome(job.ticket).state
        except Exception as error:  # a device's own fault of whatever kind hinders no decision of the clerk (I11)
            _LOG.error("a job could not be taken back at %s", "\n".join(fault_lines(error)))
            return TakenBack.OUT_OF_REACH
        if after is PrintState.DONE:
            return TakenBack.CAME_OUT
        return TakenBack.OUT_OF_REACH if after is PrintState.WAITING else TakenBack.TAKEN

    @staticmethod
    def file_name(kind: PaperKind) -> str:
        """What files and jobs of such papers are called, ASCII."""
        return _FILE_NAMES[kind]

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait(self._look_again_s)
            self._wanted.clear()
            try:
                self._print_waiting()
            except Problem:
                continue  # disk or database: the job stands as it was, and is looked at again
            except Exception as error:  # a fault of our own must not end printing for the day
                _LOG.error("printing stopped at %s", "\n".join(fault_lines(error)))

    def _print_waiting(self) -> None:
        for job in self._store.read(lambda snapshot: snapshot.print_jobs(open_only=True)):
            if self._closing.is_set():
                return
            if job.state is not PrintJobState.WAITING:
                continue
            if job.reason_key == PERHAPS_PRINTED:
                continue
            if job.reason_key == PRINTING:  # only this thread hands over, and it has nothing in hand now
                self._keep(job, replace(job, where=job.printer, reason_key=PERHAPS_PRINTED))
            elif not job.where:
                self._print(job)
            elif job.ticket:
                self._ask_after(job)

    def _ask_after(self, job: PrintJob) -> None:
        """What became of a job that the printer's own queue held."""
        printer = self._pick.named(job.printer)
        if printer is None:
            return
        try:
            outcome = printer.outcome(job.ticket)
        except Exception as error:  # as in take_back; it is asked again
            _LOG.error("a job could not be asked for at %s", "\n".join(fault_lines(error)))
            return
        self._keep(job, _after(job, outcome))

    def _print(self, job: PrintJob) -> None:
        printer = self._printer_for(job)
        if printer is None:
            return
        try:
            pdf = self._vault.get(job.page_id, job.sha256)
        except EnvironmentProblem as problem:
            if problem.key in LOST_FILE:
                note_lost(self._store, self._clock, {job.page_id})
                self._keep(job, replace(job, state=PrintJobState.FAILED, reason_key=DAMAGED))
            else:  # a disk's trouble passes, and the paper is looked for again
                self._keep(job, replace(job, reason_key=problem.key))
            return
        name = self._job_name(job)
        named = replace(job, printer=printer.name)
        try:
            if not printer.available():
                self._keep(job, replace(named, reason_key=printer.trouble() or OFFLINE))
                return
        except Exception as error:  # a device's own fault of whatever kind must not end printing (I11)
            self._keep(job, _troubled(named, error))
            return
        handed = replace(named, reason_key=PRINTING)
        if not self._keep(job, handed):
            return
        try:
            after = _after(named, printer.print_pdf(pdf, name, job.copies))
        except Exception as error:  # as above
            after = _troubled(named, error)
        if not self._keep(job, after, standing=handed):
            self.take_back(after)  # it was given up, or saved, while the printer had it in hand

    def _printer_for(self, job: PrintJob) -> Printer | None:
        """The printer, or None: then it is written down why there is none."""
        try:
            printer = self._pick.of(job.paper)
        except EnvironmentProblem as problem:
            reason = CHOOSE_PRINTER if problem.key == "printing.choose_printer" else problem.key
            self._keep(job, replace(job, reason_key=reason))
            return None
        if printer is None:
            self._keep(job, replace(job, reason_key=NO_PRINTER))
        return printer

    def _job_name(self, job: PrintJob) -> str:
        local_no = self._store.read(lambda snapshot: snapshot.case(job.case_id).local_no) or ""
        return f"{_FILE_NAMES[job.kind]}-{local_no}".rstrip("-")

    def _keep(self, old: PrintJob, new: PrintJob, standing: PrintJob | None = None) -> bool:
        """Write down where a job stands now, and into the case's log when that is news to the clerk.

        Args:
            old: as the log knows it.
            standing: as it is written down, when that is not ``old``.

        Returns:
            False when nothing was written: the clerk decided something about the job since it was read. What the
            printer said of a paper it was given (``standing``) gives way only to the clerk who holds that paper, or
            does not want it.
        """
        stands = standing or old
        if new == stands:
            return True
        now = self._clock.now()

        def work(transaction: Transaction) -> bool:
            there = transaction.print_job(new.job_id)
            if there != stands and (standing is None or there.state in _DECIDED):
                return False
            transaction.put_print_job(new)
            moved = new.state is not old.state or new.state is not there.state
            if moved or new.where != old.where or new.reason_key == PERHAPS_PRINTED:
                kind = "printed" if new.state is PrintJobState.DONE else "print_trouble"
                detail = {"paper": str(new.kind), "reprint": str(new.reprint), "reason": new.reason_key}
                transaction.append_event(CaseEvent(new.case_id, now, self._acting.clerk, kind, detail=detail))
            return True

        written = self._store.write(work).result()
        self._news.tell("print")
        return written


def _troubled(job: PrintJob, error: Exception) -> PrintJob:
    if not isinstance(error, EnvironmentProblem):
        return replace(job, state=PrintJobState.FAILED, reason_key=BROKE)
    if error.key in _PASSING:
        return replace(job, reason_key=_PASSING[error.key])
    return replace(job, state=PrintJobState.FAILED, reason_key=_LASTING.get(error.key, REFUSED))


def _after(job: PrintJob, outcome: PrintOutcome) -> PrintJob:
    told = replace(job, where=outcome.where, ticket=outcome.ticket)
    match outcome.state:
        case PrintState.DONE:
            return replace(told, state=PrintJobState.DONE, reason_key="")
        case PrintState.WAITING:
            return replace(told, reason_key=_QUEUED.get(outcome.reason, outcome.reason) or IN_QUEUE)
        case PrintState.UNKNOWN:
            return replace(told, reason_key=PERHAPS_PRINTED)
        case PrintState.FAILED:
            return replace(told, state=PrintJobState.FAILED, reason_key=outcome.reason or REFUSED)
