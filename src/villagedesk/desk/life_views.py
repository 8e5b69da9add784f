"""What the desk shows of a case's clocks and of what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.time_limits import LawClock


@dataclass(frozen=True)
class ClockView:
    """A law clock with its words: what must be done until when, how many days are left, and in which colour."""

    clock: LawClock
    sentence: Sentence
