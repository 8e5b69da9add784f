"""The retry rule's numbers, from the design's page."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from villagedesk.acceptance.port import Busy, Unanswered
from villagedesk.sync.retry import RetryPolicy

POLICY = RetryPolicy()


def highest(_low: float, high: float) -> float:
    return high


@given(st.integers(0, 100_000), st.integers())
def test_network_delays_are_full_jitter_up_to_a_quarter_of_an_hour(failures: int, seed: int) -> None:
    delay = POLICY.network(failures, random.Random(seed).uniform)
    assert 0 <= delay <= 900
    assert delay <= 5 * 2 ** min(failures, 20)


def test_network_ceilings_double() -> None:
    assert [POLICY.network(n, highest) for n in range(9)] == [5, 10, 20, 40, 80, 160, 320, 640, 900]


@given(st.integers(0, 1000), st.integers())
def test_confirming_asks_soon_and_then_as_network(failures: int, seed: int) -> None:
    delay = POLICY.confirm(failures, random.Random(seed).uniform)
    if failures < 3:
        assert delay == (2, 10, 60)[failures]
    else:
        assert delay <= min(900, 5 * 2 ** (failures - 3))


@given(st.floats(0, 3600), st.integers(0, 1000), st.integers())
def test_a_busy_servers_word_is_kept_and_spread(after: float, failures: int, seed: int) -> None:
    delay = POLICY.busy(failures, after, random.Random(seed).uniform)
    assert after <= delay <= after + 30


@given(st.floats(-1e9, 1e12), st.integers(0, 1000), st.integers())
def test_no_server_can_make_a_window_wait_for_ever(after: float, failures: int, seed: int) -> None:
    assert 0 <= POLICY.busy(failures, after, random.Random(seed).uniform) <= POLICY.longest


def test_a_busy_server_without_a_word_is_treated_as_network() -> None:
    assert POLICY.busy(3, None, highest) == POLICY.network(3, highest)


def test_what_is_asked_for_again_never_comes_before_the_servers_word_and_otherwise_as_network() -> None:
    def lowest(low: float, _high: float) -> float:
        return low

    busy = Busy("sync.reason.busy", "503", 600.0)
    assert [POLICY.again(3, busy, take) for take in (lowest, highest)] == [600.0, 630.0]
    assert POLICY.again(3, Busy("sync.reason.busy", "503", 999_999.0), highest) == POLICY.longest
    for other in (Busy("sync.reason.busy", "503"), Unanswered("sync.reason.cut"), OSError()):
        assert POLICY.again(3, other, highest) == POLICY.network(3, highest)
