"""The line above every screen: day, search field, who is at the desk, lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from villagedesk.domain.clock import SHANGHAI
from villagedesk.ui.buttons import button
from villagedesk.ui.icons import Icons
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP, QUIET

_WITH_DAY = 640


class TopLine(QFrame):
    """Signals:
    find_wanted(str): Enter was pressed in the search field.
    lock_wanted(): the lock button was pressed.
    day_changed(): another day has begun.
    """

    find_wanted = Signal(str)
    lock_wanted = Signal()
    day_changed = Signal()

    def __init__(
        self,
        words: Words,
        icons: Icons,
        clerk: str,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        every_ms: int = 30_000,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._now = now
        self._ticks = QTimer(self, interval=every_ms)
        self._ticks.timeout.connect(self.show_day)
        self._ticks.start()
        self.setProperty("role", "bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP, GAP, GAP)
        row.setSpacing(GAP * 2)
        self._title = plain_label("", "h2", self)
        self._title.setObjectName("screen_title")
        self._day = plain_label("", "quiet", self)
        self._day.setObjectName("day")
        row.addWidget(self._title)
        row.addWidget(self._day)
        row.addStretch(1)
        self.search = QLineEdit(self)
        self.search.setObjectName("search")
        self.search.setAccessibleName(words("ui.top.find"))
        self.search.setPlaceholderText(words("ui.top.find_hint"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("search", QUIET), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(220)
        self.search.setMaximumWidth(340)
        self.search.returnPressed.connect(lambda: self.find_wanted.emit(self.search.text().strip()))
        row.addWidget(self.search, 2)
        self._clerk = plain_label(clerk, parent=self)
        self._clerk.setObjectName("clerk_name")
        row.addWidget(self._clerk)
        row.addWidget(
            button(
                "lock",
                words("ui.top.lock"),
                self.lock_wanted.emit,
                key="F12",
                role="plain",
                icons=icons,
                icon="lock",
                parent=self,
            )
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """No day where the window has half the screen: the taskbar shows it, and the search would lie over the name."""
        super().resizeEvent(event)
        self._day.setVisible(event.size().width() >= _WITH_DAY)

    def show_screen(self, title: str) -> None:
        """Name the screen."""
        self._title.setText(title)
        self.show_day()

    def show_day(self) -> None:
        """The day that it is in the village now; it is looked at again every half minute."""
        today = self._now().astimezone(SHANGHAI)
        weekday = self._words(f"ui.weekday.{today.isoweekday()}")
        text = self._words("ui.day", month=today.month, day=today.day, weekday=weekday)
        changed = self._day.text() not in ("", text)
        self._day.setText(text)
        if changed:
            self.day_changed.emit()
