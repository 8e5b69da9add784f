"""The wait of a whole station: the acceptance system's word is not undercut."""

from __future__ import annotations

from datetime import timedelta

from tests.sync.window import SimClock
from villagedesk.acceptance.port import Busy, NoConnection
from villagedesk.sync.gate import Gate

ASKED = Busy("sync.reason.busy", "503", 600.0)
CUT = NoConnection("sync.reason.no_connection")


def gate_of(clock: SimClock) -> Gate:
    return Gate(clock, lambda moment: clock.now() >= moment)


def seconds_left(gate: Gate, clock: SimClock) -> float | None:
    until = gate.closed_until()
    return None if until is None else (until - clock.now()) / timedelta(seconds=1)


def test_what_was_asked_for_stands_beside_a_connection_cut_in_the_same_round() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(600.0, ASKED)
    gate.close(3.0, CUT)
    assert seconds_left(gate, clock) == 600.0
    gate.link_returned(1.0)
    assert seconds_left(gate, clock) == 120.0, "of an asked wait, also after the other one"


def test_a_longer_wait_of_our_own_is_kept_too() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(10.0, ASKED)
    gate.close(60.0, CUT)
    assert seconds_left(gate, clock) == 60.0


def test_the_last_word_counts_and_an_old_one_holds_nobody() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(600.0, ASKED)
    gate.close(30.0, ASKED)
    assert seconds_left(gate, clock) == 30.0
    clock.advance(31.0)
    assert seconds_left(gate, clock) is None
    gate.close(3.0, CUT)
    assert seconds_left(gate, clock) == 3.0


def test_it_knows_what_it_is_closed_for() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    assert gate.closed_for() is None
    gate.close(600.0, ASKED)
    gate.close(3.0, CUT)
    assert gate.closed_for() is ASKED, "of two the one that ends last"
    gate.close(900.0, CUT)
    assert gate.closed_for() is CUT
    gate.link_returned(1.0)
    assert gate.closed_for() is ASKED, "what chance decides about a link that returned is shorter"
    clock.advance(121.0)
    assert gate.closed_for() is None


def test_the_short_while_after_a_link_that_came_back_is_for_nothing_that_was_met() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(600.0, CUT)
    gate.link_returned(5.0)
    assert (seconds_left(gate, clock), gate.closed_for()) == (5.0, None)
    gate.open()
    assert seconds_left(gate, clock) is None
