"""Space or T pressed for the next paper while the page before is being made: done, or told, and never a double."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import Village, no_paper, papers
from tests.ui.test_live_picture import LivePage, at_the_camera, kept
from villagedesk.desk.page_taking import PageTaking
from villagedesk.desk.views import Proposal


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is not set, a photograph that was taken comes to no page yet."""
    free, propose = threading.Event(), PageTaking.propose
    free.set()

    def slow(*given: object, **named: object) -> Proposal:
        free.wait()
        return propose(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(PageTaking, "propose", slow)
    yield free
    free.set()


def press_in_between(page: LivePage, village: Village, making: threading.Event, *keys: Qt.Key) -> None:
    """A photograph by the first key, the others once its shutter was heard, and only then its page."""
    heard = village.heard
    making.clear()
    page.press(keys[0])
    page.until(lambda: village.heard == heard + 1)
    for key in keys[1:]:
        page.press(key)
    making.set()


def with_one_page(qtbot: QtBot, folder: Path, open_window: OpenWindow) -> tuple[Village, LivePage]:
    """At the camera, one page kept and shown."""
    village = Village(folder, papers(3, 12.0))
    page = at_the_camera(qtbot, village, open_window)
    page.press(Qt.Key.Key_Space)
    page.until(lambda: len(kept(village)) == 1 and page.seen("page_stage"))
    return village, page


def test_the_next_paper_is_photographed_by_a_press_that_came_before_the_page_of_the_last(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: threading.Event
) -> None:
    village = Village(tmp_path, papers(2, 12.0))
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: "看清了" in page.said())
    press_in_between(page, village, making, Qt.Key.Key_Space, Qt.Key.Key_Space, Qt.Key.Key_Space)
    page.until(lambda: len(kept(village)) == 2)
    assert village.heard == 2
    first, second = kept(village)
    assert first.requirement_id != second.requirement_id, "the list had gone on"


def test_an_impatient_key_on_one_paper_makes_no_second_page_and_that_is_told(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: threading.Event
) -> None:
    village = Village(tmp_path, papers(1, 12.0))
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: "看清了" in page.said())
    press_in_between(page, village, making, *[Qt.Key.Key_Space] * 4)
    page.until(lambda: "没看到换纸" in page.problem())
    assert (village.heard, len(kept(village))) == (1, 1)
    page.press(Qt.Key.Key_Space)
    page.until(lambda: len(kept(village)) == 2)


def test_where_the_page_before_must_be_looked_at_the_press_is_dropped_in_words(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: threading.Event
) -> None:
    village = Village(tmp_path, (no_paper(), *papers(2, 12.0)))
    page = at_the_camera(qtbot, village, open_window)
    page.until(lambda: "放到镜头下" in page.said() or "看不清" in page.said())
    press_in_between(page, village, making, Qt.Key.Key_Space, Qt.Key.Key_Space)
    page.until(page.asked)
    assert "没有拍" in page.problem()
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.ready() and page.window.background.idle)
    assert village.heard == 1


def test_retaken_twice_in_a_row_the_second_is_for_the_page_that_came_of_the_first(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: threading.Event
) -> None:
    village, page = with_one_page(qtbot, tmp_path, open_window)
    (old,) = kept(village)
    page.press(Qt.Key.Key_Right)
    press_in_between(page, village, making, Qt.Key.Key_T, Qt.Key.Key_T)
    page.until(lambda: village.heard == 3)
    page.until(lambda: page.window.background.idle)
    (new,) = kept(village)
    assert new.page_id != old.page_id
    assert (new.requirement_id, new.order) == (old.requirement_id, 1)


def test_a_page_taken_anew_waits_for_the_one_in_hand_and_that_is_told(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, making: threading.Event
) -> None:
    """The page that is shown is not the one just photographed: which of them is meant nobody knows."""
    village, page = with_one_page(qtbot, tmp_path, open_window)
    making.clear()
    page.press(Qt.Key.Key_Space)
    page.until(lambda: village.heard == 2)
    page.press(Qt.Key.Key_T)
    page.until(lambda: "上一页还没出来" in page.problem())
    making.set()
    page.until(lambda: len(kept(village)) == 2)
    assert village.heard == 2
