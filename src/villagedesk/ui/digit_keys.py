"""Digits that open the rows of a list. A digit alone does; one that is followed by more begins a scanned number."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from villagedesk.ui.buttons import on_key

DIGITS = 9
ALONE_MS = 120
"""How long a digit waits whether more follows; a scanner's next character is there after 35 ms at the latest."""


class DigitKeys(QObject):
    """The keys 1 to 9 while the focus is in a widget.

    Args:
        rows: how many there are now.
        act: gets the row, from 0.
    """

    def __init__(self, owner: QWidget, rows: Callable[[], int], act: Callable[[int], None]) -> None:
        super().__init__(owner)
        self._rows = rows
        self._digit = 0
        self._pause = QTimer(self, singleShot=True, interval=ALONE_MS)
        self._pause.timeout.connect(lambda: act(self._digit - 1))
        for digit in range(1, DIGITS + 1):
            on_key(owner, str(digit), lambda digit=digit: self._pressed(digit))  # type: ignore[misc]

    def let_go(self) -> None:
        """The digit just pressed was the first of a number, or the list has gone: it opens nothing."""
        self._pause.stop()

    def _pressed(self, digit: int) -> None:
        if self._pause.isActive():
            self._pause.stop()
        elif digit <= self._rows():
            self._digit = digit
            self._pause.start()
