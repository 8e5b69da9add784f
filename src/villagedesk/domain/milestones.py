"""When a case went where, read from its log: what registers and archives ask of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CLOSED, TOWNSHIP_TOLD, Conclusion

IMPORTED = "imported"
"""Kind of the line by which a case of a paper register came here; it was never sent from here."""
ENDED = frozenset({CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING, CaseStatus.DELIVERED, CaseStatus.ARCHIVED})
"""A case in one of these is through, and belongs into an archive."""
_GIVEN_UP = CLOSED - {CaseStatus.ARCHIVED}


@dataclass(frozen=True)
class Milestones:
    """The lines of a case's log that took it to the places an inspector asks for; None where it never came there, or
    left again. The day of each is that of ``CaseEvent.happened``.

    Args:
        handed_over: to the township, the last time.
        concluded: it came to its end: from then on it stayed in one of :data:`ENDED`, so it has one such day; of a
            conclusion that was set right, the right one.
        delivered: somebody took the result.
        given_up: it was withdrawn, void, or handed back.
    """

    handed_over: CaseEvent | None = None
    concluded: CaseEvent | None = None
    delivered: CaseEvent | None = None
    given_up: CaseEvent | None = None

    @property
    def conclusion(self) -> str:
        """A :class:`Conclusion` value, "" where none was noted."""
        said = said_of(self.concluded, "result")
        return said if said in {*Conclusion} else ""


def milestones(events: Iterable[CaseEvent]) -> Milestones:
    """Those of one case.

    Args:
        events: its log, oldest first.
    """
    handed_over = concluded = delivered = given_up = None
    for event in events:
        to = event.to_status
        if concluded is not None and _sets_right(event, concluded):
            concluded = event
        if to is None or to is event.from_status:
            continue
        if to not in ENDED:
            concluded = delivered = None
        elif concluded is None:
            concluded = event
        if to is CaseStatus.HANDED_OVER:
            handed_over = event
        elif to is CaseStatus.RECEIVED:
            handed_over = None
        elif to is CaseStatus.DELIVERED:
            delivered = event
        given_up = event if to in _GIVEN_UP else None
    return Milestones(handed_over, concluded, delivered, given_up)


def _sets_right(event: CaseEvent, concluded: CaseEvent) -> bool:
    """Whether a line says anew how a case ended that was at its end: by hand always, for it was noted to set right; by
    the acceptance system where it says something else, for it may repeat itself."""
    result = said_of(event, "result")
    if event.to_status is not CaseStatus.CONCLUDED or not result:
        return False
    by_hand = event.kind == TOWNSHIP_TOLD or bool(event.detail.get("by_hand"))
    return by_hand or result != said_of(concluded, "result")


def said_of(event: CaseEvent | None, name: str) -> str:
    """What a line says under a name, by a clerk of here or by the acceptance system."""
    if event is None:
        return ""
    return event.detail.get(name) or event.detail.get(f"value.{name}", "")
