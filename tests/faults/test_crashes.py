"""I1 and its kin under kill -9, in quick form; ``python3 dev.py faults crashes`` runs it at length."""

from __future__ import annotations

import pytest

from tests.faults.crashes import hunt, run
from tests.faults.mutants import of_harness
from tests.needs import need_program


@pytest.mark.timeout(400)
def test_i1_no_confirmed_save_is_lost_by_a_crash() -> None:
    need_program("strace")
    figures = run(range(24), quick=True)
    assert figures["runs"] >= 15 and figures["acknowledged"] > 0
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)


@pytest.mark.timeout(400)
def test_every_mutant_is_caught_by_a_crash() -> None:
    need_program("strace")
    figures = hunt(quick=True)
    assert {*figures["mutants_caught_at"]} == {*of_harness("crashes")}
    assert all(figures["mutants_caught_at"].values()), figures["mutants_caught_at"]
