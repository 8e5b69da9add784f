"""A PC that sleeps while somebody is signed in: locked when it wakes, and open no longer than it was awake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import CLERK, ITEM, ITEM_WORDS, NAME, PASSWORD, Village
from tests.ui.one_day import begin_at_noon, time_passes
from tests.ui.pages.entry import LockPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.statistics_views import StatisticsQuery
from villagedesk.domain.audit import AuditEntry, Deed
from villagedesk.domain.clock import moment_of
from villagedesk.domain.desk_hours import LEFT
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.ui import sleep_watch
from villagedesk.ui.intake import autosave
from villagedesk.ui.lock_screen import LockScreen
from villagedesk.ui.window import MainWindow


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets the PC sleep so many minutes, by the program's clock and the window's, or sets both back."""
    begin_at_noon(monkeypatch, sleep_watch)
    return lambda minutes: time_passes(monkeypatch, timedelta(minutes=minutes))


@pytest.fixture
def page(asleep: Callable[[float], None], qtbot: QtBot, signed_in: MainWindow) -> LockPage:
    """A clerk is signed in."""
    del asleep  # its clock is the one the window begins with
    return LockPage(qtbot, signed_in)


def doors(village: Village) -> list[AuditEntry]:
    kinds = frozenset({str(Deed.SIGNED_IN), str(Deed.LOCKED), str(Deed.UNLOCKED), str(Deed.SIGNED_OUT)})
    return list(reversed(SqlAuditLog(village.store).entries(100, kinds=kinds)))


def of_days(village: Village) -> list[tuple[date, int]]:
    """What the statistics say of the hours."""
    view = desk_of(village).statistics.view(StatisticsQuery(date(2026, 11, 23), date(2026, 11, 30)))
    return [(day.day, day.minutes) for day in view.figures.desk_days]


def test_a_pc_that_slept_is_locked_when_it_wakes_and_was_open_until_it_slept(
    village: Village, asleep: Callable[[float], None], page: LockPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE_MS", 600_000)
    monkeypatch.setattr(autosave, "LONGEST_MS", 600_000)
    choose = ChooseItemPage(page.qtbot, page.window)
    choose.new_case()
    choose.choose(ITEM_WORDS, ITEM)
    typing = ApplicantPage(page.qtbot, page.window)
    typing.until(lambda: typing.seen("applicant_name") and typing.focused() == "applicant_name")
    typing.type(NAME)
    asleep(9)
    page.window._sleep.timeout.emit()
    assert not page.seen("password"), "that short, nobody has gone"
    left = SystemClock().now()
    asleep(63 * 60)
    page.window._sleep.timeout.emit()
    page.until(lambda: page.seen("password") and page.window.background.idle)
    assert [row.line.applicant_name for row in desk_of(village).cases.find("")] == [NAME]
    locked = doors(village)[-1]
    assert locked.kind == Deed.LOCKED and locked.at - left >= timedelta(hours=63)
    assert abs(moment_of(locked.detail[LEFT]) - left) < timedelta(minutes=1)
    assert of_days(village) == [(date(2026, 11, 23), 9)]
    asleep(63 * 60)
    page.sign_in(PASSWORD)
    typing.wait_for("applicant_name")
    assert typing.typed("applicant_name") == NAME
    page.window._sleep.timeout.emit()
    assert not page.seen("password"), "what was slept behind the lock is over"


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_F1, Qt.Key.Key_F12])
def test_the_key_that_wakes_the_pc_locks_and_does_nothing_else(
    village: Village, asleep: Callable[[float], None], page: LockPage, key: Qt.Key
) -> None:
    asleep(63 * 60)
    QTest.keyClick(page.window.windowHandle(), key)  # as from outside: the window hears of it first
    assert isinstance(page.window._stack.currentWidget(), LockScreen), "before the next look at the clock"
    assert page.typed("password") == ""
    page.until(lambda: page.window.background.idle)
    assert LEFT in doors(village)[-1].detail


def test_a_shortcut_puts_the_idle_lock_off(page: LockPage) -> None:
    begun = page.window._idle.timerId()
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_F1)
    assert page.window._idle.isActive() and page.window._idle.timerId() != begun, "begun anew"


def test_the_idle_lock_and_the_close_that_come_before_the_look_say_when_it_slept(
    village: Village, asleep: Callable[[float], None], page: LockPage
) -> None:
    asleep(63 * 60)
    page.window._idle.timeout.emit()
    page.until(lambda: page.seen("password") and page.window.background.idle)
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")
    asleep(63 * 60)
    page.window.close()
    page.until(lambda: not page.window.isVisible())
    village.entry.sign_in(CLERK, PASSWORD)
    before_closing = [(one.kind, LEFT in one.detail) for one in doors(village)][-5:-2]
    village.entry.close()
    assert before_closing == [(Deed.LOCKED, True), (Deed.UNLOCKED, False), (Deed.LOCKED, True)]


def test_a_clock_that_is_set_back_locks_nothing(asleep: Callable[[float], None], page: LockPage) -> None:
    asleep(-63 * 60)
    page.window._sleep.timeout.emit()
    asleep(5)
    page.window._sleep.timeout.emit()
    assert page.seen("nav_today") and not page.seen("password")
