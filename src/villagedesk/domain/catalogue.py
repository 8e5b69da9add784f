"""A catalogue 事项目录 as it was installed: which version of which item is in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

STARTER_NUMBERS = 1_000_000_000
"""From here on items of the starter catalogue are kept; the county counts its versions up to below it."""
RENUMBERED = 2_000_000_000
"""From here on versions of the county's whose own number was taken by the starter catalogue."""


class CatalogueOrigin(StrEnum):
    """Where it came from."""

    BUILT_IN = "built_in"
    """The starter catalogue that the program brings, to be checked by the county."""
    WIRE = "wire"
    FILE = "file"
    """A signed package on a USB stick."""


@dataclass(frozen=True)
class Catalogue:
    """One catalogue.

    Args:
        version: the county's, counted up; 0 for the starter catalogue.
        sha256: hex digest of ``content``.
        content: JSON text: which items under which number and in which order, synonyms, calendars
            (:mod:`villagedesk.catalogue.package`). The items themselves are kept one by one.
    """

    version: int
    made_at: datetime
    origin: CatalogueOrigin
    sha256: str
    content: str
    installed_at: datetime
