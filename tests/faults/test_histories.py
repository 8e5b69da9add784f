"""The quick form of ``dev.py faults histories``: nothing lost, doubled or untrue, and every planted mistake caught."""

from __future__ import annotations

import pytest

from tests.faults import histories
from tests.faults.histories_mutants import MUTANTS


def test_i2_i3_i4_i5_hold_in_every_history() -> None:
    figures = histories.run(range(100_000), quick=True)
    assert figures["runs"] == len(histories.QUICK)
    assert figures["acknowledged"] > figures["runs"], "a harness that acknowledges nothing proves nothing"
    assert figures["on_real_store"] > 0
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)
    assert figures["mutants_caught"] == figures["mutants"] == len(MUTANTS) >= 6


def test_a_mutant_can_be_hunted_more_than_once() -> None:
    """A long run hunts them again with every chunk of seeds."""
    assert histories.caught_at("revision overtakes") == histories.caught_at("revision overtakes") is not None


@pytest.mark.parametrize("seed", [3, 11])
def test_a_history_repeats_itself(seed: int) -> None:
    assert histories.play(seed) == histories.play(seed)
