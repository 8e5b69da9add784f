"""Today after a day on which nothing was taken in, and a case that was refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, take_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.frame import TodayPage
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.repositories import Transaction
from villagedesk.ui.window import MainWindow


def changed(village: Village, case_id: str, **values: object) -> None:
    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        after = replace(case, **values)  # type: ignore[arg-type]
        transaction.put_case(after)
        detail = {"change": "refused", "value.reason": "不符合条件"}
        at = datetime.now(UTC)
        transaction.append_event(
            CaseEvent(case_id, at, "acceptance_system", "change", case.status, after.status, detail)
        )

    village.store.write(work).result()


def test_cases_of_other_days_stand_under_their_own_heading_with_their_date(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id, _ = take_in(village)
    long_ago = datetime.now(UTC) - timedelta(days=20)
    changed(village, case_id, received_at=long_ago)
    today = TodayPage(qtbot, signed_in)
    today.click("nav_today")
    today.until(lambda: today.seen("taken_in_before") and not today.seen("taken_in_today"))
    assert today.text("taken_title") == "今天还没有收件"
    table = today.widget("taken_in_before", QTableView)
    assert "月" in str(table.model().index(0, 0).data())


def test_a_refused_case_leads_from_today_to_telling_the_applicant(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id, _ = take_in(village)
    changed(village, case_id, status=CaseStatus.REFUSED)
    today = TodayPage(qtbot, signed_in)
    today.click("nav_today")
    # while its papers were brought in it was a draft, which may have been shown
    today.until(lambda: today.todos() != [] and "不予受理，请告知申请人原因" in today.todos()[0])
    today.until(lambda: today.focused() == "todo_list")
    today.enter()
    today.wait_for("snag")
    assert "不符合条件" in today.text("snag_reason")
    today.press(Qt.Key.Key_F4)
    today.until(lambda: today.focused() == "case_act_list")
    today.press(Qt.Key.Key_1)
    today.until(lambda: today.focused() == "act_words")
    today.type("电话告知")
    today.enter()
    today.until(lambda: "还有" in today.text("snag_reason"))
    assert not desk_of(village).cases.case(case_id).untold
