"""One HTTP exchange at a time, with certainty about the one question that matters: may bytes have left?

``requests`` reports a refused connection and a cut in mid-answer through the same exceptions. The outbox must tell them
apart, so the connection classes here note the moment the first request byte is handed to the socket.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from villagedesk.acceptance.pinned_route import Elsewhere, RouteGuard
from villagedesk.acceptance.port import NoConnection, Unanswered
from villagedesk.acceptance.wire import MAX_BODY_BYTES

_READ_BYTES = 64 * 1024
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


@dataclass(frozen=True)
class Timeouts:
    """How long each part of an exchange may take, in seconds.

    Args:
        connect: TCP and TLS together, each step.
        read: between two arrivals of bytes.
        answer: the whole exchange, beside what its bytes need at ``slowest``.
        slowest: bytes per second a line that still works yields (a 512 kbit/s line shared by four loses most of it).
    """

    connect: float = 10.0
    read: float = 30.0
    answer: float = 60.0
    slowest: float = 2000.0


@dataclass(frozen=True)
class Answer:
    """A whole answer: status, headers by lower-case name, body with gzip undone."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class _Exchange:
    """What is known about the request a thread is making."""

    def __init__(self) -> None:
        self.bytes_left = False
        self.connection: HTTPConnection | None = None
        self.overdue = False

    def cut(self) -> None:
        self.overdue = True
        if self.connection is not None:
            _shut(self.connection)


class _Current(threading.local):
    exchange: _Exchange | None = None
    session: requests.Session | None = None


