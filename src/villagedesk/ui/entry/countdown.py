"""After too many wrong tries: how long is still to be waited, in words, with the button quiet until then."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QPushButton

from villagedesk.desk.door_views import Sentence
from villagedesk.ui.fields import Field

TICK_MS = 500
"""Oftener than once a second, so that no second is jumped over."""


class Countdown(QObject):
    """Tells the wait beneath a field and keeps a button disabled.

    Args:
        field: what was wrong is told beneath it.
        go: the button that tries.
    """

    def __init__(self, field: Field, go: QPushButton) -> None:
        super().__init__(field)
        self._field = field
        self._go = go
        self._left: Callable[[], float] | None = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def waiting(self) -> bool:
        """Whether no try can be made yet."""
        return self._left is not None

    def watch(self, left: Callable[[], float]) -> bool:
        """Count down what ``left`` says, if it says anything; whether it does.

        Args:
            left: seconds until the next try, 0.0 when now; cheap, since it is asked twice a second.
        """
        was_waiting = self.waiting
        self._left = left if left() > 0 else None
        self._go.setEnabled(not self.waiting)
        if self.waiting:
            self._timer.start()
            self._tick()
        else:
            self._timer.stop()
            if was_waiting:
                self._field.tell(None)
        return self.waiting

    def _tick(self) -> None:
        seconds = math.ceil(self._left()) if self._left is not None else 0
        if seconds > 0:
            self._field.tell(_wait(seconds))
            return
        self._timer.stop()
        self._left = None
        self._go.setEnabled(True)
        self._field.tell(Sentence("ui.wait.over", tone="good"))


def _wait(seconds: int) -> Sentence:
    minutes, rest = divmod(seconds, 60)
    if minutes:
        return Sentence("ui.wait.minutes", {"minutes": minutes, "seconds": rest}, "warn")
    return Sentence("ui.wait.seconds", {"seconds": rest}, "warn")
