"""The life of a case: data that must hold together, and the order of events from the other side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.catalogue_of_messages import messages
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CLOSED, TOLD, CaseChange, Conclusion, after, possible
from villagedesk.domain.problems import Problem

S, C = CaseStatus, CaseChange


def walk(*changes: CaseChange, start: CaseStatus = S.DRAFT) -> CaseStatus:
    for change in changes:
        start = after(start, change)
    return start


# domain.md section 4, read as a list of paths
PATHS = [
    ((C.TAKEN_IN,), S.RECEIVED),
    ((C.TAKEN_IN, C.COMMITTED), S.SUBMITTED),
    ((C.TAKEN_IN, C.COMMITTED, C.ACCEPTED), S.ACCEPTED),
    ((C.TAKEN_IN, C.COMMITTED, C.REFUSED), S.REFUSED),
    ((C.TAKEN_IN, C.COMMITTED, C.CORRECTION_ASKED), S.RETURNED),
    ((C.TAKEN_IN, C.COMMITTED, C.CORRECTION_ASKED, C.CORRECTED), S.RECEIVED),
    ((C.TAKEN_IN, C.COMMITTED, C.CORRECTION_ASKED, C.CORRECTED, C.COMMITTED, C.ACCEPTED), S.ACCEPTED),
    ((C.TAKEN_IN, C.COMMITTED, C.ACCEPTED, C.IN_PROCESS, C.SUSPENDED, C.RESUMED), S.IN_PROCESS),
    (
        (
            C.TAKEN_IN,
            C.COMMITTED,
            C.ACCEPTED,
            C.IN_PROCESS,
            C.CONCLUDED,
            C.RESULT_READY,
            C.DELIVERED,
            C.ARCHIVED,
        ),
        S.ARCHIVED,
    ),
    # proxy: handed over, the result comes back, or it is entered later
    ((C.TAKEN_IN, C.HANDED_OVER, C.RESULT_READY, C.DELIVERED), S.DELIVERED),
    ((C.TAKEN_IN, C.HANDED_OVER, C.TAKEN_BACK, C.COMMITTED), S.SUBMITTED),
    # entered by hand, and then it was not
    ((C.TAKEN_IN, C.COMMITTED, C.NOT_ENTERED), S.RECEIVED),
    ((C.TAKEN_IN, C.COMMITTED, C.NOT_ENTERED, C.COMMITTED), S.SUBMITTED),
    ((C.TAKEN_IN, C.HANDED_OVER, C.COMMITTED, C.NOT_ENTERED, C.HANDED_OVER), S.HANDED_OVER),
    ((C.TAKEN_IN, C.VOIDED), S.VOID),
    ((C.TAKEN_IN, C.WITHDRAWN), S.WITHDRAWN),
    ((C.TAKEN_IN, C.RETURNED_TO_APPLICANT), S.RETURNED_TO_APPLICANT),
    # out of order: the server's word comes before our own receipt was processed, or steps were skipped
    ((C.TAKEN_IN, C.ACCEPTED), S.ACCEPTED),
    ((C.TAKEN_IN, C.ACCEPTED, C.COMMITTED), S.ACCEPTED),
    ((C.TAKEN_IN, C.CORRECTION_ASKED, C.COMMITTED), S.RETURNED),
    ((C.TAKEN_IN, C.COMMITTED, C.CONCLUDED), S.CONCLUDED),
    # the server wins: a decision taken back
    ((C.TAKEN_IN, C.COMMITTED, C.REFUSED, C.ACCEPTED), S.ACCEPTED),
    # what the villager holds in hand stays delivered; a closed case takes its late receipt and stays closed
    ((C.TAKEN_IN, C.COMMITTED, C.CONCLUDED, C.DELIVERED, C.RESULT_READY), S.DELIVERED),
    ((C.TAKEN_IN, C.VOIDED, C.COMMITTED), S.VOID),
]


@pytest.mark.parametrize(("changes", "end"), PATHS)
def test_paths_of_the_rules(changes: tuple[CaseChange, ...], end: CaseStatus) -> None:
    assert walk(*changes) is end


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (S.DRAFT, C.COMMITTED),
        (S.DRAFT, C.ACCEPTED),
        (S.DRAFT, C.VOIDED),
        (S.RECEIVED, C.TAKEN_IN),
        (S.RECEIVED, C.CORRECTED),
        (S.RECEIVED, C.ARCHIVED),
        (S.SUBMITTED, C.VOIDED),
        (S.SUBMITTED, C.HANDED_OVER),
        (S.ACCEPTED, C.CORRECTED),
        (S.ACCEPTED, C.NOT_ENTERED),
        (S.CONCLUDED, C.NOT_ENTERED),
        (S.CONCLUDED, C.WITHDRAWN),
        (S.DELIVERED, C.WITHDRAWN),
        (S.ARCHIVED, C.ACCEPTED),
        (S.WITHDRAWN, C.ACCEPTED),
        (S.VOID, C.TAKEN_IN),
    ],
)
def test_what_must_not_happen_is_refused(status: CaseStatus, change: CaseChange) -> None:
    with pytest.raises(Problem) as caught:
        after(status, change)
    assert caught.value.key == "domain.life_cycle.not_possible"


@given(st.lists(st.sampled_from(CaseChange), max_size=40))
def test_no_path_leaves_a_closed_case_or_returns_to_a_draft(changes: list[CaseChange]) -> None:
    status = S.DRAFT
    for change in changes:
        if change not in possible(status):
            with pytest.raises(Problem):
                after(status, change)
            continue
        following = after(status, change)
        assert following is not S.DRAFT
        if status in CLOSED:
            assert following is status
        status = following


@given(st.lists(st.sampled_from(CaseChange), max_size=40))
def test_nothing_is_submitted_or_further_without_word_from_the_other_side(changes: list[CaseChange]) -> None:
    status, heard = S.DRAFT, False
    for change in changes:
        if change in possible(status):
            status = after(status, change)
            heard |= change is C.COMMITTED or change in TOLD
    if not heard:
        here = {S.DRAFT, S.RECEIVED, S.HANDED_OVER, S.WITHDRAWN, S.VOID, S.RETURNED_TO_APPLICANT}
        assert status in here


def test_every_state_can_be_reached_and_every_event_happens_somewhere() -> None:
    reached = {S.DRAFT}
    while more := {after(status, change) for status in reached for change in possible(status)} - reached:
        reached |= more
    assert reached == set(CaseStatus)
    assert {change for status in CaseStatus for change in possible(status)} == set(CaseChange)


def test_from_every_open_state_the_server_can_put_the_case_where_it_is() -> None:
    for status in set(CaseStatus) - CLOSED - {S.DRAFT, S.DELIVERED}:
        for change, target in TOLD.items():
            assert after(status, change) is target


def test_every_event_state_and_end_has_a_name_on_screen() -> None:
    wanted = {f"case_change.{change}" for change in CaseChange} | {f"life.state.{status}" for status in CaseStatus}
    assert wanted | {f"conclusion.{one}" for one in Conclusion} <= messages().keys()