def _shut(connection: HTTPConnection) -> None:
    sock = connection.sock
    if isinstance(sock, socket.socket):
        # The plain socket's method: SSLSocket.shutdown would take the TLS object from under the reading thread.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _PinnedAdapter(HTTPAdapter):
    """Trusts exactly the given TLS context and opens connections of the given classes."""

    def __init__(self, context: ssl.SSLContext | None, pools: Mapping[str, type[HTTPConnectionPool]]) -> None:
        self._context = context
        self._pools = dict(pools)
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        if self._context is not None:
            pool_kwargs["ssl_context"] = self._context
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the context as it is: requests would add the public authorities to a pinned one."""


class HttpLine:
    """Exchanges with one host. Safe to use from several threads; each has its own session and connection.

    Args:
        address: ``https://host[:port]``.
        ca_pem: the only authority trusted, as PEM; "" trusts the system's.
        plain_loopback: for tests only: allows ``http://127.0.0.1``.
        session_factory: makes the ``requests.Session`` of a thread.
        guard: asked of each new connection before anything is sent on it; None allows every way.

    Raises:
        ValueError: when the address is not https (or, with ``plain_loopback``, not http on 127.0.0.1).
        ssl.SSLError: when ``ca_pem`` holds no certificate.
    """

    def __init__(
        self,
        address: str,
        ca_pem: str = "",
        *,
        plain_loopback: bool = False,
        timeouts: Timeouts | None = None,
        session_factory: Callable[[], requests.Session] = requests.Session,
        guard: RouteGuard | None = None,
    ) -> None:
        parts = urlsplit(address)
        plain = plain_loopback and parts.scheme == "http" and parts.hostname == "127.0.0.1"
        if not plain and parts.scheme != "https":
            raise ValueError("the acceptance system is reached over https only")
        self.address = address.rstrip("/")
        self.timeouts = timeouts or Timeouts()
        self._context = None if plain else _context(ca_pem)
        self._session_factory = session_factory
        self._guard = guard
        self._current = _Current()
        self._lock = threading.Lock()
        self._sessions: list[requests.Session] = []
        self._under_way: set[_Exchange] = set()
        self._aborted = False

    def exchange(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        wait_seconds: float = 0.0,
        body_cap: int = MAX_BODY_BYTES,
    ) -> Answer:
        """Send one request and read its whole answer. Redirects are answers like others.

        Args:
            path: begins with a slash.
            wait_seconds: how long the server may keep silent before it answers (long poll).

        Raises:
            NoConnection: no request byte was sent.
            Unanswered: bytes may have left, and no whole answer of at most ``body_cap`` bytes came back.
        """
        with self._tracked() as exchange:
            size = len(body or b"") + body_cap // 64
            deadline = self.timeouts.answer + wait_seconds + size / self.timeouts.slowest
            timer = threading.Timer(deadline, exchange.cut)
            timer.daemon = True
            timer.start()
            try:
                response = self._session().request(
                    method,
                    self.address + path,
                    headers={"Accept-Encoding": "gzip", **headers},
                    data=body,
                    timeout=(self.timeouts.connect, self.timeouts.read + wait_seconds),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    plain = _body(response, body_cap)
                if exchange.overdue:
                    # Our own cut can look like the regular end of an answer without a length.
                    raise TimeoutError("over the deadline")
                if self._guard is not None and response.ok:
                    self._guard.answered()
                return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, plain)
            except _FAILURES as error:
                raise self._failure(exchange, error) from error
            finally:
                timer.cancel()

    def abort(self) -> None:
        """Break off what is under way and refuse what comes; for a quick shut-down."""
        with self._lock:
            self._aborted = True
            under_way = list(self._under_way)
        for exchange in under_way:
            exchange.cut()

    def close(self) -> None:
        """Abort, and close every session."""
        self.abort()
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    @contextlib.contextmanager
    def _tracked(self) -> Iterator[_Exchange]:
        exchange = _Exchange()
        with self._lock:
            if self._aborted:
                raise NoConnection("sync.reason.stopped")
            self._under_way.add(exchange)
        self._current.exchange = exchange
        try:
            yield exchange
        finally:
            self._current.exchange = None
            with self._lock:
                self._under_way.discard(exchange)

    def _session(self) -> requests.Session:
        session = self._current.session
        if session is None:
            session = self._session_factory()
            session.trust_env = False
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.mount("https://", _PinnedAdapter(self._context, self._pools()))
            session.mount("http://", _PinnedAdapter(None, self._pools()))
            self._current.session = session
            with self._lock:
                self._sessions.append(session)
        return session

    def _pools(self) -> dict[str, type[HTTPConnectionPool]]:
        current, send_seconds, guard = self._current, self.timeouts.read, self._guard

        def note(connection: HTTPConnection, *, bytes_leave: bool) -> None:
            exchange = current.exchange
            if exchange is None:
                return
            exchange.connection = connection
            if exchange.overdue:
                # The cut came before there was a connection to cut.
                raise TimeoutError("cut before it began")
            exchange.bytes_left |= bytes_leave

        def before_send(connection: HTTPConnection) -> None:
            if connection.sock is None:
                connection.connect()
            # urllib3 would let the connect time-out bound the sending of the whole body.
            connection.sock.settimeout(send_seconds)
            note(connection, bytes_leave=True)

        def guarded(sock: socket.socket) -> socket.socket:
            if guard is not None:
                try:
                    guard.check(sock)
                except BaseException:
                    sock.close()
                    raise
            return sock

        class PlainConnection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return guarded(super()._new_conn())

            def connect(self) -> None:
                note(self, bytes_leave=False)
                super().connect()

            def send(self, data: Any) -> None:
                before_send(self)
                super().send(data)

        class TlsConnection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                # TCP stands and TLS has not begun.
                return guarded(super()._new_conn())

            def connect(self) -> None:
                note(self, bytes_leave=False)
                super().connect()

            def send(self, data: Any) -> None:
                before_send(self)
                super().send(data)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = PlainConnection

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        return {"http": PlainPool, "https": TlsPool}

    def _failure(self, exchange: _Exchange, error: Exception) -> NoConnection | Unanswered:
        raw = f"{type(error).__name__}: {error}"[:300]
        if not exchange.bytes_left:
            return NoConnection(_reason_of(error), raw)
        if isinstance(error, _TooLarge):
            return Unanswered("sync.reason.too_large", raw)
        if isinstance(error, _Unreadable):
            return Unanswered("sync.reason.not_ours", raw)
        late = exchange.overdue or isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError)
        return Unanswered("sync.reason.timeout" if late else "sync.reason.cut", raw)


class _TooLarge(http.client.HTTPException):
    """An answer over the cap."""


class _Unreadable(http.client.HTTPException):
    """An answer in an encoding nobody asked for, or not in the one it names."""


def _context(ca_pem: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca_pem or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _body(response: requests.Response, cap: int) -> bytes:
    """Read at most ``cap`` bytes, before and after gzip is undone (a few kilobytes can unpack to gigabytes)."""
    pieces = bytearray()
    started = monotonic()
    while piece := _piece(response):
        pieces += piece
        if len(pieces) > cap:
            raise _TooLarge(f"more than {cap} bytes after {monotonic() - started:.1f} s")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", "") or not pieces:
        return bytes(pieces)
    if encoding != "gzip":
        raise _Unreadable(f"content encoding {encoding[:40]}")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(bytes(pieces), cap + 1)
    except zlib.error as error:
        raise _Unreadable(f"gzip: {error}") from error
    if len(plain) > cap:
        raise _TooLarge(f"more than {cap} bytes once unpacked")
    if not unpacker.eof:
        raise _Unreadable("gzip cut short")
    return plain


def _piece(response: requests.Response) -> bytes:
    try:
        piece: bytes = response.raw.read(_READ_BYTES, decode_content=False)
    except ValueError as error:
        # urllib3 lets a chunk of negative size through to the socket, which refuses it
        raise _Unreadable(f"chunk: {error}") from error
    return piece


def _reason_of(error: BaseException) -> str:
    """Message key for why no connection came about, from the innermost cause."""
    seen: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        item = queue.pop()
        if not isinstance(item, BaseException) or item in seen:
            continue
        seen.append(item)
        if isinstance(item, Elsewhere):
            return "sync.reason.elsewhere"
        if isinstance(item, ssl.SSLError):
            # A captive portal that answers in plain HTML where TLS was spoken.
            return "sync.reason.not_ours" if item.reason in _NO_TLS else "sync.reason.certificate"
        if isinstance(item, socket.gaierror):
            return "sync.reason.name_unknown"
        queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return "sync.reason.no_connection"
