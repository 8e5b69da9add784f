"""Page files may go when the paper's journey is over: delivered long enough ago, and attested by the other side.
What nobody else has stays: the papers of a carried case, and what was scanned back.

Rows, hashes and receipts stay for ever: they are the proof (design: section 4). What goes is the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Held(StrEnum):
    """Why a page file stays though its case was delivered long enough ago (invariant I9)."""

    NOT_DELIVERED = "not_delivered"
    """A case that names it was not delivered, or not long enough ago."""
    STILL_OPEN = "still_open"
    """Something of a case that names it is on its way, paused, or in the clerk's tray."""
    NOT_ATTESTED = "not_attested"
    """No receipt lists it: the only copy may be this one."""
    ONLY_HERE = "only_here"
    """It was scanned here, signed or given by the township: nobody can send it again."""
    PRINTING = "printing"
    """A paper that did not come out yet is drawn from it."""


@dataclass(frozen=True)
class RetentionPage:
    """One file that is kept for a case.

    Args:
        byte_count: of the page; 0 for a printed paper, whose length no row knows.
        held: why it stays, None when it may go.
    """

    page_id: str
    sha256: str
    byte_count: int
    held: Held | None


@dataclass(frozen=True)
class RetentionCandidate:
    """A case delivered long enough ago that still has files.

    Args:
        delivered_at: when it became delivered, or archived without that.
        pages: its files that were not removed yet: pages, pages sent once and replaced, papers as printed.
    """

    case_id: str
    local_no: str
    item_name: str
    delivered_at: datetime
    pages: tuple[RetentionPage, ...]
