"""One HTTP exchange at a time, with certainty about the one question that matters: may bytes have left?

``requests`` reports a refused connection and a cut in mid-answer through the same exceptions. The outbox must tell them
apart, so the connection classes here note the moment the first request byte is handed to the socket.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from villagedesk.acceptance.http_body import PageBody, TooLarge, Unreadable, read_body
from villagedesk.acceptance.http_failures import reason_of, said_of
from villagedesk.acceptance.http_sessions import Sessions
from villagedesk.acceptance.pinned_route import RouteGuard
from villagedesk.acceptance.port import NoConnection, PageWatch, Unanswered
from villagedesk.acceptance.proxy import Proxy
from villagedesk.acceptance.wire import MAX_BODY_BYTES

UNSENT_BYTES = 8 * 1024
"""What the system may hold of a connection's bytes that it has not sent once."""
_ON_THE_WAY = 4 * UNSENT_BYTES
"""Bytes that may not have come to the server yet when the last piece of a body was handed on: the unsent, that piece,
and as much again under way, which are the ten packets that a connection begins with (RFC 6928)."""
_OF_THE_CAP = 64
"""An answer is given time for this part of its cap, which is against bombs: all of it would take half an hour."""
_TCP_THIN_LINEAR_TIMEOUTS = 16  # linux/tcp.h; Python has no name for it
_FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


@dataclass(frozen=True)
class Timeouts:
    """How long each part of an exchange may take, in seconds.

    Args:
        connect: TCP and TLS together, each step.
        read: between two arrivals of bytes.
        answer: the whole exchange, beside what its bytes need at ``slowest``; of a watched body, from its last piece.
        slowest: bytes per second a connection that still works yields (a 512 kbit/s line shared by sixteen).
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
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def due_in(self, seconds: float) -> None:
        """Cut it when it has not ended by then."""
        self.settle()
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True
        self._timer.start()

    def settle(self) -> None:
        """There is no time by which it must have ended."""
        if self._timer is not None:
            self._timer.cancel()

    def cut(self) -> None:
        with self._lock:
            self.overdue = True
            if self.connection is not None:
                _shut(self.connection)

    def let_go(self) -> None:
        """The answer is whole: no cut reaches the connection any more, which others will use.

        Raises:
            TimeoutError: it was cut; our own cut can look like the regular end of an answer without a length.
        """
        with self._lock:
            if self.overdue:
                raise TimeoutError("over the deadline")
            self.connection = None


class _Current(threading.local):
    exchange: _Exchange | None = None


def _tune(sock: socket.socket) -> None:
    """Keep what the system holds back small, so that what is handed over is as good as sent: progress is true, a cut
    loses little, a pause and a limit act at once. Linux bounds just the unsent; elsewhere all that is not acknowledged
    is bounded, more widely, because it also bounds what can be under way. On Linux a lost small request is also
    repeated at even intervals, not at ever longer ones (tcp(7), *thin streams*)."""
    with contextlib.suppress(OSError):
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
            sock.setsockopt(socket.IPPROTO_TCP, _TCP_THIN_LINEAR_TIMEOUTS, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES * 8)


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

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """With the same context and the same classes: what is said through a proxy is no less sure."""
        if self._context is not None:
            proxy_kwargs["ssl_context"] = self._context
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the context as it is: requests would add the public authorities to a pinned one."""


