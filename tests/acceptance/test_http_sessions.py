"""Which connection an exchange goes over: the freshest free one, whoever used it before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from villagedesk.acceptance.http_line import HttpLine
from villagedesk.acceptance.http_sessions import KEPT_SECONDS, Sessions
from villagedesk.acceptance.port import Unanswered


@contextmanager
def keeping_server() -> Iterator[tuple[str, list[object]]]:
    """Keeps connections; gives its address and the connections that were opened. ``/torn`` is never answered whole."""
    opened: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            opened.append(self.client_address)

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(200)
            self.send_header("Content-Length", "2" if self.path != "/torn" else "3")
            self.end_headers()
            self.wfile.write(b"ok")
            self.close_connection = self.path == "/torn"

        do_GET = do_PATCH = answer  # noqa: N815  (the names are the library's)

        def log_message(self, *_values: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", opened
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def line() -> Iterator[tuple[HttpLine, list[object]]]:
    with keeping_server() as (address, opened):
        one = HttpLine(address, plain_loopback=True)
        try:
            yield one, opened
        finally:
            one.close()


class Watch:
    """Keeps the means to cut."""

    cut: Callable[[], None]

    def begin(self, cut: Callable[[], None]) -> None:
        self.cut = cut

    def admit(self, count: int) -> None:
        """Nothing is held back."""

    def handed(self, count: int) -> None:
        """Not of interest."""


def test_another_thread_goes_on_over_the_same_connection() -> None:
    with line() as (one, opened):
        one.exchange("GET", "/", {})
        other = threading.Thread(target=one.exchange, args=("GET", "/", {}))
        other.start()
        other.join()
        one.exchange("GET", "/", {})
        assert len(opened) == 1


def test_a_connection_that_was_torn_is_given_up() -> None:
    with line() as (one, opened):
        with pytest.raises(Unanswered):
            one.exchange("GET", "/torn", {})
        assert one.exchange("GET", "/", {}).body == b"ok"
        assert len(opened) == 2


def test_a_cut_that_comes_too_late_does_not_reach_who_uses_the_connection_next() -> None:
    with line() as (one, opened):
        watch = Watch()
        one.exchange("PATCH", "/", {}, b"page", watch=watch)
        watch.cut()
        assert one.exchange("GET", "/", {}).body == b"ok"
        assert len(opened) == 1


def test_the_one_used_last_is_taken_first_and_one_idle_for_long_not_at_all() -> None:
    now = [0.0]
    closed: list[requests.Session] = []

    class Session(requests.Session):
        def close(self) -> None:
            closed.append(self)
            super().close()

    sessions = Sessions(Session, lambda: now[0])
    with sessions.one() as first:
        with sessions.one() as second:
            assert second is not first
        now[0] += 1
    with sessions.one() as again:
        assert again is first
        now[0] += KEPT_SECONDS
        with sessions.one() as fresh:
            assert fresh not in (first, second)
            assert closed == [second]
    with sessions.one() as warm:
        assert warm is first
        sessions.close()
    assert set(closed) == {first, second, fresh}
