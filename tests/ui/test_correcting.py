"""A case that came back is mended by keyboard alone, left half-way, gone on with, and sent again."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.desk_at_hand import PHONE, Village
from tests.ui.pages.intake import CorrectingPage, ReviewPage
from tests.ui.test_case_what_came import shoot, tell
from tests.ui.test_tray import came_back, open_first_todo, rows
from villagedesk.acceptance.wire import Change
from villagedesk.domain.outbox import SendingState
from villagedesk.ui.case_unsent import UnsentCard
from villagedesk.ui.window import MainWindow

MENDED = "13800001111"


def first_paper(village: Village, case_id: str) -> str:
    assert village.desk is not None
    return village.desk.intake.view(case_id).checklist[0].requirement.name


def test_papers_are_retaken_and_the_phone_is_mended_by_keyboard_alone(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = came_back(village)
    sent = rows(village, case_id)[-1].payload
    open_first_todo(qtbot, signed_in)
    page = CorrectingPage(qtbot, signed_in)
    page.begin()
    assert "受理系统退回了" in page.text("correction_wanted")
    assert "内容不符合要求" in page.text("correction_raw")
    assert "还没有改任何内容" in page.text("correction_changed")
    assert not page.widget("step_1", QPushButton).isEnabled()
    assert not page.seen("discard_draft")
    page.retake_first()
    page.until(lambda: first_paper(village, case_id) in page.text("correction_changed"))

    page.to_applicant()
    page.widget("phone", QLineEdit).setFocus()
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(MENDED)
    page.until(lambda: "手机号" in page.text("correction_changed"))
    assert not page.seen("correction_identity")
    page.press(Qt.Key.Key_Escape)  # left half-way: back at the case, which reads as it was sent
    page.wait_for("snag")
    assert [row.payload for row in rows(village, case_id)] == [sent]
    assert village.desk is not None
    assert village.desk.cases.case(case_id).case.applicant.phone == PHONE
    page.until(lambda: page.focused() == "correct_case")
    assert page.widget("correct_case", QPushButton).text() == "接着补正"
    assert not page.seen("send_again")

    page.begin()
    page.until(lambda: page.seen("phone"))
    assert page.typed("phone") == MENDED
    page.click("step_4")
    review = ReviewPage(qtbot, signed_in)
    review.until(lambda: review.text("review_phone") == MENDED)
    review.until(lambda: review.focused() == "primary_button")
    assert "重新提交" in review.widget("primary_button", QPushButton).text()
    review.enter()
    review.until(lambda: review.seen("sending_sentence") and not review.seen("snag"))
    assert [(row.revision, row.state) for row in rows(village, case_id)] == [
        (1, SendingState.SUPERSEDED),
        (2, SendingState.QUEUED),
    ]
    payload = json.loads(rows(village, case_id)[-1].payload)
    assert payload["applicant"]["phone"] == MENDED
    assert payload["manifest"] != json.loads(sent)["manifest"]


def test_another_name_is_asked_to_be_looked_at_again(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    came_back(village)
    open_first_todo(qtbot, signed_in)
    page = CorrectingPage(qtbot, signed_in)
    page.begin()
    page.to_applicant()
    page.widget("applicant_name", QLineEdit).setFocus()
    page.press(Qt.Key.Key_End)
    page.type("A")
    page.until(lambda: page.seen("correction_identity"))
    assert "姓名" in page.text("correction_changed")


def test_what_was_typed_when_the_case_went_on_is_read_whole_and_put_away_with_keys(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = came_back(village)
    open_first_todo(qtbot, signed_in)
    page = CorrectingPage(qtbot, signed_in)
    page.begin()
    paper = first_paper(village, case_id)
    page.retake_first()
    page.until(lambda: paper in page.text("correction_changed"))
    page.to_applicant()
    page.widget("phone", QLineEdit).setFocus()
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type("1380000")
    page.until(lambda: "手机号" in page.text("correction_changed"))
    tell(village, Change(sequence=5, case_id=case_id, kind="refused", at="2026-11-24T01:00:00Z"))
    page.press(Qt.Key.Key_End)
    page.type("11")
    page.until(lambda: "已经往下办了" in page.text("draft_warning"))
    shoot(signed_in, "overtaken-while-typing")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("unsent")
    shoot(signed_in, "unsent")
    shown = {page.text(f"unsent_field_{row}"): row for row in (1, 2)}
    assert shown.keys() == {"电话", paper}
    row = shown["电话"]
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.text(f"unsent_ours_{row}") == "138000011")
    assert page.text(f"unsent_theirs_{row}") == PHONE
    label = page.widget(f"unsent_ours_{row}", QLabel)
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    page.tab_to("unsent_seen")
    page.enter()
    page.until(lambda: not page.seen("unsent_seen"))
    assert page.text(f"unsent_ours_{row}") == "138000011", "it stays"
    shoot(signed_in, "unsent-read")
    card = signed_in.findChild(UnsentCard)
    assert card is not None
    page.widget(f"unsent_ours_{row}", QLabel).setFocus()
    page.enter()
    assert not card._busy, "what was read is not noted again"
