"""News for screens: what may have changed, so that they read it again."""

from __future__ import annotations

import threading
from collections.abc import Callable

TOPICS = frozenset({"cases", "outbox", "link", "print", "devices", "backup", "items"})

Listener = Callable[[frozenset[str]], None]


class News:
    """Fans out topics to listeners, in the thread that has the news."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, Listener] = {}
        self._next = 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every set of topics from now on, from any thread; gives what ends it.

        The listener must return at once: it is called from the thread that writes the database, among others.
        """
        with self._lock:
            number = self._next
            self._next += 1
            self._listeners[number] = listener

        def end() -> None:
            with self._lock:
                self._listeners.pop(number, None)

        return end

    def tell(self, *topics: str) -> None:
        """Say that these topics may have changed. Raises ValueError for a topic nobody could listen to."""
        said = frozenset(topics)
        if not said <= TOPICS:
            raise ValueError(f"unknown topics {sorted(said - TOPICS)}")
        with self._lock:
            listeners = tuple(self._listeners.values())
        for listener in listeners:
            listener(said)
