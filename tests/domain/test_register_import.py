"""A row of a paper register as a case's life: every step is one the life cycle knows, and each has the paper's day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.case import Applicant, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.life_cycle import CaseChange, Conclusion, after
from villagedesk.domain.milestones import milestones
from villagedesk.domain.register_import import PaperEntry, Step, life_of
from villagedesk.domain.service_item import HandlingMode

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
days = st.integers(0, 200).map(lambda number: date(2026, 3, 1) + timedelta(days=number))


@st.composite
def entries(draw: st.DrawFn) -> PaperEntry:
    """What the check lets through: days in their order, and only those a mode has."""
    received, handed, concluded, delivered = sorted(draw(st.lists(days, min_size=4, max_size=4)))
    mode = draw(st.sampled_from(HandlingMode))
    ended = draw(st.booleans())
    return PaperEntry(
        line=5,
        received=received,
        applicant=Applicant(name="甲"),
        item_code="A",
        item_version=1,
        item_name="甲事",
        mode=mode,
        handed_over=handed if mode is HandlingMode.PROXY and draw(st.booleans()) else None,
        result=draw(st.sampled_from([None, *Conclusion])) if ended else None,
        concluded=concluded if ended else None,
        delivered=delivered if ended and mode is not HandlingMode.GUIDED and draw(st.booleans()) else None,
    )


def logged(steps: tuple[Step, ...]) -> list[CaseEvent]:
    return [CaseEvent("c", NOW, "王会计", one.kind, one.before, one.after, one.detail) for one in steps]


@given(entries())
def test_every_step_after_the_first_is_one_of_the_life_cycle(entry: PaperEntry) -> None:
    first, *rest = life_of(entry)
    assert (first.kind, first.before, first.day) == ("imported", None, entry.received)
    at = first.after
    for step in rest:
        assert step.before is at and after(at, CaseChange(step.kind)) is step.after
        at = step.after


@given(entries())
def test_registers_and_archives_find_the_papers_own_days(entry: PaperEntry) -> None:
    reached = milestones(logged(tuple(life_of(entry))))

    def day(event: CaseEvent | None) -> date | None:
        return None if event is None else event.happened.astimezone(SHANGHAI).date()

    assert day(reached.handed_over) == entry.handed_over and day(reached.delivered) == entry.delivered
    assert day(reached.concluded) == (entry.received if entry.mode is HandlingMode.GUIDED else entry.concluded)
    if entry.mode is not HandlingMode.GUIDED:
        assert reached.conclusion == str(entry.result or "")


def test_a_line_that_names_no_day_happened_when_it_was_written() -> None:
    for detail in ({}, {"on": ""}, {"on": "yes"}, {"on": "2026-02-30"}):
        assert CaseEvent("c", NOW, "王", "taken_in", None, CaseStatus.RECEIVED, detail).happened == NOW
