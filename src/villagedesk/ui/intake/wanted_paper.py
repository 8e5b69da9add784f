"""The paper whose pages are taken now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WantedPaper:
    """The paper whose pages are taken now.

    Args:
        have: pages kept already.
        need: pages the item asks for at least.
    """

    case_id: str
    requirement_id: str
    name: str
    have: int
    need: int
