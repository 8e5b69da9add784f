"""The figures a fault harness gives, alike for all of them so that they can be added up and compared."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from tests.faults.crash_check import Verdict


class Tally:
    """Verdicts added up."""

    def __init__(self) -> None:
        self._figures = dict.fromkeys(("runs", "acknowledged", "lost", "doubled", "untruthful"), 0)
        self._strata: Counter[str] = Counter()

    def add(self, stratum: str, verdict: Verdict, point: str) -> None:
        """Count one run, and print what it found.

        Args:
            stratum: which kind of place it was.
            point: how to find the very place again.
        """
        self._strata[stratum] += 1
        self._figures["runs"] += 1
        self._figures["acknowledged"] += verdict.acknowledged
        for name in ("lost", "doubled", "untruthful"):
            found = getattr(verdict, name)
            self._figures[name] += len(found)
            if found:
                print(f"{point}: {name}: {found}", file=sys.stderr)

    def figures(self) -> dict[str, Any]:
        """``runs``, ``acknowledged``, ``lost``, ``doubled``, ``untruthful``, and ``strata``: runs in each."""
        return {**self._figures, "strata": dict(sorted(self._strata.items()))}


def hunted(caught_at: dict[str, str]) -> dict[str, Any]:
    """``mutants``, ``mutants_caught`` and ``mutants_caught_at``: where each was caught, "" for one that was not."""
    return {
        "mutants": len(caught_at),
        "mutants_caught": sum(1 for place in caught_at.values() if place),
        "mutants_caught_at": caught_at,
    }
