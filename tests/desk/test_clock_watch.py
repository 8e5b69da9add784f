"""A PC whose clock is before what was recorded last says so, and works on."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.desk.counter import Window, ready_draft, taken_in

LONG_AGO = datetime(2015, 1, 1, 2, tzinfo=UTC)


def told(window: Window) -> list[str]:
    return [line.sentence.key for line in window.desk.devices() if line.short is not None]


def test_a_clock_before_the_last_thing_recorded_is_told_and_hinders_nothing(window: Window) -> None:
    assert told(window) == []
    taken_in(window)
    assert told(window) == []
    window.clock.moment = LONG_AGO
    assert told(window) == ["desk.clock_behind"]
    draft = ready_draft(window)
    (warning,) = [one for one in window.desk.intake.view(draft).troubles if not one.field]
    assert (warning.sentence.key, warning.blocking) == ("desk.clock_behind", False)
    assert window.desk.intake.take_in(draft).local_no.startswith("150101")
    assert told(window) == ["desk.clock_behind"]


def test_a_clock_put_right_by_minutes_is_nothing_to_be_told_of(window: Window) -> None:
    taken_in(window)
    window.clock.forward(-300)
    assert told(window) == []
    window.clock.forward(-301)
    assert told(window) == ["desk.clock_behind"]
