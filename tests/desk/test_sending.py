"""The clerk's say in the queue: stop it, send a case again, give one up; sentences follow, and all of it is logged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.desk.counter import NAME, Window, taken_in
from tests.desk.test_cases import put_state
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction

RAW = "422 rejected: 内容不符合要求"
"""As the HTTP adapter keeps a refusal."""


def ask_correction(window: Window, case_id: str) -> None:
    """What sync writes of a correction."""
    detail = {"change": "correction_asked", "value.reason": "材料不清晰", "value.wanted": "请重新拍摄身份证正面"}

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        transaction.put_case(replace(case, status=CaseStatus.RETURNED))
        now = window.clock.now()
        transaction.append_event(
            CaseEvent(case_id, now, "acceptance_system", "change", case.status, CaseStatus.RETURNED, detail)
        )

    window.store.write(work).result()


def test_a_case_sent_back_says_why_and_goes_out_again_as_the_next_revision(window: Window) -> None:
    case_id = taken_in(window)
    assert window.desk.cases.case(case_id).snag is None
    old = put_state(window, case_id, state=SendingState.REJECTED, reason_key="sync.reason.refused", reason_raw=RAW)
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert (snag.raw, snag.can_send_again, snag.can_drop) == (RAW, True, True)
    assert snag.reason.key == "desk.snag.in_words"
    assert snag.reason.params == {"reason": Sentence("sync.reason.refused", {}, "bad"), "said": "内容不符合要求"}

    window.clock.forward(60)
    window.desk.sending.mend(case_id)
    view = window.desk.cases.case(case_id)
    assert view.snag is None
    assert [(row.revision, row.state) for row in view.outbox] == [
        (1, SendingState.SUPERSEDED),
        (2, SendingState.QUEUED),
    ]
    assert view.case.revision == 2
    assert window.kicked == [], "no wait a crowded server asked for is ended by it"
    first, second = (json.loads(row.payload) for row in view.outbox)
    assert second["action_id"] not in ("", first["action_id"])
    assert second.pop("revision") == first.pop("revision") + 1
    assert {**second, "action_id": ""} == {**first, "action_id": ""}
    assert view.outbox[0].payload == old.payload
    assert [event.kind for event in view.events][-2:] == ["decision", "sent_again"]
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_mend"):
        window.desk.sending.mend(case_id)
    assert len(window.desk.cases.case(case_id).outbox) == 2


def test_a_correction_that_was_asked_for_is_told_in_the_organs_words_and_answered(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_mend"):
        window.desk.sending.mend(case_id)
    ask_correction(window, case_id)
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert snag.reason.params["wanted"] == "材料不清晰；请重新拍摄身份证正面"
    assert (snag.can_send_again, snag.can_drop) == (True, False)
    window.desk.sending.mend(case_id)
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.case.revision, view.snag) == (CaseStatus.RECEIVED, 2, None)
    assert [row.state for row in view.outbox] == [SendingState.SENT, SendingState.QUEUED]
    assert (view.events[-1].from_status, view.events[-1].to_status) == (CaseStatus.RETURNED, CaseStatus.RECEIVED)


def test_a_conflict_on_a_case_that_went_on_elsewhere_can_only_be_given_up(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.CONFLICT)

    def accepted(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), status=CaseStatus.ACCEPTED))

    window.store.write(accepted).result()
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert (snag.reason.key, snag.can_send_again, snag.can_drop) == ("desk.snag.conflict", False, True)
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_mend"):
        window.desk.sending.mend(case_id)
    window.desk.sending.drop(case_id, "两边内容一样")
    assert window.desk.cases.case(case_id).snag is None


def test_giving_up_wants_a_reason_and_keeps_it(window: Window) -> None:
    case_id = taken_in(window)
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_drop"):
        window.desk.sending.drop(case_id, "不办了")
    put_state(window, case_id, state=SendingState.REJECTED)
    for reason, key in (("  \n", "reason_empty"), ("长" * 101, "reason_long")):
        with pytest.raises(InputProblem, match=rf"desk\.sending\.{key}") as told:
            window.desk.sending.drop(case_id, reason)
        assert told.value.field == "reason"
    assert window.desk.cases.case(case_id).outbox[0].state is SendingState.REJECTED
    window.desk.sending.drop(case_id, " 申请人 不办了 ")
    view = window.desk.cases.case(case_id)
    assert view.outbox[0].state is SendingState.CANCELLED
    assert [event.kind for event in view.events][-2:] == ["decision", "reason"]
    assert view.events[-1].detail["reason"] == "申请人 不办了"
    assert view.sending is not None
    assert view.sending.key == "sentence.submission.cancelled"
    assert window.desk.cases.today().todos == ()
    assert view.case.applicant.name == NAME


def test_the_whole_queue_stands_still_until_it_may_go_on(window: Window) -> None:
    early = taken_in(window)
    put_state(window, taken_in(window), state=SendingState.REJECTED)
    window.desk.sending.pause_all()
    late = taken_in(window)
    view = window.desk.sending.view()
    assert view.paused
    assert view.advice is not None
    assert view.advice.key == "desk.sending.advice_all_paused"
    paused, rejected = "sentence.submission.paused", "sentence.submission.rejected"
    assert [row.state.key for row in view.rows].count(paused) == 2
    for case_id in (early, late):
        sending = window.desk.cases.case(case_id).sending
        assert sending is not None
        assert sending.key == "sentence.submission.paused"
    assert {row.state.key for row in window.desk.cases.today().rows} == {paused, rejected}
    assert {row.state.key for row in window.desk.cases.find("")} == {paused, rejected}
    assert window.kicked == []
    window.desk.sending.resume_all()
    view = window.desk.sending.view()
    assert not view.paused
    assert [row.row.state for row in view.rows].count(SendingState.QUEUED) == 2
    assert window.kicked == []


def test_cases_the_system_speaks_of_and_this_pc_has_not_are_told(window: Window) -> None:
    before = window.desk.sending.view().advice
    assert before is None or before.key != "desk.sending.advice_unknown"
    window.store.write(lambda transaction: transaction.put_setting("sync.unplaced_changes", "7 9")).result()
    advice = window.desk.sending.view().advice
    assert advice is not None
    assert (advice.key, advice.params) == ("desk.sending.advice_unknown", {"count": 2})


def test_a_case_the_server_lost_and_refused_can_be_sent_again_and_given_up_reads_so(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.REJECTED)

    def sent_before(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), status=CaseStatus.SUBMITTED))

    window.store.write(sent_before).result()
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert (snag.can_send_again, snag.can_drop) == (True, True)
    window.desk.sending.drop(case_id, "问过县里")
    view = window.desk.cases.case(case_id)
    assert view.sending is not None
    assert view.sending.key == "sentence.submitted_given_up"
    assert [row.state.key for row in window.desk.cases.find("")] == ["sentence.submitted_given_up"]


def test_a_correction_whose_answer_was_given_up_is_still_asked_for(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    ask_correction(window, case_id)
    window.desk.sending.mend(case_id)

    def refused(transaction: Transaction) -> None:
        answer = transaction.outbox_of_case(case_id)[-1]
        transaction.update_outbox(replace(answer, state=SendingState.REJECTED))

    window.store.write(refused).result()
    window.desk.sending.drop(case_id, "先不报")
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.outbox[-1].state) == (CaseStatus.RETURNED, SendingState.CANCELLED)
    assert view.snag is not None and view.snag.can_send_again
    window.desk.sending.mend(case_id)
    view = window.desk.cases.case(case_id)
    assert (view.case.revision, view.outbox[-1].state) == (3, SendingState.QUEUED)


def test_what_was_given_up_by_mistake_can_be_sent_after_all(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.REJECTED)
    window.desk.sending.drop(case_id, "按错了")
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert (snag.reason.key, snag.can_send_again, snag.can_drop) == ("desk.snag.given_up", True, False)
    window.desk.sending.mend(case_id)
    assert window.desk.cases.case(case_id).outbox[-1].state is SendingState.QUEUED
