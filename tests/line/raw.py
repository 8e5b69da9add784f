"""Plain TCP over a line, to measure the line itself: ``receive`` at one end, ``send HOST BYTES`` at the other."""

from __future__ import annotations

import socket
import sys
import time

from tests.line.namespaces import use_cubic

PORT = 7100


def receive() -> None:
    """Take one connection, and say when its first and last bytes came and how many they were."""
    with socket.create_server(("", PORT)) as server:
        print("ready", flush=True)
        connection, _ = server.accept()
        count, first = 0, 0.0
        while piece := connection.recv(65536):
            first = first or time.monotonic()
            count += len(piece)
        print(count, first, time.monotonic(), flush=True)


def send(host: str, count: int) -> None:
    """Send so many bytes and wait until the other end has read them."""
    with socket.create_connection((host, PORT)) as connection:
        connection.sendall(bytes(count))
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)


if __name__ == "__main__":
    use_cubic()
    if sys.argv[1] == "receive":
        receive()
    else:
        send(sys.argv[2], int(sys.argv[3]))
