"""Which paper the next page is for."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.domain.case import Page


@dataclass(frozen=True)
class WantedPaper:
    """The paper whose pages are taken now.

    Args:
        have: pages kept already.
        need: pages the item asks for at least.
        replaces: the page whose place the next one takes, None when it is one more.
    """

    case_id: str
    requirement_id: str
    name: str
    have: int
    need: int
    replaces: Page | None = None
