"""HTTP/1.1 over TLS for thousands of simulated stations in one process: one kept connection, one request at a time.

Keeps the rules and says the failures of the program's own line (:mod:`villagedesk.acceptance.http_line`), which would
need a thread for each connection. TLS is on memory buffers, because asyncio's own streams take 650 KB a connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import select
import socket
import ssl
from collections.abc import Mapping
from time import monotonic

from villagedesk.acceptance.http_line import Answer, Timeouts
from villagedesk.acceptance.http_sessions import KEPT_SECONDS
from villagedesk.acceptance.port import NoConnection, Unanswered

_TIMEOUTS = Timeouts()
_PIECE = 16 * 1024
_LONGEST_HEAD = 16 * 1024


class Connection:
    """To one host; opened again when the server closed it, or when it was idle for as long as the program uses none.

    Args:
        port: on 127.0.0.1.
        trust: the server's authority.
    """

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._trust = trust
        self._socket: socket.socket | None = None
        self._used = 0.0
        self.opened = 0

    async def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, wait_seconds: float = 0.0
    ) -> Answer:
        """One request and its whole answer.

        Raises:
            NoConnection: nothing was sent.
            Unanswered: something may have been.
        """
        if self._socket is None or monotonic() - self._used > KEPT_SECONDS or _is_dropped(self._socket):
            await self._connect()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", "Accept-Encoding: gzip"]
        if body is not None or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body or b'')}")
        lines += [f"{name}: {value}" for name, value in headers.items()]
        try:
            async with asyncio.timeout(_TIMEOUTS.read + wait_seconds):
                self._tls.write(("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b""))
                await self._flush()
                answer = await self._answer(method)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.close()
            raise Unanswered("sync.reason.cut", type(error).__name__) from error
        except BaseException:
            self.close()
            raise
        self._used = monotonic()
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Drop the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    async def touch(self) -> bool:
        """Whether TCP connects; as the link watch tries before it asks."""
        try:
            with socket.socket() as tried:
                tried.setblocking(False)
                async with asyncio.timeout(5.0):
                    await asyncio.get_running_loop().sock_connect(tried, ("127.0.0.1", self._port))
        except (OSError, TimeoutError):
            return False
        return True

    async def _connect(self) -> None:
        self.close()
        self.opened += 1
        loop = asyncio.get_running_loop()
        opened = socket.socket()
        try:
            opened.setblocking(False)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(_TIMEOUTS.connect):
                await loop.sock_connect(opened, ("127.0.0.1", self._port))
            self._in, self._out, self._read = ssl.MemoryBIO(), ssl.MemoryBIO(), bytearray()
            self._tls = self._trust.wrap_bio(self._in, self._out, server_hostname="127.0.0.1")
            self._socket = opened
            async with asyncio.timeout(_TIMEOUTS.connect):
                while not self._shook_hands():
                    await self._flush()
                    await self._receive()
                await self._flush()
        except (OSError, EOFError, TimeoutError) as error:
            opened.close()
            self._socket = None
            raise NoConnection("sync.reason.no_connection", type(error).__name__) from error
        except BaseException:
            opened.close()
            self._socket = None
            raise

    def _shook_hands(self) -> bool:
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()
            return True
        return False

    async def _flush(self) -> None:
        assert self._socket is not None
        if self._out.pending:
            await asyncio.get_running_loop().sock_sendall(self._socket, self._out.read())

    async def _receive(self) -> None:
        assert self._socket is not None
        piece = await asyncio.get_running_loop().sock_recv(self._socket, _PIECE)
        if not piece:
            raise EOFError
        self._in.write(piece)

    async def _more(self) -> None:
        """At least one more byte of plain text."""
        while True:
            try:
                piece = self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                await self._receive()
                continue
            if not piece:
                raise EOFError
            self._read += piece
            return

    async def _answer(self, method: str) -> Answer:
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            if len(self._read) > _LONGEST_HEAD:
                raise ValueError("no end of the headers")
            await self._more()
        head = self._read[:end].decode("latin-1").split("\r\n")
        del self._read[: end + 4]
        status = int(head[0].split()[1])
        pairs = (line.partition(":") for line in head[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = 0 if status in (204, 304) or method == "HEAD" else int(headers.get("content-length", "0"))
        while len(self._read) < length:
            await self._more()
        body = bytes(self._read[:length])
        del self._read[:length]
        plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        return Answer(status, headers, plain)


def _is_dropped(held: socket.socket) -> bool:
    """Nobody has asked anything: what there is to be read is the other side's end. As urllib3 looks before each use."""
    look = select.poll()
    look.register(held, select.POLLIN)
    return bool(look.poll(0))
