"""Entering by hand on the screen: by keyboard alone, through the clipboard, and the number typed or scanned back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_at_hand import take_in_quickly as take_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, ID_NUMBER, ITEM, NAME, PASSWORD, PHONE, STATION_BY_HAND, Village
from tests.ui.pages.bridge import BridgePage
from tests.ui.pages.cases import CaseFilePage
from tests.ui.pages.entry import FirstRunPage, SignInPage
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.link import LinkKind
from villagedesk.ui.bridge.clipboard import PersonalClipboard
from villagedesk.ui.cards import CardList
from villagedesk.ui.fields import Choice

RARE = "䶮𬍛·欧阳"
NUMBER = "410421202611230009"


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> BridgePage:
    """The first screen of a station without an interface."""
    village = Village(tmp_path)
    village.set_up(STATION_BY_HAND)
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = BridgePage(qtbot, window)
    page.wait_for("nothing_to_do")
    page.village = village  # type: ignore[attr-defined]
    return page


def village_of(page: BridgePage) -> Village:
    found: Village = page.village  # type: ignore[attr-defined]
    return found


def test_first_run_takes_a_station_file_without_an_interface(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow
) -> None:
    village = Village(tmp_path)
    village.station_file.write_bytes(STATION_BY_HAND.to_bytes())
    window = open_window(village)
    first = FirstRunPage(qtbot, window)
    first.until(lambda: first.focused() == "station_file")
    first.type(str(village.station_file))
    first.press(Qt.Key.Key_Tab)
    first.wait_for("station_name")
    assert "没有开通接口" in first.text("station_address")
    first.tab_to("clerk")
    for text in (CLERK, PASSWORD, PASSWORD):
        first.type(text)
        first.enter()
    page = BridgePage(qtbot, window)
    page.wait_for("nothing_to_do")
    page.until(lambda: "没有开通接口" in page.text("status_link"))
    page.open_list()
    assert page.seen("bridge_none")
    assert page.focused() == "back"
    village.link_is(LinkKind.ONLINE)  # the interface is granted
    page.until(lambda: not page.seen("nav_bridge"))


def test_a_case_is_entered_by_keyboard_alone(page: BridgePage) -> None:
    village = village_of(page)
    case_id, _ = take_in(village, RARE)
    page.until(lambda: page.todos() != [] and "1 件" in page.todos()[0])
    page.press(Qt.Key.Key_1)
    page.until(lambda: page.seen("bridge_list") and page.focused() == "bridge_list")
    (row,) = page.rows("bridge_list")
    assert RARE in row
    assert ITEM in row
    assert "还剩 5 个工作日" in row
    page.enter()
    page.wait_for("bridge_who")
    boxes = page.boxes()
    assert "复制申请人名称" in boxes.values()
    seen: dict[str, str] = {}
    for key in [Qt.Key.Key_Return, Qt.Key.Key_Space] * len(boxes):
        label = boxes[page.focused()].removeprefix("复制")
        page.press(key)
        seen[label] = page.clipboard()
        if page.focused() == "bridge_number":
            break
    assert seen["申请人名称"] == RARE
    assert seen["证件号码"] == ID_NUMBER
    assert seen["手机号码"] == PHONE
    assert seen.keys() == {name.removeprefix("复制") for name in boxes.values()}
    assert all(name.startswith("已复制") for name in page.boxes().values())
    page.type(NUMBER)
    page.enter()
    page.until(lambda: page.seen("bridge_entered_number"))
    assert page.text("bridge_entered_number") == NUMBER
    assert page.clipboard() == ""
    case = desk_of(village).cases.case(case_id)
    assert (case.case.status, case.case.acceptance_no) == (CaseStatus.SUBMITTED, NUMBER)
    assert case.outbox[-1].state is SendingState.CANCELLED
    assert page.focused() == "primary_button"
    page.enter()
    page.until(lambda: page.seen("bridge_none"))


def test_ctrl_c_and_f7_copy_and_arrows_go_from_box_to_box(page: BridgePage) -> None:
    take_in(village_of(page))
    page.enter_first()
    assert "一项一项粘贴" in page.text("bridge_progress")
    names = list(page.boxes())
    assert page.focused() == names[0]
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Up)
    assert page.focused() == names[1]
    page.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert page.focused() == names[2]
    copied = page.clipboard()
    page.press(Qt.Key.Key_F7)
    assert page.clipboard() not in ("", copied)
    assert page.focused() == names[3]
    page.tab_to("bridge_number")
    page.press(Qt.Key.Key_F7)  # the cursor is elsewhere: the first that was not copied
    assert page.clipboard() == ITEM
    # what was begun and left without a number says so to whoever comes next
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("bridge_list") and "开始录过" in page.rows("bridge_list")[0])
    page.until(lambda: page.focused() == "bridge_list")
    page.enter()
    page.until(lambda: page.seen("bridge_progress") and "不要再录一遍" in page.text("bridge_progress"))


def test_nothing_stays_on_the_clipboard_but_what_somebody_else_put_there(page: BridgePage) -> None:
    """I8."""
    take_in(village_of(page))

    def copy() -> None:
        page.enter_first()
        page.press(Qt.Key.Key_Return)
        assert page.clipboard() == ITEM

    copy()
    formats = QApplication.clipboard().mimeData().formats()
    for kept_out in ("CanIncludeInClipboardHistory", "CanUploadToCloudClipboard", "ExcludeClipboardContentFromMonitor"):
        assert any(kept_out in kind for kind in formats)
    page.press(Qt.Key.Key_F12)
    page.wait_for("password")
    assert page.clipboard() == ""
    page.type(PASSWORD)
    page.enter()
    page.wait_for("bridge_who")
    page.press(Qt.Key.Key_Escape)
    copy()
    page.press(Qt.Key.Key_Escape)
    page.wait_for("bridge_list")
    assert page.clipboard() == ""
    copy()
    newest = page.window.findChildren(PersonalClipboard)[-1]
    newest._timer.setInterval(1)
    page.press(Qt.Key.Key_Return)
    page.until(lambda: page.clipboard() == "")
    page.press(Qt.Key.Key_Return)
    QApplication.clipboard().setText("别的程序的")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("bridge_list")
    assert page.clipboard() == "别的程序的"
    QApplication.clipboard().clear()


def test_a_number_given_already_and_one_like_ours_are_told_beside_the_field(page: BridgePage) -> None:
    village = village_of(page)
    take_in(village, "李建国")
    take_in(village, "赵小满")
    page.enter_first()
    page.tab_to("bridge_number")
    page.type(NUMBER)
    page.enter()
    page.wait_for("bridge_entered_number")
    page.enter()  # the next case
    page.until(lambda: page.seen("bridge_who") and "赵小满" in page.text("bridge_who"))
    page.tab_to("bridge_number")
    page.widget("bridge_number", QLineEdit).setText(NUMBER)  # typed as fast as a test does it would be a scan
    page.press(Qt.Key.Key_Escape)  # gone to look at the list: what was typed is not lost (I11)
    page.until(lambda: page.focused() == "bridge_list" and len(page.rows("bridge_list")) == 1)
    page.enter()
    page.until(lambda: page.seen("bridge_who") and page.widget("bridge_number", QLineEdit).text() == NUMBER)
    page.tab_to("bridge_number")
    page.enter()
    page.until(lambda: "李建国" in page.text("bridge_number_trouble"))
    assert page.focused() == "bridge_number"
    _, local_no = take_in(village, NAME)
    page.widget("bridge_number", QLineEdit).setText(local_no)  # typed as fast as a test does it would be a scan
    page.enter()
    page.until(lambda: "像是本站自己的" in page.text("bridge_number_trouble"))
    page.enter()
    page.wait_for("bridge_entered_number")
    assert page.text("bridge_entered_number") == local_no


def test_a_number_scanned_over_the_boxes_goes_to_its_field_and_in_it_stays_there(page: BridgePage) -> None:
    village = village_of(page)
    first, _ = take_in(village, "李建国")
    take_in(village, "赵小满")
    page.enter_first()
    assert page.focused() == "bridge_copy_1"
    QTest.keyClicks(page.focus(), NUMBER)
    page.enter()
    page.until(lambda: page.focused() == "bridge_number")
    assert page.widget("bridge_number", QLineEdit).text() == NUMBER
    assert page.clipboard() == ""  # the scanner's Enter copied nothing
    page.enter()
    page.wait_for("bridge_entered_number")
    assert desk_of(village).cases.case(first).case.acceptance_no == NUMBER
    page.enter()
    page.until(lambda: page.seen("bridge_who") and "赵小满" in page.text("bridge_who"))
    page.tab_to("bridge_number")
    QTest.keyClicks(page.focus(), NUMBER)  # the number of the case before: said, and not gone to
    page.enter()
    page.until(lambda: "李建国" in page.text("bridge_number_trouble"))


@pytest.mark.slow
def test_marked_cases_are_saved_together_and_deleted_again(page: BridgePage, tmp_path: Path) -> None:
    village = village_of(page)
    for name in ("李建国", "赵小满", NAME):
        take_in(village, name)
    page.open_list()
    page.until(lambda: page.focused() == "bridge_list")
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Space)
    assert "2 件" in page.widget("bridge_save", QPushButton).text()
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.seen("bridge_folder") and page.focused() == "bridge_folder")
    assert "没有加密" in page.text("bridge_export_warning")
    stick = tmp_path / "stick"
    stick.mkdir()
    page.type(str(stick))
    page.click("bridge_as_folder")
    page.wait_for("bridge_open")
    (made,) = stick.iterdir()
    assert len(list(made.iterdir())) == 2
    page.click("bridge_delete")
    page.until(lambda: "已删掉" in page.text("bridge_export_said"))
    assert list(stick.iterdir()) == []


def test_enter_saves_a_folder_and_the_next_one_goes_to_the_same_place(page: BridgePage, tmp_path: Path) -> None:
    village = village_of(page)
    for name in ("李建国", "赵小满"):
        take_in(village, name)
    stick = tmp_path / "stick"
    stick.mkdir()
    page.enter_first()
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.focused() == "bridge_folder")
    page.type(str(stick))
    page.enter()
    page.until(lambda: page.seen("bridge_open") and page.focused() == "bridge_open")
    page.press(Qt.Key.Key_Escape)
    page.tab_to("bridge_number")
    page.type(NUMBER)
    page.enter()
    page.wait_for("bridge_left_delete_1")
    assert str(stick) in page.text("bridge_left_1")
    page.until(lambda: page.focused() == "primary_button")
    page.enter()  # the next case; what was saved of the one before stays
    page.until(lambda: page.seen("bridge_who") and "赵小满" in page.text("bridge_who"))
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.widget("bridge_folder", QLineEdit).text() == str(stick))
    page.click("bridge_as_zip")
    page.wait_for("bridge_open")
    page.press(Qt.Key.Key_Escape)
    page.tab_to("bridge_number")
    page.type("1001")
    page.enter()
    page.wait_for("bridge_left_delete_1")
    assert ".zip" in page.text("bridge_left_1")
    page.click("bridge_left_delete_1")
    page.until(lambda: "已删掉 1 个文件" in page.text("bridge_left_said"))
    # of the other one whoever looks at what there is to do is told, without having to know of which case it is
    page.click("nav_today")
    page.until(lambda: any("1 份另存的材料还没有删" in row for row in page.todos()))
    page.open_list()
    page.wait_for("bridge_left_delete_1")
    assert str(stick) in page.text("bridge_left_1")
    page.click("bridge_left_delete_1")
    page.until(lambda: "已删掉 4 个文件" in page.text("bridge_left_said"))
    assert list(stick.iterdir()) == []


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_told(page: BridgePage) -> None:
    take_in(village_of(page))
    page.enter_first()
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.seen("bridge_folder") and page.focused() == "bridge_folder")
    page.type("/no/such/folder")
    page.click("bridge_as_folder")
    page.until(lambda: "文件夹打不开" in page.problem())


@pytest.mark.slow
def test_a_countys_form_comes_by_a_file_and_is_chosen_from_then_on(page: BridgePage, tmp_path: Path) -> None:
    take_in(village_of(page))
    file = tmp_path / "ours.toml"
    file.write_text(
        'code="ours"\nname="本县表"\nchecked=true\n[[sections]]\ntitle="人"\n'
        '[[sections.fields]]\nlabel="户主"\nsource="applicant.name"\n'
        '[[sections.fields]]\nlabel="代办"\nsource="agent.name"\n',
        encoding="utf-8",
    )
    page.open("catalogue")
    page.widget("catalogue_file", QLineEdit).setText(str(file))
    page.enter()
    page.wait_said("本县表")
    page.enter_first()
    assert page.boxes() == {"bridge_copy_1": "复制户主"}
    assert page.text("bridge_value_2") == "空"
    assert "还没有经县里核对" not in page.text("bridge_order_name")


def test_later_states_and_a_mistyped_number_are_noted_on_the_case_page(page: BridgePage) -> None:
    village = village_of(page)
    case_id, _ = take_in(village)
    page.enter_first()
    page.tab_to("bridge_number")
    page.type("1001")
    page.enter()
    page.wait_for("bridge_entered_number")
    page.press(Qt.Key.Key_F3)
    page.type("1001")
    page.enter()
    page.wait_for("case_acceptance_no")
    page.press(Qt.Key.Key_F4)
    offered = page.rows("case_act_list")
    (place,) = [n for n, row in enumerate(offered) if "更正办件编号" in row]
    for _ in range(place):
        page.press(Qt.Key.Key_Down)
    page.enter()
    page.until(lambda: page.seen("by_hand_number") and page.focused() == "by_hand_number")
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type("1002")
    page.tab_to("by_hand_said")
    page.enter()
    page.until(lambda: page.text("by_hand_said_trouble") != "")
    page.type("抄错一位")
    page.enter()
    page.until(lambda: page.text("case_acceptance_no") == "1002")
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.seen("case_act_list"))
    assert "受理" in page.rows("case_act_list")[0]
    page.press(Qt.Key.Key_1)
    page.wait_for("by_hand_title")
    page.enter()
    page.until(lambda: desk_of(village).cases.case(case_id).case.status is CaseStatus.ACCEPTED)
    page.until(lambda: not page.seen("by_hand_title"))
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.seen("case_act_list") and "开始办理" in page.rows("case_act_list")[0])
    (place,) = [n for n, row in enumerate(page.rows("case_act_list")) if "撤回申请" in row]
    page.widget("case_act_list", CardList).setCurrentRow(place)  # what stands behind the ninth has no digit
    page.enter()
    page.until(lambda: page.seen("act_means") and "请先在那里撤回" in page.text("act_means"))


def test_for_what_the_system_shows_a_case_suspended_is_asked_and_stops_the_clock(page: BridgePage) -> None:
    desk = desk_of(village_of(page))
    case_id, local_no = take_in(village_of(page))
    desk.official_numbers.enter(case_id, NumberGiven("1001"))
    desk.official_numbers.note(case_id, CaseChange.ACCEPTED, "")
    case = CaseFilePage(page.qtbot, page.window)
    case.find(local_no)
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.focused() == "case_act_list")
    (place,) = [n for n, row in enumerate(page.rows("case_act_list")) if "系统里已经：挂起" in row]
    page.type(str(place + 1))
    page.until(lambda: page.focused() == "by_hand_stop")
    assert page.chosen("by_hand_stop") == ""
    assert page.widget("by_hand_stop", Choice).accessibleName() == "因为哪个环节挂起"
    page.enter()
    page.until(lambda: "请选择因为哪个环节挂起" in page.text("by_hand_stop_trouble"))
    for _ in range(2):
        page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Tab)
    assert page.focused() == "by_hand_said"
    page.type("等中标公告")
    page.enter()
    page.until(lambda: not page.seen("by_hand_title") and page.window.background.idle)
    page.until(lambda: "办结期限：招标、拍卖期间暂停" in case.said())
    assert "挂起（已受理 → 挂起）：招标、拍卖；等中标公告" in case.said()
