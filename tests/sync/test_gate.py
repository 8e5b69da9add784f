"""The wait of a whole station: the acceptance system's word is not undercut."""

from __future__ import annotations

from datetime import timedelta

from tests.sync.window import SimClock
from villagedesk.sync.gate import Gate


def gate_of(clock: SimClock) -> Gate:
    return Gate(clock, lambda moment: clock.now() >= moment)


def seconds_left(gate: Gate, clock: SimClock) -> float | None:
    until = gate.closed_until()
    return None if until is None else (until - clock.now()) / timedelta(seconds=1)


def test_what_was_asked_for_stands_beside_a_connection_cut_in_the_same_round() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(600.0, asked=True)
    gate.close(3.0)
    assert seconds_left(gate, clock) == 600.0
    gate.link_returned(1.0)
    assert seconds_left(gate, clock) == 120.0, "of an asked wait, also after the other one"


def test_a_longer_wait_of_our_own_is_kept_too() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(10.0, asked=True)
    gate.close(60.0)
    assert seconds_left(gate, clock) == 60.0


def test_the_last_word_counts_and_an_old_one_holds_nobody() -> None:
    clock = SimClock()
    gate = gate_of(clock)
    gate.close(600.0, asked=True)
    gate.close(30.0, asked=True)
    assert seconds_left(gate, clock) == 30.0
    clock.advance(31.0)
    assert seconds_left(gate, clock) is None
    gate.close(3.0)
    assert seconds_left(gate, clock) == 3.0
