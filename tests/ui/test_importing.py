"""Files brought in through the screen: by path, dropped, pasted; several pages at once, by keyboard alone."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from tests.imaging.scans import pdf_of, scan, scan_bytes
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ID_NUMBER, PASSWORD, Village, papers
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import MaterialsPage
from tests.ui.test_main_path import fill_to_materials
from villagedesk.devices.file_process import FileProcess
from villagedesk.domain.case import Page
from villagedesk.ui.intake.materials import MaterialsStep
from villagedesk.ui.window import MainWindow

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def materials(qtbot: QtBot, signed_in: MainWindow) -> MaterialsPage:
    """Step 3, at its first paper."""
    fill_to_materials(qtbot, signed_in)
    page = MaterialsPage(qtbot, signed_in)
    page.until(page.ready)
    return page


@pytest.mark.slow
def test_fifteen_pages_of_one_pdf_land_in_order(materials: MaterialsPage, village: Village, tmp_path: Path) -> None:
    file = tmp_path / "全部材料.pdf"
    file.write_bytes(pdf_of([scan(number) for number in range(15)]))
    materials.import_pages(str(file))
    assert len(materials.rows("pick_list")) == 15
    assert "收下选中的 15 页" in materials.widget("pick_go", QPushButton).text()
    materials.enter()
    for taken in (5, 10, 15):
        # each within the patience for one thing
        materials.until(lambda taken=taken: len(pages_of(village)) >= taken)  # type: ignore[misc]
    materials.until(lambda: materials.seen("capture"))
    assert "已收 15/1" in materials.counts()[0]
    assert village.desk is not None
    pages = pages_of(village)
    assert [page.order for page in pages] == list(range(1, 16))
    found = [_number_on(village.desk.scanning.image(page.page_id, page.case_id)) for page in pages]
    assert found == list(range(15))


def test_pages_are_chosen_by_keyboard_and_the_rest_is_left(materials: MaterialsPage, tmp_path: Path) -> None:
    file = tmp_path / "scan.tif"
    first, *others = [scan(number) for number in range(4)]
    first.save(file, save_all=True, append_images=others)
    materials.import_pages(str(file))
    for key in (Qt.Key.Key_A, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        materials.press(key)
    states = ["已选" in row for row in materials.rows("pick_list")]
    assert states == [False, True, False, True]
    materials.enter()
    materials.until(lambda: materials.seen("capture"))
    assert "已收 2/1" in materials.counts()[0]


def test_a_page_that_is_not_sure_is_asked_about_in_its_turn(materials: MaterialsPage, tmp_path: Path) -> None:
    """Left with Esc it is still there to be chosen, and what was taken is taken."""
    table = Image.effect_noise((900, 700), 40).convert("RGB")
    for name, picture in (("1.png", scan(1)), ("2.png", table), ("3.png", scan(3))):
        picture.save(tmp_path / name)
    files = [tmp_path / name for name in ("3.png", "1.png", "2.png")]
    step(materials).taker.bring_in(files)
    materials.until(lambda: materials.seen("pick_list"))
    assert ["要看一看" in row for row in materials.rows("pick_list")] == [False, True, False]
    tiles = materials.widget("pick_list", QListWidget)
    assert [tiles.item(row).text() for row in range(3)] == ["1.png", "2.png", "3.png"], "named by their files"
    materials.enter()
    materials.wait_for("proposal_keep")
    assert "第 2 页" in materials.text("proposal_place")
    materials.press(Qt.Key.Key_Escape)
    materials.until(lambda: materials.seen("pick_list"))
    assert ["已收下" in row for row in materials.rows("pick_list")] == [True, False, False]
    materials.enter()
    materials.keep()
    materials.until(lambda: materials.seen("capture"))
    assert "已收 3/1" in materials.counts()[0]


def test_a_bad_file_among_good_ones_is_named_and_the_good_ones_are_there(
    materials: MaterialsPage, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(papers()[0])
    (tmp_path / "合同.docx").write_bytes(b"PK\x03\x04" + b"[Content_Types].xml word/document.xml" + bytes(100))
    step(materials).taker.bring_in([tmp_path / "合同.docx", tmp_path / "a.jpg"])
    materials.until(lambda: materials.seen("pick_list"))
    assert "合同.docx" in materials.text("pick_told")
    assert len(materials.rows("pick_list")) == 1


def test_files_that_are_all_bad_are_each_told(materials: MaterialsPage, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7 nothing")
    step(materials).taker.bring_in([tmp_path / "b.pdf", tmp_path / "a.pdf"])
    materials.until(lambda: bool(materials.problem()))
    assert "a.pdf" in materials.problem()
    assert "a.pdf" in materials.text("import_refused") and "b.pdf" in materials.text("import_refused")


def test_a_picture_and_a_file_are_pasted(qtbot: QtBot, materials: MaterialsPage, tmp_path: Path) -> None:
    image = QImage()
    image.loadFromData(scan_bytes(5))
    QApplication.clipboard().setImage(image)
    materials.press(Qt.Key.Key_V, _CTRL)
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[0])

    file = tmp_path / "扫描.png"
    file.write_bytes(scan_bytes(6))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    QApplication.clipboard().setMimeData(mime)
    materials.press(Qt.Key.Key_I)
    materials.until(lambda: materials.focused() == "import_path")
    materials.press(Qt.Key.Key_V, _CTRL)
    materials.keep()
    materials.until(lambda: "已收 1/1" in materials.counts()[1])

    QApplication.clipboard().setText("不是图片")
    materials.press(Qt.Key.Key_V, _CTRL)
    materials.until(lambda: "没有复制图片" in materials.problem())


def test_what_is_dropped_is_brought_in_and_a_waiting_page_is_not_lost(materials: MaterialsPage, tmp_path: Path) -> None:
    file = tmp_path / "照片.jpg"
    file.write_bytes(papers()[0])  # too coarse to be kept without a question
    drop(materials, QUrl.fromLocalFile(str(file)))
    materials.wait_for("proposal_keep")
    drop(materials, QUrl.fromLocalFile(str(file)))
    assert "请先决定" in materials.problem()
    materials.keep()
    assert "已收 1/1" in materials.counts()[0]
    drop(materials, QUrl("https://example.cn/photo.jpg"))
    materials.until(lambda: "不在本机" in materials.problem())


def test_a_reading_that_hangs_is_stopped_by_esc_and_the_next_file_is_read(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, hanging: Callable[[Village], None]
) -> None:
    village = Village(tmp_path)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    hanging(village)
    fill_to_materials(qtbot, window)
    page = MaterialsPage(qtbot, window)
    page.until(page.ready)
    file = tmp_path / "扫描.png"
    file.write_bytes(scan_bytes(8))
    page.press(Qt.Key.Key_I)
    page.until(lambda: page.focused() == "import_path")
    page.type(str(file))
    page.enter()
    page.wait_for("long_stop")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.focused() == "import_path")
    assert page.problem() == ""
    page.press(Qt.Key.Key_Escape)
    page.wait_for("capture")


def test_a_program_that_is_closed_does_not_wait_for_a_file_that_hangs(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, hanging: Callable[[Village], None]
) -> None:
    """The window is put away when the test is over, with less patience than the reader has."""
    village = Village(tmp_path)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    hanging(village)
    fill_to_materials(qtbot, window)
    page = MaterialsPage(qtbot, window)
    page.until(page.ready)
    (tmp_path / "a.png").write_bytes(scan_bytes(8))
    step(page).taker.bring_in([tmp_path / "a.png"])
    page.wait_for("long_stop")


@pytest.fixture
def hanging() -> Callable[[Village], None]:
    """Makes a village's reader of files one that never answers."""

    def make(village: Village) -> None:
        assert village.desk is not None
        command = (sys.executable, "-c", "import time; time.sleep(600)")
        village.desk.importing._reader = FileProcess(command)

    return make


def step(page: MaterialsPage) -> MaterialsStep:
    """The widget of step 3."""
    found = [one for one in page.window.findChildren(MaterialsStep) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def drop(page: MaterialsPage, url: QUrl) -> None:
    """Let go of a file over the screen."""
    mime = QMimeData()
    mime.setUrls([url])
    copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    step(page).dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, no_keys))


def pages_of(village: Village) -> Sequence[Page]:
    """All pages there are, of the one case there is."""
    return village.store.read(lambda snapshot: snapshot.pages(snapshot.cases_of_person(ID_NUMBER, 1)[0].case_id))


def _number_on(jpeg: bytes) -> int:
    """Which page of ``scan`` it is, told by the black bars on it; what is drawn there is no text, and it may be turned
    whichever way up."""
    page = Image.open(io.BytesIO(jpeg)).convert("L")
    if page.width > page.height:
        page = page.rotate(90, expand=True)
    dark = np.asarray(page.resize((825, 1170)))[585] < 128
    begins = np.flatnonzero(dark[1:] & ~dark[:-1])
    return sum(bool(dark[place + 1 : place + 12].all()) for place in begins) - 1
