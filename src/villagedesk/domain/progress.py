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
