"""The main job through the screens, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import (
    ADDRESS,
    CLERK,
    ID_NUMBER,
    ITEM,
    ITEM_WORDS,
    NAME,
    PASSWORD,
    PHONE,
    Village,
    needed_papers,
)
from tests.ui.pages.entry import FirstRunPage, SignInPage
from tests.ui.pages.frame import CasesPage, TodayPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage, ReviewPage, TakenInPage
from villagedesk.domain.local_no import parse_local_no
from villagedesk.ui.window import MainWindow


def fill_to_materials(qtbot: QtBot, window: MainWindow) -> None:
    """From anywhere in the frame to step 3."""
    ChooseItemPage(qtbot, window).new_case()
    ChooseItemPage(qtbot, window).choose(ITEM_WORDS, ITEM)
    ApplicantPage(qtbot, window).fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    MaterialsPage(qtbot, window).wait_for("material_list")


def photograph_all(qtbot: QtBot, window: MainWindow) -> None:
    """Two papers, one after the other; the checklist goes on by itself."""
    materials = MaterialsPage(qtbot, window)
    for number in range(2):
        materials.photograph()
        assert materials.problem() == ""
        materials.keep()
        materials.until(lambda number=number: sum("已收 1/1" in row for row in materials.counts()) == number + 1)  # type: ignore[misc]


def test_first_run_to_taken_in_by_keyboard_alone(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    village = Village(tmp_path)
    window = open_window(village)
    FirstRunPage(qtbot, window).fill(str(village.station_file), CLERK, PASSWORD)
    today = TodayPage(qtbot, window)
    today.wait_for("nav_today")
    assert today.text("station") == "柳林村便民服务站"
    today.until(lambda: today.seen("nothing_to_do"))

    fill_to_materials(qtbot, window)
    photograph_all(qtbot, window)
    MaterialsPage(qtbot, window).enter()
    review = ReviewPage(qtbot, window)
    review.take_in()

    taken = TakenInPage(qtbot, window)
    taken.wait_for("local_no")
    number = taken.local_no()
    parse_local_no(number)
    assert scanned(taken.widget("number_bars", QWidget)) == {number}
    taken.until(lambda: taken.seen("job_receipt") and "已打印" in taken.text("job_receipt"))
    assert "已保存" in taken.text("saved_sentence")
    assert [path.suffix for path in (tmp_path / "printed").iterdir()] == [".pdf"]
    assert village.desk is not None
    view = village.desk.cases.case(village.desk.cases.by_number(number) or "")
    assert (view.case.applicant.name, view.case.applicant.document_number) == (NAME, ID_NUMBER)
    assert {page.requirement_id for page in view.pages} == {"id_card", "claimant_bank_card"}
    assert len(view.pages) == 2
    assert len(view.outbox) == 1

    taken.press(Qt.Key.Key_Escape)
    today.until(lambda: today.seen("taken_in_today") and len(today.table()) == 1)
    assert today.table()[0][1] == NAME
    assert "待上报" in today.table()[0][-1]
    today.until(lambda: "1 件待上报" in today.status())


def test_the_number_typed_into_the_search_field_opens_the_case(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    number = _take_in_behind_the_screen(village)
    cases = CasesPage(qtbot, signed_in)
    cases.press(Qt.Key.Key_F3)
    assert cases.focused() == "search"
    cases.type(number.lower())
    cases.enter()
    cases.wait_for("case_local_no")
    assert cases.text("case_local_no") == number
    assert cases.text("case_document") == "居民身份证  410***********0024"
    cases.press(Qt.Key.Key_F9)
    cases.until(lambda: cases.seen("case_document") and ID_NUMBER in cases.text("case_document"))
    cases.press(Qt.Key.Key_F3)
    cases.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    cases.type(NAME[:2])
    cases.enter()
    cases.until(lambda: [row[1] for row in cases.cases()] == [NAME])


def test_a_draft_is_offered_again_and_opens_at_its_step(
    qtbot: QtBot, village: Village, open_window: OpenWindow, signed_in: MainWindow
) -> None:
    fill_to_materials(qtbot, signed_in)
    materials = MaterialsPage(qtbot, signed_in)
    materials.photograph()
    materials.keep()
    signed_in.close()
    qtbot.waitUntil(lambda: not signed_in.isVisible(), timeout=30_000)

    again = open_window(Village(village.folder))
    SignInPage(qtbot, again).sign_in(PASSWORD)
    today = TodayPage(qtbot, again)
    today.until(lambda: len(today.todos()) == 1)
    assert NAME in today.todos()[0]
    today.until(lambda: today.focused() == "todo_list")
    today.enter()
    materials = MaterialsPage(qtbot, again)
    materials.wait_for("material_list")
    assert "已收 1/1" in materials.counts()[0]
    assert materials.text("about_draft") == f"{ITEM} · {NAME}"
    materials.press(Qt.Key.Key_Escape)
    applicant = ApplicantPage(qtbot, again)
    applicant.wait_for("applicant_name")
    assert applicant.typed("document_number") == ID_NUMBER


def scanned(bars: QWidget) -> set[str]:
    """What a scanner reads from the screen."""
    image = bars.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return {symbol.text for symbol in zxingcpp.read_barcodes(rows[:, : image.width()].copy())}


def _take_in_behind_the_screen(village: Village) -> str:
    desk = village.desk
    assert desk is not None
    case_id = desk.intake.start(desk.items.search(ITEM_WORDS)[0].code).case.case_id
    desk.intake.type(case_id, {"name": NAME, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}, 4)
    for requirement in needed_papers(desk, case_id):
        desk.scanning.keep(desk.scanning.capture(case_id, requirement.requirement_id).proposal_id)
    return desk.intake.take_in(case_id).local_no
