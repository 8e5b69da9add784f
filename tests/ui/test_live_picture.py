"""The live picture: the paper found in it, what to do in words, and photographs that are taken by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.ui.cases_taken import APPLICANT
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.intake import MaterialsPage
from villagedesk.desk.live_views import LiveSight
from villagedesk.devices.camera_simulated import SimulatedCamera
from villagedesk.domain.case import Page
from villagedesk.ui import theme
from villagedesk.ui.intake.camera_view import CameraView

ITEM_CODE = "VD-YB-001"


class LivePage(MaterialsPage):
    """Step 3 with an eye on the camera's picture."""

    def said(self) -> str:
        """What the picture says of the table."""
        return self.widget("camera_view", CameraView).accessibleDescription()

    def painted(self) -> NDArray[np.int64]:
        """The picture's pixels as it is painted now: height × width × 3, BGR."""
        picture = self.widget("camera_view", CameraView).grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(bytes(picture.constBits()), np.uint8).reshape(picture.height(), picture.width(), 4)
        return pixels[:, :, :3].astype(np.int64)

    def outline_pixels(self) -> int:
        """How many of them are of the line round a paper that was surely found."""
        blue = QColor(theme.BLUE)
        apart = np.abs(self.painted() - (blue.blue(), blue.green(), blue.red())).max(axis=2)
        return int((apart < 12).sum())


def at_the_camera(qtbot: QtBot, village: Village, open_window: OpenWindow) -> LivePage:
    """A draft at its third step."""
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = LivePage(qtbot, window)
    page.wait_for("nav_today")
    assert village.desk is not None
    case_id = village.desk.intake.start(ITEM_CODE).case.case_id
    village.desk.intake.type(case_id, APPLICANT, 3)
    page.click("nav_today")
    page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
    page.enter()
    page.wait_for("material_list")
    return page


def test_a_new_paper_is_photographed_without_a_key_and_the_same_never_twice(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow
) -> None:
    village = Village(tmp_path, papers(2, 12.0), automatic=True)
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: village.heard == 2)
    page.until(lambda: len(kept(village)) == 2)
    page.until(lambda: not page.seen("page_stage") and "拍过" in page.said())
    assert village.heard == 2, "the last paper lies there still"


def test_by_hand_nothing_is_photographed_before_the_key_and_the_picture_says_so(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow
) -> None:
    village = Village(tmp_path, papers(2, 12.0))
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: "看清了，按空格" in page.said())
    assert village.heard == 0
    page.press(Qt.Key.Key_A)
    page.until(lambda: len(kept(village)) == 2)
    page.press(Qt.Key.Key_A)
    assert village.desk is not None
    page.until(lambda: not village.desk.live.automatic())  # type: ignore[union-attr]


def test_the_paper_that_was_found_is_outlined_and_the_picture_lights_up_for_a_photograph(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    flashed: list[float] = []

    def flash(view: CameraView) -> None:
        before = page.painted().mean()
        real(view)
        flashed.append(page.painted().mean() - before)

    real = CameraView.flash
    monkeypatch.setattr(CameraView, "flash", flash)
    page = at_the_camera(qtbot, Village(tmp_path, papers(1, 12.0)), open_window)
    page.until(lambda: "看清了" in page.said())
    view = page.widget("camera_view", CameraView)
    assert page.outline_pixels() > view.width() + view.height()
    page.press(Qt.Key.Key_Space)
    page.until(lambda: len(flashed) == 1)
    assert flashed[0] > 40


def test_behind_a_dialog_nothing_is_photographed(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = Village(tmp_path, papers(1, 12.0))
    page = at_the_camera(qtbot, village, open_window)
    looks: list[LiveSight | None] = []
    dialog = QDialog(page.window)
    dialog.setModal(True)
    dialog.open()
    assert village.desk is not None
    live, look = village.desk.live, village.desk.live.look
    monkeypatch.setattr(live, "look", lambda: looks.append(look()) or looks[-1])  # type: ignore[func-returns-value]
    live.set_automatic(True)
    page.until(lambda: sum(sight is not None and sight.take for sight in looks) > 10)
    assert village.heard == 0
    dialog.close()
    page.until(lambda: village.heard == 1)


def test_a_paper_laid_down_while_its_page_is_looked_at_waits_for_the_key(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow
) -> None:
    """It is there to be taken anew: by itself it would become one more page."""
    village = Village(tmp_path, automatic=True)
    table = tmp_path / "table"
    table.mkdir()
    first, again = papers(2, 12.0)
    (table / "1.jpg").write_bytes(first)
    village.camera = SimulatedCamera.from_folder(table)
    page = at_the_camera(qtbot, village, open_window)
    page.wait_for("page_stage")
    page.until(lambda: not page.seen("page_stage"))
    assert page.pages() == 0, "the list went on to the next paper"
    page.press(Qt.Key.Key_Up)
    page.until(lambda: page.pages() == 1)
    page.press(Qt.Key.Key_Left)
    page.until(lambda: page.seen("stage_said") and "不自动拍" in page.text("stage_said"))
    (table / "2.jpg").write_bytes(again)
    page.until(lambda: "看清了" in page.said())
    assert village.heard == 1
    (old,) = kept(village)
    page.press(Qt.Key.Key_T)
    page.until(lambda: [one.page_id for one in kept(village)] != [old.page_id])
    assert village.heard == 2
    assert [(one.requirement_id, one.order) for one in kept(village)] == [(old.requirement_id, 1)]


def kept(village: Village) -> Sequence[Page]:
    """The pages of the one draft."""
    assert village.desk is not None
    return village.desk.intake.view(village.desk.cases.find("")[0].line.case_id).pages
