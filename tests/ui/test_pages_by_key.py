"""Pages of a material by keyboard alone: kept at once, looked at, turned, cut, retaken, ordered, moved, taken out and
undone; and photographs that waited over a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.desk.counter import sharp_papers
from tests.desk.drawn_papers import card_side, empty_sheet
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import MaterialsPage
from tests.ui.test_main_path import fill_to_materials
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import Page
from villagedesk.ui.frame import Frame

CONTROL = Qt.KeyboardModifier.ControlModifier
FIRST, SECOND = "id_card", "claimant_bank_card"


class Hands(MaterialsPage):
    """Step 3 with the desk beside it."""

    village: Village

    def page_ids(self, requirement_id: str) -> list[str]:
        return [page.page_id for page in self.pages_of(requirement_id)]

    def pages_of(self, requirement_id: str) -> list[Page]:
        desk = self.village.desk
        assert desk is not None
        case_id = desk.cases.find("")[0].line.case_id
        return [page for page in desk.intake.view(case_id).pages if page.requirement_id == requirement_id]

    def take(self) -> None:
        """Space; it is kept at once and stands there large."""
        self.until(self.ready)
        if self.seen("page_stage"):
            self.press(Qt.Key.Key_Escape)
            self.until(lambda: not self.seen("page_stage"))
        self.press(Qt.Key.Key_Space)
        self.wait_for("page_stage")


def at_materials(qtbot: QtBot, open_window: OpenWindow, village: Village) -> Hands:
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    fill_to_materials(qtbot, window)
    hands = Hands(qtbot, window)
    hands.village = village
    return hands


@pytest.fixture
def hands(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> Hands:
    village = Village(tmp_path, sharp_papers())
    village.set_up()
    return at_materials(qtbot, open_window, village)


def three_pages(hands: Hands) -> list[Page]:
    """Of the first paper: the list goes on when it has enough, and stays where the clerk comes back to it."""
    for count in (1, 2, 3):
        hands.take()
        assert "已保存" in hands.text("stage_said")
        hands.until(lambda count=count: len(hands.pages_of(FIRST)) == count)  # type: ignore[misc]
        if count == 1:
            hands.until(lambda: hands.pages() == 0)  # the next paper's
            hands.press(Qt.Key.Key_Up)
            hands.press(Qt.Key.Key_Up)
        hands.until(lambda count=count: hands.pages() == count)  # type: ignore[misc]
    return hands.pages_of(FIRST)


def test_three_pages_with_three_keys_then_order_material_and_back(hands: Hands) -> None:
    a, b, c = (page.page_id for page in three_pages(hands))
    hands.press(Qt.Key.Key_Left, CONTROL)
    hands.until(lambda: hands.page_ids(FIRST) == [a, c, b])
    hands.until(lambda: hands.text("stage_title").endswith("第 2 页"))
    hands.press(Qt.Key.Key_Left, CONTROL)
    hands.until(lambda: hands.page_ids(FIRST) == [c, a, b])
    hands.press(Qt.Key.Key_Right, CONTROL)
    hands.until(lambda: hands.page_ids(FIRST) == [a, c, b])
    hands.until(lambda: hands.text("stage_title").endswith("第 2 页"))
    hands.press(Qt.Key.Key_M)
    hands.until(lambda: hands.seen("move_picker") and hands.focused() == "move_1")
    hands.press(Qt.Key.Key_1)
    hands.until(lambda: hands.page_ids(SECOND) == [c] and hands.page_ids(FIRST) == [a, b])
    hands.until(lambda: "移好了" in hands.text("stage_said"))
    hands.press(Qt.Key.Key_Delete)
    hands.until(lambda: hands.page_ids(SECOND) == [])
    for kept in ([c], []):
        hands.press(Qt.Key.Key_Z, CONTROL)
        hands.until(lambda kept=kept: hands.page_ids(SECOND) == kept)  # type: ignore[misc]
    assert hands.page_ids(FIRST) == [a, c, b]
    for kept in ([c, a, b], [a, c, b], [a, b, c]):
        hands.press(Qt.Key.Key_Z, CONTROL)
        hands.until(lambda kept=kept: hands.page_ids(FIRST) == kept)  # type: ignore[misc]


def test_a_hint_names_the_page_by_the_place_it_has_now(hands: Hands) -> None:
    """The third is the second once more; put before it, it is like the one that is third now."""
    three_pages(hands)
    hands.until(lambda: hands.seen("stage_hint") and "第 2 页像同一张" in hands.text("stage_hint"))
    hands.press(Qt.Key.Key_Left, CONTROL)
    hands.until(lambda: hands.text("stage_title").endswith("第 2 页"))
    hands.until(lambda: hands.seen("stage_hint") and "第 3 页像同一张" in hands.text("stage_hint"))


def test_the_picker_is_left_by_escape_and_the_keys_are_the_cameras_again(hands: Hands) -> None:
    hands.take()
    hands.press(Qt.Key.Key_M)
    hands.wait_for("move_picker")
    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: not hands.seen("move_picker") and hands.focused() == "material_list")
    assert len(hands.pages_of(FIRST)) == 1
    hands.take()
    hands.until(lambda: len(hands.pages_of(SECOND)) == 1)


def test_a_kept_page_is_turned_and_that_is_taken_back(hands: Hands) -> None:
    hands.take()
    (page,) = hands.pages_of(FIRST)
    hands.press(Qt.Key.Key_R)
    hands.until(lambda: [one.width for one in hands.pages_of(FIRST)] == [page.height])
    hands.until(lambda: "转好了" in hands.text("stage_said"))
    hands.press(Qt.Key.Key_Z, CONTROL)
    hands.until(lambda: hands.pages_of(FIRST) == [page])
    hands.press(Qt.Key.Key_Z, CONTROL)
    hands.until(lambda: hands.pages_of(FIRST) == [])
    hands.press(Qt.Key.Key_Z, CONTROL)
    hands.until(lambda: "没有可以撤销的" in hands.problem())


def test_a_kept_page_is_printed_by_key(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    printer = SimulatedPrinter("P")
    village = Village(tmp_path, sharp_papers(), printer=printer)
    village.set_up()
    hands = at_materials(qtbot, open_window, village)
    hands.take()
    hands.press(Qt.Key.Key_F8)
    hands.until(lambda: hands.seen("stage_said") and "已打印" in hands.text("stage_said"))
    assert [job.job_name for job in printer.printed] == ["fuyinjian"]
    printer.set_fault(PrinterFault.OFFLINE)
    hands.press(Qt.Key.Key_F8)
    hands.until(lambda: "没有连上" in hands.text("stage_said"))
    assert len(hands.pages_of(FIRST)) == 1


def test_a_kept_page_is_cut_anew_and_left_as_it_is_by_escape(hands: Hands) -> None:
    hands.take()
    (page,) = hands.pages_of(FIRST)
    for key, changed in ((Qt.Key.Key_Escape, False), (Qt.Key.Key_Return, True)):
        hands.press(Qt.Key.Key_C)
        hands.until(lambda: hands.seen("crop_view") and hands.focused() == "crop_view")
        hands.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        hands.press(key)
        hands.until(lambda: not hands.seen("crop_view") and hands.focused() == "material_list")
        hands.until(lambda: hands.window.background.idle)
        hands.until(lambda changed=changed: (hands.pages_of(FIRST) != [page]) is changed)  # type: ignore[misc]
        if not changed:
            hands.press(Qt.Key.Key_Up)
            hands.press(Qt.Key.Key_Up)
            hands.until(lambda: hands.pages() == 1)
    assert "裁好了" in hands.text("stage_said")


def test_a_page_that_is_looked_at_is_taken_anew_in_its_place(hands: Hands, tmp_path: Path) -> None:
    a, b, c = (page.page_id for page in three_pages(hands))
    hands.press(Qt.Key.Key_Left)
    hands.until(lambda: hands.text("stage_title").endswith("第 2 页"))
    hands.press(Qt.Key.Key_T)
    hands.until(lambda: b not in hands.page_ids(FIRST))
    first, second, third = hands.page_ids(FIRST)
    assert (first, third) == (a, c)
    hands.until(lambda: "换上" in hands.text("stage_said"))
    file = tmp_path / "one.jpg"
    file.write_bytes(sharp_papers()[0])
    hands.import_file(str(file))  # one more, and no retaking again
    hands.until(lambda: len(hands.page_ids(FIRST)) == 4)
    hands.press(Qt.Key.Key_Z, CONTROL)
    hands.until(lambda: hands.page_ids(FIRST) == [a, second, c])
    hands.until(lambda: not hands.seen("page_stage"))
    hands.press(Qt.Key.Key_Left)
    hands.until(lambda: hands.seen("page_stage") and hands.text("stage_title").endswith("第 3 页"))
    hands.press(Qt.Key.Key_Left)
    hands.until(lambda: hands.text("stage_title").endswith("第 2 页"))
    hands.press(Qt.Key.Key_Delete)
    hands.until(lambda: hands.page_ids(FIRST) == [a, c])
    for kept in ([a, second, c], [a, b, c]):
        hands.press(Qt.Key.Key_Z, CONTROL)
        hands.until(lambda kept=kept: hands.page_ids(FIRST) == kept)  # type: ignore[misc]


def test_photographs_that_waited_over_a_restart_are_kept_or_dropped_by_key(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path, sharp_papers())
    village.set_up()
    hands = at_materials(qtbot, open_window, village)
    desk = village.desk
    assert desk is not None
    case_id = desk.cases.find("")[0].line.case_id
    for _ in range(3):
        desk.scanning.capture(case_id, FIRST)  # and the power goes before the clerk says yes
    hands.window.close()
    again = open_window(village)
    SignInPage(qtbot, again).sign_in(PASSWORD)
    TodayPage(qtbot, again).wait_for("nav_today")
    hands = Hands(qtbot, again)
    hands.village = village
    frame = again.findChild(Frame)
    assert isinstance(frame, Frame)
    frame.open_case(case_id)
    hands.wait_for("waiting_card")
    assert "3 张" in hands.text("waiting_title")
    hands.press(Qt.Key.Key_W)
    hands.wait_for("proposal_again")
    assert hands.widget("proposal_again", QPushButton).accessibleName() == "不要这张"
    hands.keep()
    hands.until(lambda: len(hands.pages_of(FIRST)) == 1)
    hands.until(lambda: hands.seen("proposal_keep") and hands.focused() == "proposal_keep")
    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: hands.seen("proposal_keep") and hands.focused() == "proposal_keep")
    hands.keep()
    hands.until(lambda: len(hands.pages_of(FIRST)) == 2)
    hands.until(lambda: not hands.seen("waiting_card") and hands.focused() == "material_list")


def test_a_page_taken_anew_that_waits_says_whose_place_it_takes_and_takes_it(hands: Hands) -> None:
    a, b, c = (page.page_id for page in three_pages(hands))
    desk = hands.village.desk
    assert desk is not None
    case_id = desk.cases.find("")[0].line.case_id
    desk.scanning.capture(case_id, FIRST, replaces=b)  # and nobody was there to say yes
    hands.press(Qt.Key.Key_Escape)
    hands.take()  # reads the case anew
    hands.press(Qt.Key.Key_Escape)
    hands.wait_for("waiting_card")
    hands.press(Qt.Key.Key_W)
    hands.wait_for("proposal_keep")
    assert "第 2 页" in hands.text("proposal_place")
    hands.keep()
    hands.until(lambda: b not in hands.page_ids(FIRST))
    first, _, third, _ = hands.page_ids(FIRST)
    assert (first, third) == (a, c)


def test_an_empty_page_is_told_and_a_cards_two_sides_are_joined_by_key(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path, (card_side("FRONT"), card_side("BACK SIDE"), empty_sheet()))
    village.set_up()
    hands = at_materials(qtbot, open_window, village)
    hands.take()
    hands.until(lambda: hands.pages() == 0)  # the next paper's
    for _ in range(2):
        hands.press(Qt.Key.Key_Up)
    hands.take()
    hands.until(lambda: hands.seen("stage_hint") and "按 J" in hands.text("stage_hint"))
    assert "是同一张证的正反面，就" in hands.text("stage_hint"), "two people's fronts look the same to it"
    hands.press(Qt.Key.Key_J)
    hands.until(lambda: len(hands.pages_of(FIRST)) == 1)
    hands.until(lambda: "合好了" in hands.text("stage_said"))
    hands.press(Qt.Key.Key_Z, CONTROL)
    hands.until(lambda: len(hands.pages_of(FIRST)) == 2)
    hands.take()
    hands.until(lambda: hands.seen("stage_hint") and "空白" in hands.text("stage_hint"))
    hands.until(lambda: any("？" in row for row in hands.rows("page_list")))
    hands.press(Qt.Key.Key_Delete)
    hands.until(lambda: len(hands.pages_of(FIRST)) == 2)


def test_a_mode_is_changed_by_key_before_and_after_a_page_is_kept(hands: Hands) -> None:
    hands.take()
    (page,) = hands.pages_of(FIRST)
    hands.press(Qt.Key.Key_G)
    hands.until(lambda: hands.pages_of(FIRST) != [page])
    hands.until(lambda: "改好了" in hands.text("stage_said"))
    hands.press(Qt.Key.Key_Z, CONTROL)
    hands.until(lambda: hands.pages_of(FIRST) == [page])
