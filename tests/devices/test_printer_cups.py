"""What lpstat of CUPS 2.4.2 said of real jobs, and what is made of it."""

from __future__ import annotations

import pytest

from villagedesk.devices.ports import PrintState
from villagedesk.devices.printer_cups import CupsQueue

# Recorded on Debian 12: a job of a cups-pdf queue that came out, one cancelled, one for an address nobody answers at.
CAME_OUT = """\
DESK-1                  root           3702784   Mon Nov 23 15:54:29 2026
\tStatus:
\tAlerts: processing-to-stop-point
\tqueued for DESK
"""
CANCELLED = """\
DESK-2                  root           1736704   Mon Nov 23 15:55:25 2026
\tStatus: The printer may not exist or is unavailable at this time.
\tAlerts: job-canceled-by-user
\tqueued for DESK
"""
PRINTING = """\
DESK-3                  root           1736704   Mon Nov 23 15:54:49 2026
\tStatus: The printer may not exist or is unavailable at this time.
\tAlerts: job-printing
\tqueued for DESK
"""


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def queue(over: str, pending: str = "", clock: Time | None = None) -> CupsQueue:
    clock = clock or Time()

    def ask(arguments: list[str]) -> str:
        assert arguments[-2:] == ["-o", "DESK"]
        if "completed" in arguments:
            return over
        return "".join(line + "\n" for line in (over + pending).splitlines() if not line.startswith("\t"))

    return CupsQueue("DESK", ask, clock.monotonic, clock.sleep)


@pytest.mark.parametrize(
    ("over", "pending", "state"),
    [
        (CAME_OUT, "", PrintState.DONE),
        (CANCELLED, "", PrintState.FAILED),
        ("", PRINTING, PrintState.WAITING),
        (CAME_OUT, PRINTING, PrintState.WAITING),
        ("", "", PrintState.WAITING),
    ],
)
def test_state_of_new_jobs(over: str, pending: str, state: PrintState) -> None:
    assert queue(over, pending).outcome(frozenset(), 5.0) is state


def test_jobs_of_before_do_not_count() -> None:
    printed = queue(CAME_OUT + CANCELLED)
    assert printed.jobs() == {"DESK-1", "DESK-2"}
    assert printed.outcome(frozenset({"DESK-2"}), 5.0) is PrintState.DONE
    assert printed.outcome(frozenset({"DESK-1", "DESK-2"}), 5.0) is PrintState.WAITING


def test_waits_as_long_as_it_may_and_no_longer() -> None:
    clock = Time()
    assert queue("", PRINTING, clock).outcome(frozenset(), 5.0) is PrintState.WAITING
    assert 5.0 <= clock.now < 6.0
