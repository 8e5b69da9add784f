"""The desk's news, brought from its threads to the screen's, many at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from villagedesk.desk.news import News

PAUSE_MS = 80
"""Gathered for so long: a case that is saved is news of several kinds."""


class NewsWatch(QObject):
    """Listens from the beginning.

    Signals:
        told(frozenset): the topics of which there is news.
    """

    told = Signal(object)
    _came = Signal(object)

    def __init__(self, news: News, parent: QObject) -> None:
        super().__init__(parent)
        self._news = news
        self._fresh: set[str] = set()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._tell)
        self._came.connect(self._note)
        self._end: Callable[[], None] = news.subscribe(self._came.emit)
        self.listening = True

    def end(self) -> None:
        """Listen to no more."""
        self._end()
        self.listening = False
        self._timer.stop()

    def again(self) -> None:
        """After :meth:`end`; what was missed of what came before it is told."""
        self._end = self._news.subscribe(self._came.emit)
        self.listening = True
        self._tell()

    def _note(self, topics: frozenset[str]) -> None:
        if not self.listening:
            return  # they were on their way from another thread when it ended
        self._fresh |= topics
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        topics, self._fresh = frozenset(self._fresh), set()
        self.told.emit(topics)
