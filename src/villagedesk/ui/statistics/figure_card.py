"""One part of the statistics on a card: what it is, how it is counted, a chart, and the table with the same figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from villagedesk.desk.statistics_views import FigureTable, Part
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.statistics.chart_data import ChartData
from villagedesk.ui.statistics.charts import BarChart, ColumnChart
from villagedesk.ui.statistics.figure_table import FigureTableView
from villagedesk.ui.theme import GAP

_SIDE_BY_SIDE = 820
"""Pixels from which chart and table have room beside each other."""
_WIDE_TABLE = 4
"""Columns from which a table needs twice the room of its chart."""


class FigureCard(QFrame):
    """Args:
    part: what it shows; its chart is named ``chart_<part>``, its table ``table_<part>``.
    columns: the chart has columns over a row of times; else bars that lie.
    """

    def __init__(self, words: Words, part: Part, *, columns: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._part = part
        self.setProperty("role", "card")
        title = words(f"statistics.part.{part}")
        label = words("ui.statistics.chart", part=title)
        chart = ColumnChart if columns else BarChart
        self._chart: ColumnChart | BarChart = chart(f"chart_{part}", label, self)
        self._table = FigureTableView(f"table_{part}", title, self)
        self._none = wrapping_label("", "quiet", self)
        self._none.setObjectName(f"none_{part}")
        how = wrapping_label(words(f"statistics.how.{part}"), "small", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP // 2)
        column.addWidget(plain_label(title, "h3", self))
        column.addWidget(how)
        column.addSpacing(GAP)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(GAP * 3)
        self._beside.addWidget(self._chart, 1, Qt.AlignmentFlag.AlignTop)
        self._beside.addWidget(self._table, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self._beside)
        column.addWidget(self._none)

    def show_figures(self, table: FigureTable, data: ChartData, none: str) -> None:
        """Draw these.

        Args:
            none: what to say instead where there is nothing to draw; "" where there is.
        """
        self._none.setText(none)
        self._none.setVisible(bool(none))
        self._chart.setVisible(not none)
        self._table.setVisible(not none)
        if none:
            return
        self._chart.show_data(data)
        self._chart.describe(self._described(table))
        self._table.show_table(table)
        if len(table.heads) > _WIDE_TABLE:
            self._beside.setStretch(1, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The table goes beneath the chart where there is no room beside it."""
        super().resizeEvent(event)
        wide = event.size().width() >= _SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _described(self, table: FigureTable) -> str:
        words = self._words
        rows = (
            words(
                "ui.statistics.row",
                name=row[0],
                values=words("ui.value.between").join(
                    words("ui.statistics.cell", head=head, value=value)
                    for head, value in zip(table.heads[1:], row[1:], strict=True)
                ),
            )
            for row in table.rows
        )
        return words("ui.statistics.between_rows").join(rows)
