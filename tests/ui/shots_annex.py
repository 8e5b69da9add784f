"""Pictures of the annex form and of many joined; part of ``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.reports.annex_at_hand import BY_HAND, typed_form
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.annex import AnnexScreen
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.shots_settings import Album
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter


def annex_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place, printer=SimulatedPrinter("HP LaserJet 1020", PrinterFault.OFFLINE))
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = AnnexScreen(patience, window)
    page.wait_for("nav_settings")
    page.open_form()
    album.shoot("annex-never-saved")
    page.type("商酒务镇")
    page.answer("printers", "两台")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.said() != "")
    album.shoot("annex-no-number")
    page.answer("printers", "3")
    for name in ("own_premises", "window_set_up", "window_possible", "internet", "wifi", "extranet", "video_calls"):
        page.answer(name, "是")
    page.press(Qt.Key.Key_F8)
    page.wait_said("没有打出来")
    album.shoot("annex-not-printed")
    page.to_merge()
    album.shoot("annex-merge")
    folder = place / "各村"
    folder.mkdir()
    good = [(number, "下汤镇", f"第{number}村", *BY_HAND[3:]) for number in range(1, 30)]
    typed_form(
        folder / "下汤镇各村统计表（李四报）.xlsx", [*good, (*BY_HAND[:6], "两台", None, "看情况", *BY_HAND[9:])]
    )
    typed_form(folder / "瓦屋镇.xlsx", [BY_HAND, (2, None, "石桥村", *BY_HAND[3:])])
    (folder / "背孜乡.xls").write_bytes(b"old")
    (folder / "张店乡.xlsx").write_bytes(b"broken")
    page.read_forms(folder)
    album.shoot("annex-merge-to-decide")
    page.click("annex_all_kept")
    page.click("annex_print")
    page.wait_said("没有打出来")
    album.shoot("annex-merge-decided")
    album.close()
