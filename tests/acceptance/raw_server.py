"""A server made of one bare socket, which answers whatever a test wants, right or wrong."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answering = Callable[[socket.socket, bytes], None]
"""Is given the connection and one whole request."""


def http(status: str, body: bytes = b"", **headers: str) -> Answering:
    """An answer with these headers (underscores become hyphens)."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def raw(data: bytes) -> Answering:
    """Exactly these bytes, then the end."""
    return lambda connection, _request: connection.sendall(data)


def reset(connection: socket.socket, _request: bytes) -> None:
    """Tear the connection with an RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def raw_server(*answers: Answering) -> Iterator[tuple[str, list[bytes]]]:
    """Answers the first request with the first answer and so on, the last one for ever. Gives address and requests."""
    requests: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                request = _request(connection)
                if request:
                    requests.append(request)
                    answers[min(len(requests), len(answers)) - 1](connection, request)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", requests
    finally:
        # Closing alone does not wake a thread in accept.
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(15)
        assert not thread.is_alive(), "the server would go on beside all later tests"


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body
