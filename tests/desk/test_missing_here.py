"""What an older backup could not bring back: listed, settled, and never taken in a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.counter import Window, open_window, ready_draft
from villagedesk.domain.case import Case
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import Role
from villagedesk.store.snapshot import SqlSnapshot
from villagedesk.sync.missing import MissingEntry, put_missing


def told(window: Window, *entries: MissingEntry) -> None:
    """A comparison with the acceptance system found these."""
    window.store.write(lambda transaction: put_missing(transaction, entries)).result()


def test_what_is_missing_is_listed_with_names_and_numbers_and_settled_once(window: Window) -> None:
    later = MissingEntry("case-2", "261123-A-0002-X", "城乡居保", "李不存", "2026-11-23T02:00:00.000000Z")
    first = MissingEntry(
        "case-1", "261123-A-0001-X", "城乡居保", "张不存", "2026-11-23T01:00:00.000000Z", "2026-7", "accepted"
    )
    nameless = MissingEntry("case-3")
    told(window, later, first, nameless)
    room = window.desk.missing_here
    listed = room.view().cases
    assert [case.case_id for case in listed] == ["case-3", "case-1", "case-2"]
    assert (listed[1].local_no, listed[1].applicant_name, listed[1].acceptance_no, listed[1].state) == (
        "261123-A-0001-X",
        "张不存",
        "2026-7",
        "accepted",
    )
    assert listed[0].received_at is None
    assert listed[1].received_at is not None
    room.settle("case-1")
    room.settle("case-1")
    room.settle("nothing of the kind")
    assert len(room.view().cases) == 2
    lines = [line for line in window.store.read(lambda snapshot: snapshot.events("")) if line.kind == "missing_settled"]
    assert [(line.actor, line.detail["local_no"]) for line in lines] == [(window.desk.clerk, "261123-A-0001-X")]
    told(window, later, first)
    assert [case.case_id for case in room.view().cases] == ["case-2"], (
        "settled stays settled when the list is made anew"
    )
    told(window)
    assert room.view().cases == ()


def test_a_draft_that_was_sent_after_the_backup_is_not_taken_in_again(window: Window) -> None:
    case_id = ready_draft(window)
    told(window, MissingEntry(case_id, "261123-A-0009-K"))
    assert window.desk.missing_here.view().cases[0].is_draft_here
    window.desk.missing_here.settle(case_id)
    with pytest.raises(InputProblem) as refused:
        window.desk.intake.take_in(case_id)
    assert (refused.value.key, refused.value.params["local_no"]) == ("intake.sent_before", "261123-A-0009-K")
    told(window)
    assert window.desk.intake.take_in(case_id).local_no


def test_a_case_that_came_to_be_here_is_missing_no_more(window: Window) -> None:
    case_id = ready_draft(window)
    window.desk.intake.take_in(case_id)
    told(window, MissingEntry(case_id, "261123-A-0009-K"))
    assert window.desk.missing_here.view().cases == ()


def test_no_case_is_read_whole_for_the_list(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """A county may name five thousand, and the list is read anew with each look at the page."""
    taken, draft = ready_draft(window), ready_draft(window)
    window.desk.intake.take_in(taken)
    told(window, *(MissingEntry(case_id) for case_id in (taken, draft, *(f"elsewhere-{n}" for n in range(4_998)))))
    read: list[str] = []
    one_case = SqlSnapshot.case

    def noted(snapshot: SqlSnapshot, case_id: str) -> Case:
        read.append(case_id)
        return one_case(snapshot, case_id)

    monkeypatch.setattr(SqlSnapshot, "case", noted)
    listed = window.desk.missing_here.view().cases
    window.desk.missing_here.settle("elsewhere-7")
    assert len(listed) == 4_999
    assert [case.case_id for case in listed if case.is_draft_here] == [draft]
    assert taken not in {case.case_id for case in listed}
    assert read == []


@pytest.mark.parametrize(("role", "listed", "settles"), [(Role.VILLAGE_HEAD, 1, False), (Role.TECHNICIAN, 0, False)])
def test_who_may_see_it(tmp_path: Path, role: Role, listed: int, settles: bool) -> None:
    window = open_window(tmp_path / "data", role=role)
    try:
        told(window, MissingEntry("case-1", applicant_name="张不存"))
        room = window.desk.missing_here
        assert len(room.view().cases) == listed
        if not settles:
            with pytest.raises(InputProblem):
                room.settle("case-1")
    finally:
        window.desk.close()
