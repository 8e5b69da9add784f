"""A printer that is not there, under the name it had: it says so, and takes nothing."""

from __future__ import annotations

from villagedesk.devices.ports import PrintOutcome, PrintState
from villagedesk.devices.spooler import GONE, UNKNOWN
from villagedesk.domain.problems import EnvironmentProblem


class GonePrinter:
    """See :class:`villagedesk.devices.ports.Printer`."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """The name it was known by."""
        return self._name

    def available(self) -> bool:
        """Never."""
        return False

    def trouble(self) -> str:
        """That it is gone."""
        return GONE

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:  # noqa: ARG002 - Printer's shape
        """Raises EnvironmentProblem ``printer.gone``."""
        raise EnvironmentProblem(GONE, printer=self._name)

    def outcome(self, ticket: str) -> PrintOutcome:
        """Nobody can tell."""
        return PrintOutcome(PrintState.UNKNOWN, self._name, UNKNOWN, ticket)

    def cancel(self, ticket: str) -> bool:  # noqa: ARG002 - Printer's shape
        """Nothing can be taken back."""
        return False
