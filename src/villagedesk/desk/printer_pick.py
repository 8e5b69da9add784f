"""Which printer a paper goes to."""

from __future__ import annotations

from villagedesk.desk.print_choices import choices_of
from villagedesk.devices.ports import Printer, PrinterInfo, Printers
from villagedesk.domain.printing import PaperSize
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store


class PrinterPick:
    """Picks by what was chosen. Calls may block for some seconds, and come from worker threads.

    Args:
        printers: None where this PC can have none.
    """

    def __init__(self, printers: Printers | None, store: Store) -> None:
        self._printers = printers
        self._store = store

    def known(self) -> tuple[PrinterInfo, ...]:
        """What the system knows now."""
        return self._printers.printers() if self._printers is not None else ()

    def named(self, name: str) -> Printer | None:
        """The printer of that name, also one the system does not know any more."""
        return self._printers.printer(name) if self._printers is not None and name else None

    def of(self, size: PaperSize) -> Printer | None:
        """The printer that is loaded with it: the chosen one, else the only one there is; None where there is none.

        Of several the system's default is not taken unasked: on a fresh Windows that is one which makes files.

        Raises:
            EnvironmentProblem: ``printing.choose_printer``: there are several, and none was chosen yet.
        """
        if self._printers is None:
            return None
        chosen = self._store.read(choices_of).printer_for(size)
        if chosen:
            return self._printers.printer(chosen)
        known = self._printers.printers()
        if len(known) > 1:
            raise EnvironmentProblem("printing.choose_printer")
        return self._printers.printer(known[0].name if known else "")
