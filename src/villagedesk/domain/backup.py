"""What a backup run and a check of the medium found, as the floors above are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BackupWritten:
    """One generation, written and read back.

    Args:
        pages_new, bytes_new: page files that were copied this time, and all bytes written.
        pages: page files of this generation on the medium.
        pages_missing: pages that cases name and neither this PC nor the medium has.
    """

    at: datetime
    pages_new: int
    bytes_new: int
    pages: int
    cases: int
    pages_missing: int = 0


@dataclass(frozen=True)
class MediumChecked:
    """What was found when everything on the medium was read again.

    Args:
        generations: whole ones; ``damaged_generations`` counts the others.
        pages: different page files looked at.
        damaged_pages: names of those that are missing or not what was written.
    """

    generations: int
    damaged_generations: int
    pages: int
    damaged_pages: frozenset[str]
