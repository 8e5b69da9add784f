"""HTTP/1.1 over TLS for thousands of simulated stations in one process: one kept connection, one request at a time.

Says the same failures as the program's own line (:mod:`villagedesk.acceptance.http_line`), which would need a thread
for each connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping

from villagedesk.acceptance.http_line import Answer
from villagedesk.acceptance.port import NoConnection, Unanswered

_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
"""As the program's own."""


class Connection:
    """To one host; opened again when the server closed it.

    Args:
        port: on 127.0.0.1.
        trust: the server's authority.
    """

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._trust = trust
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"", wait_seconds: float = 0.0
    ) -> Answer:
        """One request and its whole answer.

        Raises:
            NoConnection: nothing was sent.
            Unanswered: something may have been.
        """
        if self._reader is None or self._reader.at_eof():
            await self._connect()
        assert self._reader is not None and self._writer is not None
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        try:
            async with asyncio.timeout(_READ_SECONDS + wait_seconds):
                self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
                await self._writer.drain()
                answer = await self._answer(self._reader, method)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            self.close()
            raise Unanswered("sync.reason.cut", type(error).__name__) from error
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Drop the connection."""
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.transport.abort()
        self._reader = self._writer = None

    async def _connect(self) -> None:
        self.close()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, ssl=self._trust)
        except (OSError, TimeoutError) as error:
            raise NoConnection("sync.reason.no_connection", type(error).__name__) from error

    async def _answer(self, reader: asyncio.StreamReader, method: str) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        bodiless = status in (204, 304) or method == "HEAD"
        body = b"" if bodiless else await reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(status, headers, body)
