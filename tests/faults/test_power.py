"""I1 and its kin under power cuts, in quick form; ``python3 dev.py faults power`` runs it at length."""

from __future__ import annotations

import pytest

from tests.faults.mutants import of_harness
from tests.faults.power import hunt, run
from tests.needs import need_forgetting_disk


@pytest.mark.timeout(400)
def test_i1_no_confirmed_save_is_lost_by_a_power_cut() -> None:
    need_forgetting_disk()
    figures = run(range(40), quick=True)
    assert figures["runs"] == 40 and figures["acknowledged"] > 40
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)


@pytest.mark.timeout(400)
def test_every_mutant_is_caught_by_a_power_cut() -> None:
    need_forgetting_disk()
    figures = hunt(quick=True)
    assert {*figures["mutants_caught_at"]} == {*of_harness("power")}
    assert all(figures["mutants_caught_at"].values()), figures["mutants_caught_at"]
