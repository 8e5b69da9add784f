"""The paper whose pages are taken now."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.domain.case import Page
from villagedesk.ui.sentences import Words


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

    def place(self, words: Words) -> str:
        """Which page of it the next one will be."""
        if self.replaces is not None:
            return words("ui.proposal.retake", number=self.replaces.order)
        return words("ui.proposal.place", number=self.have + 1, need=self.need)
