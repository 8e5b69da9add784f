"""A correction that was half done when its case went on: what was typed and photographed stays, and is told of."""

from __future__ import annotations

import pytest

from tests.desk.counter import APPLICANT, Window, taken_in
from tests.desk.test_cases import put_state
from tests.desk.test_correcting import PAPER, retake
from tests.desk.test_sending import RAW
from villagedesk.acceptance.wire import Change, ChangesAnswer, sha256_hex
from villagedesk.desk.life_views import UnsentView
from villagedesk.desk.unsent_correction import take_off_what_is_read
from villagedesk.desk.views import Todo, TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.to_look_at import to_look_at
from villagedesk.domain.unsent import UNSENT, UNSENT_SEEN
from villagedesk.sync.changes import CURSOR, Changes

TYPED = "1380000"
"""A phone number half typed."""


def tell(window: Window, case_id: str, kind: str, **more: object) -> None:
    """A change, as sync writes it."""
    changes = Changes(window.store, None, window.clock)  # type: ignore[arg-type]
    cursor = window.store.read(lambda snapshot: snapshot.setting(CURSOR))
    number = int(cursor or "100") + 1
    change = Change(sequence=number, case_id=case_id, kind=kind, at="2026-11-23T02:00:00Z", **more)  # type: ignore[arg-type]
    changes.keep(cursor, ChangesAnswer(changes=[change], cursor=str(number)))


def asked_for_correction(window: Window) -> str:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    tell(window, case_id, "correction_asked", values={"wanted": "请重新拍摄身份证正面"})
    return case_id


def half_corrected(window: Window) -> str:
    case_id = asked_for_correction(window)
    window.desk.intake.correct(case_id)
    window.desk.intake.type(case_id, {"phone": TYPED}, 2)
    return case_id


def unsent(window: Window, case_id: str) -> UnsentView:
    view = window.desk.cases.case(case_id).unsent
    assert view is not None
    return view


def shown(window: Window, case_id: str) -> dict[str, tuple[object, object]]:
    """By field what was typed and what the case says: texts, or keys of what is no text."""
    return {
        one.field: (one.ours.params.get("text", one.ours.key), one.theirs.params.get("text", one.theirs.key))
        for one in unsent(window, case_id).differences
    }


def todos(window: Window, case_id: str) -> list[Todo]:
    return [one for one in window.desk.cases.today().todos if one.sentence.key == "correction.unsent.todo"]


def test_what_was_typed_and_photographed_is_kept_beside_what_was_sent(window: Window) -> None:
    case_id = half_corrected(window)
    _old, new = retake(window, case_id)
    assert window.desk.cases.case(case_id).unsent is None, "it can be sent still"
    assert todos(window, case_id) == []
    tell(window, case_id, "refused", values={"reason": "不符合条件"})
    case = window.desk.cases.case(case_id)
    assert case.case.status is CaseStatus.REFUSED
    assert case.case.applicant.phone == APPLICANT["phone"], "it reads as it was sent"
    found = shown(window, case_id)
    assert found.pop("applicant.phone") == (TYPED, APPLICANT["phone"])
    assert list(found) == [f"material.{PAPER}"], "nothing else was touched"
    assert new in {page.sha256 for page in case.pages}
    assert [one.case_id for one in todos(window, case_id)] == [case_id]
    mark = next(event for event in reversed(case.events) if event.kind == "change")
    assert mark.detail[UNSENT] == "yes"
    assert TYPED not in str([event.detail for event in case.events])

    window.desk.conflicts.note_unsent_seen(case_id)
    assert todos(window, case_id) == []
    view = unsent(window, case_id)
    assert not view.unread
    seen = window.desk.cases.case(case_id).events[-1]
    assert (seen.kind, seen.detail["fields"].split()[0]) == (UNSENT_SEEN, "applicant.phone")
    with pytest.raises(InputProblem, match=r"conflict\.none"):
        window.desk.conflicts.note_unsent_seen(case_id)
    tell(window, case_id, "accepted", values={"acceptance_no": "9"})
    assert todos(window, case_id) == [], "it is told of once"
    again = window.reopened()
    assert again.desk.cases.case(case_id).unsent == view, "and never goes"
    again.desk.close()


