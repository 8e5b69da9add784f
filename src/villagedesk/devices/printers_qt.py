"""The printers of this system, as its spooler lists them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from PySide6.QtPrintSupport import QPrinterInfo

from villagedesk.devices.pdf_process import FROM_SOURCE
from villagedesk.devices.ports import PrinterInfo
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.devices.spooler import Spooler
from villagedesk.devices.system_spooler import system_spooler


class QtPrinters:
    """See :class:`villagedesk.devices.ports.Printers`.

    Args:
        default: the only one that is used; "" for all that the system knows, with its own default.
        spooler: what keeps the jobs of all printers.
        reader: as in :class:`QtPrinter`.
    """

    def __init__(self, default: str = "", spooler: Spooler | None = None, reader: Sequence[str] = FROM_SOURCE) -> None:
        self._default = default
        self._spooler = spooler or system_spooler()
        self._reader = tuple(reader)
        self._drawing = threading.Lock()

    def printers(self) -> tuple[PrinterInfo, ...]:
        """See :class:`villagedesk.devices.ports.Printers`."""
        return (PrinterInfo(self._default, is_default=True),) if self._default else self._spooler.printers()

    def printer(self, name: str) -> QtPrinter | None:
        """See :class:`villagedesk.devices.ports.Printers`."""
        name = name or self._default or next((one.name for one in self._spooler.printers() if one.is_default), "")
        return QtPrinter(name, spooler=self._spooler, reader=self._reader, drawing=self._drawing) if name else None


def load_printing() -> None:
    """Have Qt load its part for this system's printers, which belongs to the thread that did: the GUI's, which lives
    longest. Only where the spooler answers: Qt waits for ever for one that does not."""
    QPrinterInfo.defaultPrinterName()
