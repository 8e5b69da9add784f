"""Papers handed out at the window that are no case's own: guides, the list for the wall (domain: section 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.straight_printing import print_straight
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.papers import item_list, service_guide
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.report_file import save_report


class Handouts:
    """They go straight to the printer, or into a folder as PDF. Calls block and may come from several threads.

    Every ``print_…`` gives whether it came out; False when the printer took it and keeps it, for want of paper or the
    like. They raise EnvironmentProblem ``printing.straight_no_printer``, ``printing.choose_printer``,
    ``printing.straight_not_printed`` or ``printer.*``; every ``save_…`` gives the file and raises EnvironmentProblem
    ``store.disk_full`` or ``store.write_failed``.

    Args:
        text: gives the text of a message key.
    """

    def __init__(
        self,
        clock: Clock,
        items: Items,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: PrinterPick,
        text: Callable[..., str],
    ) -> None:
        self._clock = clock
        self._items = items
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._text = text

    def print_guide(self, code: str) -> bool:
        """The guide of an item. Raises InputProblem ``items.gone``."""
        self._acting.need(Right.WORK)
        return print_straight(self._printer, self._guide(code), "zhinan")

    def save_guide(self, code: str, folder: Path) -> Path:
        """The same as a file. Raises InputProblem ``items.gone``."""
        self._acting.need(Right.WORK)
        pdf = self._guide(code)
        return self._saved(pdf, folder, "handouts.guide_file", name=self._items.get(code).name)

    def print_item_list(self) -> bool:
        """The list of what is handled here."""
        self._acting.need(Right.WORK)
        return print_straight(self._printer, self._item_list(), "qingdan")

    def save_item_list(self, folder: Path) -> Path:
        """The same as a file."""
        self._acting.need(Right.WORK)
        return self._saved(self._item_list(), folder, "handouts.list_file")

    def _guide(self, code: str) -> bytes:
        try:
            item = self._items.get(code)
        except KeyError:
            raise InputProblem("items.gone") from None
        station = self._station
        content = service_guide.GuideContent(station.name, item, self._today().date(), station.practice)
        return service_guide.render(content, self._fonts)

    def _item_list(self) -> bytes:
        station = self._station
        items, office = self._items.handled(), self._items.office()
        content = item_list.ItemListContent(station.name, items, office, self._today().date(), station.practice)
        return item_list.render(content, self._fonts)

    def _saved(self, pdf: bytes, folder: Path, key: str, **params: str) -> Path:
        made = f"{self._today():%Y%m%d-%H%M%S}"
        name = self._text(key, made=made, **params)
        file = folder / "".join("-" if char in '\\/:*?"<>|' else char for char in name)
        save_report(file, pdf)
        return file

    def _today(self) -> datetime:
        return self._clock.now().astimezone(SHANGHAI)
