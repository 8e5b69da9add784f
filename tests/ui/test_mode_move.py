"""An item moves from proxy handling to the acceptance system, on the screen: 25 open cases go over, and some do not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.carried_cases import carry, entered_there, put, there, without_a_paper
from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.desk_at_hand import ITEM, Village
from tests.ui.pages.intake import MaterialsPage, ReviewPage
from tests.ui.pages.moves import MoveScreen
from tests.ui.pages.settings import ItemsPage
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.mode_move import Way
from villagedesk.domain.outbox import SendingState, goes_by_hand
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.window import MainWindow

NUMBER = "41042120261123000017"


def case_of(village: Village, case_id: str) -> Case:
    return village.store.read(lambda snapshot: snapshot.case(case_id))


def choose_system(page: ItemsPage, on: str = "") -> None:
    """On the item's settings: the acceptance system, now or from a day on."""
    page.open("items")
    page.pick(ITEM)
    mode = page.widget("items_mode", QComboBox)
    mode.setCurrentIndex(mode.findData("system"))
    page.widget("items_on", QLineEdit).setText(on)
    page.enter()
    page.wait_said(ITEM)


def test_a_change_of_mode_with_25_open_cases(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_ids = carry(village, 25)
    lacking, told, other, done_there, typed, another = case_ids[1:7]
    without_a_paper(village, lacking)
    given = {told: f"{NUMBER}1", other: f"{NUMBER}2", another: f"{NUMBER}3"}
    for case_id, number in given.items():
        put(village, case_id, status=CaseStatus.HANDED_OVER, township_no=number)
    put(village, done_there, status=CaseStatus.IN_PROCESS, township_no=f"{NUMBER}5")
    there(
        village,
        entered_there(village, told, given[told]),
        entered_there(village, other, given[other], person_of=typed),
    )
    items = ItemsPage(qtbot, signed_in)
    choose_system(items)
    page = MoveScreen(qtbot, signed_in)
    page.open()
    assert len(page.cases()) == 25 and "25 件" in page.text(f"move_item_{case_of(village, lacking).item_code}")
    # 19 lack nothing and are known nowhere else; two the township has; the other four are for the clerk to look at
    names = {case_id: case_of(village, case_id).applicant.name for case_id in case_ids}
    numbers = {case_id: case_of(village, case_id).local_no or "" for case_id in case_ids}
    assert "（21 件）" in page.go()
    page.mark(numbers[lacking])
    assert not page.widget("move_way_enter", QPushButton).isEnabled() and page.seen("move_mend")
    page.choose("enter")
    assert "（21 件）" in page.go()
    page.choose("stay")
    page.mark(numbers[other])
    assert "别人" in page.text("move_match") and names[typed] in page.text("move_match")
    page.choose("bind")
    page.widget("move_number", QLineEdit).setText(given[other])
    page.widget("move_number", QLineEdit).textEdited.emit("")
    page.mark(numbers[another])
    page.choose("enter")
    page.widget("move_another", QCheckBox).click()
    page.carry_out()
    assert page.said() == "! 办好了：排队上报 20 件，绑定编号 2 件，代办到底 1 件；有 1 件没办成，原因写在那一件上。"
    left = [row for row in page.cases() if "没办成" in row]
    assert len(left) == 1 and names[other] in left[0]
    page.mark(numbers[other])
    assert "别人的件" in page.text("move_refused")
    ways = {}
    for case_id in case_ids:
        rows = village.store.read(lambda snapshot, one=case_id: snapshot.outbox_of_case(one))  # type: ignore[misc]
        live = [row for row in rows if row.state is not SendingState.CANCELLED]
        assert len(live) <= 1
        ways[case_id] = Way.ENTER if live else Way.BIND if goes_by_hand(rows) else Way.STAY
    assert [list(ways.values()).count(way) for way in Way] == [20, 2, 3]
    assert ways[told] is ways[done_there] is Way.BIND and ways[another] is Way.ENTER
    assert case_of(village, told).acceptance_no == given[told]
    for case_id in (lacking, other, typed):
        assert case_of(village, case_id).mode is HandlingMode.PROXY
    # the same day: everything comes back that has not left
    code = case_of(village, lacking).item_code
    page.wait_for(f"move_undo_{code}")
    page.click(f"move_undo_{code}")
    page.wait_for("ask_sure")
    page.click("ask_sure")
    page.until(lambda: "22 件退回代办" in page.said())
    assert {case_of(village, case_id).mode for case_id in case_ids} == {HandlingMode.PROXY}
    assert desk_of(village).items.get(code).mode is HandlingMode.PROXY
    assert {Deed.MODE_MOVED, Deed.MODE_MOVE_UNDONE} <= {*kinds_logged(village)}


def test_a_move_on_a_date_is_told_on_the_item_and_changes_nothing_before(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    carry(village, 1)
    page = ItemsPage(qtbot, signed_in)
    choose_system(page, "2026-12-01")
    assert "现在是人工代办，12月1日零时起改为系统受理" in page.text("items_standing")
    page.until(lambda: any("12月1日起系统受理" in row and "人工代办" in row for row in page.rows("items_list")))
    page.click("nav_today")
    page.until(lambda: page.window.background.idle)
    assert not any("系统受理" in row for row in page.rows("todo_list"))
    page.open("items")
    page.pick(ITEM)
    assert page.typed("items_on") == "2026-12-01"
    page.widget("items_on", QLineEdit).setText("2026-13-01")
    page.enter()
    page.until(lambda: "不是日期" in page.text("items_on_trouble"))
    page.widget("items_on", QLineEdit).setText("2020-01-01")
    page.enter()
    page.until(lambda: "已经过去" in page.text("items_on_trouble"))
    assert desk_of(village).items.choice(desk_of(village).items.search(ITEM)[0].code).move is not None


def test_what_is_missing_is_put_in_and_the_case_goes_over_then(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    (case_id,) = carry(village, 1)
    without_a_paper(village, case_id)
    choose_system(ItemsPage(qtbot, signed_in))
    page = MoveScreen(qtbot, signed_in)
    page.open()
    assert "（0 件）" in page.go() and "还缺 1 样" in page.cases()[0]
    page.wait_for("move_mend")
    page.click("move_mend")
    materials = MaterialsPage(qtbot, signed_in)
    materials.until(materials.ready)
    assert materials.title() == "补齐" and "补齐" in materials.text("correction_wanted")
    materials.photograph()
    materials.keep()
    materials.click("step_4")
    review = ReviewPage(qtbot, signed_in)
    review.until(lambda: review.ready() and review.focused() == "primary_button")
    assert "存好，回去转" in review.widget("primary_button", QPushButton).text()
    review.enter()
    page.wait_for("move_list")
    page.until(lambda: "（1 件）" in page.go() and page.window.background.idle)
    assert village.store.read(lambda snapshot: snapshot.outbox_of_case(case_id)) == []
    page.carry_out()
    assert "排队上报 1 件" in page.said() and page.cases() == []
    (row,) = village.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    assert row.state is SendingState.QUEUED


@pytest.fixture
def moved(qtbot: QtBot, village: Village, signed_in: MainWindow) -> MoveScreen:
    """Three open cases of a moved item, on the page."""
    carry(village, 3)
    choose_system(ItemsPage(qtbot, signed_in))
    page = MoveScreen(qtbot, signed_in)
    page.open()
    return page


def test_a_case_is_put_off_and_left_for_another_day(moved: MoveScreen) -> None:
    assert "（3 件）" in moved.go()
    moved.press(Qt.Key.Key_Space)
    assert "（2 件）" in moved.go()
    moved.press(Qt.Key.Key_Space)
    assert "（3 件）" in moved.go()
    moved.press(Qt.Key.Key_Space)
    moved.carry_out()
    assert "排队上报 2 件" in moved.said() and len(moved.cases()) == 1
