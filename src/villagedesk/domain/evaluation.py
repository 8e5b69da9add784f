"""好差评: what a villager says of how a case was handled, and calling back 回访 (domain: section 2).

The villager says it herself, once for each stage, and nobody changes it afterwards. What is below 3 is a 差评: the
reason is asked, which she may keep to herself, and somebody calls back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

EVALUATED = "evaluated"
DECLINED = "evaluation_declined"
CALL_PLANNED = "call_back_planned"
CALLED_BACK = "called_back"
"""Kinds of events in a case's log."""


class Level(IntEnum):
    """The five levels; words ``evaluation.level.<value>`` in the message catalogue."""

    VERY_GOOD = 5
    GOOD = 4
    FAIR = 3
    POOR = 2
    VERY_POOR = 1

    @property
    def is_poor(self) -> bool:
        """Whether it is a 差评."""
        return self < Level.FAIR


class Stage(StrEnum):
    """When it is said: when the papers were taken in, or when the result was handed over."""

    INTAKE = "intake"
    DELIVERY = "delivery"


class PoorReason(StrEnum):
    """What a villager may tick; words ``evaluation.reason.<value>``."""

    ATTITUDE = "attitude"
    SLOW = "slow"
    TRIPS = "trips"
    UNCLEAR = "unclear"
    PAPERS = "papers"
    RESULT = "result"


@dataclass(frozen=True)
class Evaluation:
    """What was said of a case at a stage.

    Args:
        reason: as :func:`reason_text` writes it; "" where she gave none.
        at: aware, UTC.
        clerk: whose service it was.
    """

    case_id: str
    stage: Stage
    level: Level
    reason: str
    at: datetime
    clerk: str


class CallCause(StrEnum):
    """Why somebody is called back."""

    POOR = "poor"
    DELIVERED = "delivered"
    """By the village's own rule for results that were handed over."""


class CallOutcome(StrEnum):
    """What came of it."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class CallBack:
    """Whom to call 回访.

    Args:
        call_back_id: UUID text.
        due_on: the day in Shanghai until which it is to be done, or tried again.
        tries: how often nobody answered.
        done_at: aware, UTC; None while it is open.
        outcome: a :class:`CallOutcome` value, "" while it is open.
        words: what was said, or why nobody need call.
    """

    call_back_id: str
    case_id: str
    cause: CallCause
    due_on: date
    tries: int = 0
    done_at: datetime | None = None
    outcome: str = ""
    words: str = ""


def reason_text(ticked: Sequence[PoorReason], words: str) -> str:
    """A reason as it is kept: the names of what was ticked, and in the next line her own words."""
    names = " ".join(reason for reason in PoorReason if reason in ticked)
    return f"{names}\n{words}" if words else names


def reason_parts(text: str) -> tuple[tuple[PoorReason, ...], str]:
    """What was ticked, and her own words; a name that is not known here is left out."""
    names, _, words = text.partition("\n")
    return tuple(PoorReason(name) for name in names.split() if name in {*PoorReason}), words
