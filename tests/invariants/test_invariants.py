"""The list of invariants is kept: every test it names exists, every mutant it names exists and is killed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.faults import histories_mutants, kills_mutants
from tests.faults.mutants import of_harness
from tests.invariants.planted import MUTANTS

_ROOT = Path(__file__).parents[2]
_LIST: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("invariants.toml").read_text("utf-8"))


def planted(mutant: str, tests: list[str]) -> tuple[str, str]:
    """A planted mutant's name and the test that must kill it."""
    name, _, place = mutant.removeprefix("planted: ").partition(" @ ")
    return name, tests[int(place or 1) - 1]


_PLANTED = [
    (name, *planted(mutant, row["tests"]))
    for name, row in _LIST.items()
    for mutant in row["mutants"]
    if mutant.startswith("planted: ")
]


def run_alone(test: str, mutant: str) -> subprocess.CompletedProcess[str]:
    """One test in a process of its own, with a mutant planted ("" for none)."""
    environment = {**os.environ, "VILLAGEDESK_MUTANT": mutant}
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", test]
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=110)


def test_they_are_listed_in_order() -> None:
    assert len(_LIST) >= 9 and [*_LIST] == [f"I{number}" for number in range(1, len(_LIST) + 1)]
    assert all(row["tests"] and row["mutants"] for row in _LIST.values())


@pytest.mark.parametrize("name", [*_LIST])
def test_every_named_test_exists(name: str) -> None:
    for test in _LIST[name]["tests"]:
        file, _, function = test.partition("::")
        tree = ast.parse((_ROOT / file).read_text("utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test


@pytest.mark.parametrize("name", [*_LIST])
def test_every_named_mutant_exists(name: str) -> None:
    known = {harness: {*of_harness(harness)} for harness in ("crashes", "power", "full_disk")}
    known |= {"histories": {*histories_mutants.MUTANTS}, "kills": {*kills_mutants.MUTANTS}, "planted": {*MUTANTS}}
    for mutant in _LIST[name]["mutants"]:
        kind, _, what = mutant.partition(": ")
        assert what.partition(" @ ")[0] in known[kind], mutant


@pytest.mark.parametrize(("name", "mutant", "test"), _PLANTED)
def test_a_planted_mutant_is_killed(name: str, mutant: str, test: str) -> None:
    killed = run_alone(test, mutant)
    assert killed.returncode == 1 and " failed" in killed.stdout, f"{name} survived:\n{killed.stdout}{killed.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("test", sorted({test for _, _, test in _PLANTED}))
def test_without_a_mutant_it_passes(test: str) -> None:
    """Alone in its process, as with a mutant; in every run the same tests run among all others."""
    passed = run_alone(test, "")
    assert passed.returncode == 0, passed.stdout + passed.stderr
