"""An item moves after thirty days without a link; when it is back, what went over is there once: a window on a real
sync engine, against a real practice server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.carried_cases import carry, put
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.one_day import days_pass
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.follow_up import RatingScreen
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.moves import MoveScreen
from tests.ui.pages.proxy import TownshipForm
from tests.ui.pages.sending import QueuePage
from tests.ui.pages.settings import ItemsPage
from tests.ui.test_mode_move import NUMBER, case_of, choose_system
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.domain.service_item import HandlingMode
from villagedesk.practice.server import PracticeServer
from villagedesk.ui.window import MainWindow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    """Prepared, not started: no link."""
    prepared = PracticeServer(tmp_path / "practice")
    yield prepared
    prepared.stop()


@pytest.fixture
def connected(tmp_path: Path, server: PracticeServer) -> Village:
    """Set up with the server's own station file."""
    village = Village(tmp_path, connected=True)
    village.set_up(server.practice.station_file())
    return village


@pytest.fixture
def cut_off(qtbot: QtBot, connected: Village, open_window: object) -> MainWindow:
    """Its window, signed in, with no link."""
    window: MainWindow = open_window(connected)  # type: ignore[operator]
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    return window


def held_there(folder: Path) -> dict[str, int]:
    """What the server has of this station: how many revisions of each case."""
    with closing(sqlite3.connect(f"file:{folder / 'practice' / 'acceptance.sqlite'}?mode=ro", uri=True)) as database:
        return dict(database.execute("SELECT case_id, count(*) FROM revisions GROUP BY case_id").fetchall())


def test_what_was_carried_for_thirty_days_goes_over_and_arrives_once(
    qtbot: QtBot,
    connected: Village,
    cut_off: MainWindow,
    server: PracticeServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    goes, entered, ended = carry(connected, 3)
    desk = desk_of(connected)
    put(connected, entered, status=CaseStatus.IN_PROCESS, township_no=NUMBER)
    desk.changes.conclude_here(ended, "granted", "")
    days_pass(monkeypatch, 30)
    choose_system(ItemsPage(qtbot, cut_off))
    move = MoveScreen(qtbot, cut_off)
    move.open()
    assert len(move.cases()) == 2, "what came to its end on paper is not entered any more"
    move.carry_out()
    assert move.said() == "✓ 办好了：排队上报 1 件，绑定编号 1 件，代办到底 0 件。"
    queue = QueuePage(qtbot, cut_off)
    queue.open()
    queue.until(lambda: len(queue.states()) == 1)
    assert "待上报" in queue.states()[0]

    server.start()
    queue.press(Qt.Key.Key_F5)
    queue.until(lambda: desk.cases.case(goes).outbox[-1].state is SendingState.SENT)
    page = TownshipForm(qtbot, cut_off)
    page.find(case_of(connected, goes).local_no or "")
    page.choose("rate")
    rating = RatingScreen(qtbot, cut_off)
    rating.come()
    rating.key(Qt.Key.Key_5)
    assert rating.thanked() == "谢谢您！"
    rating.enter()
    rating.until(lambda: desk.cases.case(goes).outbox[-1].state is SendingState.DONE)
    assert [row.operation for row in desk.cases.case(goes).outbox] == [Operation.SUBMIT, Operation.EVALUATE]
    assert held_there(tmp_path) == {goes: 1}
    assert case_of(connected, ended).mode is HandlingMode.PROXY and not desk.cases.case(ended).outbox
    bound = case_of(connected, entered)
    assert (bound.mode, bound.acceptance_no) == (HandlingMode.SYSTEM, NUMBER)
