"""What was typed a moment ago is saved, however the clerk leaves; the pause before the autosave is never waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, ITEM, ITEM_WORDS, NAME, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage
from villagedesk.ui.intake import autosave
from villagedesk.ui.window import MainWindow


def close(page: ApplicantPage) -> None:
    """The window's own cross."""
    page.window.close()


LEAVING: dict[str, Callable[[ApplicantPage], None]] = {
    "F2": lambda page: page.press(Qt.Key.Key_F2),
    "lock": lambda page: page.press(Qt.Key.Key_F12),
    "Esc": lambda page: page.press(Qt.Key.Key_Escape),
    "another step": lambda page: page.click("step_4"),
    "another room": lambda page: page.click("nav_cases"),
    "close": close,
}


@pytest.fixture
def typing(
    qtbot: QtBot, village: Village, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> tuple[MainWindow, ApplicantPage]:
    """A draft whose name was typed just now; by itself it would be saved in ten minutes."""
    monkeypatch.setattr(autosave, "PAUSE_MS", 600_000)
    monkeypatch.setattr(autosave, "LONGEST_MS", 600_000)
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    choose = ChooseItemPage(qtbot, window)
    choose.new_case()
    choose.choose(ITEM_WORDS, ITEM)
    page = ApplicantPage(qtbot, window)
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    page.type(NAME)
    return window, page


@pytest.mark.parametrize("way", LEAVING)
def test_leaving_saves_what_was_typed(
    qtbot: QtBot, village: Village, typing: tuple[MainWindow, ApplicantPage], way: str
) -> None:
    window, page = typing
    assert village.desk is not None
    assert [row.line.applicant_name for row in village.desk.cases.find("")] == [""]
    LEAVING[way](page)
    if way == "close":
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)
    else:
        page.until(lambda: window.background.idle)
    assert saved_names(village.folder, village if way != "close" else None) == [NAME]


def saved_names(folder: Path, open_village: Village | None) -> list[str]:
    """Names of all drafts, asked of the desk that is open, or of one opened anew."""
    village = open_village or Village(folder)
    desk = village.desk or village.entry.sign_in(CLERK, PASSWORD)
    try:
        return [row.line.applicant_name for row in desk.cases.find("")]
    finally:
        if open_village is None:
            village.entry.close()
