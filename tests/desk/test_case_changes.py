"""What a clerk does with a case after it was taken in: each change is possible only where it is offered, has its line
in the log with its reason, and leaves one outbox row where the acceptance system must hear of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.desk.change_watch import watched
from tests.desk.counter import PROXY_ITEM, Window, ready_draft, taken_in
from tests.desk.test_cases import put_state
from tests.desk.test_sending import ask_correction
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.desk.views import TodoKind
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, MaterialState, Page
from villagedesk.domain.life_cycle import CaseChange, Conclusion
from villagedesk.domain.outbox import OPEN_STATES, Operation, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.table import Event

S, C = CaseStatus, CaseChange
RECEIPT = '{"state":"committed"}'
ACTS: dict[CaseChange, Callable[[Window, str], object]] = {
    C.WITHDRAWN: lambda window, case_id: window.desk.changes.withdraw(case_id, "不办了"),
    C.VOIDED: lambda window, case_id: window.desk.changes.void(case_id, "收错了"),
    C.RETURNED_TO_APPLICANT: lambda window, case_id: window.desk.changes.return_to_applicant(case_id, "不符合条件"),
    C.HANDED_OVER: lambda window, case_id: window.desk.changes.hand_over(case_id, "乡镇李某"),
    C.TAKEN_BACK: lambda window, case_id: window.desk.changes.take_back(case_id, "记错了"),
    C.CONCLUDED: lambda window, case_id: window.desk.changes.conclude_here(case_id, Conclusion.GRANTED, "当场办完"),
    C.DELIVERED: lambda window, case_id: window.desk.changes.deliver(case_id, "本人"),
    C.ARCHIVED: lambda window, case_id: window.desk.changes.archive(case_id),
}


def change_case(window: Window, case_id: str, **changes: object) -> Case:
    """Put the case as the other side, or an earlier day, left it."""

    def work(transaction: Transaction) -> Case:
        old = transaction.case(case_id)
        case = replace(old, **changes)  # type: ignore[arg-type]
        transaction.put_case(case)
        now = window.clock.now()
        transaction.append_event(CaseEvent(case_id, now, "acceptance_system", "change", old.status, case.status))
        return case

    return window.store.write(work).result()


def sent(window: Window, status: CaseStatus = S.SUBMITTED) -> str:
    """A case that has its receipt."""
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, frozen_at=window.clock.now(), receipt=RECEIPT)
    change_case(window, case_id, status=status)
    return case_id


def rows(window: Window, case_id: str) -> list[tuple[Operation, SendingState]]:
    return [(row.operation, row.state) for row in window.desk.cases.case(case_id).outbox]


def answer(window: Window, case_id: str) -> None:
    """The acceptance system takes the newest action, as the runner writes it."""
    ledger = Ledger(window.store, window.clock)
    begun = ledger.freeze(window.desk.cases.case(case_id).outbox[-1])
    assert begun is not None
    ledger.settle(begun, Event.ACTION_TAKEN, receipt="{}", also=[ledger.record_action])


def promising(window: Window, *, until: str = "2026-12-03") -> tuple[str, str]:
    """A case taken in with its first paper promised; gives its id and the requirement's."""
    case_id = taken_in(window)
    requirement_id = window.desk.cases.case(case_id).case.materials[0].requirement_id

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        first = replace(case.materials[0], state=MaterialState.PROMISED, promised_until=until)
        transaction.put_case(replace(case, materials=(first, *case.materials[1:])))
        pages = [page for page in transaction.pages(case_id) if page.requirement_id != requirement_id]
        transaction.replace_pages(case_id, pages)
        transaction.append_event(CaseEvent(case_id, window.clock.now(), "王会计", "material_noted"))

    window.store.write(work).result()
    return case_id, requirement_id


def scanned(window: Window, case_id: str, requirement_id: str) -> Page:
    """A page photographed for that paper."""
    proposal = window.desk.scanning.capture(case_id, requirement_id)
    return window.desk.scanning.keep(proposal.proposal_id)


