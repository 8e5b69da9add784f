"""The paper whose pages are taken now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from villagedesk.domain.case import Page


class How(TypedDict):
    """Of :meth:`villagedesk.desk.scanning.Scanning.capture`."""

    whole_picture: bool
    keep_sure: bool
    replaces: str


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

    @property
    def replaced_id(self) -> str:
        """page_id of the page that is replaced, "" for none."""
        return self.replaces.page_id if self.replaces is not None else ""
