"""Whoever answers in the acceptance system's place: it notes every byte that reaches it, and answers as it was told."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading

HANG_UP = b"\0"
"""A reply that is none: the connection ends once something was heard."""


class Stranger:
    """A TCP server on a listening socket.

    Args:
        context: TLS is spoken with it; None for none.
        reply: what is said to the first bytes of each connection; b"" for nothing, ever.
    """

    def __init__(self, listening: socket.socket, context: ssl.SSLContext | None = None, reply: bytes = b"") -> None:
        self._listening = listening
        host, port = listening.getsockname()[:2]
        self.address = f"http://{host}:{port}"
        self._context = context
        self._reply = reply
        self._moved = threading.Condition()
        self.connections = 0
        self.received = b""
        self.ended = 0
        self._thread = threading.Thread(target=self._accept, name="stranger", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answers nobody any more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def wait_until_left(self, connections: int) -> None:
        """Until so many connections were made and all of them have ended."""
        with self._moved:
            left = self._moved.wait_for(lambda: self.connections >= connections and self.ended == self.connections, 30)
        assert left, f"{self.connections} connections, {self.ended} ended"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self._moved:
                self.connections += 1
                self._moved.notify_all()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            spoken = connection
            if self._context is not None:
                spoken = self._context.wrap_socket(connection, server_side=True)
            with spoken:
                while data := spoken.recv(65536):
                    with self._moved:
                        self.received += data
                    if self._reply:
                        spoken.sendall(b"" if self._reply == HANG_UP else self._reply)
                        break
        with self._moved:
            self.ended += 1
            self._moved.notify_all()
