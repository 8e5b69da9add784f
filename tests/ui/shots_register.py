"""Pictures of the register and of a month taken out for the archive; part of ``tests.ui.shots``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.store.fixtures import example_case
from tests.ui.cases_at_hand import take_in_quickly
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.register import RegisterScreen
from tests.ui.pages.settings import SettingsPage
from tests.ui.shots_settings import Album
from villagedesk.app.system_clock import SystemClock
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.local_no import local_no
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode

_PEOPLE = ("王秀英", "䶮𬍛", "买买提江·阿不都热合曼·艾合买提吐尔逊", "李建国", "柳林村种植农民专业合作社", "张桂兰")
_ITEMS = (
    "城乡居民基本医疗保险参保登记",
    "困难残疾人生活补贴和重度残疾人护理补贴",
    "户口登记事项（出生、死亡、迁移、变更）",
)


def register_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place, printer=SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE))
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = RegisterScreen(patience, window)
    page.wait_for("nav_register")
    page.open()
    album.shoot("register-empty")
    case_ids = [take_in_quickly(village, name)[0] for name in _PEOPLE[:2]]
    _fill(village)
    page.open()
    album.shoot("register")
    page.tab_to("register_whole")
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.said() != "")
    album.shoot("register-whole-not-printed")
    page.widget("register_first", QLineEdit).setFocus()
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type("2026-13-01")
    page.enter()
    album.shoot("register-no-day")
    village.store.write(lambda transaction: _conclude(transaction, case_ids)).result()
    archive = SettingsPage(patience, window)
    archive.open("export")
    archive.choose("export_how", "2026年11月办结的，全部")
    archive.until(lambda: "件" in archive.text("export_month_said") and archive.window.background.idle)
    album.shoot("export-month")
    out = place / "U盘"
    out.mkdir()
    archive.widget("export_folder", QLineEdit).setText(str(out))
    archive.click("primary_button")
    archive.wait_for("export_passphrase")
    album.shoot("export-month-done")
    album.close()


def _fill(village: Village) -> None:
    def work(transaction: Transaction) -> None:
        modes = list(HandlingMode)
        for number in range(1, 131):
            day = date(2026, 11, 1 + number % 20)
            at = datetime.combine(day, time(10), SHANGHAI)
            number_given = local_no("Z", day, number)
            made = example_case(
                name=_PEOPLE[number % 6], status=CaseStatus.RECEIVED, local_no=number_given, updated_at=at
            )
            transaction.put_case(replace(made, mode=modes[number % 4], item_name=_ITEMS[number % 3]))

    village.store.write(work).result()


def _conclude(transaction: Transaction, case_ids: list[str]) -> None:
    now = SystemClock().now()
    for case_id in case_ids:
        case = transaction.case(case_id)
        transaction.put_case(replace(case, status=CaseStatus.CONCLUDED, updated_at=now))
        transaction.append_event(CaseEvent(case_id, now, SYSTEM, "change", case.status, CaseStatus.CONCLUDED))
