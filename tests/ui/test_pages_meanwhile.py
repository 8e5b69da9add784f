"""Keys pressed while a page is still on its way: none of them is done to another page, and none loses one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desk.counter import sharp_papers
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import Village, no_paper
from tests.ui.test_pages_by_key import FIRST, SECOND, Hands, at_materials
from villagedesk.desk.desk import Desk
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.ui.background import Lane


@pytest.fixture
def hands(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> Hands:
    """The camera sees a paper, and after it none."""
    village = Village(tmp_path, (sharp_papers()[0], no_paper()))
    village.set_up()
    return at_materials(qtbot, open_window, village)


def desk_of(hands: Hands) -> Desk:
    assert hands.village.desk is not None
    return hands.village.desk


def held_up(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> Callable[[], None]:
    """Let calls of a method begin only when what this gives is called."""
    real, go_on = getattr(owner, name), threading.Event()

    def work(*args: Any, **how: Any) -> Any:
        assert go_on.wait(30)
        return real(*args, **how)

    monkeypatch.setattr(owner, name, work)
    return go_on.set


def test_corners_that_come_after_the_next_photograph_was_taken_are_not_those_of_its_page(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.take()
    kept = hands.pages_of(FIRST)
    hands.press(Qt.Key.Key_C)
    go_on = held_up(monkeypatch, desk_of(hands).scanning, "capture")
    hands.press(Qt.Key.Key_Space)
    hands.until(lambda: hands.seen("waiting_line"))
    go_on()
    hands.until(lambda: hands.seen("crop_view") and hands.seen("proposal_keep") and hands.window.background.idle)
    hands.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    hands.enter()
    hands.until(lambda: hands.window.background.idle and not hands.seen("waiting_line"))
    assert hands.pages_of(FIRST) == kept, "the page that was kept is as it was"
    hands.until(hands.asked)


def test_escape_while_a_page_is_being_kept_does_not_drop_it(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    hands.take()
    hands.until(lambda: hands.pages() == 0)  # the next paper's
    hands.photograph()
    hands.until(hands.asked)
    go_on = held_up(monkeypatch, desk_of(hands).scanning, "keep")
    hands.enter()
    hands.until(lambda: hands.seen("waiting_line"))
    hands.press(Qt.Key.Key_Escape)
    background, rested = hands.window.background, []  # type: ignore[var-annotated]
    background.run(hands.window, lambda: None, rested.append, lane=Lane.PICTURES)
    hands.until(lambda: bool(rested))  # what Esc may have begun is done
    go_on()
    hands.until(lambda: len(hands.pages_of(SECOND)) == 1)
    hands.until(lambda: not hands.seen("proposal_panel"))
    assert not hands.problem()


def test_a_photograph_that_cannot_be_opened_is_told_and_the_next_one_is_opened(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanning = desk_of(hands).scanning
    case_id = desk_of(hands).cases.find("")[0].line.case_id
    for _ in range(2):
        scanning.capture(case_id, FIRST, ask_where=True)
    damaged = desk_of(hands).intake.view(case_id).waiting[0].capture_id
    real = scanning.reopen

    def reopen(capture_id: str, *where: str) -> Any:
        if capture_id == damaged:
            raise EnvironmentProblem("store.page_damaged")
        return real(capture_id, *where)

    monkeypatch.setattr(scanning, "reopen", reopen)
    hands.press(Qt.Key.Key_Space)  # reads the case anew
    hands.until(lambda: hands.seen("proposal_panel"))
    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: hands.seen("waiting_card"))
    hands.press(Qt.Key.Key_W)
    hands.until(hands.asked)
    hands.keep()
    hands.until(lambda: len(hands.pages_of(FIRST)) == 1)
    assert [one.capture_id for one in desk_of(hands).intake.view(case_id).waiting] == [damaged]
    hands.until(lambda: hands.seen("waiting_card") and hands.focused() == "material_list")
    hands.press(Qt.Key.Key_W)
    hands.until(lambda: bool(hands.problem()))
