"""Pictures of a paper register coming in; part of ``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.reports.typed_register import ROW, filled, someone
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.register_import import RegisterImportScreen
from tests.ui.shots_settings import Album


def register_import_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = RegisterImportScreen(patience, window)
    page.wait_for("nav_register")
    page.open_import()
    album.shoot("register-import")
    page.type(str(place / "没有.xlsx"))
    page.enter()
    page.until(lambda: page.text("import_file_trouble") != "")
    album.shoot("register-import-no-file")
    template = desk_of(village).register_import.save_template(place)
    rows = [
        {**someone(1), "phone": None},
        {},
        {**someone(2), "received": "2026-02-30", "mode": "快递", "concluded": "2026-01-01"},
        {**someone(3), "document_number": "4.10422E+17", "item": "城乡居民医保参保"},
        {**someone(4), "applicant": "买买提江·阿不都热合曼·艾合买提吐尔逊", "item": "修水渠"},
        ROW,
        ROW,
    ]
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.look(filled(template, rows, place / "2026年上半年代办台账.xlsx"))
    album.shoot("register-import-errors")
    page.tab_to("import_leave")
    page.enter()
    page.wait_for("ask_question")
    album.shoot("register-import-leave-out")
    page.tab_to("ask_sure")
    page.enter()
    page.until(lambda: "导入了" in page.said())
    album.shoot("register-import-done")
    page.look(filled(template, [someone(number) for number in range(5, 30)], place / "台账.xlsx"))
    album.shoot("register-import-all-good")
    page.enter()
    page.until(lambda: "导入了" in page.said())
    page.press(Qt.Key.Key_Escape)
    page.wait_for("register_month")
    page.tab_to("register_first")
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type("20260301")
    page.enter()
    page.until(lambda: page.text("register_count") != "0 件")
    album.shoot("register-imported")
    page.tab_to("register_table")
    page.enter()
    page.wait_for("case_local_no")
    album.shoot("register-imported-case")
    album.close()
