"""Keys that act only while what they belong to is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget


class KeysWhereOpen:
    """Shortcuts, each with the widget it belongs to; one key may stand here several times, for several widgets.

    Args:
        is_open: whether that widget is the one that is open.
    """

    def __init__(self, is_open: Callable[[QWidget], bool]) -> None:
        self._is_open = is_open
        self._keys: Sequence[tuple[QShortcut, QWidget]] = ()

    def put(self, keys: Sequence[tuple[QShortcut, QWidget]]) -> None:
        """These are they."""
        self._keys = keys
        self.enable()

    def enable(self, *, asleep: bool = False) -> None:
        """Let those of what is open act; none while something else lies over it."""
        for key, there in self._keys:
            key.setEnabled(not asleep and self._is_open(there))

    def stop(self) -> None:
        """None of them acts."""
        for key, _ in self._keys:
            key.setEnabled(False)
