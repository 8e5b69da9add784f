"""The register as a table: as many of its columns as there is room for, more lines as they come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from villagedesk.domain.register_row import COLUMNS, RegisterRow
from villagedesk.ui.glyphs import readable
from villagedesk.ui.sentences import Words, plain_tip
from villagedesk.ui.theme import GAP

_ROW_HEIGHT = 44
_AIR = 16
_LEAST = {"applicant": 96, "item": 150, "note": 120, "delivered": 110}
"""Columns of words, and what they need in pixels; what is left over goes to these, and they break their lines."""
_FIRST = (
    "received",
    "applicant",
    "item",
    "document_number",
    "status",
    "phone",
    "number",
    "mode",
    "concluded",
    "delivered",
    "local_no",
    "handed_over",
    "note",
    "papers",
    "agent",
    "clerk",
    "acceptance_no",
)
"""Which are shown first where not all have room; the others are on paper, in the workbook and on the case's page."""
_Index = QModelIndex | QPersistentModelIndex


class RegisterModel(QAbstractTableModel):
    """The lines as they are."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.rows: list[RegisterRow] = []

    def show_rows(self, rows: Sequence[RegisterRow]) -> None:
        """Replace all lines."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def add_rows(self, rows: Sequence[RegisterRow]) -> None:
        """More lines behind those that are shown."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Lines."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' names."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words(f"register.column.{COLUMNS[section]}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        column = COLUMNS[index.column()]
        text = str(getattr(self.rows[index.row()], column))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return readable(text) if column == "applicant" else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        if column == "applicant" and role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        return None


class _Airy(QStyledItemDelegate):
    """Lines with some air above and below their words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As Qt's, and a bit higher."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), size.height() + GAP)


class RegisterTable(QTableView):
    """Signals:
    case_wanted(str): a double click on a line.
    end_reached(): the last line is in sight.
    """

    case_wanted = Signal(str)
    end_reached = Signal()

    def __init__(self, words: Words, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._model = RegisterModel(words, self)
        self.setModel(self._model)
        self.setItemDelegate(_Airy(self))
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
        self.doubleClicked.connect(lambda _index: self.open_chosen())
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def rows(self) -> tuple[RegisterRow, ...]:
        """What is shown."""
        return tuple(self._model.rows)

    def show_rows(self, rows: Sequence[RegisterRow]) -> None:
        """Replace the lines; the chosen case stays chosen."""
        if list(rows) == self._model.rows:
            return
        chosen = self._chosen()
        self._model.show_rows(rows)
        self._share_out()
        ids = [row.case_id for row in rows]
        if ids:
            self.selectRow(ids.index(chosen) if chosen in ids else 0)

    def add_rows(self, rows: Sequence[RegisterRow]) -> None:
        """More lines; the place in the table stays."""
        self._model.add_rows(rows)

    def open_chosen(self) -> None:
        """Ask for the chosen line's case."""
        if chosen := self._chosen():
            self.case_wanted.emit(chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the new width."""
        super().resizeEvent(event)
        self._share_out()

    def _chosen(self) -> str:
        row = self.currentIndex().row()
        return self._model.rows[row].case_id if 0 <= row < len(self._model.rows) else ""

    def _scrolled(self, value: int) -> None:
        if value == self.verticalScrollBar().maximum() > 0:
            self.end_reached.emit()

    def _share_out(self) -> None:
        """Show as many columns as have room, in the order of what matters."""
        room, widths = self.viewport().width(), dict[str, int]()
        for name in _FIRST:
            column = COLUMNS.index(name)
            self.setColumnHidden(column, False)
            own = max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column)) + _AIR
            width = _LEAST.get(name, own)
            if sum(widths.values()) + width <= room:
                widths[name] = width
        spare = max(0, room - sum(widths.values()))
        wordy = [name for name in widths if name in _LEAST]
        for name in COLUMNS:
            column = COLUMNS.index(name)
            self.setColumnHidden(column, name not in widths)
            if name in widths:
                more = spare // len(wordy) if name in wordy else 0
                self.setColumnWidth(column, widths[name] + more)
