"""I8 and I11 for files from elsewhere, in quick form; ``dev.py faults importers`` runs it at length."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.importers import MUTANTS, file_of, hunt, run
from tests.faults.importers_hostile import hostile
from tests.faults.importers_samples import samples


@pytest.mark.timeout(300)
def test_i8_i11_hold_for_spoiled_and_hostile_files() -> None:
    found = run(range(5, 25), quick=True)
    assert found["runs"] == 20
    assert found["accepted"] > 0 and found["refused"] > 0, "a harness that refuses all, or nothing, proves nothing"
    assert found["crashed_at"] == {"hard crash": 1}, "the one that is made to crash"
    assert (found["lost"], found["untruthful"]) == (0, 0)


@pytest.mark.timeout(300)
def test_mistakes_planted_in_the_reading_of_files_are_caught() -> None:
    found = hunt(quick=True)
    assert found["mutants"] >= 3
    assert found["mutants_caught"] == found["mutants"], found["mutants_caught_at"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_mistake_planted_in_the_reading_of_files_is_caught() -> None:
    found = hunt(quick=False)
    assert {*found["mutants_caught_at"]} == {*MUTANTS}
    assert all(found["mutants_caught_at"].values()), found["mutants_caught_at"]


def test_a_seed_is_always_the_same_file_and_all_kinds_come() -> None:
    kinds = Counter(file_of(seed)[0].partition(" ")[0] for seed in range(200) if seed % 20)
    assert {*kinds} == {"hard", *(name.partition(" ")[0] for name in samples())}
    assert len(hostile()) * 20 < 1000, "a thousand seeds have them all"
    assert [file_of(seed) for seed in range(1, 10)] == [file_of(seed) for seed in range(1, 10)]
