"""I1 and its kin under kill -9, in quick form; ``python3 dev.py faults crashes`` runs it at length."""

from __future__ import annotations

import pytest

from tests.faults.crash_driver import MUTANTS
from tests.faults.crashes import run
from tests.needs import need_program


@pytest.mark.timeout(400)
def test_i1_no_confirmed_save_is_lost_by_a_crash_and_every_mutant_is_caught() -> None:
    need_program("strace")
    figures = run(range(24), quick=True)
    assert figures["runs"] >= 15 and figures["acknowledged"] > 0
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)
    assert figures["mutants_caught"] == figures["mutants"] == len(MUTANTS)
