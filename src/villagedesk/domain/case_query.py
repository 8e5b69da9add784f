"""What is searched for among all cases: words that must all hold, each by whatever a paper may say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from villagedesk.domain.case import CaseLine


@dataclass(frozen=True)
class QueryWord:
    """One word as typed.

    Args:
        item_codes: of the items the word may mean; cases of these fit, too.
    """

    text: str
    item_codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CaseQuery:
    """All words must hold; none means all cases."""

    words: tuple[QueryWord, ...] = ()


@dataclass(frozen=True)
class CasesFound:
    """A page of what was found.

    Args:
        lines: newest first.
        count: of all that was found, however many are on this page.
        next: asks for the page behind this one; "" when there is none.
    """

    lines: Sequence[CaseLine]
    count: int
    next: str