def test_a_key_pressed_before_the_clerk_could_know_is_kept_and_the_screen_says_why_nothing_goes(
    window: Window,
) -> None:
    case_id = half_corrected(window)
    tell(window, case_id, "accepted", values={"acceptance_no": "9"})
    view = window.desk.intake.type(case_id, {"phone": "13800001111", "address": "柳林村十组"}, 2)
    assert (view.troubles[0].field, view.troubles[0].sentence.key) == ("", "correction.overtaken")
    found = shown(window, case_id)
    assert found["applicant.phone"] == ("13800001111", APPLICANT["phone"])
    assert found["applicant.address"] == ("柳林村十组", APPLICANT["address"])
    assert window.desk.cases.case(case_id).case.applicant.address == APPLICANT["address"]
    with pytest.raises(InputProblem, match=r"correction\.overtaken"):
        window.desk.intake.send_corrected(case_id)
    assert len(window.desk.cases.case(case_id).outbox) == 1


def test_the_next_correction_begins_with_what_was_typed_for_the_last_and_sends_it(window: Window) -> None:
    case_id = half_corrected(window)
    tell(window, case_id, "accepted", values={"acceptance_no": "9"})
    tell(window, case_id, "correction_asked")
    assert (window.desk.cases.case(case_id).unsent, todos(window, case_id)) == (None, [])
    assert window.desk.intake.correct(case_id).case.applicant.phone == TYPED
    window.desk.intake.type(case_id, {"phone": "13800001111"}, 2)
    window.desk.intake.send_corrected(case_id)
    case = window.desk.cases.case(case_id)
    assert (case.case.applicant.phone, case.unsent) == ("13800001111", None)


def test_what_the_other_side_changed_and_what_was_not_sent_are_read_one_by_one(window: Window) -> None:
    case_id = half_corrected(window)
    tell(window, case_id, "refused", fields={"applicant.address": "柳林村九组"})
    found = [one for one in window.desk.cases.today().todos if one.kind is TodoKind.TRAY]
    assert [one.sentence.key for one in found] == ["conflict.todo.changed"]
    window.desk.conflicts.note_seen(case_id)
    assert [one.case_id for one in todos(window, case_id)] == [case_id], "the other is left to be read"
    window.desk.conflicts.note_unsent_seen(case_id)
    assert [one for one in window.desk.cases.today().todos if one.kind is TodoKind.TRAY] == []


def test_a_correction_that_was_opened_and_left_as_it_was_leaves_nothing_to_read(window: Window) -> None:
    case_id = asked_for_correction(window)
    window.desk.intake.correct(case_id)
    tell(window, case_id, "accepted", values={"acceptance_no": "9"})
    assert (window.desk.cases.case(case_id).unsent, todos(window, case_id)) == (None, [])


@pytest.mark.parametrize("end", ["withdraw", "return_to_applicant"])
def test_what_the_clerk_herself_ends_keeps_what_she_had_typed_and_asks_for_nothing(window: Window, end: str) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.REJECTED, reason_raw=RAW)
    window.desk.intake.correct(case_id)
    window.desk.intake.type(case_id, {"phone": TYPED}, 2)
    getattr(window.desk.changes, end)(case_id, "不办了")
    assert shown(window, case_id) == {"applicant.phone": (TYPED, APPLICANT["phone"])}
    view = unsent(window, case_id)
    assert (view.standing.key, view.unread, todos(window, case_id)) == ("correction.unsent.kept", False, [])


def test_a_withdrawal_that_is_refused_gives_the_correction_back(window: Window) -> None:
    case_id = half_corrected(window)
    window.desk.changes.withdraw(case_id, "不办了")
    assert window.desk.cases.case(case_id).unsent is None, "nobody knows yet"
    with pytest.raises(InputProblem, match=r"correction\.waits_withdrawal"):
        window.desk.intake.send_corrected(case_id)
    put_state(window, case_id, state=SendingState.REJECTED, reason_raw=RAW)
    window.desk.sending.drop(case_id, "受理系统不让撤")
    assert window.desk.cases.case(case_id).unsent is None
    assert window.desk.intake.correct(case_id).case.applicant.phone == TYPED


