"""How a case ended, from its log: once, with what it ended with, and not while somebody may still overturn it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from villagedesk.domain.case import CaseEvent
from villagedesk.domain.case import CaseStatus as S
from villagedesk.domain.case_ends import Outcome, ending_of
from villagedesk.domain.milestones import milestones

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def log(*states: S | tuple[S, str]) -> list[CaseEvent]:
    """A log that goes through these, a day each; with a state the result that was told with it."""
    events, before = list[CaseEvent](), S.DRAFT
    for number, one in enumerate(states):
        state, result = one if isinstance(one, tuple) else (one, "")
        detail = {"value.result": result} if result else {}
        events.append(CaseEvent("c", START + timedelta(days=number), "甲", "change", before, state, detail))
        before = state
    return events


@pytest.mark.parametrize(
    ("states", "outcome", "place"),
    [
        ((S.RECEIVED, S.SUBMITTED), None, 0),
        ((S.RECEIVED, S.ACCEPTED, (S.CONCLUDED, "granted"), S.RESULT_WAITING, S.DELIVERED), Outcome.GRANTED, 2),
        ((S.RECEIVED, (S.CONCLUDED, "denied")), Outcome.DENIED, 1),
        ((S.RECEIVED, (S.CONCLUDED, "forwarded")), Outcome.FORWARDED, 1),
        ((S.RECEIVED, (S.CONCLUDED, "?")), Outcome.CONCLUDED, 1),
        ((S.RECEIVED, S.HANDED_OVER, S.RESULT_WAITING, S.ARCHIVED), Outcome.CONCLUDED, 2),
        ((S.RECEIVED, S.CONCLUDED, S.IN_PROCESS), None, 0),
        ((S.RECEIVED, S.CONCLUDED, S.IN_PROCESS, S.CONCLUDED), Outcome.CONCLUDED, 3),
        ((S.RECEIVED, S.REFUSED), Outcome.REFUSED, 1),
        ((S.RECEIVED, S.REFUSED, S.RETURNED_TO_APPLICANT), Outcome.REFUSED, 1),
        ((S.RECEIVED, S.REFUSED, S.ARCHIVED), Outcome.REFUSED, 1),
        ((S.RECEIVED, S.REFUSED, S.ACCEPTED), None, 0),
        ((S.RECEIVED, S.REFUSED, S.ACCEPTED, S.CONCLUDED), Outcome.CONCLUDED, 3),
        ((S.RECEIVED, S.WITHDRAWN), Outcome.WITHDRAWN, 1),
        ((S.RECEIVED, S.VOID), Outcome.VOID, 1),
        ((S.RECEIVED, S.RETURNED, S.RETURNED_TO_APPLICANT), Outcome.RETURNED, 2),
    ],
)
def test_how_and_when(states: tuple[S | tuple[S, str], ...], outcome: Outcome | None, place: int) -> None:
    events = log(*states)
    ending = ending_of(events, milestones(events))
    if outcome is None:
        assert ending is None
    else:
        assert ending is not None
        assert (ending.outcome, ending.place, ending.event) == (outcome, place, events[place])
