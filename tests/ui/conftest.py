"""Screen tests: one look for all, a window on a real desk, and no stray warning from Qt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.imaged_once import once
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village, icons, messages
from tests.ui.one_day import begin_at_noon
from tests.ui.pages.base import PATIENCE_MS
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from villagedesk.app.resources import resources_folder
from villagedesk.imaging.finding.outline import find_page
from villagedesk.imaging.likeness import table_watch
from villagedesk.ui.theme import apply_theme
from villagedesk.ui.window import MainWindow

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

OpenWindow = Callable[[Village], MainWindow]


@pytest.fixture(autouse=True, scope="package")
def midday() -> Iterator[None]:
    """The tests, and what some of them share, begin at noon of one day in the village."""
    with pytest.MonkeyPatch.context() as patched:
        begin_at_noon(patched)
        yield


@pytest.fixture(autouse=True, scope="package")
def papers_found_once() -> Iterator[None]:
    """The live picture of a simulated camera is the same one all the time, and half of a screen test's work was to look
    for the paper in it again. Pages are made anew each time: tests press keys meanwhile."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(table_watch, "find_page", once(find_page))
        yield


@pytest.fixture(autouse=True)
def no_stray_warnings(qtlog: object, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning of Qt, and any log of ours at warning or above, is a fault."""
    yield
    said = [f"{record.type}: {record.message}" for record in qtlog.records]  # type: ignore[attr-defined]
    assert not said, said
    # caplog.records holds those of the phase that is running, which is the putting away now
    records = (*caplog.get_records("setup"), *caplog.get_records("call"), *caplog.records)
    logged = [record.getMessage() for record in records if record.levelname in ("WARNING", "ERROR", "CRITICAL")]
    assert not logged, logged


@pytest.fixture
def look(qapp: QApplication) -> None:
    """The program's look, once for the process."""
    if not qapp.styleSheet():
        apply_theme(qapp, [resources_folder() / "fonts" / "villagedesk-base.ttf"])


@pytest.fixture
def open_window(qtbot: QtBot, look: None) -> Iterator[OpenWindow]:
    """Opens windows, and puts each away when the test is over."""
    del look
    opened: list[MainWindow] = []

    def open_it(village: Village) -> MainWindow:
        window = MainWindow(
            village.entry, messages(), icons(), camera_preview_interval_ms=30, shutter_sound=village.hear
        )
        window.resize(1366, 768)
        opened.append(window)
        with qtbot.waitActive(window, timeout=PATIENCE_MS):
            window.show()
            window.activateWindow()
        return window

    yield open_it

    def gone() -> bool:
        for window in opened:
            window.close()  # once more lets go of what a test left unsaved
        return not any(window.isVisible() for window in opened)

    qtbot.waitUntil(gone, timeout=PATIENCE_MS)
    for window in opened:
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def village(tmp_path: Path) -> Village:
    """A village window that has been set up."""
    village = Village(tmp_path)
    village.set_up()
    return village


@pytest.fixture
def signed_in(qtbot: QtBot, village: Village, open_window: OpenWindow) -> MainWindow:
    """The first screen, after sign-in."""
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    today = TodayPage(qtbot, window)
    today.wait_for("nav_today")
    assert today.text("clerk_name") == CLERK
    return window