def test_bytes_of_the_last_revision_that_nobody_can_read_hide_nothing_that_was_typed(window: Window) -> None:
    case_id = half_corrected(window)
    put_state(window, case_id, payload=b"{}", payload_sha256=sha256_hex(b"{}"))
    tell(window, case_id, "accepted", values={"acceptance_no": "9"})
    assert shown(window, case_id) == {"applicant.phone": (TYPED, APPLICANT["phone"])}


@pytest.mark.parametrize("state", [SendingState.CONFIRMING, SendingState.QUEUED, SendingState.UPLOADING])
def test_a_correction_waits_while_the_last_revision_is_sent_once_more(window: Window, state: SendingState) -> None:
    """A server set back to an older state forgot it; the case stands where it stood."""
    case_id = half_corrected(window)
    put_state(window, case_id, state=state)
    view = window.desk.intake.type(case_id, {"address": "柳林村十组"}, 2)
    trouble = view.troubles[0]
    assert (trouble.field, trouble.sentence.key, trouble.blocking) == ("", "correction.waits", False)
    with pytest.raises(InputProblem, match=r"correction\.waits$"):
        window.desk.intake.send_corrected(case_id)
    assert (window.desk.cases.case(case_id).unsent, todos(window, case_id)) == (None, [])
    put_state(window, case_id, state=SendingState.SENT)
    view = window.desk.intake.correct(case_id)
    assert (view.case.applicant.phone, view.case.applicant.address) == (TYPED, "柳林村十组")
    assert "correction" not in {one.sentence.key.split(".")[0] for one in view.troubles}
    window.desk.intake.type(case_id, {"phone": "13800001111"}, 2)
    window.desk.intake.send_corrected(case_id)
    assert len(window.desk.cases.case(case_id).outbox) == 2


def test_a_case_that_went_on_while_its_last_revision_is_on_its_way_is_overtaken(window: Window) -> None:
    case_id = half_corrected(window)
    put_state(window, case_id, state=SendingState.QUEUED)
    tell(window, case_id, "refused")
    assert shown(window, case_id) == {"applicant.phone": (TYPED, APPLICANT["phone"])}
    with pytest.raises(InputProblem, match=r"correction\.overtaken"):
        window.desk.intake.send_corrected(case_id)


def listed(window: Window) -> tuple[str, ...]:
    return window.store.read(to_look_at)


def test_what_is_shown_nowhere_leaves_the_list_of_what_is_to_be_looked_at(window: Window) -> None:
    untouched, typed, as_before = asked_for_correction(window), half_corrected(window), half_corrected(window)
    window.desk.intake.correct(untouched)
    for case_id in (untouched, typed, as_before):
        tell(window, case_id, "refused")
    window.desk.intake.type(as_before, {"phone": APPLICANT["phone"]}, 2)
    assert set(listed(window)) == {untouched, typed, as_before}
    window.store.write(take_off_what_is_read).result()
    assert listed(window) == (typed,), "the other two differ in nothing"
    assert [one.case_id for one in todos(window, typed)] == [typed]


def test_what_the_other_side_changed_behind_a_conflict_is_still_to_be_read(window: Window) -> None:
    case_id = half_corrected(window)
    tell(window, case_id, "refused", fields={"applicant.address": "柳林村九组"})
    put_state(window, case_id, state=SendingState.CONFLICT)
    window.desk.conflicts.note_unsent_seen(case_id)
    assert listed(window) == (case_id,)
    window.store.write(take_off_what_is_read).result()
    assert listed(window) == (case_id,)
    window.desk.conflicts.use_theirs(case_id, "以受理系统为准")
    assert "conflict.todo.changed" in {one.sentence.key for one in window.desk.cases.today().todos}
    window.desk.conflicts.note_seen(case_id)
    assert listed(window) == ()
