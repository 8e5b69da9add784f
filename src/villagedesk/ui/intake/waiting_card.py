"""Photographs that were taken and neither kept nor dropped, because the power went or the clerk was called away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from villagedesk.domain.capture import Capture
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP

SURE_MS = 4000
"""How long the second press on 全部不要 is waited for."""
_SIDE = 104
_PIXELS = 240


class WaitingCard(QFrame):
    """Signals:
    open_wanted(Capture): this one is to be kept or dropped now; :meth:`go_on` when it was.
    drop_wanted(): none of them is wanted, said twice.
    """

    open_wanted = Signal(object)
    drop_wanted = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._captures: tuple[Capture, ...] = ()
        self._to_look_at: list[Capture] = []
        self.setObjectName("waiting_card")
        self.setProperty("role", "notice-warn")
        self._title = wrapping_label("", "h3", self)
        self._title.setObjectName("waiting_title")
        self._quiet = wrapping_label(words("ui.waiting.quiet"), "quiet", self)
        self._strip = QListWidget(self)
        self._strip.setObjectName("waiting_list")
        self._strip.setAccessibleName(words("ui.waiting.pictures"))
        self._strip.setViewMode(QListView.ViewMode.IconMode)
        self._strip.setMovement(QListView.Movement.Static)
        self._strip.setResizeMode(QListView.ResizeMode.Adjust)
        self._strip.setIconSize(QSize(_SIDE, _SIDE * 3 // 4))
        # the pictures come later than the places they are given
        self._strip.setGridSize(QSize(_SIDE + 2 * GAP, _SIDE * 3 // 4 + self._strip.fontMetrics().height() + 2 * GAP))
        self._strip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        look = button("waiting_look", words("ui.waiting.look"), self.look, key="W", role="primary", parent=self)
        self._drop = button("waiting_drop", words("ui.waiting.drop"), self.drop, key="X", parent=self)
        self._sure = QTimer(self, singleShot=True, interval=SURE_MS)
        self._sure.timeout.connect(self._unsure)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        column.setSpacing(GAP)
        for label in (self._title, self._quiet):
            column.addWidget(label)
        column.addWidget(self._strip, 1)
        row = QHBoxLayout()
        row.addWidget(self._drop)
        row.addStretch(1)
        row.addWidget(look)
        column.addLayout(row)
        self.hide()

    @property
    def captures(self) -> tuple[Capture, ...]:
        """Those that wait, the oldest first."""
        return self._captures

    def minimumSizeHint(self) -> QSize:
        """It takes what the camera's picture has."""
        return QSize(80, 64)

    def show_waiting(self, captures: Sequence[Capture]) -> None:
        """Tell of these photographs; nothing is shown when there are none."""
        if tuple(captures) == self._captures:
            return
        self._captures = tuple(captures)
        self._unsure()
        self._title.setText(self._with.words("ui.waiting.title", count=len(captures)))
        self._strip.clear()
        for capture in captures:
            self._add(capture)
        self.setVisible(bool(captures))

    def look(self) -> None:
        """Look at them one after the other, if there are any."""
        self._to_look_at = list(self._captures)
        self.go_on()

    def go_on(self) -> None:
        """The next one."""
        if self._to_look_at:
            self.open_wanted.emit(self._to_look_at.pop(0))

    def stop(self) -> None:
        """The clerk goes elsewhere."""
        self._to_look_at.clear()

    def drop(self) -> None:
        """Drop them at the second press."""
        if not self._captures:
            return
        if self._sure.isActive():
            self._unsure()
            self.drop_wanted.emit()
        else:
            self._say("ui.waiting.drop_sure", "ui.waiting.sure")
            self._sure.start()

    def _unsure(self) -> None:
        self._sure.stop()
        self._say("ui.waiting.drop", "ui.waiting.quiet")

    def _say(self, act: str, above: str) -> None:
        words = self._with.words
        self._drop.setText(f"{words(act)}  X")
        self._drop.setAccessibleName(words(act))
        self._quiet.setText(words(above, count=len(self._captures)))

    def _add(self, capture: Capture) -> None:
        taken = self._with.words.clock_time(capture.taken_at)
        item = QListWidgetItem(taken)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, taken)
        item.setData(Qt.ItemDataRole.UserRole, capture.capture_id)
        self._strip.addItem(item)
        scanning = self._with.desk.scanning

        def show(jpeg: bytes) -> None:
            pixmap = QPixmap()
            pixmap.loadFromData(jpeg)
            for row in range(self._strip.count()):  # the list may be another by now
                shown = self._strip.item(row)
                if shown.data(Qt.ItemDataRole.UserRole) == capture.capture_id:
                    shown.setIcon(QIcon(pixmap))

        self._with.background.run(
            self,
            lambda: scanning.waiting_thumbnail(capture.capture_id, capture.case_id, _PIXELS),
            show,
            lane=Lane.READS,
            failed=lambda _: None,  # a picture that cannot be read is told when it is looked at
        )
