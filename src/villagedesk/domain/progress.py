"""Long work tells how far it is, and stops where the clerk wants it to."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.domain.problems import Problem

Progress = Callable[[int, int], None]
"""Called with what is done and what there is in all (same unit, both ≥ 0). May raise :class:`Cancelled`; the work then
stops at a place where nothing is half done, or undoes what it began."""


class Cancelled(Problem):
    """The clerk wants the work to stop: nothing is wrong."""

    def __init__(self) -> None:
        super().__init__("desk.cancelled")


def silent(_done: int, _total: int) -> None:
    """For work nobody watches."""


_FINE = 10_000


def share(progress: Progress, start: float, end: float) -> Progress:
    """For a part of longer work, from one share of the whole to another, 0 to 1; of its own count and unit."""

    def told(done: int, total: int) -> None:
        within = done / total if total > 0 else 0.0
        progress(int(_FINE * (start + (end - start) * min(1.0, within))), _FINE)

    return told
