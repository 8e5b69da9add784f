"""I2, I3 and I5 under kill -9 of village and county, in quick form; ``dev.py faults kills`` runs it at length."""

from __future__ import annotations

import pytest

from tests.faults.kills import hunt, run
from tests.faults.kills_mutants import MUTANTS
from tests.needs import need_program, need_root_on_linux


@pytest.mark.timeout(300)
def test_i2_i3_i5_hold_when_village_or_county_is_killed() -> None:
    need_root_on_linux("a lossy line")
    need_program("ip")
    figures = run(range(1, 3), quick=True)
    assert figures["runs"] == 8
    assert {place.split("/")[1] for place in figures["strata"]} == {"line", "loopback"}
    assert figures["acknowledged"] > figures["installations"], "a harness that acknowledges nothing proves nothing"
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)


@pytest.mark.timeout(300)
def test_a_mutant_of_the_village_and_one_of_the_county_are_caught_by_a_kill() -> None:
    need_root_on_linux("a lossy line")
    need_program("ip")
    figures = hunt(quick=True, mutants=("sent before the receipt", "committed after the answer"))
    assert (figures["mutants"], figures["mutants_caught"]) == (2, 2), figures["mutants_caught_at"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_mutant_is_caught_by_a_kill() -> None:
    need_root_on_linux("a lossy line")
    need_program("ip")
    figures = hunt(quick=False)
    assert {*figures["mutants_caught_at"]} == {*MUTANTS}
    assert all(figures["mutants_caught_at"].values()), figures["mutants_caught_at"]
