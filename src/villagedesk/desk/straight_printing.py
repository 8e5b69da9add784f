"""Papers that go straight to the printer: they belong to no case's print jobs, and nothing waits for them."""

from __future__ import annotations

from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.devices.ports import PrintState
from villagedesk.domain.printing import PaperSize
from villagedesk.domain.problems import EnvironmentProblem


def print_straight(
    pick: PrinterPick, pdf: bytes, name: str, size: PaperSize = PaperSize.A4, *, copies: int = 1
) -> bool:
    """Whether it came out; False when the printer took it and keeps it, for want of paper or the like.

    Args:
        name: of the job, ASCII.

    Raises:
        EnvironmentProblem: ``printing.straight_no_printer``, ``printing.choose_printer``,
            ``printing.straight_not_printed``, ``printer.*``.
    """
    printer = pick.of(size)
    if printer is None:
        raise EnvironmentProblem("printing.straight_no_printer")
    try:
        if not printer.available():
            raise EnvironmentProblem(printer.trouble() or "printer.offline", printer=printer.name)
        state = printer.print_pdf(pdf, name, copies).state
    except EnvironmentProblem:
        raise
    except Exception as error:  # a device's own fault of whatever kind ends nothing (I11)
        raise EnvironmentProblem("printing.straight_not_printed") from error
    if state is PrintState.FAILED:
        raise EnvironmentProblem("printing.straight_not_printed")
    return state is PrintState.DONE
