"""The live picture: the paper found in it, what to do in words, and photographs that are taken by themselves."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.ui.cases_taken import APPLICANT
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.intake import MaterialsPage
from villagedesk.ui.intake.camera_view import CameraView

ITEM_CODE = "VD-YB-001"


class LivePage(MaterialsPage):
    """Step 3 with an eye on the camera's picture."""

    def said(self) -> str:
        """What the picture says of the table."""
        return self.widget("camera_view", CameraView).accessibleDescription()


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


def test_a_new_paper_is_photographed_without_a_key(qtbot: QtBot, tmp_path: Path, open_window: OpenWindow) -> None:
    page = at_the_camera(qtbot, Village(tmp_path, automatic=True), open_window)
    page.until(lambda: page.seen("proposal_keep"))
