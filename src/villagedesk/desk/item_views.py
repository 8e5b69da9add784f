"""What the items' room shows: what changed between versions, the village's choices, the catalogue in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.catalogue import RENUMBERED, STARTER_NUMBERS, CatalogueOrigin
from villagedesk.domain.mode_move import ModeMove
from villagedesk.domain.service_item import HandlingMode, Office, ServiceItem


@dataclass(frozen=True)
class ItemChange:
    """One entry of an item that changed.

    Args:
        sentence: which entry, of which material or field, and how it changed.
        before, after: in words; "" where there is nothing to show beside the sentence.
        more_needed: something must be brought or filled in that was not asked for before.
    """

    sentence: Sentence
    before: str
    after: str
    more_needed: bool


@dataclass(frozen=True)
class ItemChanges:
    """A case's item was changed since.

    Args:
        old_version: the one the case is bound to.
        new: the one in use; None when the item is in the catalogue no longer.
        lines: field by field, what asks for more first.
    """

    old_version: int
    new: ServiceItem | None
    lines: tuple[ItemChange, ...]

    @property
    def old(self) -> Sentence:
        """The old version as the clerk reads it."""
        if STARTER_NUMBERS <= self.old_version < RENUMBERED:
            return Sentence("items.version.starter")
        return Sentence("items.version.county", {"version": self.old_version % RENUMBERED})


@dataclass(frozen=True)
class LocalChoice:
    """What this village chose for an item; survives new catalogues.

    Args:
        handled: whether it can be taken in here.
        mode: the one in force, None for the county's.
        office: entries that are not "" stand in the place of the catalogue's.
        move: the newest change of its mode: one to come, or that whose outcome ``mode`` is.
    """

    handled: bool = True
    mode: HandlingMode | None = None
    favourite: bool = False
    office: Office = field(default_factory=Office)
    move: ModeMove | None = None

    def to_come(self, today: date) -> ModeMove | None:
        """The change that is planned, None without one.

        Args:
            today: the date in Shanghai.
        """
        return None if self.move is None or self.move.is_in_force(today) else self.move


@dataclass(frozen=True)
class CatalogueView:
    """The catalogue in use.

    Args:
        version: 0 for the starter catalogue.
        items: how many; ``to_check`` of them are marked 待核.
        refused: why the newest one that came over the wire is not in use; None when it is, or none came.
        arrived: what came over the wire, until somebody looked at it.
    """

    version: int
    made_at: datetime
    origin: CatalogueOrigin
    items: int
    to_check: int
    sentence: Sentence
    refused: Sentence | None = None
    arrived: Installed | None = None


@dataclass(frozen=True)
class Installed:
    """A catalogue that was put in use: names of the items that came, changed and went."""

    version: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
