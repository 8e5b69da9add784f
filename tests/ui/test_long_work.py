"""Long work: told on the GUI thread, stopped by the clerk, stopped when the program goes."""

from __future__ import annotations

import threading

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desk_at_hand import messages
from tests.ui.pages.base import PATIENCE_MS
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.domain.progress import Progress
from villagedesk.ui.background import Background
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.sentences import Words

WHAT = Sentence("ui.backup.working")


class Slow:
    """Work that takes a step each time it is let."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.let = threading.Semaphore(0)
        self.done = 0
        self.ended = threading.Event()

    def __call__(self, progress: Progress) -> int:
        try:
            while self.done < self.steps:
                progress(self.done, self.steps)
                if self.let.acquire(timeout=0.02):
                    self.done += 1
            progress(self.steps, self.steps)
        finally:
            self.ended.set()
        return self.done


def _panel(qtbot: QtBot) -> tuple[Background, LongWork, QWidget]:
    background = Background()
    window = QWidget()
    qtbot.addWidget(window)
    panel = LongWork(Words(messages()), background, window)
    window.show()
    return background, panel, window


def test_how_far_it_is_comes_to_the_gui_thread_and_the_result_too(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    work, results = Slow(4), []
    panel.start(WHAT, work, lambda result: results.append((result, QThread.currentThread())))
    assert panel.isVisible()
    work.let.release()
    work.let.release()
    far = panel.findChild(QLabel, "long_how_far")
    bar = panel.findChild(QProgressBar)
    assert far is not None
    assert bar is not None
    qtbot.waitUntil(lambda: far.text() == "已完成 50%", timeout=PATIENCE_MS)
    assert bar.value() * 2 == bar.maximum()
    work.let.release(2)
    qtbot.waitUntil(lambda: results != [], timeout=PATIENCE_MS)
    app = QApplication.instance()
    assert app is not None
    assert results == [(4, app.thread())]
    assert not panel.isVisible()
    background.close()
    window.close()


def test_it_stops_where_the_clerk_wants_and_says_so(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    work = Slow(4)
    ended: list[object] = []
    panel.start(WHAT, work, ended.append, ended.append)
    panel.stop()
    qtbot.waitUntil(lambda: not panel.under_way, timeout=PATIENCE_MS)
    assert ended == []
    assert work.done == 0
    assert panel.isVisible()
    said = panel.findChild(QLabel, "long_what")
    assert said is not None
    assert "已停下" in said.text()
    panel.clear()
    assert not panel.isVisible()
    background.close()
    window.close()


def test_behind_other_work_it_stops_at_once_and_never_begins(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    before, work = Slow(1), Slow(1)
    ended: list[object] = []
    background.run_long(window, before, ended.append, told=lambda *_: None, failed=ended.append)
    panel.start(WHAT, work, ended.append, ended.append, stopped=lambda: ended.append("stopped"))
    panel.stop()
    assert not panel.under_way
    assert not panel.isVisible()
    assert ended == ["stopped"]
    before.let.release()
    qtbot.waitUntil(lambda: background.idle, timeout=PATIENCE_MS)
    assert ended == ["stopped", 1]
    assert not work.ended.is_set()
    background.close()
    window.close()


def test_what_goes_wrong_is_handed_on(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    told: list[Problem] = []
    background.problem.connect(told.append)

    def fail(progress: Progress) -> None:
        progress(0, 2)
        raise EnvironmentProblem("store.disk_full")

    panel.start(WHAT, fail, lambda _: None)
    qtbot.waitUntil(lambda: told != [], timeout=PATIENCE_MS)
    assert [problem.key for problem in told] == ["store.disk_full"]
    assert not panel.under_way
    background.close()
    window.close()


def test_acts_and_reads_go_on_beside_it(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    work = Slow(1)
    acted: list[int] = []
    panel.start(WHAT, work, lambda _: None)
    background.run(window, lambda: 7, acted.append)
    qtbot.waitUntil(lambda: acted == [7], timeout=PATIENCE_MS)
    assert panel.under_way
    background.close()
    window.close()


def test_the_last_act_stops_it_and_waits_until_it_has_stopped(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    work = Slow(1)
    order: list[object] = []
    panel.start(WHAT, work, lambda _: None)
    background.settle(window, lambda: order.append(work.ended.is_set()), order.append)
    qtbot.waitUntil(lambda: len(order) == 2, timeout=PATIENCE_MS)
    assert order == [True, None]
    assert work.done == 0
    background.close()
    window.close()


def test_the_work_outlives_its_screen(qtbot: QtBot) -> None:
    background, panel, window = _panel(qtbot)
    work = Slow(2)
    panel.start(WHAT, work, lambda _: None)
    panel.deleteLater()
    QApplication.processEvents()
    work.let.release(2)
    assert work.ended.wait(PATIENCE_MS / 1000)
    qtbot.waitUntil(lambda: background.idle, timeout=PATIENCE_MS)
    assert work.done == 2
    background.close()
    window.close()
