"""The list of a batch 材料移交清单 on paper: printed twice, counted, saved as a file where no printer is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.handover_reading import batch_here, view_of
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.straight_printing import print_straight
from villagedesk.domain.audit import Deed
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.handover import Batch, LineOutcome
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.papers import handover_list
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.report_file import save_new


class HandoverLists:
    """Calls block and may come from several threads; all raise InputProblem ``handover.gone``.

    Args:
        note: writes a line of the station's log (``AuditDesk.note``).
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: PrinterPick,
        note: Callable[..., None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._note = note
        self._printing = threading.Lock()

    def print(self, batch_no: str) -> bool:
        """Bring the list to the printer, twice: one stays, one comes back signed. It is counted, a further print marked
        补打.

        Returns:
            Whether it came out; False when the printer took it and keeps it.

        Raises:
            EnvironmentProblem: as of :func:`villagedesk.desk.straight_printing.print_straight`; nothing was counted.
        """
        self._acting.need(Right.WORK)
        with self._printing:  # two prints at once would both be called the first
            pdf = self._drawn(batch_no)
            came_out = print_straight(self._printer, pdf, f"yijiao-{batch_no}", copies=2)
            self._count(batch_no, Deed.HANDOVER_PRINTED)
        return came_out

    def save(self, batch_no: str, folder: Path) -> Path:
        """The list as a PDF in that folder, to be printed elsewhere; counted as printed, and logged.

        Raises:
            InputProblem: ``handover.no_folder``.
            EnvironmentProblem: ``store.*``; no file is left then.
        """
        self._acting.need(Right.WORK)
        with self._printing:
            pdf = self._drawn(batch_no)
            try:
                file = save_new(folder, f"yijiao-{batch_no}", ".pdf", pdf)
            except OSError as error:
                raise InputProblem("handover.no_folder") from error
            try:
                self._count(batch_no, Deed.HANDOVER_SAVED)
            except EnvironmentProblem:
                file.unlink(missing_ok=True)  # no file lies unlocked that the log does not name
                raise
        return file

    def preview(self, batch_no: str) -> bytes:
        """The list as it would be printed now."""
        self._acting.need(Right.WORK)
        return self._drawn(batch_no)

    def _drawn(self, batch_no: str) -> bytes:
        view = self._store.read(lambda snapshot: view_of(snapshot, batch_here(snapshot, batch_no), self._today()))
        batch = view.batch
        content = handover_list.HandoverListContent(
            batch_no=batch.batch_no,
            station_name=self._station.name,
            receiver=batch.organ,
            lines=tuple(
                handover_list.HandoverLine(
                    one.local_no,
                    one.applicant_name,
                    one.item_name,
                    one.line.papers,
                    one.line.copies,
                    one.line.sheets,
                )
                for one in view.lines
                if one.line.outcome is not LineOutcome.LEFT_OUT
            ),
            packed_at=batch.made_at,
            handed_on=date.fromisoformat(batch.handed_on) if batch.handed_on else None,
            clerk_name=batch.clerk,
            reprint=batch.prints,
            practice=self._station.practice,
        )
        return handover_list.render(content, self._fonts)

    def _count(self, batch_no: str, deed: Deed) -> None:
        def work(transaction: Transaction) -> Batch:
            batch = batch_here(transaction, batch_no)
            transaction.put_batch(replace(batch, prints=batch.prints + 1))
            return batch

        batch = self._store.write(work).result()
        self._note(deed, batch=batch_no, lines=str(len(batch.on_the_list)), reprint=str(batch.prints))

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()