def test_withdrawing_what_never_left_cancels_it_and_ends_the_case(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.changes.withdraw(case_id, " 申请人  不办了 ")
    view = window.desk.cases.case(case_id)
    assert view.case.status is S.WITHDRAWN
    assert rows(window, case_id) == [(Operation.SUBMIT, SendingState.CANCELLED)]
    last = view.events[-1]
    assert (last.kind, last.actor, last.from_status, last.to_status) == ("withdrawn", "王会计", S.RECEIVED, S.WITHDRAWN)
    assert last.detail == {"reason": "申请人 不办了"}
    assert view.events[-2].detail["decision"] == "withdrawn"
    assert (view.possible, view.clocks) == ((), ())
    assert view.snag is not None
    assert (view.snag.reason.key, view.snag.can_send_again) == ("desk.snag.papers_left", False)
    assert window.desk.sending.view().rows == ()


@pytest.mark.parametrize("held", [False, True])
def test_a_queue_that_stands_still_sends_nothing_of_a_withdrawn_case(window: Window, held: bool) -> None:
    case_id = taken_in(window)
    if held:
        window.desk.sending.pause_all()
    window.desk.changes.withdraw(case_id, "不办了")
    window.desk.sending.resume_all()
    assert rows(window, case_id) == [(Operation.SUBMIT, SendingState.CANCELLED)]


def test_withdrawing_what_was_sent_goes_out_as_an_action_and_is_done_when_it_is_answered(window: Window) -> None:
    case_id = sent(window)
    window.desk.changes.withdraw(case_id, "不办了")
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.possible) == (S.SUBMITTED, ())
    assert view.sending is not None
    assert view.sending.key == "life.withdrawing.asked_offline"
    row = view.outbox[-1]
    payload = json.loads(row.payload)
    assert (row.operation, row.state, row.revision) == (Operation.WITHDRAW, SendingState.QUEUED, 0)
    assert (payload["operation"], payload["action_id"], payload["values"]) == (
        "withdraw",
        row.action_id,
        {"reason": "不办了"},
    )
    with pytest.raises(InputProblem, match=r"domain\.life_cycle\.not_possible"):
        window.desk.changes.withdraw(case_id, "再来一次")
    answer(window, case_id)
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.business.key) == (S.WITHDRAWN, "sentence.withdrawn")
    assert (view.events[-1].from_status, view.events[-1].to_status) == (S.SUBMITTED, S.WITHDRAWN)


@pytest.mark.parametrize(
    "state",
    # queued and frozen: it was on its way once, and goes again with the same bytes
    [SendingState.SENDING, SendingState.UPLOADING, SendingState.CONFIRMING, SendingState.QUEUED],
)
def test_what_may_have_left_is_taken_back_behind_it(window: Window, state: SendingState) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=state, frozen_at=window.clock.now())
    possible = window.desk.changes.possible(case_id)
    assert C.VOIDED not in possible
    assert C.RETURNED_TO_APPLICANT not in possible
    window.desk.changes.withdraw(case_id, "不办了")
    assert rows(window, case_id) == [(Operation.SUBMIT, state), (Operation.WITHDRAW, SendingState.QUEUED)]
    assert window.desk.cases.case(case_id).case.status is S.RECEIVED


def test_a_row_of_a_restored_database_may_have_left_though_it_is_not_frozen(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.PAUSED, return_state=SendingState.CONFIRMING)
    assert C.VOIDED not in window.desk.changes.possible(case_id)
    window.desk.changes.withdraw(case_id, "不办了")
    assert rows(window, case_id)[0] == (Operation.SUBMIT, SendingState.PAUSED)


