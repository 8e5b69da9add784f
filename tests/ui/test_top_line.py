"""The line above every screen, and days that are not today's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.desk_at_hand import icons, messages
from villagedesk.ui.icons import Icons
from villagedesk.ui.sentences import Words
from villagedesk.ui.top_line import TopLine


def test_the_day_follows_the_clock_and_says_that_it_is_another(qtbot: QtBot) -> None:
    moment = [datetime(2026, 11, 23, 15, 59, tzinfo=UTC)]
    top = TopLine(Words(messages()), Icons(icons()), "王会计", now=lambda: moment[0], every_ms=1)
    qtbot.addWidget(top)
    top.show_screen("今天")
    day = top.findChild(QLabel, "day")
    assert day is not None
    assert "11月23日" in day.text()
    with qtbot.waitSignal(top.day_changed):
        moment[0] += timedelta(minutes=2)  # past midnight in the village
    assert "11月24日" in day.text()


def test_a_moment_of_another_year_names_it() -> None:
    words = Words(messages())
    now = datetime.now(UTC)
    assert "年" not in words.moment(now)
    assert words.moment(now - timedelta(days=800)).startswith(f"{(now - timedelta(days=800)).year}年")
