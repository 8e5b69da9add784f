"""A case that came back is corrected: pages retaken, values mended, all kept; nothing goes out until it is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import APPLICANT, PROXY_ITEM, Window, papers, taken_in
from tests.desk.test_cases import put_state
from tests.desk.test_sending import RAW, ask_correction
from villagedesk.acceptance.wire import Change, ChangesAnswer, WantedRecord
from villagedesk.domain.case import CaseEvent, CaseStatus, MaterialState, Trust
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.changes import Changes

PAPER = "id_card"


def asked_for_correction(window: Window) -> str:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    ask_correction(window, case_id)
    return case_id


def retake(window: Window, case_id: str) -> tuple[str, str]:
    """Take the first page of the paper out and photograph it anew; gives the hashes of both."""
    desk = window.desk
    old = next(page for page in desk.cases.case(case_id).pages if page.requirement_id == PAPER)
    desk.scanning.remove(old.page_id, case_id)
    new = desk.scanning.keep(desk.scanning.capture(case_id, PAPER).proposal_id)
    return old.sha256, new.sha256


def manifest(window: Window, case_id: str) -> set[str]:
    row = window.desk.cases.case(case_id).outbox[-1]
    return {entry["sha256"] for entry in json.loads(row.payload)["manifest"]}


@pytest.mark.parametrize("came_back", ["asked", "rejected"])
def test_a_case_that_came_back_goes_out_with_its_corrected_page_and_phone(window: Window, came_back: str) -> None:
    if came_back == "asked":
        case_id = asked_for_correction(window)
    else:
        case_id = taken_in(window)
        put_state(window, case_id, state=SendingState.REJECTED, reason_raw=RAW)
    desk = window.desk
    sent = desk.cases.case(case_id).outbox[-1].payload
    view = desk.intake.correct(case_id)
    assert view.correction is not None
    assert view.correction.snag is not None
    assert (view.correction.fields, view.correction.papers, view.missing, view.case.step) == ((), (), (), 3)
    old, new = retake(window, case_id)
    view = desk.intake.type(case_id, {"phone": "１３８００００１１１１"}, 2)
    assert view.correction is not None
    assert view.correction.fields == ("phone",)
    assert len(view.correction.papers) == 1
    assert not view.correction.identity
    assert [row.payload for row in desk.cases.case(case_id).outbox] == [sent]
    assert desk.cases.case(case_id).case.applicant.phone == APPLICANT["phone"]

    desk.intake.send_corrected(case_id)
    case = desk.cases.case(case_id)
    assert case.outbox[0].payload == sent
    assert (case.case.status, case.case.revision, case.snag) == (CaseStatus.RECEIVED, 2, None)
    assert case.case.applicant.phone == "13800001111"
    assert case.outbox[-1].state is SendingState.QUEUED
    assert json.loads(case.outbox[-1].payload)["applicant"]["phone"] == "13800001111"
    assert new in manifest(window, case_id)
    assert old not in manifest(window, case_id)
    said = case.events[-1]
    assert (said.kind, said.detail["fields"]) == ("sent_again", "phone")
    assert "13800001111" not in str([event.detail for event in case.events])
    with pytest.raises(InputProblem, match=r"intake\.not_a_draft"):
        desk.intake.send_corrected(case_id)


def test_what_was_corrected_is_there_after_a_restart_and_a_wrong_value_is_never_sent(window: Window) -> None:
    case_id = asked_for_correction(window)
    window.desk.intake.correct(case_id)
    retake(window, case_id)
    window.desk.intake.type(case_id, {"phone": "138"}, 2)
    again = window.reopened()
    snag = again.desk.cases.case(case_id).snag
    assert snag is not None
    assert snag.corrected
    assert again.desk.cases.case(case_id).case.applicant.phone == APPLICANT["phone"]
    view = again.desk.intake.correct(case_id)
    assert (view.case.applicant.phone, view.case.step) == ("138", 2)
    assert [one.field for one in view.missing] == ["phone"]
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        again.desk.intake.send_corrected(case_id)
    with pytest.raises(InputProblem, match=r"desk\.sending\.being_corrected"):
        again.desk.sending.mend(case_id)
    assert len(again.desk.cases.case(case_id).outbox) == 1
    again.desk.close()


def test_a_page_that_went_out_keeps_its_file_and_can_be_put_back(window: Window) -> None:
    case_id = asked_for_correction(window)
    desk = window.desk
    desk.intake.correct(case_id)
    before = desk.cases.case(case_id).pages
    old = next(page for page in before if page.requirement_id == PAPER)
    desk.scanning.remove(old.page_id, case_id)
    desk.scanning.undo_remove(old.page_id, case_id)
    assert desk.cases.case(case_id).pages == before
    desk.scanning.remove(old.page_id, case_id)
    again = window.reopened()
    assert again.vault.verify(old.page_id, old.sha256)
    again.desk.close()


def test_another_name_is_told_and_logged_as_what_it_is(window: Window) -> None:
    case_id = asked_for_correction(window)
    window.desk.intake.correct(case_id)
    view = window.desk.intake.type(case_id, {"name": "欧阳试试"}, 2)
    assert view.correction is not None
    assert view.correction.identity
    window.desk.intake.send_corrected(case_id)
    event = window.desk.cases.case(case_id).events[-1]
    assert event.detail["fields"] == "name"
    assert "欧阳" not in str(event.detail)


def test_a_page_out_of_a_file_is_no_more_checked_against_the_original(window: Window, tmp_path: Path) -> None:
    case_id = asked_for_correction(window)
    desk = window.desk
    desk.intake.correct(case_id)
    file = tmp_path / "new.jpg"
    file.write_bytes(papers()[0])
    desk.scanning.keep(desk.scanning.import_file(case_id, PAPER, file).proposal_id)
    desk.intake.send_corrected(case_id)
    taken = next(one for one in desk.cases.case(case_id).case.materials if one.requirement_id == PAPER)
    assert (taken.state, taken.trust) == (MaterialState.TAKEN, Trust.UPLOADED)


def test_nothing_is_corrected_unasked_and_no_more_once_the_other_side_went_on(window: Window) -> None:
    case_id = taken_in(window)
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_mend"):
        window.desk.intake.correct(case_id)
    proxy = taken_in(window, PROXY_ITEM)
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_mend"):
        window.desk.intake.correct(proxy)
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.intake.correct("nobody's")
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    ask_correction(window, case_id)
    window.desk.intake.correct(case_id)
    proposal = window.desk.scanning.capture(case_id, PAPER)

    def accepted(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), status=CaseStatus.ACCEPTED))

    window.store.write(accepted).result()
    for act, said in (
        (lambda: window.desk.intake.correct(case_id), r"desk\.sending\.cannot_mend"),
        (lambda: window.desk.scanning.keep(proposal.proposal_id), r"correction\.overtaken"),
        (lambda: window.desk.intake.send_corrected(case_id), r"correction\.overtaken"),
        (lambda: window.desk.intake.discard(case_id), r"intake\.not_a_draft"),
        (lambda: window.desk.intake.take_in(case_id), r"intake\.not_a_draft"),
    ):
        with pytest.raises(InputProblem, match=said):
            act()


def test_papers_given_back_while_it_is_corrected_stay_given_back(window: Window) -> None:
    case_id = asked_for_correction(window)
    desk = window.desk
    desk.intake.correct(case_id)
    desk.changes.return_papers(case_id, [PAPER], "欧阳试用")
    desk.intake.send_corrected(case_id)
    taken = next(one for one in desk.cases.case(case_id).case.materials if one.requirement_id == PAPER)
    assert taken.returned


def test_a_case_withdrawn_meanwhile_is_corrected_no_more(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.REJECTED, reason_raw=RAW)
    window.desk.intake.correct(case_id)
    window.desk.changes.withdraw(case_id, "不办了")
    with pytest.raises(InputProblem, match=r"correction\.overtaken"):
        window.desk.intake.send_corrected(case_id)
    with pytest.raises(InputProblem, match=r"desk\.sending\.cannot_mend"):
        window.desk.intake.correct(case_id)


def test_what_was_wanted_stays_in_sight_when_the_correction_itself_comes_back(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    wanted = [WantedRecord(requirement_id=PAPER, name="身份证", wrong="反光", standard="重拍")]
    change = Change(sequence=3, case_id=case_id, kind="correction_asked", at="2026-11-23T02:00:00Z", wanted=wanted)
    changes = Changes(window.store, None, window.clock)  # type: ignore[arg-type]
    changes.keep("", ChangesAnswer(changes=[change.model_copy(update={"values": {"deadline": "周五"}})], cursor="3"))
    window.desk.sending.mend(case_id)
    snag = window.desk.cases.case(case_id).snag
    assert snag is None, "it is under way"
    put_state(window, case_id, state=SendingState.REJECTED, reason_raw=RAW)
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert ([one.wrong for one in snag.wanted], snag.deadline) == (["反光"], "周五")
    got_through = CaseEvent(case_id, window.clock.now(), "acceptance_system", "sent", detail={"revision": "2"})
    window.store.write(lambda transaction: transaction.append_event(got_through)).result()
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert (snag.wanted, snag.deadline) == ((), ""), "of a correction that was answered nothing is wanted any more"
