"""Home visits as the clerk does them: planned, printed, photographed with a telephone, taken in as any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.papers.samples import images
from tests.ui.cases_at_hand import desk_of
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import MaterialsPage
from tests.ui.pages.visits import VisitPicturesScreen, VisitScreen
from villagedesk.devices.printer_simulated import SimulatedPrinter

ITEM = "老年人优待证"


def test_a_visit_is_planned_printed_photographed_and_its_pictures_wait_in_the_draft(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = SimulatedPrinter("窗口打印机")
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    page = VisitScreen(qtbot, window)
    page.open()
    assert not page.visits() and page.focused() == "visits_new"
    page.press(Qt.Key.Key_N)
    page.until(lambda: page.focused() == "visit_item")
    page.take("visit_item", ITEM)
    page.enter()
    page.until(lambda: "姓名" in page.text("visit_name_trouble"))
    page.press(Qt.Key.Key_Escape)
    page.plan(ITEM, name="赵二妞", phone="13900001111", address="样张村三组9号", day="2026-11-25", note="下午在家")
    page.plan(ITEM, name="王大爷", address="样张村一组2号")
    first, second = page.visits()
    assert "赵二妞" in first and "2026-11-25 去" in first and "下午在家" in first
    assert "13900001111" not in first and "9号" not in first, "masked on the screen"
    assert "还没定哪天去" in second
    page.go_to("visits_list", desk_of(village).visits.view()[1].visit.visit_no)
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: len(printer.printed) == 1)
    page.at_rest()
    page.press(Qt.Key.Key_C)
    page.until(lambda: page.focused() == "visit_day")
    page.type("2026-11-24")
    page.enter()
    page.until(lambda: not page.seen("visit_card"))
    page.at_rest()
    assert "王大爷" in page.visits()[0] and "2026-11-24" in page.visits()[0]

    phone = tmp_path / "Camera"
    phone.mkdir()
    slip = images(printer.printed[0].pdf, 200, grey=False)[1]
    slip.convert("RGB").save(phone / "IMG_001.png")
    (phone / "IMG_002.jpg").write_bytes(papers(1)[0])
    # behind the list and the slip comes the authorization
    images(printer.printed[0].pdf, 200, grey=False)[2].convert("RGB").save(phone / "IMG_003.png")
    pictures = VisitPicturesScreen(qtbot, window)
    pictures.open()
    pictures.look(monkeypatch, str(phone))
    known, beside, signed = pictures.pictures()
    assert "赵二妞" in signed and "条码认出" in signed and "授权委托书" in signed
    assert "赵二妞" in known and "条码认出" in known and "赵二妞" in beside and "按前一张预选" in beside
    pictures.go_to("pictures_list", pictures.keys("pictures_list")[1])
    pictures.press(Qt.Key.Key_0)
    pictures.until(lambda: "先不导入" in pictures.pictures()[1])
    pictures.press(Qt.Key.Key_2)  # the first choice behind "nobody" is the soonest visit
    pictures.until(lambda: "赵二妞" in pictures.pictures()[1])
    done = pictures.bring_in()
    assert "赵二妞 3 张" in done and "授权委托书 1 张" in done
    pictures.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("visits_list"))
    page.at_rest()
    row = next(one for one in page.visits() if "赵二妞" in one)
    assert "2 张等着归到材料" in row
    visit = next(one for one in desk_of(village).visits.view() if one.name == "赵二妞")
    page.go_to("visits_list", visit.visit.visit_no)
    page.press(Qt.Key.Key_O)
    materials = MaterialsPage(qtbot, window)
    materials.until(lambda: materials.seen("applicant_name") or materials.seen("material_list"))
    assert len(desk_of(village).intake.view(visit.visit.case_id).waiting) == 2

    pictures.press(Qt.Key.Key_Escape)
    page.open()
    pictures.open()
    pictures.look(monkeypatch, str(phone))
    assert all("以前导入过" in one and "先不导入" in one for one in pictures.pictures()), "none comes twice"
    empty = tmp_path / "empty"
    empty.mkdir()
    pictures.look(monkeypatch, str(empty))
    pictures.until(lambda: pictures.seen("pictures_said") and "没有照片" in pictures.text("pictures_said"))
