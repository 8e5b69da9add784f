"""What CUPS's words mean; expected values are those of RFC 8011 5.3.7 and 5.4.12. Real queues: test_cups_trouble.py."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from villagedesk.devices.cups_ipp import NOT_FOUND, Answer, NoServerError, Operation, Value
from villagedesk.devices.ports import PrintState
from villagedesk.devices.printer_cups import CupsSpooler, trouble_in
from villagedesk.devices.spooler import JobTold, settled

TICKET = "7 receipt 1b80cec2"
IDLE: dict[str, tuple[Value, ...]] = {
    "printer-state": (3,),
    "printer-state-reasons": ("none",),
    "printer-is-accepting-jobs": (1,),
}


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Server:
    """Answers as told; a job's states come one after the other, the last for ever."""

    def __init__(self, states: list[int], printer: Mapping[str, tuple[Value, ...]] | None = None) -> None:
        self.states = states
        self.printer: dict[str, tuple[Value, ...]] = {**IDLE, **(printer or {})}
        self.cancelled = False

    def ask(self, operation: Operation, _target: object = None, **_more: object) -> Answer:
        match operation:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return Answer(0, (self.printer,))
            case Operation.CANCEL_JOB:
                self.cancelled = True
                return Answer(0, ())
            case Operation.GET_JOB_ATTRIBUTES:
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                return Answer(0, ({"job-name": ("receipt 1b80cec2",), "job-state": (state,)},))
        raise AssertionError(operation)


def spooler(server: Server, clock: Time | None = None) -> CupsSpooler:
    clock = clock or Time()
    return CupsSpooler(server.ask, lambda: "", clock.monotonic, clock.sleep)


@pytest.mark.parametrize(
    ("reasons", "key", "mild"),
    [
        (["none"], "", ""),
        ([], "", ""),
        (["media-empty-error"], "printer.no_paper", "printer.no_paper"),
        (["media-empty"], "printer.no_paper", "printer.no_paper"),
        (["media-needed-error"], "printer.no_paper", "printer.no_paper"),
        (["media-empty-warning"], "", "printer.no_paper"),
        (["media-low-warning", "toner-low-report"], "", ""),
        (["media-jam"], "printer.jammed", "printer.jammed"),
        (["media-empty-error", "media-jam-error"], "printer.jammed", "printer.jammed"),
        (["door-open-report", "media-empty-error"], "printer.no_paper", "printer.cover_open"),
        (["cover-open"], "printer.cover_open", "printer.cover_open"),
        (["toner-empty-error"], "printer.no_ink", "printer.no_ink"),
        (["marker-supply-empty-warning"], "", "printer.no_ink"),
        (["offline-report"], "printer.offline", "printer.offline"),
        (["connecting-to-device"], "printer.offline", "printer.offline"),
        (["paused"], "printer.stopped", "printer.stopped"),
        (["fuser-over-temp-error"], "printer.fault", "printer.fault"),
        (["fuser-over-temp-warning", "cups-missing-filter-warning", "com.maker.sleeping"], "", ""),
    ],
)
def test_reasons(reasons: list[str], key: str, mild: str) -> None:
    assert (trouble_in(reasons), trouble_in(reasons, mild=True)) == (key, mild)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (3, JobTold(PrintState.WAITING, "printer.waiting")),
        (4, JobTold(PrintState.WAITING, "printer.waiting")),
        (5, JobTold(PrintState.WAITING, "printer.waiting")),
        (6, JobTold(PrintState.WAITING, "printer.waiting")),
        (7, JobTold(PrintState.FAILED, "printer.cancelled")),
        (8, JobTold(PrintState.FAILED, "printer.refused")),
        (9, JobTold(PrintState.DONE)),
    ],
)
def test_states_of_a_job(state: int, told: JobTold) -> None:
    assert spooler(Server([state])).outcome("desk", TICKET) == told


@pytest.mark.parametrize(
    ("printer", "trouble", "takes"),
    [
        ({}, "", True),
        ({"printer-state-reasons": ("media-empty-error",)}, "printer.no_paper", True),
        ({"printer-state-reasons": ("offline-report",)}, "printer.offline", True),
        ({"printer-state": (5,)}, "printer.stopped", False),
        ({"printer-state": (5,), "printer-state-reasons": ("media-empty-error",)}, "printer.stopped", False),
        ({"printer-is-accepting-jobs": (0,)}, "printer.stopped", False),
    ],
)
def test_how_a_printer_stands(printer: Mapping[str, tuple[Value, ...]], trouble: str, takes: bool) -> None:
    one = spooler(Server([5], printer))
    assert (one.trouble("desk"), one.takes_jobs("desk")) == (trouble, takes)
    assert one.outcome("desk", TICKET) == JobTold(PrintState.WAITING, trouble or "printer.waiting")


def test_an_answer_that_is_none() -> None:
    def refused(*_: object, **__: object) -> Answer:
        return Answer(0x0401, ())  # client-error-forbidden

    def gone(*_: object, **__: object) -> Answer:
        return Answer(NOT_FOUND, ())

    assert CupsSpooler(refused).trouble("desk") == "printer.no_spooler"
    assert CupsSpooler(gone).trouble("desk") == "printer.gone"
    assert CupsSpooler(gone).ticket("desk", "receipt") == ""


def test_a_server_that_dies_while_it_cancels_leaves_it_open() -> None:
    class Dying(Server):
        def ask(self, operation: Operation, _target: object = None, **more: object) -> Answer:
            if operation is Operation.CANCEL_JOB:
                raise NoServerError
            return super().ask(operation, _target, **more)

    assert not spooler(Dying([5])).cancel("desk", TICKET)


@pytest.mark.parametrize(
    ("states", "certain"), [([5, 7], True), ([3, 5, 5, 7], True), ([5, 9], False), ([8], True), ([5], False)]
)
def test_cancelled_is_only_what_is_over_and_did_not_come_out(states: list[int], certain: bool) -> None:
    clock, server = Time(), Server(states)
    assert spooler(server, clock).cancel("desk", TICKET) is certain
    assert server.cancelled
    assert clock.now < 6.0


def test_waits_for_what_goes_on_and_no_longer_than_it_may() -> None:
    clock = Time()
    going_on = spooler(Server([5]))
    assert settled(going_on, "desk", TICKET, 5.0, clock.monotonic, clock.sleep).reason == "printer.waiting"
    assert 5.0 <= clock.now < 6.0
    clock = Time()
    looking = spooler(Server([5], {"printer-state-reasons": ("connecting-to-device",)}))
    assert settled(looking, "desk", TICKET, 5.0, clock.monotonic, clock.sleep).reason == "printer.offline"
    assert clock.now >= 5.0, "every job begins with looking for its printer"
    clock = Time()
    done = spooler(Server([3, 5, 5, 9]))
    assert settled(done, "desk", TICKET, 5.0, clock.monotonic, clock.sleep) == JobTold(PrintState.DONE)
    assert 0 < clock.now < 2.0


def test_what_does_not_pass_is_told_at_once_when_it_was_seen_twice() -> None:
    clock = Time()
    no_paper = spooler(Server([5], {"printer-state-reasons": ("media-empty-error",)}))
    assert settled(no_paper, "desk", TICKET, 20.0, clock.monotonic, clock.sleep).reason == "printer.no_paper"
    assert 0 < clock.now < 1.0
