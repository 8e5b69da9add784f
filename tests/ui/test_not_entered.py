"""其实没有录入: one case's sheet was open and another was submitted; put right by keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_at_hand import take_in_quickly as take_in
from tests.ui.pages.bridge import BridgePage
from tests.ui.test_bridge import NUMBER, village_of
from tests.ui.test_bridge import page as page  # a fixture
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import SendingState

OWN_NUMBER = "410421202611230010"


def give(page: BridgePage, number: str) -> None:
    """Into the number's field, as a hand types it, and Enter."""
    page.tab_to("bridge_number")
    page.widget("bridge_number", QLineEdit).setText(number)  # typed as fast as a test does it would be a scan
    page.enter()


def choose_act(page: BridgePage, name: str) -> None:
    """From the list behind F4."""
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.seen("case_act_list") and page.focused() == "case_act_list")
    (place,) = [number for number, row in enumerate(page.rows("case_act_list")) if name in row]
    for _ in range(place):
        page.press(Qt.Key.Key_Down)
    page.enter()


def shown(page: BridgePage) -> list[str]:
    """What stands on the screen."""
    return [label.text() for label in page.window.findChildren(QLabel) if label.isVisible()]


def open_case(page: BridgePage, number: str) -> None:
    """By its number, in the field for it."""
    page.press(Qt.Key.Key_F3)
    page.type(number)
    page.enter()
    page.wait_for("business_sentence")
    page.until(lambda: page.window.background.idle)


def test_a_number_noted_on_the_wrong_case_is_put_back_and_both_get_their_own(page: BridgePage) -> None:
    village = village_of(page)
    wrong, local_no = take_in(village, "李建国")
    right, _ = take_in(village, "赵小满")
    page.enter_first()
    give(page, NUMBER)  # 赵小满's, with 李建国's sheet open
    page.wait_for("bridge_entered_number")
    page.enter()  # the next case
    page.until(lambda: page.seen("bridge_who") and "赵小满" in page.text("bridge_who"))
    give(page, NUMBER)
    page.until(lambda: "李建国" in page.text("bridge_number_trouble"))
    assert "其实没有录入" in page.text("bridge_number_trouble"), "the way out is told where it is needed"
    open_case(page, local_no)
    page.until(lambda: "已录入" in page.text("business_sentence"))
    choose_act(page, "更正办件编号")
    page.until(lambda: page.seen("by_hand_means") and "其实没有录入" in page.text("by_hand_means"))
    page.press(Qt.Key.Key_Escape)
    choose_act(page, "其实没有录入")
    page.until(lambda: page.seen("act_means") and page.focused() == "act_reason")
    assert NUMBER in page.text("act_means")
    assert "收回" in page.text("act_means")
    page.enter()
    page.until(lambda: page.text("act_reason_trouble") != "")
    assert desk_of(village).cases.case(wrong).case.acceptance_no == NUMBER
    page.type("录的是另一件")
    page.enter()
    page.until(lambda: page.seen("sending_sentence") and "待录入" in page.text("sending_sentence"))
    view = desk_of(village).cases.case(wrong)
    assert (view.case.status, view.case.acceptance_no) == (CaseStatus.RECEIVED, "")
    page.until(lambda: any(f"去掉办件编号 {NUMBER}" in line and "录的是另一件" in line for line in shown(page)))
    # the other one gets its number, and this one its own
    page.open_list()
    page.until(lambda: len(page.rows("bridge_list")) == 2 and page.focused() == "bridge_list")
    rows = page.rows("bridge_list")
    assert ["改成没有录入" in row for row in rows] == ["李建国" in row for row in rows]
    page.press(Qt.Key.Key_Up)
    page.enter()
    page.until(lambda: page.seen("bridge_who") and "赵小满" in page.text("bridge_who"))
    give(page, NUMBER)
    page.wait_for("bridge_entered_number")
    page.enter()
    page.until(lambda: page.seen("bridge_who") and "李建国" in page.text("bridge_who"))
    assert "改成没有录入" in page.text("bridge_progress")
    assert page.boxes(), "its boxes are open again"
    give(page, OWN_NUMBER)
    page.wait_for("bridge_entered_number")
    page.enter()
    page.until(lambda: page.seen("bridge_none"))
    numbers = {case_id: desk_of(village).cases.case(case_id).case.acceptance_no for case_id in (wrong, right)}
    assert numbers == {wrong: OWN_NUMBER, right: NUMBER}
    assert desk_of(village).cases.case(wrong).outbox[-1].state is SendingState.CANCELLED


def test_when_the_system_went_on_the_card_says_how_it_is_set_right(page: BridgePage) -> None:
    village = village_of(page)
    case_id, local_no = take_in(village)
    page.enter_first()
    give(page, NUMBER)
    page.wait_for("bridge_entered_number")
    open_case(page, local_no)
    choose_act(page, "系统里已经：受理")
    page.wait_for("by_hand_title")
    page.enter()
    page.until(lambda: desk_of(village).cases.case(case_id).case.status is CaseStatus.ACCEPTED)
    page.until(lambda: not page.seen("by_hand_title") and page.window.background.idle)
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.seen("case_act_list"))
    assert not [row for row in page.rows("case_act_list") if "其实没有录入" in row]
    page.press(Qt.Key.Key_Escape)
    choose_act(page, "更正办件编号")
    page.until(lambda: page.seen("by_hand_means") and "它自己的编号" in page.text("by_hand_means"))


def test_who_reads_the_boxes_off_the_screen_says_that_it_is_begun(page: BridgePage) -> None:
    """Two clerks, one reads, the other types into another PC: no box is copied."""
    village = village_of(page)
    case_id, _ = take_in(village)
    page.enter_first()  # looking at it begins nothing
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("bridge_list") and page.focused() == "bridge_list")
    assert "开始录过" not in page.rows("bridge_list")[0]
    page.enter()
    page.until(lambda: page.seen("bridge_begin") and page.focused() == "bridge_copy_1")
    before = page.clipboard()
    page.press(Qt.Key.Key_F6)
    page.until(lambda: desk_of(village).cases.case(case_id).begun)
    assert "已记下" in page.text("bridge_progress")
    assert not page.seen("bridge_begin")
    assert page.focused() == "bridge_copy_1"
    assert page.clipboard() == before
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("bridge_list") and "开始录过" in page.rows("bridge_list")[0])
    page.until(lambda: page.focused() == "bridge_list")
    page.enter()
    page.until(lambda: page.seen("bridge_progress") and "不要再录一遍" in page.text("bridge_progress"))
    assert not page.seen("bridge_begin")


def test_of_a_correction_the_card_says_that_the_number_goes_back(page: BridgePage) -> None:
    village = village_of(page)
    case_id, local_no = take_in(village)
    desk = desk_of(village)
    desk.official_numbers.enter(case_id, NumberGiven(NUMBER))
    desk.official_numbers.note(case_id, CaseChange.CORRECTION_ASKED, "请补照片")
    desk.sending.mend(case_id)
    desk.official_numbers.enter(case_id, NumberGiven(OWN_NUMBER))
    open_case(page, local_no)
    choose_act(page, "其实没有录入")
    page.until(lambda: page.seen("act_means") and page.focused() == "act_reason")
    assert "退回补正以前的样子" in page.text("act_means")
    page.type("没录进去")
    page.enter()
    page.until(lambda: page.seen("sending_sentence") and "待录入" in page.text("sending_sentence"))
    assert desk.cases.case(case_id).case.acceptance_no == NUMBER
