"""The page of a case: what it tells, and what can be done with it by keyboard alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import NAME, Village, papers
from tests.ui.pages.cases import CaseFilePage
from villagedesk.desk.views import CaseView
from villagedesk.domain.audit import SYSTEM as SYSTEM_ACTOR
from villagedesk.domain.case import CaseEvent, CaseStatus, MaterialState
from villagedesk.domain.repositories import Transaction
from villagedesk.ui.window import MainWindow

SYSTEM, PROXY, PROMISING = "VD-YB-003", "VD-MZ-008", "VD-ZJ-001"
AGENT_NUMBER = resident("41042219800512001")


def view_of(village: Village, case_id: str) -> CaseView:
    return desk_of(village).cases.case(case_id)


def opened(qtbot: QtBot, village: Village, window: MainWindow, case_id: str) -> CaseFilePage:
    page = CaseFilePage(qtbot, window)
    page.find(view_of(village, case_id).case.local_no or "")
    return page


def test_clocks_papers_and_people_are_told_in_words(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    agent = {
        "agent.name": "李建国",
        "agent.document_number": AGENT_NUMBER,
        "agent.phone": "13800008888",
        "agent.relation": "child",
    }
    case_id = taken_in(village, SYSTEM, agent)
    page = opened(qtbot, village, signed_in, case_id)
    assert "一次告知" in page.text("clock_1")
    assert "已收，可信等级 B：窗口核对过原件" in page.text("paper_id_card")
    (told,) = page.facts("case_party")
    assert told.startswith("李建国，子女")
    assert AGENT_NUMBER not in page.said() and "13800008888" not in page.said()
    page.press(Qt.Key.Key_F9)
    page.until(lambda: AGENT_NUMBER in page.said() and "13800008888" in page.said())


def test_withdrawing_wants_a_reason_and_is_named_by_what_it_does(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village, SYSTEM)
    page = opened(qtbot, village, signed_in, case_id)
    page.choose("withdraw")
    page.until(lambda: page.seen("act_card") and page.focused() == "act_reason")
    primary = [
        one for one in signed_in.findChildren(QPushButton) if one.isVisible() and one.property("role") == "primary"
    ]
    assert [(one.objectName(), one.accessibleName()) for one in primary] == [("act_sure", "确定撤回")]
    page.enter()
    page.until(lambda: page.text("act_reason_trouble") != "")
    assert view_of(village, case_id).case.status is CaseStatus.RECEIVED
    page.type("申请人不办了")
    page.enter()
    page.until(lambda: not page.seen("act_card"))
    assert view_of(village, case_id).case.status is CaseStatus.WITHDRAWN
    page.until(lambda: "申请人不办了" in page.said())


def test_escape_leaves_the_card_and_nothing_is_done(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id = taken_in(village, SYSTEM)
    page = opened(qtbot, village, signed_in, case_id)
    page.choose("void")
    page.until(lambda: page.focused() == "act_reason")
    page.type("收错了")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: not page.seen("act_card"))
    assert page.seen("case_local_no")
    assert view_of(village, case_id).case.status is CaseStatus.RECEIVED


@pytest.mark.parametrize(
    ("act", "reason", "status"),
    [
        ("void", "名字写成别人的", CaseStatus.VOID),
        ("return_all", "不符合条件", CaseStatus.RETURNED_TO_APPLICANT),
    ],
)
def test_acts_with_a_reason(
    qtbot: QtBot, village: Village, signed_in: MainWindow, act: str, reason: str, status: CaseStatus
) -> None:
    case_id = taken_in(village, SYSTEM)
    page = opened(qtbot, village, signed_in, case_id)
    page.choose(act)
    page.until(lambda: page.seen("act_card") and page.focused() == "act_reason")
    page.type(reason)
    page.enter()
    page.until(lambda: view_of(village, case_id).case.status is status)
    page.until(lambda: reason in page.said())
    page.until(lambda: "withdraw" not in page.acts())


def test_a_carried_case_is_handed_over_concluded_and_archived(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village, SYSTEM)

    def carried(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        transaction.put_case(replace(case, status=CaseStatus.CONCLUDED))

    village.store.write(carried).result()
    page = opened(qtbot, village, signed_in, case_id)
    page.choose("deliver")
    page.until(lambda: page.seen("act_card") and page.focused() == "act_receiver")
    assert page.typed("act_receiver") == NAME
    page.enter()
    page.until(lambda: view_of(village, case_id).case.status is CaseStatus.DELIVERED)


def test_what_the_desk_refuses_is_not_offered(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id = taken_in(village, SYSTEM)
    page = opened(qtbot, village, signed_in, case_id)
    possible = {change.value for change in view_of(village, case_id).possible}
    assert "concluded" not in possible
    assert "conclude" not in page.acts()
    # giving single papers back and letting the villager rate the service are no changes of the case's state
    assert len(page.acts()) == len(possible) + 2


def test_some_papers_are_given_back_to_somebody(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id = taken_in(village, SYSTEM)
    page = opened(qtbot, village, signed_in, case_id)
    page.choose("return_papers")
    page.until(lambda: page.seen("act_card") and page.focused().startswith("act_paper_"))
    first = page.focused().removeprefix("act_paper_")
    page.press(Qt.Key.Key_Space)
    page.tab_to("act_receiver")
    page.enter()
    page.until(lambda: not page.seen("act_card"))
    back = {one.requirement_id for one in view_of(village, case_id).case.materials if one.returned}
    assert back == {first}
    page.until(lambda: "已退还给申请人" in page.text(f"paper_{first}"))


def test_a_promised_paper_is_scanned_and_completes_the_case(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village, PROMISING, promised=("bank_card",))
    page = opened(qtbot, village, signed_in, case_id)
    assert "容缺" in page.text("paper_bank_card")
    page.choose("bring")
    page.wait_for("bring_title")
    photograph = village.folder / "card.jpg"
    photograph.write_bytes(papers()[0])
    page.press(Qt.Key.Key_I)
    page.wait_for("import_path")
    page.type(str(photograph))
    page.enter()
    page.until(lambda: page.seen("proposal_keep") and page.focused() == "proposal_keep")
    page.enter()
    page.until(lambda: page.seen("bring_standing") and "够了" in page.text("bring_standing"))
    page.until(lambda: page.focused() == "primary_button")
    page.enter()
    page.until(lambda: page.seen("bring_standing") and "已补齐" in page.text("bring_standing"))
    (brought,) = [one for one in view_of(village, case_id).case.materials if one.requirement_id == "bank_card"]
    assert brought.state is MaterialState.TAKEN
    page.enter()
    page.wait_for("case_local_no")
    assert "已收" in page.text("paper_bank_card")
    assert "bring" not in page.acts()


def test_the_form_is_shown_by_its_labels_and_unknown_codes_as_they_are(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village, SYSTEM)
    full = next(item for item in desk_of(village).items.all() if item.code == "VD-YB-001")
    choice = next(field for field in full.fields if field.kind == "choice")

    def other_item(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        form = {choice.name: choice.options[0].code, "gone_field": "W-7"}
        transaction.put_case(replace(case, item_code=full.code, item_version=full.version, form=form))

    village.store.write(other_item).result()
    page = opened(qtbot, village, signed_in, case_id)
    assert page.facts("case_form")[0] == choice.options[0].label
    assert choice.label in page.said()
    assert "gone_field" in page.said()


def test_for_what_a_case_was_suspended_stands_in_the_time_line_and_an_unknown_code_as_it_is(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village, SYSTEM)
    told = {"expert_review": "专家评审；等开会", "moon": "moon；等开会", "": "等开会"}

    def work(transaction: Transaction) -> None:
        for number, stop in enumerate(told):
            detail = {"sequence": f"{number + 1}", "change": "suspended", "value.stop": stop, "value.reason": "等开会"}
            now = transaction.case(case_id).updated_at
            before, after = CaseStatus.IN_PROCESS, CaseStatus.SUSPENDED
            transaction.append_event(CaseEvent(case_id, now, SYSTEM_ACTOR, "change", before, after, detail))

    village.store.write(work).result()
    page = opened(qtbot, village, signed_in, case_id)
    for words in told.values():
        assert f"受理系统：挂起（办理中 → 挂起）：{words}" in page.said().splitlines()


def test_what_was_heard_later_says_when_it_happened(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id = taken_in(village, SYSTEM)

    def work(transaction: Transaction) -> None:
        now = transaction.case(case_id).updated_at
        detail = {"sequence": "1", "change": "in_process", "at": "2026-11-20T01:00:00+00:00", "on": "2026-11-20"}
        before, after = CaseStatus.ACCEPTED, CaseStatus.IN_PROCESS
        transaction.append_event(CaseEvent(case_id, now, SYSTEM_ACTOR, "change", before, after, detail))

    village.store.write(work).result()
    page = opened(qtbot, village, signed_in, case_id)
    assert any("办理中" in line and "系统里的日期 2026-11-20" in line for line in page.said().splitlines())
