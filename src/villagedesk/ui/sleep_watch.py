"""Finds out that the PC slept. Light to import: the window needs it before it is painted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 30_000


class SleepWatch(QTimer):
    """To be asked at every ``timeout``. By the wall clock: whether any other goes on in a sleep differs from system to
    system. One that was set forward looks the same as a sleep; set back, it tells nothing.

    Args:
        longest: between two looks; when more has passed, it slept.
    """

    def __init__(self, longest: timedelta, parent: QObject) -> None:
        super().__init__(parent, interval=_LOOK_MS)
        self._longest = longest
        self._last = datetime.now(UTC)

    def begin(self) -> None:
        """Look from now on; what was before is not asked."""
        self._last = datetime.now(UTC)
        self.start()

    @property
    def slept(self) -> bool:
        """Whether it slept since the last look; never when nobody watches."""
        return self.isActive() and datetime.now(UTC) - self._last > self._longest

    def look(self) -> datetime | None:
        """The last look before it slept; None when it did not since then."""
        left = self._last if self.slept else None
        self._last = datetime.now(UTC)
        return left
