"""What came back, and what the clerk decides: send again, give up, stop everything, say what became of a paper."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.desk.answers import none_needed
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, NAME, PASSWORD, PHONE, Village, papers
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import FramePage, TodayPage
from villagedesk.desk.print_runner import PRINTING
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import Page as CasePage
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.printing import PERHAPS_PRINTED, PaperKind, PrintJob, PrintJobState
from villagedesk.domain.repositories import Transaction
from villagedesk.ui.print_words import asks_the_clerk
from villagedesk.ui.window import MainWindow

RAW = "422 rejected: 受理系统退回：内容不符合要求"


def taken_in(village: Village) -> str:
    """A case taken in, without photographs being flattened for it."""
    desk = village.desk
    assert desk is not None
    case_id = desk.intake.start("VD-YB-003").case.case_id
    desk.intake.type(case_id, {"name": NAME, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}, 4)
    pages = []
    for number, requirement in enumerate(
        line.requirement for line in desk.intake.view(case_id).checklist if line.needed
    ):
        data = papers(1)[0] + bytes((number,))
        page_id = str(uuid.uuid4())
        sha256 = village.vault.put(page_id, data)
        place = (page_id, case_id, requirement.requirement_id, 1, sha256, len(data), "image/jpeg", 1600, 1200, 200)
        pages.append(CasePage(*place, desk.intake.view(case_id).saved_at))

    def work(transaction: Transaction) -> None:
        for page in pages:
            transaction.add_page(page)

    village.store.write(work).result()
    none_needed(desk, case_id)
    desk.intake.take_in(case_id)
    return case_id


def came_back(village: Village, state: SendingState = SendingState.REJECTED) -> str:
    """A case whose submission was refused, as sync would write it."""
    case_id = taken_in(village)

    def work(transaction: Transaction) -> None:
        row = transaction.outbox_of_case(case_id)[-1]
        reason = "sync.reason.refused" if state is SendingState.REJECTED else "sync.reason.conflict"
        transaction.update_outbox(replace(row, state=state, reason_key=reason, reason_raw=RAW))

    village.store.write(work).result()
    return case_id


def rows(village: Village, case_id: str) -> tuple[OutboxRow, ...]:
    assert village.desk is not None
    return village.desk.cases.case(case_id).outbox


def shows_first(today: TodayPage, words: str, absent: bool = False) -> None:
    """Wait for the list as it is *after* the case was written: it may still show the draft it began as."""
    today.until(
        lambda: today.todos() != [] and (words in today.todos()[0]) is not absent and today.focused() == "todo_list"
    )


def open_first_todo(qtbot: QtBot, window: MainWindow) -> FramePage:
    today = TodayPage(qtbot, window)
    today.click("nav_today")
    shows_first(today, "草稿", absent=True)
    today.enter()
    today.wait_for("snag")
    return today


def test_a_case_that_came_back_opens_on_what_is_wrong_and_goes_out_again(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = came_back(village)
    page = open_first_todo(qtbot, signed_in)
    assert "受理系统退回了" in page.text("snag_reason")
    assert "内容不符合要求" in page.text("snag_raw")
    assert page.widget("snag_raw", QLabel).property("role") == "small"
    page.until(lambda: page.focused() == "correct_case")
    primary = [
        one for one in signed_in.findChildren(QPushButton) if one.isVisible() and one.property("role") == "primary"
    ]
    assert [one.objectName() for one in primary] == ["correct_case"]
    page.press(Qt.Key.Key_Tab)
    assert page.focused() == "send_again"
    page.enter()
    page.until(lambda: not page.seen("snag"))
    assert [(row.revision, row.state) for row in rows(village, case_id)] == [
        (1, SendingState.SUPERSEDED),
        (2, SendingState.QUEUED),
    ]
    assert village.kicked == 0
    assert "待上报" in page.text("sending_sentence")
    page.until(lambda: page.focused() == "print_set")
    assert any("重新提交，排队等待上报" in label.text() for label in signed_in.findChildren(QLabel))


def test_giving_up_is_asked_once_and_wants_a_reason(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id = came_back(village)
    page = open_first_todo(qtbot, signed_in)
    page.click("drop")
    page.until(lambda: page.focused() == "drop_reason")
    assert rows(village, case_id)[-1].state is SendingState.REJECTED
    page.press(Qt.Key.Key_Escape)
    assert page.seen("drop") and not page.seen("drop_reason")
    page.click("drop")
    page.until(lambda: page.focused() == "drop_reason")
    page.enter()
    page.until(lambda: page.text("drop_reason_trouble") != "")
    assert rows(village, case_id)[-1].state is SendingState.REJECTED
    page.type("申请人不办了")
    page.enter()
    page.until(lambda: rows(village, case_id)[-1].state is SendingState.CANCELLED)
    page.until(lambda: "已放弃上报" in page.text("snag_reason") and not page.seen("drop"))
    assert "已取消上报" in page.text("sending_sentence")
    assert any("理由：申请人不办了" in label.text() for label in signed_in.findChildren(QLabel))


def test_a_row_of_the_tray_leads_from_the_queue_to_its_case(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = came_back(village)
    page = FramePage(qtbot, signed_in)
    page.click("status_line")
    turn = f"queue_turn_{rows(village, case_id)[-1].action_id}"
    page.wait_for(turn)
    page.click(turn)
    page.wait_for("snag")


def test_everything_is_stopped_and_goes_on(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id = taken_in(village)
    page = FramePage(qtbot, signed_in)
    page.click("status_line")
    page.wait_for("queue_pause_all")
    page.click("queue_pause_all")
    page.until(lambda: "暂停全部上报" in page.text("advice_sentence"))
    assert rows(village, case_id)[-1].state is SendingState.PAUSED
    assert not page.seen("send_now")
    assert not page.seen(f"queue_turn_{rows(village, case_id)[-1].action_id}")
    page.until(lambda: page.focused() == "queue_resume_all")
    page.enter()
    page.until(lambda: page.seen("send_now"))
    page.until(lambda: rows(village, case_id)[-1].state is SendingState.QUEUED)
    assert village.kicked == 0


@pytest.mark.parametrize(("act", "said"), [("came_out_receipt", "由办事员确认"), ("retry_receipt", "已打印")])
def test_a_paper_the_printer_did_not_confirm(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, act: str, said: str
) -> None:
    printer = SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE)
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = TodayPage(qtbot, window)
    page.wait_for("nothing_to_do")
    desk = village.desk
    assert desk is not None
    case_id = taken_in(village)
    desk.printing.print(case_id, PaperKind.RECEIPT)
    page.until(lambda: page.todos() != [] and "草稿" not in page.todos()[0])
    page.click("nav_today")
    page.until(lambda: page.focused() == "todo_list")
    page.enter()
    page.wait_for(act)
    if act == "retry_receipt":
        printer.set_fault(PrinterFault.NONE)
    page.click(act)
    page.until(lambda: said in page.text("job_receipt"))
    assert not page.seen(act)
    assert len(desk.cases.case(case_id).papers[0].jobs) == 1


@pytest.mark.parametrize(
    ("state", "reason", "asks"),
    [
        (PrintJobState.WAITING, "", False),
        (PrintJobState.WAITING, PRINTING, False),
        (PrintJobState.WAITING, PERHAPS_PRINTED, True),
        (PrintJobState.WAITING, "printing.reason.in_queue", True),
        (PrintJobState.FAILED, "printing.reason.refused", True),
        (PrintJobState.DONE, "", False),
    ],
)
def test_a_paper_in_the_printers_hand_is_not_asked_about(state: PrintJobState, reason: str, asks: bool) -> None:
    job = PrintJob("j", "c", PaperKind.RECEIPT, 0, "p", "0" * 64, state, datetime(2026, 11, 23, tzinfo=UTC))
    assert asks_the_clerk(replace(job, reason_key=reason)) is asks


def test_a_stopped_queue_stands_on_today_and_leads_to_the_queue(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    taken_in(village)
    assert village.desk is not None
    village.desk.sending.pause_all()
    today = TodayPage(qtbot, signed_in)
    today.click("nav_today")
    shows_first(today, "暂停全部上报")
    assert not today.seen("before_title")
    today.enter()
    today.wait_for("queue_resume_all")
