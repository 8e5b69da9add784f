"""Pictures of carried cases that go over to the acceptance system, of what villagers say, and of calling back; part of
``tests.ui.shots``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from tests.ui.carried_cases import carry, entered_there, put, there, without_a_paper
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import ITEM, PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.follow_up import CallBackScreen, RatingScreen
from tests.ui.pages.moves import MoveScreen
from tests.ui.pages.settings import ItemsPage, SettingsPage
from tests.ui.shots_settings import Album
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode

_NUMBER = "41042120261123000017"
_LONG_NAME = "买买提江·阿不都热合曼·艾合买提吐尔逊"


def follow_up_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = MoveScreen(patience, window)
    page.wait_for("nav_today")
    _moves(album, village, page)
    _ratings(album, village, page)
    album.close()


def _moves(album: Album, village: Village, page: MoveScreen) -> None:
    case_ids = carry(village, 25)
    lacking, told, other, beyond, rare = case_ids[1:6]
    without_a_paper(village, lacking)
    for place, case_id in enumerate((told, other), start=1):
        put(village, case_id, status=CaseStatus.HANDED_OVER, township_no=f"{_NUMBER}{place}")
    put(village, beyond, status=CaseStatus.IN_PROCESS, township_no="样乡〔2026〕17号")
    person = village.store.read(lambda snapshot: snapshot.case(rare)).applicant
    put(village, rare, applicant=replace(person, name=_LONG_NAME))
    there(
        village,
        entered_there(village, told, f"{_NUMBER}1"),
        entered_there(village, other, f"{_NUMBER}2", person_of=case_ids[8]),
    )
    items = ItemsPage(page.qtbot, page.window)
    items.open("items")
    items.pick(ITEM)
    album.shoot("items-mode")
    mode = items.widget("items_mode", QComboBox)
    mode.setCurrentIndex(mode.findData("system"))
    items.widget("items_on", QLineEdit).setText("2026-12-01")
    items.enter()
    items.wait_said(ITEM)
    album.shoot("items-mode-to-come")
    room = desk_of(village).items
    code = room.search(ITEM)[0].code
    room.choose(code, replace(room.choice(code), mode=HandlingMode.SYSTEM, move=None))
    page.click("nav_today")
    page.until(lambda: any("改成系统受理" in row for row in page.todos()))
    album.shoot("today-move")
    page.open()
    album.shoot("moves")
    numbers = {one: village.store.read(lambda snapshot, one=one: snapshot.case(one)).local_no or "" for one in case_ids}  # type: ignore[misc]
    page.mark(numbers[lacking])
    album.shoot("moves-lacking")
    page.mark(numbers[other])
    page.choose("bind")
    page.widget("move_number", QLineEdit).setText(f"{_NUMBER}2")
    page.widget("move_number", QLineEdit).textEdited.emit("")
    album.shoot("moves-other-person")
    page.mark(numbers[told])
    album.shoot("moves-bind")
    page.carry_out()
    album.shoot("moves-done")
    page.mark(numbers[other])
    album.shoot("moves-refused")
    page.wait_for(f"move_undo_{code}")
    page.click(f"move_undo_{code}")
    page.wait_for("ask_sure")
    album.shoot("moves-undo")
    page.click("ask_sure")
    page.until(lambda: "退回代办" in page.said())
    album.shoot("moves-undone")


def _ratings(album: Album, village: Village, page: MoveScreen) -> None:
    desk = desk_of(village)
    settings = SettingsPage(page.qtbot, page.window)
    settings.open("evaluation")
    album.shoot("evaluation-settings")
    case_ids = [case_id for case_id in carried_ids(village) if can_be_concluded(village, case_id)][:4]
    for case_id in case_ids:
        desk.changes.conclude_here(case_id, "granted", "")
        desk.changes.deliver(case_id, "儿子王小")
    first = case_ids[0]
    page.window._frame.open_case(first)  # type: ignore[union-attr]
    page.wait_for("rate_now")
    album.shoot("case-asks-to-rate")
    page.click("rate_now")
    rating = RatingScreen(page.qtbot, page.window)
    rating.come()
    album.shoot("rate")
    rating.key(Qt.Key.Key_1)
    rating.wait_for("rate_why")
    rating.widget("rate_reason_trips", QCheckBox).click()
    rating.widget("rate_words", QLineEdit).setText("跑了三趟，每趟说的都不一样")
    album.shoot("rate-why")
    rating.click("rate_tell")
    rating.thanked()
    album.shoot("rate-thanks")
    rating.enter()
    calls = CallBackScreen(page.qtbot, page.window)
    calls.wait_for("nav_today")
    calls.click("nav_today")
    calls.until(lambda: calls.window.background.idle)
    album.shoot("today-call-back")
    put_back(village, first)
    calls.open()
    album.shoot("call-backs")
    calls.press(Qt.Key.Key_F9)
    calls.until(lambda: calls.window.background.idle)
    calls.act(Qt.Key.Key_1)
    calls.wait_for("call_words")
    calls.enter()
    album.shoot("call-back-asked")


def carried_ids(village: Village) -> list[str]:
    """The carried cases."""
    lines = village.store.read(lambda snapshot: snapshot.case_lines(100))
    return [line.case_id for line in lines]


def can_be_concluded(village: Village, case_id: str) -> bool:
    """Whether its result may come now."""
    return CaseChange.CONCLUDED in desk_of(village).changes.possible(case_id)


def put_back(village: Village, case_id: str) -> None:
    """That case's calls were due some days ago."""

    def work(transaction: Transaction) -> None:
        for one in transaction.call_backs_of(case_id):
            transaction.put_call_back(replace(one, due_on=one.due_on - timedelta(days=4), tries=2))

    village.store.write(work).result()
