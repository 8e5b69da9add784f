"""How a case came to its end, and when: what statistics count, once for each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import Conclusion
from villagedesk.domain.milestones import Milestones


class Outcome(StrEnum):
    """Words ``statistics.outcome.<value>`` in the message catalogue."""

    GRANTED = "granted"
    DENIED = "denied"
    FORWARDED = "forwarded"
    CONCLUDED = "concluded"
    """办结, and nobody said how."""
    REFUSED = "refused"
    """不予受理, also when the papers went back or into the archive after it."""
    WITHDRAWN = "withdrawn"
    VOID = "void"
    RETURNED = "returned_to_applicant"


FINISHED = frozenset({Outcome.GRANTED, Outcome.DENIED, Outcome.FORWARDED, Outcome.CONCLUDED})
"""办结: the organ, or the village itself, saw it through."""
_CONCLUSIONS = {
    Conclusion.GRANTED.value: Outcome.GRANTED,
    Conclusion.DENIED.value: Outcome.DENIED,
    Conclusion.FORWARDED.value: Outcome.FORWARDED,
}
_GIVEN_UP = {
    CaseStatus.WITHDRAWN: Outcome.WITHDRAWN,
    CaseStatus.VOID: Outcome.VOID,
    CaseStatus.RETURNED_TO_APPLICANT: Outcome.RETURNED,
}
_AFTER_REFUSAL = frozenset({CaseStatus.ARCHIVED, CaseStatus.RETURNED_TO_APPLICANT})


@dataclass(frozen=True)
class Ending:
    """The line of the log with which a case came to its end.

    Args:
        place: of that line in the log it was found in.
    """

    event: CaseEvent
    place: int
    outcome: Outcome


def ending_of(events: Sequence[CaseEvent], reached: Milestones) -> Ending | None:
    """That of one case; None while it goes on.

    Args:
        events: its log, oldest first.
        reached: the milestones of that log.
    """
    refused = _refusal(events)
    if refused is not None:
        return Ending(events[refused], refused, Outcome.REFUSED)
    if reached.given_up is not None and reached.given_up.to_status is not None:
        return Ending(reached.given_up, _place(events, reached.given_up), _GIVEN_UP[reached.given_up.to_status])
    if reached.concluded is not None:
        outcome = _CONCLUSIONS.get(reached.conclusion, Outcome.CONCLUDED)
        return Ending(reached.concluded, _place(events, reached.concluded), outcome)
    return None


def _refusal(events: Sequence[CaseEvent]) -> int | None:
    """Where the refusal stands that nothing overturned."""
    found: int | None = None
    for place, event in enumerate(events):
        if event.to_status is None or event.to_status is event.from_status:
            continue
        if event.to_status is CaseStatus.REFUSED:
            found = place
        elif event.to_status not in _AFTER_REFUSAL:
            found = None
    return found


def _place(events: Sequence[CaseEvent], wanted: CaseEvent) -> int:
    return next(place for place, event in enumerate(events) if event is wanted)
