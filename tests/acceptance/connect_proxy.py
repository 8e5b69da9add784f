"""A real HTTP proxy on loopback that speaks CONNECT, remembers what it was asked for and what it carried."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from time import monotonic


class ConnectProxy:
    """Carries connections until closed.

    Args:
        answer: status line of its answer to CONNECT; "" hangs up instead. Only 200 carries anything.
        host: of this machine, where it listens.
    """

    def __init__(self, answer: str = "200 Connection established", host: str = "127.0.0.1") -> None:
        self._answer = answer
        self._listening = socket.create_server((host, 0))
        self.port: int = self._listening.getsockname()[1]
        self.address = f"{host}:{self.port}"
        self.heads: list[bytes] = []
        self.carried = b""
        self.moments: list[tuple[float, int]] = []
        """When how many bytes had been carried to the server."""
        threading.Thread(target=self._accept, name="connect-proxy", daemon=True).start()

    def close(self) -> None:
        """Takes nobody any more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    @property
    def asked_for(self) -> set[str]:
        """``host:port`` of every CONNECT."""
        return {head.split()[1].decode() for head in self.heads}

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            head = b""
            while b"\r\n\r\n" not in head:
                more = client.recv(4096)
                if not more:
                    return
                head += more
            self.heads.append(head)
            if self._answer:
                client.sendall(f"HTTP/1.1 {self._answer}\r\nX-Proxy: yes\r\n\r\n".encode())
            if not self._answer.startswith("200"):
                return
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port)), 10) as server:
                self._carry(client, server)

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            for one in select.select([client, server], [], [])[0]:
                data = one.recv(65536)
                if not data:
                    return
                if one is client:
                    self.carried += data
                    self.moments.append((monotonic(), len(self.carried)))
                (server if one is client else client).sendall(data)
