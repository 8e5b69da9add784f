"""An item's handling mode changes on a day: 由人工代办过渡至系统受理, and back (domain: section 1).

A change begins at midnight in Shanghai, whatever the PC's own zone, and can be undone on its first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from villagedesk.domain.service_item import HandlingMode


@dataclass(frozen=True)
class ModeMove:
    """A change of an item's mode in this village.

    Args:
        mode: what it changes to; None for the county's.
        on: its first day in Shanghai.
        move_id: UUID text; "" for one that was not kept yet.
    """

    mode: HandlingMode | None
    on: date
    move_id: str = ""

    def is_in_force(self, today: date) -> bool:
        """Whether its day has come."""
        return self.on <= today

    def can_be_undone(self, today: date) -> bool:
        """Whether it is its first day."""
        return self.on == today


class Way(StrEnum):
    """What becomes of an open proxy case when its item moves to the acceptance system."""

    ENTER = "enter"
    """It is sent like any other."""
    BIND = "bind"
    """The township has entered it already: its number is kept, and nothing is sent."""
    STAY = "stay"
    """It is carried to its end."""


MOVED = "moved_to_system"
"""Kind of the event that notes that a proxy case went over to the acceptance system."""
MOVED_BACK = "moved_back"
"""Kind of the event that notes that this was undone."""
STAYS = "stays_proxy"
"""Kind of the event that notes that a case is carried to its end."""
MENDED = "mended_for_system"
"""Kind of the event that notes that what the acceptance system wants besides was put in."""
