"""Choosing several cases: search, Space takes one in or out, and what was taken stays through the next search."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidgetItem, QVBoxLayout, QWidget

from villagedesk.desk.views import ListRow
from villagedesk.domain.case import CaseStatus
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP, QUIET

_LIMIT = 200
_TYPING_PAUSE_MS = 150
_LIST_HEIGHT = 200
_CONCLUDED = frozenset({CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING, CaseStatus.DELIVERED, CaseStatus.ARCHIVED})


class _PickList(CardList):
    """Signals:
    toggled(): Space on the chosen row.
    """

    toggled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space takes in or out."""
        if event.text() == " ":
            self.toggled.emit()
            return
        super().keyPressEvent(event)


class CasePicker(QWidget):
    """Cases that are taken in, the concluded ones first.

    Signals:
        changed(): other cases are chosen.
    """

    changed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._rows: tuple[ListRow, ...] = ()
        self._taken: dict[str, None] = {}
        self._asked = 0
        self.filter = QLineEdit(self)
        self.filter.setObjectName("export_filter")
        self.filter.setAccessibleName(words("ui.cases.filter"))
        self.filter.setPlaceholderText(words("ui.cases.filter_hint"))
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(surroundings.icons.icon("search", QUIET), QLineEdit.ActionPosition.LeadingPosition)
        self._count = plain_label("", "h3", self)
        self._count.setObjectName("export_count")
        self._none = button("export_none", words("ui.export.none"), self.clear, role="link", parent=self)
        self._shown = button("export_all_shown", words("ui.export.all_shown"), self._take_shown, parent=self)
        self._list = _PickList("export_list", words("ui.export.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.itemClicked.connect(self._clicked)
        self._list.toggled.connect(self._toggle)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        head.addWidget(self._count)
        head.addWidget(self._none)
        head.addStretch(1)
        head.addWidget(self._shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.filter)
        column.addWidget(wrapping_label(words("ui.export.how"), "quiet", self))
        column.addWidget(self._list, 1)
        column.addLayout(head)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.read)
        self.filter.textChanged.connect(lambda: self._pause.start())

    @property
    def taken(self) -> tuple[str, ...]:
        """The chosen cases' ids, in the order they were chosen."""
        return tuple(self._taken)

    def clear(self) -> None:
        """Choose none."""
        had_focus = self._none.hasFocus()
        self._taken = {}
        self._show()
        if had_focus:
            self._list.setFocus()

    def read(self) -> None:
        """Read what fits the search."""
        self._asked += 1
        asked, text, desk = self._asked, self.filter.text().strip(), self._with.desk

        def show(rows: Sequence[ListRow]) -> None:
            if asked == self._asked:
                there = [row for row in rows if row.line.status is not CaseStatus.DRAFT]
                self._rows = tuple(sorted(there, key=lambda row: row.line.status not in _CONCLUDED))
                self._show()

        self._with.background.run(self, lambda: desk.cases.find(text, limit=_LIMIT), show, lane=Lane.READS)

    def _show(self) -> None:
        words = self._with.words
        badge = ((words("ui.export.taken"), "good"),)
        self._list.show_cards(
            [
                Card(
                    row.line.case_id,
                    words("ui.export.line", name=row.line.applicant_name, item=row.line.item_name),
                    (f"{row.line.local_no or ''}  {words.of(row.state)}",),
                    badges=badge if row.line.case_id in self._taken else (),
                )
                for row in self._rows
            ]
        )
        count = len(self._taken)
        self._count.setText(words("ui.export.count", count=count) if count else words("ui.export.count_none"))
        self._none.setVisible(bool(count))
        self._shown.setEnabled(bool(self._rows))
        self.changed.emit()

    def _clicked(self, _item: QListWidgetItem) -> None:
        self._toggle()

    def _toggle(self) -> None:
        case_id = self._list.current_key()
        if not case_id:
            return
        if case_id in self._taken:
            del self._taken[case_id]
        else:
            self._taken[case_id] = None
        self._show()

    def _take_shown(self) -> None:
        self._taken |= {row.line.case_id: None for row in self._rows}
        self._show()
