"""The boxes of a form, each with its value large and a button that copies it and goes on to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from villagedesk.desk.bridge_sheet import Sheet, SheetLine
from villagedesk.ui.bridge.clipboard import PersonalClipboard
from villagedesk.ui.buttons import PushButton
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP, set_role


class _CopyButton(PushButton):
    """Copies with Enter, Space or Ctrl+C; ↑ and ↓ go from box to box.

    Signals:
    moved(int): -1 up, 1 down.
    """

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As a button's, with the keys of a list."""
        copies = event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_C
        if copies or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class CopyLines(QWidget):
    """Signals:
    copied(SheetLine): its value is on the clipboard.
    at_end(): the last box was copied.
    shown(QWidget): a box has the focus now.
    """

    copied = Signal(object)
    at_end = Signal()
    shown = Signal(QWidget)

    def __init__(self, words: Words, clipboard: PersonalClipboard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._clipboard = clipboard
        self._lines: tuple[SheetLine, ...] = ()
        self._buttons: dict[int, _CopyButton] = {}
        self._done: set[int] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP * 2)

    @property
    def left(self) -> int:
        """How many boxes with something in them were not copied yet."""
        return len(self._buttons.keys() - self._done)

    def show_sheet(self, sheet: Sheet) -> None:
        """Replace the boxes; nothing is ticked."""
        clear(self._column)
        self._lines, self._buttons, self._done = sheet.lines, {}, set()
        number = 0
        for section in sheet.sections:
            if not section.lines:
                continue
            card = QFrame(self)
            card.setProperty("role", "card")
            grid = QGridLayout(card)
            grid.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
            grid.setHorizontalSpacing(GAP * 2)
            grid.setVerticalSpacing(GAP)
            grid.setColumnStretch(1, 1)
            grid.addWidget(plain_label(section.title, "h2", card), 0, 0, 1, 3)
            for row, line in enumerate(section.lines, start=1):
                self._add(grid, row, number, line)
                number += 1
            self._column.addWidget(card)
        self._column.addStretch(1)

    def first_focus(self) -> QWidget | None:
        """The first box that was not copied, None where all were."""
        number = self._next(-1)
        return None if number is None else self._buttons[number]

    def copy_next(self) -> None:
        """Copy the box that has the focus, else the first that was not copied, and go on."""
        focused = next((number for number, copy in self._buttons.items() if copy.hasFocus()), None)
        number = focused if focused is not None else self._next(-1)
        if number is not None:
            self._copy(number)

    def _add(self, grid: QGridLayout, row: int, number: int, line: SheetLine) -> None:
        words = self._words
        label = wrapping_label(line.label, "quiet")
        label.setMinimumWidth(GAP * 16)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        box = QVBoxLayout()
        box.setSpacing(0)
        value = wrapping_label(line.value or words("bridge.entry.empty"), "h2" if line.value else "quiet")
        value.setObjectName(f"bridge_value_{number + 1}")
        box.addWidget(value)
        if line.warning is not None:
            warning = SentenceLabel(words, f"bridge_warning_{number + 1}")
            warning.tell(line.warning)
            box.addWidget(warning)
        grid.addLayout(box, row, 1)
        if not line.value:
            return
        copy = _CopyButton(words("bridge.entry.copy"), self)
        copy.setObjectName(f"bridge_copy_{number + 1}")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: self._copy(number))
        copy.moved.connect(lambda step: self._move(number, step))
        self._buttons[number] = copy
        self._name(number)
        grid.addWidget(copy, row, 2, Qt.AlignmentFlag.AlignVCenter)

    def _name(self, number: int) -> None:
        words, line, copy = self._words, self._lines[number], self._buttons[number]
        done = number in self._done
        copy.setText(words("bridge.entry.copied") if done else words("bridge.entry.copy"))
        key = "bridge.entry.copied_named" if done else "bridge.entry.copy_named"
        copy.setAccessibleName(words(key, label=line.label))
        set_role(copy, "done" if done else "")

    def _copy(self, number: int) -> None:
        line = self._lines[number]
        self._clipboard.copy(line.value)
        self._done.add(number)
        self._name(number)
        self.copied.emit(line)
        following = self._next(number)
        if following is None:
            self.at_end.emit()
        else:
            self._focus(following)

    def _next(self, number: int) -> int | None:
        """The first box behind it that was not copied, else the first of all."""
        open_ones = [one for one in self._buttons if one not in self._done]
        return next((one for one in open_ones if one > number), open_ones[0] if open_ones else None)

    def _move(self, number: int, step: int) -> None:
        numbers = list(self._buttons)
        place = numbers.index(number) + step
        if 0 <= place < len(numbers):
            self._focus(numbers[place])

    def _focus(self, number: int) -> None:
        copy = self._buttons[number]
        copy.setFocus()
        self.shown.emit(copy)
