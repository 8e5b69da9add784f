"""A way to a server on which connections are torn after so many bytes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Sequence

_PIECE = 1024


class CuttingProxy:
    """Listens on loopback and passes everything on.

    Args:
        port: of the server behind it, on 127.0.0.1.
        cuts: how many bytes of the client each connection carries before it is reset, one after the other; the ones
            after that, and those with None, carry all.
    """

    def __init__(self, port: int, cuts: Sequence[int | None]) -> None:
        self._target = port
        self._cuts = list(cuts)
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cut = 0
        self.carried = 0
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> CuttingProxy:
        self._begin(self._accept)
        return self

    def __exit__(self, *_exc: object) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._sockets:
            _reset(one)
        for thread in self._threads:
            thread.join(5.0)

    def _begin(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [near, far]
                with self._lock:
                    left = self._cuts.pop(0) if self._cuts else None
                self._begin(self._carry, near, far, left)
                self._begin(self._carry_back, far, near)

    def _carry(self, near: socket.socket, far: socket.socket, left: int | None) -> None:
        for piece in _pieces(near):
            own = piece if left is None else piece[:left]
            with contextlib.suppress(OSError):
                far.sendall(own)
            with self._lock:
                self.carried += len(own)
            if left is not None:
                left -= len(own)
                if left == 0:
                    with self._lock:
                        self.cut += 1
                    break
        _reset(near)
        _reset(far)

    def _carry_back(self, far: socket.socket, near: socket.socket) -> None:
        for piece in _pieces(far):
            try:
                near.sendall(piece)
            except OSError:
                return


def _pieces(source: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            yield piece


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
