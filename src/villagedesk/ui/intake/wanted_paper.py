"""Which paper the next page is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from villagedesk.domain.case import Page
from villagedesk.ui.sentences import Words


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

    def place(self, words: Words) -> str:
        """Which page of it the next one will be."""
        if self.replaces is not None:
            return words("ui.proposal.retake", number=self.replaces.order)
        return words("ui.proposal.place", number=self.have + 1, need=self.need)

    def how(self, *, whole: bool) -> How:
        """What the desk is told of the page.

        Args:
            whole: all of the picture is the page.
        """
        replaces = "" if self.replaces is None else self.replaces.page_id
        return How(whole_picture=whole, keep_sure=True, replaces=replaces)
