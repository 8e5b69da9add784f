"""A table of figures, to be read by keyboard: words to the left, numbers to the right."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from villagedesk.desk.statistics_views import FigureTable
from villagedesk.ui.sentences import plain_tip

_ROW_HEIGHT = 40
_MOST_ROWS = 5
"""Seen at once; the others are scrolled to."""
_AIR = 16
_LEAST_FIRST = 120
_LEAST_WORDS = 112
"""To which a column of sentences shrinks."""
_HEAD_AIR = 20
_FRAME = 8
"""The frame and its padding, above and below, in pixels."""
_Index = QModelIndex | QPersistentModelIndex


class _FigureModel(QAbstractTableModel):
    """The cells as they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: FigureTable | None = None

    def show_table(self, table: FigureTable) -> None:
        """Replace all."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Rows."""
        return 0 if parent.isValid() or self.table is None else len(self.table.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Columns."""
        return 0 if parent.isValid() or self.table is None else len(self.table.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' names."""
        if self.table is None or orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.heads[section]
        breaking = _side(section).value | Qt.TextFlag.TextWordWrap.value
        return breaking if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        if self.table is None:
            return None
        text = str(self.table.rows[index.row()][index.column()])
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.table.heads[index.column()]} {text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        return _side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None


class FigureTableView(QTableView):
    """As high as its rows need, up to some; the first column takes what is left and breaks its lines.

    Args:
        name: object name.
        label: accessible name.
    """

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setProperty("role", "figures")
        self._model = _FigureModel(self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def show_table(self, table: FigureTable) -> None:
        """Replace the rows; the chosen row stays chosen where it is there still."""
        if table == self._model.table:
            return
        row = max(0, self.currentIndex().row())
        self._model.show_table(table)
        self._share_out()
        if table.rows:
            self.selectRow(min(row, len(table.rows) - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first column shares the new width."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        header, columns = self.horizontalHeader(), self._model.columnCount()
        if not columns:
            return
        room = self.viewport().width()
        cells = [self.sizeHintForColumn(column) for column in range(columns)]
        heads = [header.sectionSizeHint(column) for column in range(columns)]
        widths = [max(cell, head) + _AIR for cell, head in zip(cells, heads, strict=True)]
        if _LEAST_FIRST + sum(widths[1:]) > room:  # sentences break, and so do the heads
            shorter = zip(cells, heads, strict=True)
            widths = [max(min(cell, _LEAST_WORDS), head // 2 + _AIR) + _AIR // 2 for cell, head in shorter]
            longest = max(range(1, columns), key=lambda column: cells[column], default=0)
            spare = room - sum(widths[1:]) - max(_LEAST_FIRST, cells[0] + _AIR)
            widths[longest] += max(0, min(spare, cells[longest] + _AIR - widths[longest]))
        for column in range(1, columns):
            self.setColumnWidth(column, widths[column])
        self.setColumnWidth(0, max(_LEAST_FIRST, room - sum(widths[1:])))
        header.setFixedHeight(self._head_height())
        rows = self.verticalHeader()
        seen = sum(rows.sectionSize(row) for row in range(min(_MOST_ROWS, rows.count())))
        self.setFixedHeight(header.height() + seen + _FRAME + self._bar_height())

    def _head_height(self) -> int:
        """One line, or two where a head breaks."""
        header, line = self.horizontalHeader(), self.fontMetrics().height()
        broken = any(
            header.sectionSizeHint(column) > header.sectionSize(column)
            for column in range(1, self._model.columnCount())
        )
        return (2 if broken else 1) * line + _HEAD_AIR

    def _bar_height(self) -> int:
        bar = self.horizontalScrollBar()
        return bar.sizeHint().height() if bar.maximum() > 0 else 0


def _side(column: int) -> Qt.AlignmentFlag:
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    return (right if column else left) | Qt.AlignmentFlag.AlignVCenter
