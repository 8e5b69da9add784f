"""Bad input and failing devices: a sentence in the right place, and nothing that was typed or kept is lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ADDRESS, CLERK, ID_NUMBER, ITEM, ITEM_WORDS, NAME, PASSWORD, PHONE, Village, no_paper
from tests.ui.pages.entry import FirstRunPage, LockPage, SignInPage
from tests.ui.pages.frame import FramePage, TodayPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage, ReviewPage, TakenInPage
from tests.ui.test_main_path import fill_to_materials, photograph_all
from villagedesk.desk.views import Proposal
from villagedesk.devices.camera_simulated import CameraFault
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.ui.window import MainWindow

WRONG_LAST = ID_NUMBER[:-1] + str((int(ID_NUMBER[-1]) + 1) % 10)


def test_a_wrong_check_digit_is_told_beside_the_number_and_holds_the_clerk_there(
    qtbot: QtBot, signed_in: MainWindow
) -> None:
    ChooseItemPage(qtbot, signed_in).new_case()
    ChooseItemPage(qtbot, signed_in).choose(ITEM_WORDS, ITEM)
    page = ApplicantPage(qtbot, signed_in)
    page.fill(NAME, WRONG_LAST, PHONE, ADDRESS)
    page.until(lambda: "身份证号第 18 位不对" in page.text("document_number_trouble"))
    page.until(lambda: page.focused() == "document_number")
    assert not page.seen("material_list")
    assert page.typed("document_number") == WRONG_LAST
    assert page.typed("applicant_name") == NAME
    assert page.text("number_echo") == f"{WRONG_LAST[:6]} {WRONG_LAST[6:14]} {WRONG_LAST[14:]}"
    assert not page.seen("number_derived")

    page.type(ID_NUMBER)
    page.until(lambda: page.seen("number_derived") and page.text("number_derived") == "1979年2月17日出生  女")
    assert page.text("document_number_trouble") == ""
    page.enter()
    MaterialsPage(qtbot, signed_in).wait_for("material_list")


def test_what_is_typed_is_never_rewritten_under_the_cursor(qtbot: QtBot, signed_in: MainWindow) -> None:
    ChooseItemPage(qtbot, signed_in).new_case()
    ChooseItemPage(qtbot, signed_in).choose(ITEM_WORDS, ITEM)
    page = ApplicantPage(qtbot, signed_in)
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    page.type(" 䶮𬍛 ")
    page.until(lambda: "已保存" in page.text("saved_at"))
    page.tab_to("document_number")
    page.type("41042219 790217 00")
    page.press(Qt.Key.Key_Left)
    page.type("9")
    assert page.typed("applicant_name") == " 䶮𬍛 "
    assert page.typed("document_number") == "41042219 790217 090"


def test_a_file_that_is_no_picture_and_one_without_a_paper(qtbot: QtBot, signed_in: MainWindow, tmp_path: Path) -> None:
    fill_to_materials(qtbot, signed_in)
    materials = MaterialsPage(qtbot, signed_in)
    materials.photograph()
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[0])

    text = tmp_path / "notes.jpg"
    text.write_text("not a picture", encoding="utf-8")
    materials.import_file(str(text))
    assert "notes.jpg" in materials.problem() and "不是照片" in materials.problem()
    assert materials.typed("import_path") == str(text)

    empty = tmp_path / "table.jpg"
    empty.write_bytes(no_paper())
    materials.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    materials.type(str(empty))
    materials.enter()
    materials.wait_for("proposal_keep")
    assert materials.problem() == ""
    assert "没有看到纸的边" in materials.text("proposal_warnings")
    materials.press(Qt.Key.Key_Escape)
    materials.wait_for("import_path")
    materials.press(Qt.Key.Key_Escape)
    materials.wait_for("capture")
    assert "已收 1/1" in materials.counts()[0]
    assert "已收 0/1" in materials.counts()[1]
    assert "要问一问" in materials.counts()[2]


def test_a_table_with_no_paper_under_the_camera(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    village = Village(tmp_path, (no_paper(),))
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    fill_to_materials(qtbot, window)
    materials = MaterialsPage(qtbot, window)
    materials.photograph()
    materials.until(lambda: materials.asked() and materials.focused() == "crop_view")
    assert "没有看清纸的边" in materials.text("proposal_advice")
    materials.press(Qt.Key.Key_Escape)
    materials.wait_for("capture")
    assert not any("已收 1" in row for row in materials.counts())
    materials.photograph()
    materials.until(materials.asked)
    for corner, key in ((Qt.Key.Key_1, Qt.Key.Key_Right), (Qt.Key.Key_3, Qt.Key.Key_Left)):
        materials.press(corner)
        for _ in range(5):
            materials.press(key, Qt.KeyboardModifier.ShiftModifier)
    assert not materials.seen("proposal_keep"), "the corners that were moved are what Enter cuts at"
    materials.enter()
    materials.until(lambda: materials.seen("proposal_keep") and materials.focused() == "proposal_keep")
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[0])
    assert materials.problem() == ""
    materials.press(Qt.Key.Key_Escape)
    applicant = ApplicantPage(qtbot, window)
    applicant.wait_for("applicant_name")
    assert applicant.typed("applicant_name") == NAME


def test_a_page_that_comes_when_the_clerk_has_gone_on_does_not_stand_in_the_way(
    qtbot: QtBot, village: Village, signed_in: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_to_materials(qtbot, signed_in)
    materials = MaterialsPage(qtbot, signed_in)
    desk = village.desk
    assert desk is not None
    capture, begun, go_on = desk.scanning.capture, threading.Event(), threading.Event()

    def slow(case_id: str, requirement_id: str, **how: Any) -> Proposal:
        begun.set()
        assert go_on.wait(30)
        return capture(case_id, requirement_id, **how)

    materials.until(materials.ready)
    with monkeypatch.context() as slowly:
        slowly.setattr(desk.scanning, "capture", slow)
        materials.press(Qt.Key.Key_Space)
        materials.until(begun.is_set)
    materials.click("step_4")
    materials.wait_for("missing_1")
    go_on.set()
    materials.until(lambda: signed_in.background.idle)
    materials.click("step_3")
    materials.until(lambda: materials.seen("material_list") and materials.focused() == "material_list")
    assert "1 张" in materials.text("waiting_title")  # nobody was there to say yes, and nothing is lost
    materials.photograph()
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[0])
    for _ in range(2):
        materials.press(Qt.Key.Key_X)
    materials.until(lambda: not materials.seen("waiting_card"))
    assert len(desk.intake.view(desk.cases.find("")[0].line.case_id).pages) == 1


def test_an_unplugged_camera_says_so_and_comes_back(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    village.camera.set_fault(CameraFault.UNPLUGGED)
    fill_to_materials(qtbot, signed_in)
    materials = MaterialsPage(qtbot, signed_in)
    materials.until(lambda: not materials.ready())
    village.camera.set_fault(CameraFault.NONE)
    materials.photograph()
    assert materials.problem() == ""


def test_a_page_is_removed_and_put_back(qtbot: QtBot, signed_in: MainWindow) -> None:
    fill_to_materials(qtbot, signed_in)
    materials = MaterialsPage(qtbot, signed_in)
    materials.photograph()
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[0])
    materials.press(Qt.Key.Key_Up)  # past a paper that is needed under a condition only
    materials.press(Qt.Key.Key_Up)
    materials.until(lambda: materials.pages() == 1)
    materials.press(Qt.Key.Key_Delete)
    materials.until(lambda: "已收 0/1" in materials.counts()[0])
    materials.until(lambda: materials.text("undo_text") == "第 1 页已删掉")
    materials.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    materials.until(lambda: "已收 1/1" in materials.counts()[0])
    materials.until(lambda: materials.text("undo_text") == "已撤销：第 1 页已删掉")


def test_turning_and_cutting_anew_by_keys(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    fill_to_materials(qtbot, signed_in)
    materials = MaterialsPage(qtbot, signed_in)
    materials.photograph()
    materials.press(Qt.Key.Key_R)
    materials.widget("proposal_crop", QAbstractButton).click()
    materials.until(lambda: signed_in.background.idle)
    assert materials.focused() == "crop_view", "corners opened while the page was being turned were shut"
    materials.press(Qt.Key.Key_3)
    materials.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    materials.enter()
    materials.until(lambda: materials.seen("proposal_keep") and materials.focused() == "proposal_keep")
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[0])


def test_a_full_disk_at_taking_in_shows_a_banner_and_leaves_the_draft_whole(
    qtbot: QtBot, village: Village, signed_in: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_to_materials(qtbot, signed_in)
    photograph_all(qtbot, signed_in)
    MaterialsPage(qtbot, signed_in).enter()
    desk = village.desk
    assert desk is not None

    def full(case_id: str) -> None:
        raise EnvironmentProblem("store.disk_full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.intake, "take_in", full)
        review = ReviewPage(qtbot, signed_in)
        review.take_in()
        review.until(lambda: "磁盘" in review.problem())
    assert not review.seen("local_no")
    draft = next(row for row in desk.cases.find("") if row.line.status is CaseStatus.DRAFT)
    assert draft.line.applicant_name == NAME
    assert len(desk.intake.view(draft.line.case_id).pages) == 2

    review.take_in()
    TakenInPage(qtbot, signed_in).wait_for("local_no")
    assert review.problem() == ""


def test_a_fault_of_our_own_is_told_logged_without_its_text_and_the_program_goes_on(
    qtbot: QtBot,
    village: Village,
    signed_in: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = village.desk
    assert desk is not None

    def broken(item_code: str) -> None:
        raise RuntimeError(f"secret name {NAME} in {item_code}")

    monkeypatch.setattr(desk.intake, "start", broken)
    page = ChooseItemPage(qtbot, signed_in)
    page.new_case()
    page.choose(ITEM_WORDS, ITEM)
    page.until(lambda: "程序自己出了点问题" in page.problem())
    assert page.typed("item_search") == ITEM_WORDS
    assert "RuntimeError" in caplog.text
    assert NAME not in caplog.text
    caplog.clear()
    monkeypatch.undo()
    page.enter()
    ApplicantPage(qtbot, signed_in).wait_for("applicant_name")


def test_a_dead_printer_leaves_the_case_saved_and_says_what_to_do(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    printer = SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE)
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    fill_to_materials(qtbot, window)
    photograph_all(qtbot, window)
    MaterialsPage(qtbot, window).enter()
    ReviewPage(qtbot, window).take_in()
    taken = TakenInPage(qtbot, window)
    taken.wait_for("local_no")
    assert "已保存" in taken.text("saved_sentence")
    taken.until(lambda: taken.seen("job_receipt") and "打印机" in taken.text("job_receipt"))
    assert "已打印" not in taken.text("job_receipt")


def test_a_wrong_password_is_told_beside_the_field_and_stays_selected(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    window = open_window(village)
    page = SignInPage(qtbot, window)
    page.sign_in("moonflower-82")
    page.until(lambda: page.text("password_trouble") != "")
    assert "密码" in page.text("password_trouble")
    assert page.typed("password") == "moonflower-82"
    page.type(PASSWORD)  # replaces what is selected
    page.enter()
    FramePage(qtbot, window).wait_for("nav_today")


def test_the_lock_hides_persons_and_the_same_password_brings_everything_back(
    qtbot: QtBot, signed_in: MainWindow
) -> None:
    ChooseItemPage(qtbot, signed_in).new_case()
    ChooseItemPage(qtbot, signed_in).choose(ITEM_WORDS, ITEM)
    applicant = ApplicantPage(qtbot, signed_in)
    applicant.until(lambda: applicant.seen("applicant_name") and applicant.focused() == "applicant_name")
    applicant.type(NAME)
    applicant.press(Qt.Key.Key_F12)
    lock = LockPage(qtbot, signed_in)
    lock.wait_for("password")
    assert not lock.seen("applicant_name")
    lock.sign_in("moonflower-82")
    lock.until(lambda: lock.text("password_trouble") != "")
    lock.type(PASSWORD)
    lock.enter()
    applicant.wait_for("applicant_name")
    assert applicant.typed("applicant_name") == NAME


def test_first_run_refuses_a_wrong_file_a_weak_password_and_two_that_differ(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path)
    window = open_window(village)
    page = FirstRunPage(qtbot, window)
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    page.until(lambda: page.focused() == "station_file")
    page.type(str(other))
    page.enter()
    page.until(lambda: "不是县里发的站点文件" in page.text("station_file_trouble"))
    page.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    page.tab_to("station_file")
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.fill(str(village.station_file), CLERK, "12345678")
    page.until(lambda: page.focused() == "password")
    page.wait_for("station_name")
    assert page.text("station_name") == "找到站点：柳林村便民服务站"
    page.type(PASSWORD)
    page.enter()
    assert page.focused() == "password_again" or page.text("password_again_trouble") != ""
    page.tab_to("password_again")
    page.type("x")
    page.enter()
    page.until(lambda: "两遍密码不一样" in page.text("password_again_trouble"))
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(PASSWORD)
    page.enter()
    FramePage(qtbot, window).wait_for("nav_today")
    assert page.window.isVisible()
