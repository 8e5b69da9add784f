"""Papers that go straight to the printer: they belong to no case's print jobs, and nothing waits for them."""

from __future__ import annotations

from villagedesk.devices.ports import Printer, PrintState
from villagedesk.domain.problems import EnvironmentProblem


def print_straight(printer: Printer | None, pdf: bytes, name: str) -> bool:
    """Whether it came out; False when the printer took it and keeps it, for want of paper or the like.

    Args:
        name: of the job, ASCII.

    Raises:
        EnvironmentProblem: ``printing.straight_no_printer``, ``printing.straight_not_printed``, ``printer.*``.
    """
    if printer is None:
        raise EnvironmentProblem("printing.straight_no_printer")
    try:
        if not printer.available():
            raise EnvironmentProblem("printer.offline", printer=printer.name)
        state = printer.print_pdf(pdf, name).state
    except EnvironmentProblem:
        raise
    except Exception as error:  # a device's own fault of whatever kind ends nothing (I11)
        raise EnvironmentProblem("printing.straight_not_printed") from error
    if state is PrintState.FAILED:
        raise EnvironmentProblem("printing.straight_not_printed")
    return state is PrintState.DONE
