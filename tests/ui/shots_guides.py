"""Pictures of guides, help with online applications, the village's own items, and a case whose item has a form of its
own; part of ``tests.ui.shots``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from tests.catalogue.test_package import KEY, PUBLIC, raw
from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import NAME, PASSWORD, STATION, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.guides import GuidedPage
from tests.ui.pages.settings import SettingsPage
from tests.ui.shots_settings import Album
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import package_from, seal
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import MaterialState

INSURANCE = "VD-YB-001"
_CTRL = Qt.KeyboardModifier.ControlModifier
_CHILD = {"name": "王小样", "document_number": resident("41042120180301002"), "address": "样张村一组"}


def guide_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place, printer=SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE))
    village.set_up(replace(STATION, catalogue_public_key=PUBLIC))
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = GuidedPage(patience, window)
    page.wait_for("nav_guides")
    _guides(album, page)
    _own_form(album, page, village)
    _items(album, SettingsPage(patience, window), place)
    album.close()


def _guides(album: Album, page: GuidedPage) -> None:
    page.open()
    album.shoot("guides")
    page.find("低保", "最低生活保障对象认定")
    album.shoot("guides-found")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.focused() == "save_guide")
    album.shoot("guides-not-printed")
    page.open()
    page.type("没有这样的事项")
    page.wait_for("no_items")
    album.shoot("guides-none")
    page.open()
    page.find("开店", "个体工商户登记")
    page.enter()
    page.wait_ready()
    album.shoot("guided")
    page.type("王3")
    page.enter()
    page.type("139")
    page.enter()
    page.until(lambda: page.text("guided_name_trouble") != "")
    album.shoot("guided-wrong")
    page.press(Qt.Key.Key_A, _CTRL)
    page.type(NAME)
    page.tab_to("guided_phone")
    page.press(Qt.Key.Key_A, _CTRL)
    page.press(Qt.Key.Key_Delete)
    page.enter()
    page.until(lambda: page.done() != "")
    album.shoot("guided-done")
    page.click("guided_open")
    page.wait_for("case_local_no")
    album.shoot("guided-case")


def _own_form(album: Album, page: GuidedPage, village: Village) -> None:
    """An item with a form of its own, for a child whose guardian comes, through an agent."""
    desk = desk_of(village)
    case_id = desk.intake.start(INSURANCE).case.case_id
    desk.intake.type(case_id, {**_CHILD, "agent.present": "yes", "agent.name": "代办试用"}, 2)
    page.click("nav_today")
    page.until(lambda: page.todos() != [] and page.focused() == "todo_list")
    page.enter()
    page.wait_for("applicant_name")
    album.shoot("applicant-child")
    page.tab_to("phone")
    album.shoot("applicant-child-below")
    item = desk.items.get(INSURANCE)
    promised = next((one for one in item.materials if one.promise_days), None)
    desk.intake.set_material(case_id, item.materials[0].requirement_id, MaterialState.SEEN)
    if promised is not None:
        desk.intake.set_material(case_id, promised.requirement_id, MaterialState.PROMISED, promised_until="2026-11-30")
    page.click("step_3")
    page.wait_for("material_list")
    album.shoot("materials-many-states")
    page.click("step_4")
    page.wait_for("print_missing")
    album.shoot("review-own-form")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.focused() == "save_guide")
    album.shoot("review-hint-not-printed")


def _items(album: Album, page: SettingsPage, place: Path) -> None:
    page.open()
    album.shoot("settings-with-items")
    page.open("items")
    album.shoot("items")
    shown = page.widget("items_list", QListWidget)
    shown.setCurrentRow(5)
    album.shoot("items-one")
    page.open("catalogue")
    album.shoot("catalogue")
    bad = place / "坏的目录.vdcat"
    bad.write_bytes(b"{}")
    page.type(str(bad))
    page.enter()
    page.until(lambda: page.text("catalogue_file_trouble") != "")
    album.shoot("catalogue-refused")
    good = place / "好的目录.vdcat"
    made = package_from(None, None, Contents((raw("XX-1"),)), 3, "2026-11-23T00:00:00Z")
    good.write_bytes(seal(made, KEY))
    page.press(Qt.Key.Key_A, _CTRL)
    page.type(str(good))
    page.enter()
    page.wait_said("第 3 版目录装好了")
    album.shoot("catalogue-installed")
