"""A time to choose: a month, a year, or days of one's own."""

from __future__ import annotations

import calendar
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.statistics_views import StatisticsQuery
from villagedesk.desk.views import Sentence
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.ui.fields import Choice
from villagedesk.ui.months import last_months, month_data, month_of
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP

_MONTHS, _YEARS = 24, 5
_TYPING_PAUSE_MS = 300
_DAY_WIDTH = 116


class PeriodChoice(QWidget):
    """Signals:
    changed(): another time was chosen, and it is clear which.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.choice = Choice("statistics_period", words("ui.statistics.period"), self)
        months = last_months(_MONTHS)
        for first in months:
            self.choice.addItem(words("statistics.month", year=first.year, month=first.month), month_data(first))
        for year in range(months[0].year, months[0].year - _YEARS, -1):
            self.choice.addItem(words("ui.statistics.whole_year", year=year), f"{year}")
        self.choice.addItem(words("ui.register.own_days"), "")
        self.choice.activated.connect(self._chosen)
        self.first = self._day("statistics_first", words("ui.statistics.first"))
        self.last = self._day("statistics_last", words("ui.statistics.last"))
        self._trouble = SentenceLabel(words, "statistics_trouble", self)
        self._trouble.hide()
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.read)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for key, field in (("period", self.choice), ("from", self.first), ("to", self.last)):
            label = plain_label(words(f"ui.statistics.{key}"), "", self)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addLayout(row)
        column.addWidget(self._trouble)
        self.begin()

    def begin(self) -> None:
        """This month."""
        self.choice.setCurrentIndex(0)
        self._fill()

    def query(self) -> StatisticsQuery | None:
        """What is chosen; None after having said beneath it what is wrong."""
        days: list[date] = []
        for edit in (self.first, self.last):
            try:
                days.append(read_date(edit.text()))
            except NoDate:
                self.tell(Sentence("ui.register.no_day", {"typed": edit.text()}, "bad"))
                return None
        self.tell(None)
        return StatisticsQuery(days[0], days[1])

    def month(self) -> tuple[int, int] | None:
        """Year and month, when exactly one is chosen."""
        query = self.query()
        if query is None or query.first != query.first.replace(day=1):
            return None
        year, month = query.first.year, query.first.month
        return (year, month) if query.last == _last_day(year, month) else None

    def read(self) -> None:
        """What was typed holds from now on."""
        self._pause.stop()
        if self.query() is not None:
            self.changed.emit()

    def tell(self, sentence: Sentence | None) -> None:
        """What is wrong with the days."""
        self._trouble.tell(sentence)
        self._trouble.setVisible(sentence is not None)
        for edit in (self.first, self.last):
            edit.setAccessibleDescription(self._trouble.accessibleName())

    def _day(self, name: str, label: str) -> QLineEdit:
        edit = QLineEdit(self)
        edit.setObjectName(name)
        edit.setAccessibleName(label)
        edit.setFixedWidth(_DAY_WIDTH)
        edit.textEdited.connect(self._typed)
        return edit

    def _typed(self) -> None:
        self.choice.setCurrentIndex(self.choice.count() - 1)
        self._pause.start()

    def _chosen(self) -> None:
        if self.choice.currentData():
            self._fill()
            self.changed.emit()
        else:
            self.first.setFocus()
            self.first.selectAll()

    def _fill(self) -> None:
        """The days of what is chosen."""
        data = str(self.choice.currentData())
        if "-" in data:
            year, month = month_of(data)
            first, last = date(year, month, 1), _last_day(year, month)
        else:
            first, last = date(int(data), 1, 1), date(int(data), 12, 31)
        self.first.setText(f"{first}")
        self.last.setText(f"{last}")
        self.tell(None)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
