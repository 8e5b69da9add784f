"""Who comes in: of those that connect in the same second only so many shake hands at once, who spoke last first.

A TLS handshake costs this system as much as a record. When 2,600 begin together, each of them is done when all are,
which is later than any of them waits; they give up, come again, and in the end nobody is in. A few at a time, and the
others wait where they cost nothing; who came last has the most patience left, and who has left is not served.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
from collections import deque
from collections.abc import Callable

_AT_ONCE = 48
"""Handshakes. With 200 of 2,600 stations at once those that were in already waited half a minute for their answers;
with this many they were answered all the while."""
_ACCEPTED_AT_ONCE = 64
_PATIENCE_SECONDS = 10.0
"""For the first word and for the handshake; the program itself waits as long."""
_FULL_SECONDS = 1.0
_LEFT = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0) if hasattr(select, "poll") else 0


class Reception:
    """Accepts connections and hands them over once TLS stands. Belongs to a loop with readers: not to Windows' own.

    Args:
        listening: a socket that listens.
        make_protocol: makes what speaks on a connection.
        most: connections that may wait.
    """

    def __init__(
        self, listening: socket.socket, make_protocol: Callable[[], asyncio.Protocol], tls: ssl.SSLContext, most: int
    ) -> None:
        self._listening = listening
        self._make_protocol = make_protocol
        self._tls = tls
        self._most = most
        self._silent: dict[socket.socket, asyncio.TimerHandle] = {}
        self._waiting: deque[tuple[float, socket.socket]] = deque()
        self._shaking: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._closed = False

    def open(self) -> None:
        """Begin to accept."""
        if not self._closed:
            self._listening.setblocking(False)
            self._loop.add_reader(self._listening, self._accept)

    def close(self) -> None:
        """Accept no more, and close what waits."""
        self._closed = True
        self._loop.remove_reader(self._listening)
        for connection in [*self._silent, *(waiting for _since, waiting in self._waiting)]:
            self._drop(connection)
        self._waiting.clear()
        for task in self._shaking:
            task.cancel()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                connection, _address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no more open files
                self._loop.remove_reader(self._listening)
                self._loop.call_later(_FULL_SECONDS, self.open)
                return
            connection.setblocking(False)
            self._silent[connection] = self._loop.call_later(_PATIENCE_SECONDS, self._drop, connection)
            # By its number: asyncio writes out a socket's addresses only to find that it is new.
            self._loop.add_reader(connection.fileno(), self._spoke, connection)

    def _spoke(self, connection: socket.socket) -> None:
        self._loop.remove_reader(connection.fileno())
        self._silent.pop(connection).cancel()
        now = self._loop.time()
        self._waiting.append((now, connection))
        # The oldest are served last, and after this time nobody is there any more: they would only be open files.
        while len(self._waiting) > self._most or self._waiting[0][0] < now - _PATIENCE_SECONDS:
            self._waiting.popleft()[1].close()
        self._next()

    def _drop(self, connection: socket.socket) -> None:
        timer = self._silent.pop(connection, None)
        if timer is not None:
            timer.cancel()
            self._loop.remove_reader(connection.fileno())
        connection.close()

    def _next(self) -> None:
        while self._waiting and len(self._shaking) < _AT_ONCE and not self._closed:
            _since, connection = self._waiting.pop()
            if _has_left(connection):
                connection.close()
                continue
            task = self._loop.create_task(self._shake_hands(connection))
            self._shaking.add(task)
            task.add_done_callback(self._shook)

    async def _shake_hands(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._make_protocol, connection, ssl=self._tls, ssl_handshake_timeout=_PATIENCE_SECONDS
            )
        except OSError:  # also what TLS refuses
            with contextlib.suppress(OSError):
                connection.close()

    def _shook(self, task: asyncio.Task[None]) -> None:
        self._shaking.discard(task)
        self._next()


def _has_left(connection: socket.socket) -> bool:
    """Whether the other side closed it, whatever it said before."""
    if not _LEFT:
        return False
    look = select.poll()
    look.register(connection, _LEFT)
    return any(events & _LEFT for _file, events in look.poll(0))
