"""Step 3: the other camera, the scanner, the watched folder, no camera at all; by the keyboard alone."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.imaging.scans import pdf_of, scan
from tests.ui.cases_at_hand import desk_of
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.devices import SourcesPage
from tests.ui.pages.entry import SignInPage
from villagedesk.desk.table_camera import Sides
from villagedesk.desk.views import CameraPlace
from villagedesk.devices import picture_folder
from villagedesk.devices.camera_simulated import CameraFault
from villagedesk.devices.scanner_simulated import SimulatedScanner
from villagedesk.domain.case import Page
from villagedesk.ui.background import Lane
from villagedesk.ui.intake.other_sources import OtherSources


@pytest.fixture
def scanner() -> SimulatedScanner:
    return SimulatedScanner([papers()[0]], "佳能平板")


@pytest.fixture
def village(tmp_path: Path, scanner: SimulatedScanner) -> Village:
    village = Village(tmp_path, scanner=scanner)
    village.set_up()
    return village


def at_the_papers(qtbot: QtBot, village: Village, open_window: OpenWindow, *, ready: bool = True) -> SourcesPage:
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = SourcesPage(qtbot, window)
    page.wait_for("nav_new")
    page.begin(ready=ready)
    return page


def put(folder: Path, name: str, paper: int) -> None:
    (folder / name).write_bytes(papers()[paper])
    os.utime(folder / name, ns=(10**18 + paper, 10**18 + paper))


def with_scanner(page: SourcesPage, village: Village) -> None:
    """The scanner is chosen, and offered."""
    (found,) = desk_of(village).equipment.find_scanners()
    desk_of(village).equipment.choose_scanner(found)
    page.wait_for("scan_flatbed")


def kept_pages(village: Village) -> Sequence[Page]:
    desk = desk_of(village)
    return desk.intake.view(desk.cases.find("")[0].line.case_id).pages


def test_with_one_camera_and_nothing_else_there_is_nothing_else_on_the_screen(
    qtbot: QtBot, village: Village, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = at_the_papers(qtbot, village, open_window)
    for key in (Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F9, Qt.Key.Key_F10):
        page.press(key)
    assert not any(page.seen(name) for name in ("other_camera", "scan_flatbed", "take_arrived", "arrived"))
    assert page.ready()
    assert page.problem() == ""
    # what is slow to answer is not asked again meanwhile: others wait on the same lane
    scanning, asked, go_on = desk_of(village).scanning, [0], threading.Event()
    real = scanning.sides

    def sides() -> Sides:
        asked[0] += 1
        assert go_on.wait(30)
        return real()

    sources = page.widget("capture", QPushButton).parentWidget().findChild(OtherSources)  # type: ignore[union-attr]
    assert isinstance(sources, OtherSources)
    sources._timer.stop()
    page.until(lambda: page.window.background.idle)
    monkeypatch.setattr(scanning, "sides", sides)
    for _ in range(3):
        sources.look()
    go_on.set()
    page.until(lambda: page.window.background.idle)
    assert asked == [1]


def test_f6_changes_the_camera_and_back(qtbot: QtBot, village: Village, open_window: OpenWindow) -> None:
    village.camera.add([papers()[1]], "侧拍", "simulated:2")
    page = at_the_papers(qtbot, village, open_window)
    page.wait_for("other_camera")
    scanning = desk_of(village).scanning
    for place, words in ((CameraPlace.SECOND, "换回桌面"), (CameraPlace.MAIN, "换镜头")):
        page.press(Qt.Key.Key_F6)
        page.until(lambda place=place: scanning.sides().place is place)  # type: ignore[misc]
        page.until(lambda words=words: words in page.button_text("other_camera"))  # type: ignore[misc]
    page.press(Qt.Key.Key_F6)
    page.until(lambda: scanning.sides().place is CameraPlace.SECOND)
    page.photograph()
    page.keep()
    page.until(lambda: page.taken() == 1)


def test_f7_scans_a_page_esc_stops_a_scan_and_a_jam_is_told(
    qtbot: QtBot, village: Village, open_window: OpenWindow, scanner: SimulatedScanner
) -> None:
    page = at_the_papers(qtbot, village, open_window)
    with_scanner(page, village)
    scanner.set_fault("scanner.jammed")
    page.press(Qt.Key.Key_F7)
    page.until(lambda: "卡纸" in page.problem())
    scanner.set_fault("")
    scanner.hold.clear()
    page.press(Qt.Key.Key_F7)
    page.wait_for("long_stop")
    page.press(Qt.Key.Key_Escape)
    scanner.hold.set()
    page.until(lambda: not page.seen("long_stop"))
    assert page.seen("material_list"), "still at the papers"
    assert not page.proposed()
    page.press(Qt.Key.Key_F7)
    page.until(page.proposed)
    page.keep()
    page.until(lambda: page.taken() == 1)


def test_a_scan_waits_behind_no_backup(
    qtbot: QtBot, village: Village, open_window: OpenWindow, scanner: SimulatedScanner
) -> None:
    page = at_the_papers(qtbot, village, open_window)
    with_scanner(page, village)
    held, backup_goes_on = threading.Event(), threading.Event()
    background = page.window.background

    def backup() -> None:
        held.set()
        assert backup_goes_on.wait(60)

    background.run(page.window, backup, lambda _: None, lane=Lane.LONG)
    assert held.wait(30)
    page.press(Qt.Key.Key_F7)
    page.until(page.proposed)
    page.keep()
    page.until(lambda: page.taken() == 1)
    scanner.hold.clear()
    page.press(Qt.Key.Key_F7)
    page.wait_for("long_stop")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: not page.seen("long_what"))
    page.photograph()
    page.keep()
    backup_goes_on.set()
    page.until(lambda: page.taken() == 2)


def test_without_a_camera_a_page_is_scanned_anew_in_its_place(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, scanner: SimulatedScanner
) -> None:
    village = Village(tmp_path, pictures=(), scanner=scanner)
    village.set_up()
    page = at_the_papers(qtbot, village, open_window, ready=False)
    with_scanner(page, village)
    page.press(Qt.Key.Key_F7)
    page.until(page.proposed)
    page.keep()
    kept = kept_pages(village)
    assert len(kept) == 1
    page.until(lambda: page.seen("material_list") and page.focused() == "material_list")
    page.press(Qt.Key.Key_Up)
    page.until(lambda: page.pages() == 1)
    page.press(Qt.Key.Key_T)
    page.until(page.proposed)
    assert "重拍第 1 页" in page.text("proposal_place")
    page.keep()
    page.until(lambda: [one.page_id for one in kept_pages(village)] != [one.page_id for one in kept])
    kept = kept_pages(village)
    assert len(kept) == 1
    # stopped: the files are open for the page
    page.until(lambda: page.pages() == 1)
    scanner.hold.clear()
    page.press(Qt.Key.Key_T)
    page.wait_for("long_stop")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("import_path"))
    scanner.hold.set()
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("material_list") and page.seen("scan_flatbed"))
    assert page.problem() == ""
    # jammed: they are, too, and so is the glass
    scanner.set_fault("scanner.jammed")
    page.until(lambda: page.pages() == 1)
    page.press(Qt.Key.Key_T)
    page.until(lambda: "卡纸" in page.problem() and page.seen("import_path"))
    scanner.set_fault("")
    page.press(Qt.Key.Key_F7)
    page.until(page.proposed)
    page.keep()
    page.until(lambda: [one.page_id for one in kept_pages(village)] != [one.page_id for one in kept])
    assert len(kept_pages(village)) == 1
    page.press(Qt.Key.Key_F7)
    page.until(page.proposed)
    page.keep()
    assert len(kept_pages(village)) == 2, "one page more where none is to be taken anew"


def test_what_arrives_in_the_folder_is_offered_taken_once_and_passed_over(
    qtbot: QtBot, village: Village, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    page = at_the_papers(qtbot, village, open_window)
    desk_of(village).equipment.watch_folder(str(folder))
    backed_up = threading.Event()
    page.window.background.run(page.window, backed_up.wait, lambda _: None, lane=Lane.LONG)
    put(folder, "a.jpg", 0)
    put(folder, "b.jpg", 1)
    page.until(lambda: page.seen("arrived") and "2 张" in page.text("arrived"))
    backed_up.set()
    page.press(Qt.Key.Key_F9)
    page.wait_for("pick_list")
    page.enter()
    page.until(lambda: page.proposed() or page.seen("capture"))
    if page.proposed():
        page.keep()
    page.until(lambda: page.seen("capture") and not page.seen("arrived"))
    put(folder, "d.jpg", 2)
    page.until(lambda: page.seen("arrived") and "1 张" in page.text("arrived"))
    page.press(Qt.Key.Key_F10)
    page.until(lambda: not page.seen("arrived"))
    assert desk_of(village).arrivals.view().files == ()
    assert (folder / "a.jpg").exists(), "the files stay the clerk's"
    folder.rename(tmp_path / "away")
    page.until(lambda: page.seen("arrived") and "打不开" in page.text("arrived"))
    assert not page.seen("take_arrived")
    (tmp_path / "away").rename(folder)
    page.until(lambda: not page.seen("arrived"))
    put(folder, "c.jpg", 2)
    page.until(lambda: page.seen("arrived") and "1 张" in page.text("arrived"))


def test_a_file_of_several_pages_is_offered_until_all_are_taken_for_whatever_material(
    qtbot: QtBot, village: Village, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "copier"
    folder.mkdir()
    page = at_the_papers(qtbot, village, open_window)
    desk_of(village).equipment.watch_folder(str(folder))
    (folder / "all.pdf").write_bytes(pdf_of([scan(number) for number in range(3)]))
    for before, keys in ((0, [Qt.Key.Key_A, Qt.Key.Key_Space]), (1, [])):
        page.until(lambda: page.seen("arrived") and "1 张" in page.text("arrived"))
        page.press(Qt.Key.Key_F9)
        page.until(lambda: page.seen("pick_list") and page.focused() == "pick_list")
        assert ["收过" in row for row in page.rows("pick_list")] == [number < before for number in range(3)]
        for key in keys:
            page.press(key)
        assert ["已选" in row for row in page.rows("pick_list")] == [(number == 0) == bool(keys) for number in range(3)]
        page.enter()
        page.until(lambda: page.seen("capture"))
        page.press(Qt.Key.Key_Down)
    page.until(lambda: not page.seen("arrived"))
    assert sum(int(row.split("已收 ")[1].split("/")[0]) for row in page.counts() if "已收 " in row) == 3


def test_a_damaged_file_in_the_folder_is_told_once_and_a_half_written_one_is_named(
    qtbot: QtBot, village: Village, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_folder, "_STUCK_S", 0.0)
    folder = tmp_path / "phone"
    folder.mkdir()
    page = at_the_papers(qtbot, village, open_window)
    desk_of(village).equipment.watch_folder(str(folder))
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 nothing %%EOF")
    page.until(lambda: page.seen("arrived") and "1 张" in page.text("arrived"))
    page.press(Qt.Key.Key_F9)
    page.until(lambda: "bad.pdf" in page.problem())
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("capture") and not page.seen("arrived"))
    (folder / "half.jpg").write_bytes(papers()[0][:1000])
    page.until(lambda: page.seen("arrived") and "half.jpg" in page.text("arrived"))
    assert not page.seen("take_arrived")
    page.press(Qt.Key.Key_F10)
    page.until(lambda: not page.seen("arrived"))


def test_without_any_camera_files_come_first_and_nothing_is_wrong(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path, pictures=())
    village.set_up()
    page = at_the_papers(qtbot, village, open_window, ready=False)
    page.until(lambda: not page.seen("capture"))
    assert page.seen("import_file")
    assert "导入文件" in page.text("no_pages") and "镜头" not in page.text("no_pages")
    assert page.problem() == ""
    file = tmp_path / "photo.jpg"
    file.write_bytes(papers()[0])
    page.import_file(str(file))
    page.keep()
    page.until(lambda: page.taken() == 1)
    village.camera.add([papers()[0]], "新接的", "simulated:5")
    page.until(page.ready)


def test_pulled_out_in_the_middle_the_pages_stay_and_it_goes_on_when_it_is_back(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    page = at_the_papers(qtbot, village, open_window)
    page.photograph()
    page.keep()
    village.camera.set_fault(CameraFault.UNPLUGGED)
    page.until(lambda: page.seen("capture") and not page.ready())
    page.press(Qt.Key.Key_Space)
    page.until(lambda: "断开" in page.problem() or "没有找到" in page.problem())
    assert page.taken() == 1
    village.camera.set_fault(CameraFault.NONE)
    page.photograph()
    page.keep()
    page.until(lambda: page.seen("material_list"))