def test_a_withdrawal_that_meets_an_acceptance_leaves_what_the_other_side_says(window: Window) -> None:
    case_id = sent(window)
    window.desk.changes.withdraw(case_id, "不办了")
    change_case(window, case_id, status=S.ACCEPTED, acceptance_no="NO-1", accepted_at=window.clock.now())
    assert window.desk.cases.case(case_id).case.status is S.ACCEPTED
    answer(window, case_id)
    assert window.desk.cases.case(case_id).case.status is S.WITHDRAWN


def test_a_withdrawal_that_comes_after_the_decision_changes_nothing(window: Window) -> None:
    case_id = sent(window)
    window.desk.changes.withdraw(case_id, "不办了")
    change_case(window, case_id, status=S.CONCLUDED)
    answer(window, case_id)
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.events[-1].kind, view.events[-1].to_status) == (S.CONCLUDED, "action_sent", None)


def test_a_refused_withdrawal_is_told_and_can_be_given_up(window: Window) -> None:
    case_id = sent(window, S.IN_PROCESS)
    window.desk.changes.withdraw(case_id, "不办了")
    put_state(window, case_id, state=SendingState.REJECTED, frozen_at=window.clock.now(), reason_raw="已办结")
    view = window.desk.cases.case(case_id)
    assert view.snag is not None
    assert (view.snag.advice.key, view.snag.can_drop, view.snag.can_send_again) == (
        "life.snag.withdrawal_refused",
        True,
        False,
    )
    assert C.WITHDRAWN not in view.possible
    window.desk.sending.drop(case_id, "照办")
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.snag) == (S.IN_PROCESS, None)
    assert view.sending is not None
    assert view.sending.key == "desk.sending.sent"
    assert window.desk.cases.find("")[0].state.key == "sentence.in_process"
    assert C.WITHDRAWN in view.possible


def test_a_correction_that_waits_is_cancelled_and_the_case_still_waits_for_one(window: Window) -> None:
    case_id = sent(window)
    ask_correction(window, case_id)
    window.desk.sending.mend(case_id)
    window.desk.changes.withdraw(case_id, "不办了")
    view = window.desk.cases.case(case_id)
    assert view.case.status is S.RETURNED
    assert rows(window, case_id) == [
        (Operation.SUBMIT, SendingState.SENT),
        (Operation.SUBMIT, SendingState.CANCELLED),
        (Operation.WITHDRAW, SendingState.QUEUED),
    ]
    assert view.snag is not None
    assert not view.snag.can_send_again


def test_a_withdrawal_behind_a_submission_that_was_refused_ends_with_it(window: Window) -> None:
    case_id = taken_in(window)
    row = put_state(window, case_id, state=SendingState.SENDING, frozen_at=window.clock.now())
    window.desk.changes.withdraw(case_id, "不办了")
    ledger = Ledger(window.store, window.clock)
    ledger.settle(row, Event.REFUSED, reason="sync.reason.refused")
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert (snag.advice.key, snag.can_send_again) == ("life.snag.withdrawal_waits", False)
    window.desk.sending.drop(case_id, "不办了")
    view = window.desk.cases.case(case_id)
    assert view.case.status is S.WITHDRAWN
    assert all(state is SendingState.CANCELLED for _, state in rows(window, case_id))


def test_what_is_still_to_go_of_a_case_that_ends_so_does_not_go(window: Window) -> None:
    case_id = taken_in(window)
    row = put_state(window, case_id, state=SendingState.SENDING, frozen_at=window.clock.now())
    window.desk.changes.withdraw(case_id, "不办了")
    payload = row.payload + b" "
    next_one = replace(row, action_id="next", revision=2, state=SendingState.QUEUED, frozen_at=None, payload=payload)
    next_one = replace(next_one, payload_sha256=sha256_hex(payload))
    window.store.write(lambda transaction: transaction.add_outbox(next_one)).result()
    Ledger(window.store, window.clock).settle(row, Event.REFUSED, reason="sync.reason.refused")
    window.desk.sending.drop(case_id, "不办了")
    assert window.desk.cases.case(case_id).case.status is S.WITHDRAWN
    assert {state for _, state in rows(window, case_id)} == {SendingState.CANCELLED}


