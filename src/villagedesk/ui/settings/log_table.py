"""The lines of the station's log as a table: when, who, what, of whom, which case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from villagedesk.domain.clock import SHANGHAI
from villagedesk.ui.sentences import COLOURS, Words, plain_tip

if TYPE_CHECKING:
    from villagedesk.desk.audit import AuditLine

_COLUMNS = ("time", "actor", "what", "person", "number")
_ROW_HEIGHT = 44
_AIR = 16
_WIDE_ENOUGH = 760
_Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractTableModel):
    """The lines as words."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.lines: tuple[AuditLine, ...] = ()

    def show_lines(self, lines: Sequence[AuditLine]) -> None:
        """Replace all lines."""
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' names."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words(f"ui.log.column_{_COLUMNS[section]}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        line = self.lines[index.row()]
        column = _COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._text(line, column))
        if column == "what" and role == Qt.ItemDataRole.ForegroundRole and line.sentence.tone not in ("calm", "good"):
            return QColor(COLOURS[line.sentence.tone])
        return None

    def _text(self, line: AuditLine, column: str) -> str:
        if column == "time":
            return f"{line.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        if column == "actor":
            return line.actor
        if column == "what":
            return self._words.of(line.sentence)
        return line.person if column == "person" else line.local_no


class LogTable(QTableView):
    """Newest first."""

    def __init__(self, words: Words, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._model = LogModel(words, self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    @property
    def lines(self) -> tuple[AuditLine, ...]:
        """What is shown."""
        return self._model.lines

    def show_lines(self, lines: Sequence[AuditLine]) -> None:
        """Replace the lines; the row stays where it was when lines were only added at the end."""
        row = max(0, self.currentIndex().row())
        at = self.verticalScrollBar().value()
        grown = tuple(lines[: len(self._model.lines)]) == self._model.lines
        self._model.show_lines(lines)
        self._share_out()
        if lines:
            self.selectRow(row if grown else 0)
        if grown:
            self.verticalScrollBar().setValue(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words take what the other columns leave."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        left = self.viewport().width()
        # The number names the case too, and a masked name says least.
        self.setColumnHidden(_COLUMNS.index("person"), left < _WIDE_ENOUGH)
        for column, name in enumerate(_COLUMNS):
            if name != "what" and not self.isColumnHidden(column):
                wanted = max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))
                self.setColumnWidth(column, wanted + _AIR)
                left -= self.columnWidth(column)
        self.setColumnWidth(_COLUMNS.index("what"), max(120, left))
