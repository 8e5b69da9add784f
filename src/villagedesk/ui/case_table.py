"""Cases as a table: time, applicant, item, number, state in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from villagedesk.desk.views import ListRow
from villagedesk.domain.clock import SHANGHAI
from villagedesk.ui.glyphs import readable
from villagedesk.ui.sentences import COLOURS, Words, plain_tip

_COLUMNS = ("time", "applicant", "item", "number", "state")
_ROW_HEIGHT = 46
_WIDE_ENOUGH = 760
_SHARES = {"applicant": 0.26, "item": 0.36, "state": 0.38}
"""How the columns of words share what time and number leave; they break their lines rather than be cut."""
_Index = QModelIndex | QPersistentModelIndex


class CaseModel(QAbstractTableModel):
    """The rows as words.

    Args:
        dated: whether the time column names the day too.
    """

    def __init__(self, words: Words, dated: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._dated = dated
        self.rows: tuple[ListRow, ...] = ()

    def show_rows(self, rows: Sequence[ListRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' names."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._words(f"ui.cases.column_{_COLUMNS[section]}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        row = self.rows[index.row()]
        column = _COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._text(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._text(row, column) if column != "state" else self._words.of(row.state)
        if column == "state" and role == Qt.ItemDataRole.ForegroundRole and row.state.tone != "calm":
            return QColor(COLOURS[row.state.tone])
        if column == "applicant" and role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _text(self, row: ListRow, column: str) -> str:
        line = row.line
        moment = line.received_at or line.updated_at
        if column == "time":
            return self._words.moment(moment) if self._dated else f"{moment.astimezone(SHANGHAI):%H:%M}"
        if column == "applicant":
            return readable(line.applicant_name) or self._words("ui.cases.no_name")
        if column == "item":
            return line.item_name
        if column == "number":
            return line.local_no or self._words("ui.cases.no_number")
        return self._words.marked(row.state)


class CaseTable(QTableView):
    """Signals:
    case_wanted(str): Enter or a double click on a row.
    """

    case_wanted = Signal(str)

    def __init__(self, words: Words, name: str, label: str, *, dated: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._dated = dated
        self._model = CaseModel(words, dated, self)
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
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda index: self.case_wanted.emit(self._id(index.row())))

    @property
    def rows(self) -> tuple[ListRow, ...]:
        """What is shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[ListRow]) -> None:
        """Replace the rows; the chosen case stays chosen."""
        if tuple(rows) == self._model.rows:
            return
        current = self.currentIndex()
        chosen = self._id(current.row()) if current.isValid() else ""
        self._model.show_rows(rows)
        self._share_out()
        ids = [row.line.case_id for row in rows]
        if ids:
            self.selectRow(ids.index(chosen) if chosen in ids else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the new width."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        left = self.viewport().width()
        # The number is on the case page too, and the first thing that can be spared.
        self.setColumnHidden(_COLUMNS.index("number"), not self._dated or left < _WIDE_ENOUGH)
        for column, name in enumerate(_COLUMNS):
            if name not in _SHARES and not self.isColumnHidden(column):
                self.setColumnWidth(column, self.sizeHintForColumn(column) + 12)
                left -= self.columnWidth(column)
        for column, name in enumerate(_COLUMNS):
            if name in _SHARES:
                self.setColumnWidth(column, max(60, int(left * _SHARES[name])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen case."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.case_wanted.emit(self._id(self.currentIndex().row()))
            return
        super().keyPressEvent(event)

    def _id(self, row: int) -> str:
        return self._model.rows[row].line.case_id
