"""What an older backup could not bring back: listed, settled, and never taken in a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, Window, open_window, ready_draft, taken_in
from villagedesk.acceptance.wire import Change, ChangesAnswer, WantedRecord
from villagedesk.desk.missing_reading import count_unexplained
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import Reason, Restoration
from villagedesk.domain.roles import Role
from villagedesk.store.snapshot import SqlSnapshot
from villagedesk.sync.changes import CURSOR, Changes
from villagedesk.sync.missing import MissingEntry, put_missing, settled
from villagedesk.sync.standing import KEPT


def told(window: Window, *entries: MissingEntry) -> None:
    """A comparison with the acceptance system found these."""
    window.store.write(lambda transaction: put_missing(transaction, entries)).result()


def spoken(window: Window, sentence: Sentence | None) -> str:
    """As the clerk reads it."""
    return "" if sentence is None else window.desk.proof._said(sentence)


def heard(window: Window, *changes: Change) -> None:
    """The acceptance system told of these."""

    asked = window.store.read(lambda snapshot: snapshot.setting(CURSOR))
    answer = ChangesAnswer(changes=list(changes), cursor=f"{asked}+")
    Changes(window.store, None, window.clock).keep(asked, answer)  # type: ignore[arg-type]


def give(window: Window, case_id: str, number: str) -> None:
    """A case here has this number from now on."""

    def work(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), acceptance_no=number))

    window.store.write(work).result()


def correction(case_id: str, sequence: int, at: str, reason: str) -> Change:
    """It wants a paper, and says until when."""
    return Change(
        sequence=sequence,
        case_id=case_id,
        kind="correction_asked",
        at=at,
        values={"reason": reason, "deadline": "2026-11-30"},
        wanted=[WantedRecord(requirement_id="m1", name="户口簿", wrong="缺第二页")],
    )


def seen(window: Window, case_id: str) -> None:
    """The clerk presses the button beside what the card shows of it."""
    shown = {case.case_id: case.heard for case in window.desk.missing_here.view().cases}
    window.desk.missing_here.settle(case_id, shown.get(case_id, ""))


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
    assert (listed[1].local_no, listed[1].applicant_name, listed[1].acceptance_no) == (
        "261123-A-0001-X",
        "张不存",
        "2026-7",
    )
    assert (spoken(window, listed[1].state), listed[0].state) == ("受理系统里：已受理", None)
    assert listed[0].received_at is None
    assert listed[1].received_at is not None
    seen(window, "case-1")
    seen(window, "case-1")
    seen(window, "nothing of the kind")
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
    seen(window, case_id)
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
    seen(window, "elsewhere-7")
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
                room.settle("case-1", "")
    finally:
        window.desk.close()


def test_what_was_said_of_a_missing_case_is_read_beside_its_name_the_newest_first(window: Window) -> None:
    told(window, MissingEntry("case-1", "261123-A-0001-X", "城乡居保", "张不存", state="waiting_for_seal"))
    heard(
        window,
        Change(
            sequence=1, case_id="case-1", kind="accepted", at="2026-11-21T01:00:00Z", values={"acceptance_no": "2026-7"}
        ),
        correction("case-1", 2, "2026-11-22T01:00:00Z", "户口簿不全"),
    )
    (case,) = window.desk.missing_here.view().cases
    assert spoken(window, case.state) == "受理系统里：waiting_for_seal", "a code nobody here knows is shown as it came"
    said = spoken(window, case.told)
    for part in ("2026 年 11 月 22 日", "要求补正", "户口簿不全", "户口簿：缺第二页", "请在 2026-11-30 前补正"):
        assert part.replace(" ", "") in said.replace(" ", ""), said
    assert case.told is not None
    assert case.told.tone == "bad"
    # the server was restored: it counts from an older number on, and its clock goes on
    later = Change(sequence=1, case_id="case-1", kind="no_such_kind", at="2026-11-23T01:00:00Z", state_code="Z9")
    heard(window, later)
    (case,) = window.desk.missing_here.view().cases
    assert "发来新的状态（Z9）" in spoken(window, case.told)


def test_news_of_a_settled_case_brings_it_back_and_what_was_said_is_logged(window: Window) -> None:
    told(window, MissingEntry("case-1", "261123-A-0001-X"))
    room = window.desk.missing_here
    seen(window, "case-1")
    assert room.view().cases == ()
    heard(window, correction("case-1", 5, "2026-11-22T01:00:00Z", "户口簿不全"))
    (case,) = room.view().cases
    assert case.has_news
    assert case.settled is not None
    assert case.settled.clerk == CLERK
    seen(window, "case-1")
    assert room.view().cases == ()
    lines = [line for line in window.store.read(lambda snapshot: snapshot.events("")) if line.kind == "missing_settled"]
    assert [line.detail.get("told") for line in lines] == [None, "correction_asked"]
    assert (lines[1].detail["value.reason"], lines[1].detail["value.deadline"]) == ("户口簿不全", "2026-11-30")


def test_only_changes_of_cases_nobody_lists_are_the_technicians(window: Window) -> None:
    told(window, MissingEntry("case-1"), MissingEntry("case-2"))
    heard(
        window,
        correction("case-1", 1, "2026-11-22T01:00:00Z", "一"),
        correction("case-2", 2, "2026-11-22T01:00:00Z", "二"),
    )
    seen(window, "case-2")
    advice = window.desk.sending.view().advice
    assert advice is None or advice.key != "desk.sending.advice_unknown"
    heard(window, correction("case-3", 3, "2026-11-22T01:00:00Z", "三"))
    advice = window.desk.sending.view().advice
    assert advice is not None
    assert (advice.key, advice.params) == ("desk.sending.advice_unknown", {"count": 1})


def test_a_case_entered_by_hand_is_found_by_its_number(window: Window) -> None:
    case_id = taken_in(window)
    elsewhere = MissingEntry("its-own-name", acceptance_no=" ab-2026-7 ")
    told(window, elsewhere, MissingEntry("another", acceptance_no="AB-2026-8"), MissingEntry("nameless"))
    assert {case.case_id for case in window.desk.missing_here.view().cases} == {"its-own-name", "another", "nameless"}
    give(window, case_id, "AB-2026-7")
    assert {case.case_id for case in window.desk.missing_here.view().cases} == {"another", "nameless"}


def test_a_draft_is_not_taken_in_again_because_another_case_has_its_number(window: Window) -> None:
    other, draft = taken_in(window), ready_draft(window)
    give(window, other, "2026-7")
    told(window, MissingEntry(draft, "261123-A-0009-K", acceptance_no="2026-7"))
    with pytest.raises(InputProblem, match=r"intake\.sent_before"):
        window.desk.intake.take_in(draft)


def test_a_restore_is_named_only_where_it_can_be_why(window: Window) -> None:
    before = MissingEntry("case-1", received_at="2026-11-20T01:00:00Z")
    undated, after = MissingEntry("case-2"), MissingEntry("case-3", received_at="2029-02-01T01:00:00Z")
    told(window, before, undated, after)
    assert window.desk.missing_here.view().restored == 0
    at = datetime(2026, 11, 23, tzinfo=UTC)
    text = Restoration(at, at - timedelta(days=9), Reason.BACKUP, "B", "0b8e7c1e").to_text()
    window.store.write(lambda transaction: transaction.put_setting(KEPT, text)).result()
    view = window.desk.missing_here.view()
    assert (view.restored, view.lacking) == (2, 3)
    told(window, after)
    assert window.desk.missing_here.view().restored == 0, "what was taken in years later no backup lacks"


def test_what_came_while_the_card_was_read_is_seen_by_nobody(window: Window) -> None:
    told(window, MissingEntry("case-1", "261123-A-0001-X"))
    room = window.desk.missing_here
    (shown,) = room.view().cases
    heard(window, correction("case-1", 5, "2026-11-22T01:00:00Z", "户口簿不全"))
    for _ in range(2):
        room.settle(shown.case_id, shown.heard)
    (case,) = room.view().cases
    assert case.has_news
    assert "户口簿不全" in spoken(window, case.told)
    lines = [line for line in window.store.read(lambda snapshot: snapshot.events("")) if line.kind == "missing_settled"]
    assert [line.detail.get("told") for line in lines] == [None], "she was told of nothing"
    room.settle(case.case_id, case.heard)
    assert room.view().cases == ()


def test_what_is_said_of_a_case_found_by_its_number_stays_until_it_is_read(window: Window) -> None:
    case_id = taken_in(window)
    told(window, MissingEntry("its-own-name", acceptance_no="AB-2026-7"), MissingEntry("quiet", acceptance_no="AB-8"))
    heard(window, correction("its-own-name", 5, "2026-11-22T01:00:00Z", "户口簿不全"))
    give(window, case_id, "AB-2026-7")
    view = window.desk.missing_here.view()
    by_name = {case.case_id: case for case in view.cases}
    assert ({*by_name}, view.lacking) == ({"its-own-name", "quiet"}, 1)
    assert by_name["its-own-name"].is_numbered_here
    assert by_name["its-own-name"].local_no_here == window.desk.cases.case(case_id).case.local_no != ""
    assert "2026-11-30" in spoken(window, by_name["its-own-name"].told)
    assert window.store.read(count_unexplained) == 0, "nothing is the technician's"
    assert [line.case_id for line in window.desk.proof.view("today").lacking.lines] == ["quiet"]
    seen(window, "its-own-name")
    give(window, taken_in(window), "AB-8")
    assert window.desk.missing_here.view().cases == ()
    assert window.store.read(count_unexplained) == 0
    told(window, MissingEntry("its-own-name", acceptance_no="AB-2026-7"))
    assert window.desk.missing_here.view().cases == (), "what was read stays read when the list is made anew"
    heard(window, correction("its-own-name", 6, "2026-11-23T01:00:00Z", "还缺照片"))
    assert [case.has_news for case in window.desk.missing_here.view().cases] == [True]


def test_a_number_that_is_corrected_leaves_the_case_it_named_missing(window: Window) -> None:
    wrong = taken_in(window)
    give(window, wrong, "AB-2026-7")
    told(window, MissingEntry("its-own-name", acceptance_no="AB-2026-7"))
    assert window.desk.missing_here.view().cases == ()
    give(window, wrong, "AB-2026-9")
    assert [case.case_id for case in window.desk.missing_here.view().cases] == ["its-own-name"]


def test_what_a_program_before_this_one_settled_stays_settled(window: Window) -> None:
    entries = (MissingEntry("case-1"), MissingEntry("case-2"), MissingEntry("case-3"))
    told(window, *entries)
    window.store.write(lambda transaction: transaction.put_setting("sync.missing_seen", "case-1 case-2")).result()
    assert [case.case_id for case in window.desk.missing_here.view().cases] == ["case-3"]
    told(window, *entries)
    seen(window, "case-3")
    found = window.store.read(settled)
    assert {name: (one.clerk, one.at) for name, one in found.items()} == {
        "case-1": ("", None),
        "case-2": ("", None),
        "case-3": (CLERK, window.clock.now()),
    }
