"""Pictures of entering by hand: nothing and many waiting, one case, its number, what goes wrong; part of
``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.ui.cases_at_hand import desk_of, take_in
from tests.ui.desk_at_hand import PASSWORD, STATION_BY_HAND, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.bridge import BridgePage
from tests.ui.pages.entry import FirstRunPage, SignInPage
from tests.ui.shots_settings import LONG_NAME, Album
from villagedesk.desk.official_numbers import NumberGiven

_LONG_NUMBER = "11410400MB1234567X4400123456789ABC202611230001"[:43]


def bridge_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them.

    Args:
        place: folder for the villages; made.
    """
    place.mkdir()
    (place / "first").mkdir()
    village = Village(place / "first")
    village.station_file.write_bytes(STATION_BY_HAND.to_bytes())
    first = FirstRunPage(patience, album.open(village))
    first.until(lambda: first.focused() == "station_file")
    first.type(str(village.station_file))
    first.press(Qt.Key.Key_Tab)
    first.wait_for("station_name")
    album.shoot("first-run-by-hand")
    album.close()
    (place / "desk").mkdir()
    village = Village(place / "desk")
    village.set_up(STATION_BY_HAND)
    page = BridgePage(patience, album.open(village))
    SignInPage(patience, page.window).sign_in(PASSWORD)
    page.wait_for("nothing_to_do")
    page.open_list()
    album.shoot("bridge-none")
    first_id, _ = take_in(village, LONG_NAME)
    second_id, local_no = take_in(village, "䶮𬍛")
    for name in ("李建国", "欧阳青霞"):
        take_in(village, name)
    page.click("nav_today")
    page.until(lambda: page.window.background.idle)
    album.shoot("today-by-hand")
    page.click("status_line")
    album.shoot("sending-by-hand")
    page.open_list()
    page.until(lambda: page.focused() == "bridge_list")
    page.press(Qt.Key.Key_Space)
    album.shoot("bridge-waiting")
    page.press(Qt.Key.Key_F8)
    page.wait_for("bridge_folder")
    album.shoot("bridge-export")
    page.press(Qt.Key.Key_Escape)
    desk_of(village).official_numbers.enter(second_id, NumberGiven(_LONG_NUMBER))
    (place / "left").mkdir()
    desk_of(village).page_folders.export([first_id, second_id], place / "left")
    page.click("nav_today")
    page.open_list()
    page.wait_for("bridge_left_delete_1")
    album.shoot("bridge-begun-and-left")
    page.enter_first()
    album.shoot("bridge-entry")
    for _ in range(6):
        page.press(Qt.Key.Key_Return)
    album.shoot("bridge-copied")
    folder = place / "stick"
    folder.mkdir()
    page.press(Qt.Key.Key_F8)
    page.wait_for("bridge_folder")
    page.type(str(folder))
    page.click("bridge_as_zip")
    page.wait_for("bridge_open")
    album.shoot("bridge-exported")
    page.press(Qt.Key.Key_Escape)
    page.tab_to("bridge_number")
    page.type(_LONG_NUMBER)
    page.enter()
    page.until(lambda: page.text("bridge_number_trouble") != "")
    album.shoot("bridge-number-given")
    page.widget("bridge_number", QLineEdit).setText(local_no)  # typed that fast it would be a scanner's
    page.enter()
    page.until(lambda: "像是" in page.text("bridge_number_trouble"))
    album.shoot("bridge-number-like-ours")
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type("410421202611230009")
    page.enter()
    page.wait_for("bridge_entered_number")
    album.shoot("bridge-entered")
    page.press(Qt.Key.Key_F3)
    page.type("410421202611230009")
    page.enter()
    page.wait_for("case_acceptance_no")
    album.shoot("case-by-hand")
    page.press(Qt.Key.Key_F4)
    album.shoot("case-by-hand-acts")
    (renumber,) = [place for place, row in enumerate(page.rows("case_act_list")) if "更正办件编号" in row]
    for _ in range(renumber):
        page.press(Qt.Key.Key_Down)
    page.enter()
    page.wait_for("by_hand_title")
    album.shoot("case-by-hand-renumber")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_F4)
    for _ in range(renumber + 1):
        page.press(Qt.Key.Key_Down)
    page.enter()
    page.wait_for("act_title")
    page.enter()
    page.until(lambda: page.text("act_reason_trouble") != "")
    album.shoot("case-not-entered")
    page.type("录的是另一件，编号扫错了")
    page.enter()
    page.until(lambda: page.seen("sending_sentence") and "待录入" in page.text("sending_sentence"))
    album.shoot("case-put-back")
    page.open_list()
    album.shoot("bridge-put-back")
    page.enter_first()
    album.shoot("bridge-entry-put-back")
    page.press(Qt.Key.Key_F6)
    page.until(lambda: "已记下" in page.text("bridge_progress"))
    album.shoot("bridge-entry-begun")
    page.tab_to("bridge_number")
    page.widget("bridge_number", QLineEdit).setText("410421202611230009")
    page.enter()
    page.wait_for("bridge_entered_number")
    page.press(Qt.Key.Key_F3)
    page.type("410421202611230009")
    page.enter()
    page.wait_for("case_acceptance_no")
    page.press(Qt.Key.Key_F4)
    page.press(Qt.Key.Key_2)
    page.wait_for("by_hand_title")
    album.shoot("case-by-hand-note")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_F4)
    page.press(Qt.Key.Key_1)
    page.wait_for("by_hand_title")
    page.enter()
    page.until(lambda: not page.seen("by_hand_title"))
    page.until(lambda: page.window.background.idle)
    page.press(Qt.Key.Key_F4)
    page.press(Qt.Key.Key_2)
    page.until(lambda: page.focused() == "by_hand_stop")
    page.enter()
    page.until(lambda: page.seen("by_hand_stop_trouble"))
    album.shoot("case-by-hand-suspended")
    album.close()
    assert first_id
