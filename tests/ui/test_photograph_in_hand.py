"""What the clerk does while a photograph is on its way to a page: the page is in the case, or gone as she wished, and
what comes of no photograph is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.intake import ReviewPage, TakenInPage
from tests.ui.test_live_picture import LivePage, at_the_camera, kept
from tests.ui.test_main_path import fill_to_materials
from tests.ui.test_next_press import making, with_one_page
from villagedesk.desk.page_taking import PageTaking
from villagedesk.devices.camera_simulated import CameraFault
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.imaging.page import make_page
from villagedesk.ui.intake.materials import MaterialsStep

__all__ = ["making"]  # the fixture

UNDO = Qt.KeyboardModifier.ControlModifier


def undone(page: LivePage) -> str:
    """What the line of what was taken back says."""
    return page.text("undo_text")


def test_ctrl_z_after_the_shutter_takes_that_page_back_and_not_the_good_one_before(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: Event
) -> None:
    village, page = with_one_page(qtbot, tmp_path, open_window)
    (good,) = kept(village)
    making.clear()
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.heard == 2)
    page.press(Qt.Key.Key_Z, UNDO)
    making.set()
    page.until(lambda: page.seen("undo_text") and "已撤销" in undone(page))
    page.until(lambda: page.window.background.idle)
    assert list(kept(village)) == [good]
    assert "已撤销" in undone(page), "the news of the kept page came after it"
    assert page.problem() == ""


def test_ctrl_z_for_a_photograph_that_came_to_nothing_takes_nothing_back_later(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, page = with_one_page(qtbot, tmp_path, open_window)
    with monkeypatch.context() as full:

        def no_room(*_: object, **__: object) -> None:
            raise EnvironmentProblem("store.disk_full")

        full.setattr(village.vault, "prepare", no_room)
        making.clear()
        page.press(Qt.Key.Key_Space)
        page.until(lambda: village.heard == 2)
        page.press(Qt.Key.Key_Z, UNDO)
        making.set()
        page.until(lambda: page.problem() != "")
        page.until(lambda: page.window.background.idle)
    page.press(Qt.Key.Key_Space)
    page.until(lambda: len(kept(village)) == 2)
    page.until(lambda: page.window.background.idle)
    assert len(kept(village)) == 2


def test_papers_are_taken_in_with_the_page_whose_shutter_was_heard(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: Event
) -> None:
    village = Village(tmp_path, papers(3, 12.0))
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page, review = LivePage(qtbot, window), ReviewPage(qtbot, window)
    page.wait_for("nav_today")
    fill_to_materials(qtbot, window)
    for number in (1, 2):
        page.press(Qt.Key.Key_Space)
        page.until(lambda number=number: len(kept(village)) == number and page.window.background.idle)  # type: ignore[misc]
    page.enter()
    review.none_needed()
    review.until(review.ready)
    review.press(Qt.Key.Key_Escape)
    page.wait_for("material_list")
    making.clear()
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.heard == 3)
    page.enter()
    review.until(lambda: review.ready() and review.focused() == "primary_button")
    review.enter()
    making.set()
    taken = TakenInPage(qtbot, page.window)
    taken.wait_for("local_no")
    assert village.desk is not None
    case_id = village.desk.cases.by_number(taken.local_no()) or ""
    assert len(village.desk.cases.case(case_id).pages) == 3
    assert page.problem() == ""


def test_space_after_a_click_on_a_button_photographs(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> None:
    village, page = with_one_page(qtbot, tmp_path, open_window)
    page.until(lambda: not page.seen("page_stage"))
    page.press(Qt.Key.Key_Up)
    page.until(lambda: page.pages() == 1)
    page.click("remove_page")
    page.until(lambda: len(kept(village)) == 0 and page.window.background.idle)
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.heard == 2)
    page.until(lambda: len(kept(village)) == 1)


def test_no_button_of_the_papers_takes_the_focus_by_a_click_and_each_gets_it_by_tab(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow
) -> None:
    page = at_the_camera(qtbot, Village(tmp_path, papers(1, 12.0)), open_window)
    (step,) = page.window.findChildren(MaterialsStep)
    policies = {one.focusPolicy() for one in step.findChildren(QAbstractButton)}
    assert policies <= {Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.NoFocus}
    page.tab_to("capture")


def test_a_photograph_the_camera_did_not_give_is_taken_by_itself_when_it_is_back(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = Village(tmp_path, papers(1, 12.0), automatic=True)
    camera, tries = village.camera, []
    real = camera.capture

    def slips_out() -> object:
        tries.append(1)
        if len(tries) == 1:
            camera.set_fault(CameraFault.UNPLUGGED)
        return real()

    monkeypatch.setattr(camera, "capture", slips_out)
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: len(tries) == 1 and "看清了" not in page.said())
    camera.set_fault(CameraFault.NONE)
    page.until(lambda: len(kept(village)) == 1)
    assert village.heard == 1


@pytest.fixture
def broken_imaging(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No page can be made while there is something in the list."""
    faults = ["broken"]

    def broken(*given: object, **named: object) -> object:
        if faults:
            raise EnvironmentProblem("store.write_failed")
        return make_page(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("villagedesk.desk.proposals.make_page", broken)
    yield faults


def test_a_photograph_of_which_this_program_makes_no_page_waits_and_the_picture_does_not_call_it_taken(
    qtbot: QtBot,
    tmp_path: Path,
    open_window: OpenWindow,
    broken_imaging: list[str],
) -> None:
    village = Village(tmp_path, papers(1, 12.0))
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: "看清了" in page.said())
    page.press(Qt.Key.Key_Space)
    page.until(lambda: page.problem() != "" and page.seen("waiting_look"))
    assert village.desk is not None
    sight = village.desk.live.look()
    assert sight is not None
    assert sight.sentence.key == "live.by_hand_failed"
    broken_imaging.clear()
    page.press(Qt.Key.Key_W)
    page.until(page.asked)
    page.enter()
    page.until(lambda: len(kept(village)) == 1)


def test_a_photograph_that_failed_is_told_though_the_clerk_is_elsewhere_by_then(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, page = with_one_page(qtbot, tmp_path, open_window)
    slow = PageTaking.propose

    def no_room(*given: object, **named: object) -> object:
        slow(*given, **named)  # type: ignore[arg-type]
        raise EnvironmentProblem("store.disk_full")

    monkeypatch.setattr(PageTaking, "propose", no_room)
    making.clear()
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.heard == 2)
    page.click("nav_today")
    page.until(lambda: page.seen("todo_list"))
    making.set()
    page.until(lambda: "磁盘已满" in page.problem())