class HttpLine:
    """Exchanges with one host, each on a connection that no other uses meanwhile. Safe to use from several threads.

    Args:
        address: ``https://host[:port]``.
        ca_pem: the only authority trusted, as PEM; "" trusts the system's.
        plain_loopback: for tests only: allows ``http://127.0.0.1``.
        session_factory: makes a ``requests.Session``, which holds one connection.
        guard: asked of each new connection before anything is sent on it; None allows every way.
        proxy: gives the proxy that counts now, asked at each exchange; what the environment says never counts.

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
        proxy: Callable[[], Proxy | None] = lambda: None,
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
        self._proxy = proxy
        self._current = _Current()
        self._lock = threading.Lock()
        self._sessions = Sessions(self._new_session)
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
        watch: PageWatch | None = None,
    ) -> Answer:
        """Send one request and read its whole answer. Redirects are answers like others.

        A watched body has no deadline as a whole, because how long it may take is known only to who watches it: it is
        cut where one piece does not leave within ``read`` seconds, where the watch cuts it, and where the answer does
        not come in time once the last piece left.

        Args:
            path: begins with a slash.
            wait_seconds: how long the server may keep silent before it answers (long poll).
            watch: told of the body piece by piece; given the means to cut it.

        Raises:
            NoConnection: no request byte was sent.
            Unanswered: bytes may have left, and no whole answer of at most ``body_cap`` bytes came back.
        """
        with self._tracked() as exchange:
            size = len(body or b"") + body_cap // _OF_THE_CAP
            deadline = self.timeouts.answer + wait_seconds + size / self.timeouts.slowest
            read_seconds = self.timeouts.read + wait_seconds
            sent: bytes | PageBody | None = body
            if watch is not None and body is not None:
                watch.begin(exchange.cut)
                read_seconds += _ON_THE_WAY / self.timeouts.slowest
                sent = PageBody(body, watch, lambda: exchange.due_in(self.timeouts.answer + read_seconds))
            else:
                exchange.due_in(deadline)
            proxy = self._proxy()
            try:
                with self._sessions.one() as session:
                    response = session.request(
                        method,
                        self.address + path,
                        headers={"Accept-Encoding": "gzip", **headers},
                        data=sent,
                        timeout=(self.timeouts.connect, read_seconds),
                        allow_redirects=False,
                        stream=True,
                        proxies={} if proxy is None else {"https": proxy.url},
                    )
                    with response:
                        plain = read_body(response, body_cap)
                    exchange.let_go()
                if self._guard is not None and response.ok:
                    self._guard.answered()
                return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, plain)
            except _FAILURES as error:
                raise self._failure(exchange, error) from error
            finally:
                exchange.settle()

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
        self._sessions.close()

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

    def _new_session(self) -> requests.Session:
        session = self._session_factory()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.mount("https://", _PinnedAdapter(self._context, self._pools()))
        session.mount("http://", _PinnedAdapter(None, self._pools()))
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

        def guarded(sock: socket.socket, proxy: str = "") -> socket.socket:
            if guard is not None:
                try:
                    guard.check(sock, proxy)
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
                _tune(self.sock)

            def send(self, data: Any) -> None:
                before_send(self)
                super().send(data)

        class TlsConnection(HTTPSConnection):
            asks_proxy = False

            def _new_conn(self) -> socket.socket:
                # TCP stands and neither the proxy was asked nor TLS has begun.
                through = "" if self.proxy is None else str(Proxy.from_text(self.proxy.netloc or ""))
                return guarded(super()._new_conn(), through)

            def _tunnel(self) -> None:
                self.asks_proxy = True
                try:
                    super()._tunnel()
                finally:
                    self.asks_proxy = False

            def connect(self) -> None:
                note(self, bytes_leave=False)
                super().connect()
                _tune(self.sock)

            def send(self, data: Any) -> None:
                if not self.asks_proxy:  # asking the proxy is no request: nothing of it reaches the acceptance system
                    before_send(self)
                super().send(data)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = PlainConnection

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        return {"http": PlainPool, "https": TlsPool}

    def _failure(self, exchange: _Exchange, error: Exception) -> NoConnection | Unanswered:
        raw = said_of(error)
        if not exchange.bytes_left:
            return NoConnection(reason_of(error), raw)
        if isinstance(error, TooLarge):
            return Unanswered("sync.reason.too_large", raw)
        if isinstance(error, Unreadable):
            return Unanswered("sync.reason.not_ours", raw)
        late = exchange.overdue or isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError)
        return Unanswered("sync.reason.timeout" if late else "sync.reason.cut", raw)


def _context(ca_pem: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca_pem or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