def test_what_the_other_side_refused_is_withdrawn_here_and_leaves_the_tray(window: Window) -> None:
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.REJECTED, frozen_at=window.clock.now())
    window.desk.changes.withdraw(case_id, "不办了")
    view = window.desk.cases.case(case_id)
    assert view.case.status is S.WITHDRAWN
    assert rows(window, case_id) == [(Operation.SUBMIT, SendingState.CANCELLED)]
    assert [event.detail.get("decision") for event in view.events if event.kind == "decision"] == ["dropped"]
    assert [todo.kind for todo in window.desk.cases.today().todos] == [TodoKind.PAPERS]


def test_voiding_gives_the_number_up_and_cancels_what_waits(window: Window) -> None:
    case_id = taken_in(window)
    number = window.desk.cases.case(case_id).case.local_no
    window.desk.changes.void(case_id, "重复收件")
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.case.local_no) == (S.VOID, number)
    assert (view.events[-1].kind, view.events[-1].detail["reason"]) == ("voided", "重复收件")
    assert rows(window, case_id) == [(Operation.SUBMIT, SendingState.CANCELLED)]


@pytest.mark.parametrize("name", ["withdraw", "void", "return_to_applicant"])
def test_a_reason_is_asked_for(window: Window, name: str) -> None:
    case_id = taken_in(window)
    before = window.desk.cases.case(case_id)
    for reason, key in ((" \n", "life.reason_empty"), ("长" * 101, "life.reason_long")):
        with pytest.raises(InputProblem, match=key) as told:
            getattr(window.desk.changes, name)(case_id, reason)
        assert told.value.field == "reason"
    assert window.desk.cases.case(case_id) == before


def test_papers_all_go_back_and_the_case_ends(window: Window) -> None:
    case_id = sent(window)
    ask_correction(window, case_id)
    window.desk.changes.return_to_applicant(case_id, "不符合条件")
    view = window.desk.cases.case(case_id)
    assert view.case.status is S.RETURNED_TO_APPLICANT
    assert all(one.returned for one in view.case.materials)
    assert rows(window, case_id)[-1] == (Operation.WITHDRAW, SendingState.QUEUED)
    answer(window, case_id)
    assert window.desk.cases.case(case_id).case.status is S.RETURNED_TO_APPLICANT
    refused = sent(window, S.REFUSED)
    window.desk.changes.return_to_applicant(refused, "不属于受理范围")
    assert rows(window, refused) == [(Operation.SUBMIT, SendingState.SENT)]


def test_single_papers_go_back_to_whom_it_says_and_only_once(window: Window) -> None:
    case_id = taken_in(window)
    one = window.desk.cases.case(case_id).case.materials[0].requirement_id
    for wanted, receiver, key in (
        ([], "本人", "life.no_papers"),
        (["nothing"], "本人", "life.no_papers"),
        ([one], " ", "life.receiver_empty"),
    ):
        with pytest.raises(InputProblem, match=key):
            window.desk.changes.return_papers(case_id, wanted, receiver)
    window.desk.changes.return_papers(case_id, [one], "其子")
    view = window.desk.cases.case(case_id)
    assert [material.returned for material in view.case.materials if material.requirement_id == one] == [True]
    assert view.events[-1].detail == {"requirements": one, "papers": "1", "receiver": "其子"}
    with pytest.raises(InputProblem, match=r"life\.no_papers"):
        window.desk.changes.return_papers(case_id, [one], "其子")


