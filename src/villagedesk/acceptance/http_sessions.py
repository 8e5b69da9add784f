"""The connections to one host that are free at the moment, each in a ``requests.Session`` of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import requests

KEPT_SECONDS = 4.0
"""A connection that was idle for longer is not used again: servers end theirs after 5 s (uvicorn) and more, and a
request that crosses with that end is one nobody knows the fate of."""


class Sessions:
    """The one that was used last is taken first: it is the likeliest to stand still, and on a line of long round trips
    a new connection greets for two of them and begins slowly. Safe to use from several threads.

    Args:
        new: makes a session without a connection.
        now: seconds on a clock that never jumps.
    """

    def __init__(self, new: Callable[[], requests.Session], now: Callable[[], float] = monotonic) -> None:
        self._new = new
        self._now = now
        self._lock = threading.Lock()
        self._all: set[requests.Session] = set()
        self._free: list[tuple[requests.Session, float]] = []
        self._closed = False

    @contextlib.contextmanager
    def one(self) -> Iterator[requests.Session]:
        """A session for one exchange. It is free again after that, and given up when the exchange raised."""
        session = self._take()
        try:
            yield session
        except BaseException:
            self._give_up(session)
            raise
        with self._lock:
            if not self._closed:
                self._free.append((session, self._now()))
                return
        session.close()

    def close(self) -> None:
        """Close them all; those in use end with their exchange."""
        with self._lock:
            self._closed = True
            sessions, self._all, self._free = self._all, set(), []
        for session in sessions:
            session.close()

    def _take(self) -> requests.Session:
        with self._lock:
            # They lie in the order in which they came back.
            stale = [session for session, used in self._free if self._now() - used > KEPT_SECONDS]
            del self._free[: len(stale)]
            taken = self._free.pop()[0] if self._free else None
        for session in stale:
            self._give_up(session)
        if taken is None:
            taken = self._new()
            with self._lock:
                self._all.add(taken)
        return taken

    def _give_up(self, session: requests.Session) -> None:
        with self._lock:
            self._all.discard(session)
        session.close()
