"""Pictures of 高拍仪和扫描仪, and of step 3 with every source there can be."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.base import Patience
from tests.ui.pages.devices import DevicesPage, SourcesPage
from tests.ui.pages.entry import SignInPage
from tests.ui.shots_settings import Album
from villagedesk.desk.views import CameraPlace
from villagedesk.devices.camera_simulated import CameraFault
from villagedesk.devices.scanner_simulated import SimulatedScanner

_LONG_NAME = "HD Document Camera 1300万像素 双镜头高拍仪 USB2.0"


def device_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; folders for the villages are made in ``place``."""
    place.mkdir()
    _bare(album, patience, place / "bare")
    _everything(album, patience, place / "everything")


def _bare(album: Album, patience: Patience, place: Path) -> None:
    place.mkdir()
    village = Village(place, pictures=())
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = DevicesPage(patience, window)
    page.wait_for("nav_settings")
    page.open("devices")
    album.shoot("devices-none")
    papers_page = SourcesPage(patience, window)
    papers_page.begin(ready=False)
    papers_page.until(lambda: not papers_page.seen("capture"))
    album.shoot("sources-no-camera")
    album.close()


def _everything(album: Album, patience: Patience, place: Path) -> None:
    place.mkdir()
    scanner = SimulatedScanner([papers()[0]], "Canon CanoScan LiDE 400")
    village = Village(place, scanner=scanner)
    village.camera.add([papers()[1]], _LONG_NAME, "simulated:2")
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = DevicesPage(patience, window)
    page.wait_for("nav_settings")
    folder = place / "手机照片" / "微信传输" / "2026年11月"
    folder.mkdir(parents=True)
    equipment = desk_of(village).equipment
    equipment.choose_camera(CameraPlace.SECOND, "simulated:2")
    equipment.choose_scanner(equipment.find_scanners()[0])
    equipment.watch_folder(str(folder))
    page.open("devices", busy=True)
    page.until(page.pictured)
    page.enter()
    page.wait_said("没有保存")
    album.shoot("devices")
    page.tab_to("find_scanners")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: page.focused() == "scanner_choice")
    album.shoot("devices-scanner")
    village.camera.set_fault(CameraFault.UNPLUGGED)
    page.tab_to("watched_folder")
    page.type("/nowhere")
    page.tab_to("watch_folder")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: page.text("watched_folder_trouble") != "")
    album.shoot("devices-wrong-folder")
    page.press(Qt.Key.Key_F1)
    album.shoot("devices-help")
    page.press(Qt.Key.Key_Escape)
    village.camera.set_fault(CameraFault.NONE)
    sources = SourcesPage(patience, window)
    sources.begin()
    for number in range(2):
        (folder / f"IMG_20261123_09120{number}.jpg").write_bytes(papers()[number])
    sources.wait_for("take_arrived")
    album.shoot("sources")
    scanner.hold.clear()
    sources.widget("material_list", QListWidget).setFocus()
    sources.press(Qt.Key.Key_F7)
    sources.wait_for("long_stop")
    album.shoot("sources-scanning")
    scanner.hold.set()
    sources.until(sources.proposed)
    sources.put_away()
    folder.rename(place / "away")
    sources.until(lambda: sources.seen("arrived") and "打不开" in sources.text("arrived"))
    village.camera.set_fault(CameraFault.UNPLUGGED)
    sources.until(lambda: not sources.ready())
    album.shoot("sources-unplugged")
    album.close()