def test_a_case_that_is_carried_goes_all_its_way(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    assert window.desk.cases.case(case_id).outbox == ()
    window.desk.changes.hand_over(case_id, "乡镇李某")
    with pytest.raises(InputProblem, match=r"life\.result_unknown"):
        window.desk.changes.conclude_here(case_id, "perhaps", "")
    window.desk.changes.conclude_here(case_id, "denied", "不符合年龄")
    window.desk.changes.deliver(case_id, "本人")
    window.desk.changes.archive(case_id)
    view = window.desk.cases.case(case_id)
    steps = [(event.kind, event.to_status) for event in view.events if event.to_status is not None]
    assert steps[1:] == [
        ("handed_over", S.HANDED_OVER),
        ("concluded", S.CONCLUDED),
        ("delivered", S.DELIVERED),
        ("archived", S.ARCHIVED),
    ]
    assert view.outbox == ()
    concluded = next(event for event in view.events if event.kind == "concluded")
    assert concluded.detail == {"result": "denied", "words": "不符合年龄"}


def test_a_delivery_is_told_the_acceptance_system(window: Window) -> None:
    case_id = sent(window, S.RESULT_WAITING)
    window.desk.changes.deliver(case_id, "本人")
    assert rows(window, case_id)[-1] == (Operation.DELIVER, SendingState.QUEUED)
    assert window.desk.cases.case(case_id).case.status is S.DELIVERED
    assert C.ARCHIVED not in window.desk.changes.possible(case_id)  # not while something is on its way
    answer(window, case_id)
    window.desk.changes.archive(case_id)
    assert window.desk.cases.case(case_id).case.status is S.ARCHIVED


def test_what_is_decided_at_the_window_ends_there(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    change_case(window, case_id, mode=HandlingMode.ON_THE_SPOT)
    window.desk.changes.conclude_here(case_id, Conclusion.GRANTED, "")
    assert window.desk.cases.case(case_id).case.status is S.CONCLUDED


@pytest.mark.parametrize("mode", [HandlingMode.SYSTEM, HandlingMode.PROXY, HandlingMode.ON_THE_SPOT])
def test_exactly_what_is_offered_is_accepted(window: Window, mode: HandlingMode) -> None:
    """Every business state × every change."""
    template = taken_in(window, PROXY_ITEM if mode is HandlingMode.PROXY else "VD-YB-003")
    offered: set[CaseChange] = set()
    for status in sorted(set(CaseStatus) - {S.DRAFT}):
        for change, act in ACTS.items():
            case_id = _copied(window, template, f"{status}-{change}", status, mode)
            possible = window.desk.changes.possible(case_id)
            assert possible == window.desk.cases.case(case_id).possible
            offered |= {*possible}
            before = window.desk.cases.case(case_id)
            if change in possible:
                act(window, case_id)
                assert window.desk.cases.case(case_id) != before
            else:
                with pytest.raises(InputProblem, match=r"domain\.life_cycle\.not_possible"):
                    act(window, case_id)
                assert window.desk.cases.case(case_id) == before
    assert offered >= {C.WITHDRAWN, C.VOIDED, C.RETURNED_TO_APPLICANT, C.ARCHIVED}


def _copied(window: Window, template: str, name: str, status: CaseStatus, mode: HandlingMode) -> str:
    def work(transaction: Transaction) -> None:
        case = transaction.case(template)
        number = transaction.take_local_no(window.clock.now().date())
        transaction.put_case(replace(case, case_id=name, local_no=number, status=status, mode=mode))
        transaction.append_event(CaseEvent(name, window.clock.now(), "王会计", "taken_in"))

    window.store.write(work).result()
    return name


def test_every_change_writes_its_line_with_it(window: Window) -> None:
    """Invariant I10: every change of a case, its rows and its pages is logged in its own transaction."""
    cases: dict[CaseChange, str] = {}
    for change in ACTS:
        mode = HandlingMode.PROXY if change in (C.HANDED_OVER, C.TAKEN_BACK) else HandlingMode.ON_THE_SPOT
        status = {C.DELIVERED: S.CONCLUDED, C.ARCHIVED: S.DELIVERED, C.TAKEN_BACK: S.HANDED_OVER}.get(
            change, S.RECEIVED
        )
        mode = HandlingMode.SYSTEM if change is C.DELIVERED else mode
        cases[change] = _copied(window, taken_in(window, PROXY_ITEM), f"log-{change}", status, mode)
    there = sent(window)
    waits, requirement_id = promising(window)
    with watched() as seen:
        for change, act in ACTS.items():
            act(window, cases[change])
        window.desk.changes.withdraw(there, "不办了")
        answer(window, there)
        page = scanned(window, waits, requirement_id)
        window.desk.scanning.remove(page.page_id, waits)
        window.desk.scanning.undo_remove(page.page_id, waits)
        window.desk.changes.bring_promised(waits, requirement_id)
        window.desk.changes.return_papers(waits, [requirement_id], "本人")
    assert window.desk.audit.check().broken_at is None
    assert seen.unlogged == []
    assert len(seen.changes) > 2 * len(ACTS)
    assert {*ACTS, "withdrawal_asked", "promised_brought", "papers_returned"} <= {*seen.kinds}


def test_a_promised_paper_goes_along_where_the_case_never_left(window: Window) -> None:
    case_id, requirement_id = promising(window)
    with pytest.raises(InputProblem, match=r"life\.no_pages"):
        window.desk.changes.bring_promised(case_id, requirement_id)
    window.clock.forward(60)
    page = scanned(window, case_id, requirement_id)
    (before,) = window.desk.cases.case(case_id).outbox
    assert window.desk.changes.bring_promised(case_id, requirement_id).key == "life.promised.goes_along"
    view = window.desk.cases.case(case_id)
    (row,) = view.outbox
    assert (row.action_id, row.revision, row.state) == (before.action_id, 1, SendingState.QUEUED)
    sent_hashes = {entry["sha256"] for entry in json.loads(row.payload)["manifest"]}
    assert page.sha256 in sent_hashes
    assert json.loads(row.payload)["action_id"] == row.action_id
    material = next(one for one in view.case.materials if one.requirement_id == requirement_id)
    assert (material.state, material.promised_until) == (MaterialState.TAKEN, "")
    with pytest.raises(InputProblem, match=r"life\.not_promised"):
        window.desk.changes.bring_promised(case_id, requirement_id)
    with pytest.raises(InputProblem, match=r"intake\.not_a_draft"):
        window.desk.scanning.capture(case_id, requirement_id)


def test_a_promised_paper_of_a_case_that_is_there_is_kept_here_and_goes_with_the_correction(window: Window) -> None:
    """The acceptance system takes revision n+1 only when it asked for it (design: decision 2)."""
    case_id, requirement_id = promising(window)
    put_state(window, case_id, state=SendingState.SENT, frozen_at=window.clock.now(), receipt=RECEIPT)
    change_case(window, case_id, status=S.ACCEPTED)
    window.clock.forward(60)
    page = scanned(window, case_id, requirement_id)
    told = window.desk.changes.bring_promised(case_id, requirement_id)
    assert (told.key, told.tone) == ("life.promised.kept_here", "warn")
    assert rows(window, case_id) == [(Operation.SUBMIT, SendingState.SENT)]
    ask_correction(window, case_id)
    window.desk.sending.mend(case_id)
    row = window.desk.cases.case(case_id).outbox[-1]
    assert row.revision == 2
    assert page.sha256 in {entry["sha256"] for entry in json.loads(row.payload)["manifest"]}


def test_a_promised_paper_that_comes_while_a_correction_is_asked_for_goes_with_it(window: Window) -> None:
    case_id, requirement_id = promising(window)
    put_state(window, case_id, state=SendingState.SENT, frozen_at=window.clock.now(), receipt=RECEIPT)
    ask_correction(window, case_id)
    scanned(window, case_id, requirement_id)
    told = window.desk.changes.bring_promised(case_id, requirement_id)
    assert (told.key, told.tone) == ("life.promised.with_next", "good")
    assert len(rows(window, case_id)) == 1  # what else is wanted goes with it, when the clerk says so


def test_pages_that_are_to_be_sent_are_not_taken_out(window: Window) -> None:
    case_id, requirement_id = promising(window)
    put_state(window, case_id, state=SendingState.SENT, frozen_at=window.clock.now(), receipt=RECEIPT)
    ask_correction(window, case_id)
    first = scanned(window, case_id, requirement_id)
    window.desk.sending.mend(case_id)  # names the page, though nobody has said yet that the paper is complete
    with pytest.raises(InputProblem, match=r"life\.page_queued"):
        window.desk.scanning.remove(first.page_id, case_id)
    second = scanned(window, case_id, requirement_id)
    window.desk.scanning.remove(second.page_id, case_id)
    assert [
        page.page_id for page in window.desk.cases.case(case_id).pages if page.requirement_id == requirement_id
    ] == [first.page_id]


def test_a_promise_ends_with_the_case(window: Window) -> None:
    case_id, requirement_id = promising(window)
    window.desk.changes.void(case_id, "收错了")
    for ask in (window.desk.changes.bring_promised, window.desk.scanning.capture):
        with pytest.raises(InputProblem):
            ask(case_id, requirement_id)


def test_what_is_gone_or_a_draft_is_told(window: Window) -> None:
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.changes.withdraw("nobody", "不办了")
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.changes.possible("nobody")
    draft = ready_draft(window)
    assert window.desk.changes.possible(draft) == ()
    for act in ACTS.values():
        with pytest.raises(InputProblem, match=r"domain\.life_cycle\.not_possible"):
            act(window, draft)


def test_a_withdrawal_is_not_forgotten_overnight(window: Window) -> None:
    case_id = sent(window)
    window.desk.changes.withdraw(case_id, "不办了")
    window.clock.forward(timedelta(days=3).total_seconds())
    again = window.reopened()
    try:
        view = again.desk.cases.case(case_id)
        assert view.outbox[-1].state in OPEN_STATES
        assert view.possible == ()
    finally:
        again.desk.close()


def test_a_hand_over_noted_by_mistake_is_undone_with_a_reason(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    window.desk.changes.hand_over(case_id, "乡镇李某")
    with pytest.raises(InputProblem, match=r"life\.reason_empty"):
        window.desk.changes.take_back(case_id, " ")
    window.desk.changes.take_back(case_id, "记错了")
    view = window.desk.cases.case(case_id)
    assert view.case.status is S.RECEIVED
    assert C.HANDED_OVER in view.possible
    assert C.TAKEN_BACK not in view.possible
    assert (view.events[-1].kind, view.events[-1].detail) == ("taken_back", {"reason": "记错了"})


def test_a_refused_case_stays_in_sight_until_the_applicant_knows_and_has_the_papers(window: Window) -> None:
    case_id = sent(window, S.REFUSED)
    desk = window.desk
    (todo,) = desk.cases.today().todos
    assert (todo.kind, todo.case_id, todo.sentence.params["papers"]) == (TodoKind.TELL, case_id, 2)
    view = desk.cases.case(case_id)
    assert view.untold
    assert view.papers[1].why_not is not None
    assert view.papers[1].why_not.key == "printing.never_accepted"
    desk.changes.note_told(case_id, "电话告知")
    with pytest.raises(InputProblem, match=r"life\.not_untold"):
        desk.changes.note_told(case_id, "")
    (todo,) = desk.cases.today().todos
    assert (todo.kind, todo.case_id) == (TodoKind.PAPERS, case_id)
    papers = [one.requirement_id for one in desk.cases.case(case_id).case.materials]
    desk.changes.return_papers(case_id, papers, "本人")
    assert desk.cases.today().todos == ()
    assert desk.cases.case(case_id).snag is None
