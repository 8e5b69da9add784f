"""The width finds what a line yields by, on lines made of formulas: rate of the line, and of one connection on it."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from villagedesk.sync.width import LEAST_SHARE, START, STARTS_ADVISED, WIDEST, WidthControl


def on_line(control: WidthControl, line: float, one: float, windows: int, noise: float, seed: int) -> list[int]:
    """The widths over that many windows.

    Args:
        line: bytes a second it carries at most.
        one: bytes a second its losses let one connection have.
        noise: by which a measurement may be wrong, as a share.
    """
    chance = random.Random(seed)
    widths = []
    for _ in range(windows):
        rate = min(line, control.width * one) * (1 + chance.uniform(-noise, noise))
        widths.append(control.observe(rate))
    return widths


@given(st.integers(0, 10_000))
def test_a_lossy_line_is_filled(seed: int) -> None:
    # 2 Mbit/s at 200 ms and 2 %: a connection has about a fifth (facts.md); 4 Mbit/s at 300 ms and 5 %: a twentieth.
    for line, one, least in ((250e3, 50e3, 0.95), (500e3, 26e3, 0.8)):
        widths = on_line(WidthControl(), line, one, 40, 0.02, seed)
        settled = [min(line, width * one) / line for width in widths[20:]]
        assert sum(settled) / len(settled) >= least


@given(st.integers(0, 10_000))
def test_a_clean_line_is_not_flooded(seed: int) -> None:
    widths = on_line(WidthControl(), 500e3, 500e3, 150, 0.01, seed)
    assert max(widths) <= START * 2, "one trial, no more, shows that wider brings nothing"
    assert sum(widths[-40:]) / 40 <= START - 1


@given(st.integers(1, 40), st.lists(st.tuples(st.floats(0, 1e7), st.booleans()), max_size=60))
def test_it_stays_within_what_the_server_advises(advised: int, windows: list[tuple[float, bool]]) -> None:
    control = WidthControl()
    control.advise(advised)
    for rate, telling in windows:
        assert 1 <= control.observe(rate, telling=telling) <= min(advised, WIDEST)


def test_advice_that_comes_later_or_becomes_less_is_heeded() -> None:
    control = WidthControl()
    assert control.width == START
    control.advise(WIDEST)
    assert control.width == STARTS_ADVISED
    on_line(control, 500e3, 26e3, 20, 0.0, 1)
    assert control.width > STARTS_ADVISED
    control.advise(3)
    assert control.width == 3
    assert max(on_line(control, 500e3, 26e3, 30, 0.0, 1)) == 3


def test_windows_that_say_nothing_end_a_trial_without_a_verdict() -> None:
    control = WidthControl()
    on_line(control, 1e6, 26e3, 1, 0.0, 1)
    assert control.width > START
    assert control.observe(0.0, telling=False) == START
    assert max(on_line(control, 1e6, 26e3, 8, 0.0, 1)) > START


def test_a_slow_line_is_not_cut_into_trickles() -> None:
    widths = on_line(WidthControl(), 64e3, 9e3, 60, 0.0, 1)
    assert max(widths) <= max(START, 64e3 / LEAST_SHARE)


def test_what_a_wider_trial_has_won_is_not_given_away_again_soon() -> None:
    """Where losses hold the connections back, a trial of fewer costs what they would bring, for as long as it lasts."""
    control = WidthControl()
    control.advise(WIDEST)
    widths = on_line(control, 500e3, 26e3, 36, 0.02, 1)
    assert set(widths[6:]) == {WIDEST}


def test_a_line_that_got_better_is_given_back_its_connections() -> None:
    control = WidthControl()
    on_line(control, 250e3, 50e3, 40, 0.0, 1)
    narrow = on_line(control, 250e3, 250e3, 200, 0.0, 1)[-1]
    assert narrow < START
    assert max(on_line(control, 250e3, 30e3, 120, 0.0, 1)[-20:]) >= 7


@given(st.integers(0, 10_000))
def test_what_new_connections_put_into_buffers_is_no_gain(seed: int) -> None:
    """It looks like a third more for as long as they are opened and fill what lies before the line."""
    chance = random.Random(seed)
    control = WidthControl()
    control.advise(WIDEST)
    young = 0
    widths = []
    for _ in range(60):
        before = control.width
        widths.append(control.observe(250e3 * (1.35 if young else 1.0) * (1 + chance.uniform(-0.05, 0.05))))
        young = 2 if control.width > before else max(0, young - 1)
    assert sorted(widths)[40] <= STARTS_ADVISED


def test_for_a_little_while_twice_as_many_may_be_worth_it_where_each_has_its_share() -> None:
    control = WidthControl()
    assert control.widest == START, "nothing is known of the line"
    on_line(control, 10 * LEAST_SHARE, 10 * LEAST_SHARE, 6, 0.0, 1)
    assert (control.width, control.widest) == (START, 2 * START)
    narrow = WidthControl()
    on_line(narrow, 5.5 * LEAST_SHARE, 5.5 * LEAST_SHARE, 6, 0.0, 1)
    assert (narrow.width, narrow.widest) == (START, START + 1)
    control.advise(5)
    assert control.widest == 5
    slow = WidthControl()
    while slow.width == START:
        slow.observe(2 * LEAST_SHARE)
    assert slow.widest == START, "a trial of fewer is none of the last pages' business"


def test_one_good_window_makes_no_gain() -> None:
    control = WidthControl()
    control.advise(WIDEST)
    for rate in (250e3,) * 4 + (330e3, 220e3):
        widest = control.observe(rate)
    assert widest == STARTS_ADVISED
    assert max(on_line(control, 250e3, 250e3, 6, 0.0, 1)) <= STARTS_ADVISED
