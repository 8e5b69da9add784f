"""Before a case goes that may have been entered by hand: did the clerk look in the acceptance system?"""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import QueueRow
from villagedesk.ui.buttons import button
from villagedesk.ui.glyphs import readable
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class LookUpCard(QFrame):
    """Beneath such a row, hidden until it asks. Enter presses the button that has the focus, as on the whole page.

    Signals:
        looked_up(): the clerk has looked, and the case is not there.
        left(): nothing is done.
    """

    looked_up = Signal()
    left = Signal()

    def __init__(self, row: QueueRow, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = f"queue_look_up_{row.row.action_id}"
        self.setObjectName(name)
        self.setProperty("role", "notice-calm")
        means = words("ui.queue.look_up.means", name=readable(row.applicant_name), item=row.item_name)
        self._leave = button(f"{name}_leave", words("ui.act.leave"), self.close_card, key="Esc", parent=self)
        sure = button(f"{name}_sure", words("ui.queue.look_up.sure"), self._confirm, role="primary", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        column.addWidget(plain_label(words("ui.queue.look_up.title"), "h3", self))
        column.addWidget(wrapping_label(means, parent=self))
        line = QHBoxLayout()
        line.setSpacing(GAP * 2)
        line.addWidget(self._leave)
        line.addWidget(sure)
        line.addStretch(1)
        column.addLayout(line)
        self.hide()

    def ask(self) -> None:
        """The button that leaves has the focus: Enter pressed once too often sends nothing."""
        self.show()
        QTimer.singleShot(0, self, self._leave.setFocus)  # once it has its room, so that it is scrolled into sight

    def close_card(self) -> None:
        """Leave it; nothing was done."""
        self.hide()
        self.left.emit()

    def _confirm(self) -> None:
        self.hide()
        self.looked_up.emit()
