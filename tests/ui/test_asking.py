"""A page whose edges are not sure: its corners are asked about in the photograph, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.desk.drawn_papers import two_sheets
from tests.imaging.scans import scan
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import Village
from tests.ui.test_importing import step
from tests.ui.test_pages_by_key import FIRST, Hands, at_materials
from villagedesk.ui.intake.crop import CropView


@pytest.fixture
def asked(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> Hands:
    village = Village(tmp_path, (two_sheets(),))
    village.set_up()
    hands = at_materials(qtbot, open_window, village)
    hands.photograph()
    hands.until(lambda: hands.asked() and hands.focused() == "crop_view")
    assert "拿不准" in hands.text("proposal_advice")
    return hands


def test_a_guess_that_is_right_is_taken_with_one_key(asked: Hands) -> None:
    guess = asked.widget("crop_view", CropView).corners()
    assert 0.2 < guess[1][0] - guess[0][0] < 0.5, "one of the two sheets"
    asked.enter()
    asked.until(lambda: len(asked.pages_of(FIRST)) == 1)
    asked.until(asked.ready)
    assert asked.problem() == ""


def test_a_guess_that_is_wrong_is_cut_where_its_corners_were_moved(asked: Hands) -> None:
    before = asked.widget("crop_view", CropView).corners()
    for corner in (Qt.Key.Key_3, Qt.Key.Key_4):
        asked.press(corner)
        for _ in range(4):
            asked.press(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    after = asked.widget("crop_view", CropView).corners()
    assert [round(was[1] - now[1], 3) for was, now in zip(before, after, strict=True)] == [0, 0, 0.08, 0.08]
    assert asked.seen("crop_apply") and not asked.seen("proposal_keep")
    asked.enter()
    asked.until(lambda: asked.seen("proposal_keep") and asked.focused() == "proposal_keep")
    assert asked.pages_of(FIRST) == []
    asked.enter()
    asked.until(lambda: len(asked.pages_of(FIRST)) == 1)
    (page,) = asked.pages_of(FIRST)
    longer = (before[2][1] - before[1][1]) / (after[2][1] - after[1][1])
    assert longer > 1.1 and max(page.width, page.height) / min(page.width, page.height) < 1.414, "cut shorter than A4"


def test_a_guess_is_left_with_escape_and_nothing_waits(asked: Hands) -> None:
    asked.press(Qt.Key.Key_Escape)
    asked.until(asked.ready)
    asked.until(lambda: asked.window.background.idle or not asked.seen("waiting_card"))
    assert asked.pages_of(FIRST) == [] and not asked.seen("waiting_card")


def test_a_corner_that_is_dragged_does_not_jump_under_the_pointer(asked: Hands) -> None:
    view = asked.widget("crop_view", CropView)
    (x, y), *others = view.corners()
    size, room = view._place().size(), view._place().topLeft()
    at = QPoint(round(room.x() + x * size.width()) + 12, round(room.y() + y * size.height()) + 9)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(view, at + QPoint(30, 20))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at + QPoint(30, 20))
    (to_x, to_y), *rest = view.corners()
    assert rest == others
    assert abs((to_x - x) * size.width() - 30) < 1.5 and abs((to_y - y) * size.height() - 20) < 1.5


def test_a_page_of_a_file_that_is_not_wanted_does_not_wait(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    """What was read of the case while the page was asked about had its photograph among those that wait."""
    village = Village(tmp_path)
    village.set_up()
    hands = at_materials(qtbot, open_window, village)
    scan(1).save(tmp_path / "1.png")
    Image.effect_noise((900, 700), 40).convert("RGB").save(tmp_path / "2.png")
    step(hands).taker.bring_in([tmp_path / "1.png", tmp_path / "2.png"])
    hands.until(lambda: hands.seen("pick_list"))
    hands.enter()
    hands.until(hands.asked)
    for there in ("pick_list", "import_path", "capture"):
        hands.press(Qt.Key.Key_Escape)
        hands.wait_for(there)
    assert len(hands.pages_of(FIRST)) == 1
    hands.until(lambda: not hands.seen("waiting_card"))
    hands.photograph()
    hands.until(lambda: hands.asked() or hands.seen("page_stage"))
