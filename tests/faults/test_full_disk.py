"""A disk that fails at any step, a clock that jumps, in quick form; ``python3 dev.py faults full_disk`` at length."""

from __future__ import annotations

import pytest

from tests.faults.full_disk import hunt, run
from tests.faults.mutants import of_harness
from tests.needs import need_forgetting_disk


@pytest.mark.timeout(400)
def test_whatever_the_disk_refuses_is_told_and_nothing_confirmed_is_lost() -> None:
    need_forgetting_disk()
    figures = run(range(40), quick=True)
    assert figures["runs"] == 40 and figures["acknowledged"] > 40
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)


@pytest.mark.timeout(400)
def test_every_mutant_is_caught_by_a_failing_disk() -> None:
    need_forgetting_disk()
    figures = hunt(quick=True)
    assert {*figures["mutants_caught_at"]} == {*of_harness("full_disk")}
    assert all(figures["mutants_caught_at"].values()), figures["mutants_caught_at"]
