"""The annex form on its way out: to the printer, into a PDF, into a workbook; each is named in the station's log."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from villagedesk.desk.accounts import Note
from villagedesk.desk.acting import Acting
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.straight_printing import print_straight
from villagedesk.domain.annex import AnnexRow
from villagedesk.domain.audit import Deed
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.file_names import safe_name
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.station import StationFile
from villagedesk.papers import annex_form
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.annex_workbook import AnnexSheet, write_annex
from villagedesk.reports.report_file import free_place, save_new


class AnnexOutput:
    """Asks for no right itself.

    Args:
        note: writes a line of the station's log (``AuditDesk.note``).
        text: gives the text of a message key.
    """

    def __init__(
        self,
        clock: Clock,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: PrinterPick,
        note: Note,
        text: Callable[..., str],
    ) -> None:
        self._clock = clock
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._note = note
        self._text = text

    def print(self, county: str, rows: Sequence[AnnexRow]) -> bool:
        """On paper. Raises as :func:`villagedesk.desk.straight_printing.print_straight`."""
        came_out = print_straight(self._printer, self._pdf(county, rows), f"tongjibiao-{self._today():%Y%m%d}")
        self._note(Deed.ANNEX_PRINTED, rows=str(len(rows)))
        return came_out

    def save_pdf(self, county: str, rows: Sequence[AnnexRow], folder: Path) -> Path:
        """What would be printed. Raises InputProblem ``register.no_folder``, EnvironmentProblem ``store.*``."""
        pdf = self._pdf(county, rows)
        try:
            file = save_new(folder, self._stem(rows), ".pdf", pdf)
        except OSError:
            raise InputProblem("register.no_folder") from None
        return self._noted(file, rows)

    def save_workbook(self, county: str, rows: Sequence[AnnexRow], folder: Path) -> Path:
        """As a workbook. Raises as :meth:`save_pdf`."""
        try:
            file = free_place(folder, self._stem(rows), ".xlsx")
        except OSError:
            raise InputProblem("register.no_folder") from None
        write_annex(file, AnnexSheet(county, self._acting.clerk, self._today()), rows)
        return self._noted(file, rows)

    def _pdf(self, county: str, rows: Sequence[AnnexRow]) -> bytes:
        content = annex_form.AnnexContent(
            county, self._acting.clerk, self._today(), tuple(rows), practice=self._station.practice
        )
        return annex_form.render(content, self._fonts)

    def _stem(self, rows: Sequence[AnnexRow]) -> str:
        """The village's name where there is one village."""
        every = self._text("annex.all_places")
        place = safe_name(f"{rows[0].township}{rows[0].village}", every) if len(rows) == 1 else every
        made = self._clock.now().astimezone(SHANGHAI)
        return self._text("annex.file", place=place, made=f"{made:%Y%m%d-%H%M%S}")

    def _noted(self, file: Path, rows: Sequence[AnnexRow]) -> Path:
        """What the log cannot name does not stay."""
        try:
            self._note(Deed.ANNEX_SAVED, rows=str(len(rows)))
        except Problem:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
            raise
        return file

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()
