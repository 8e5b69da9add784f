"""A page's bytes leave piece by piece, under somebody's eyes, with no deadline for the whole."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable

import pytest

from tests.acceptance.raw_server import http, raw_server
from tests.acceptance.test_http_hostile import PATIENT, adapter
from villagedesk.acceptance.http_body import PIECE_BYTES
from villagedesk.acceptance.http_line import Timeouts
from villagedesk.acceptance.port import Unanswered

PAGE = bytes(range(256)) * 2000


class Watch:
    """Notes what it is told."""

    def __init__(self, admit: Callable[[int], None] = lambda _count: None) -> None:
        self.admitted: list[int] = []
        self.count = 0
        self.cut: Callable[[], None] = lambda: None
        self._admit = admit

    def begin(self, cut: Callable[[], None]) -> None:
        self.cut = cut

    def admit(self, count: int) -> None:
        self.admitted.append(count)
        self._admit(count)

    def handed(self, count: int) -> None:
        self.count = count


def done(connection: socket.socket, _request: bytes) -> None:
    http("204 No Content", Tus_Resumable="1.0.0", Upload_Offset=str(len(PAGE)))(connection, b"")


def test_the_page_arrives_whole_in_pieces_with_its_length_told() -> None:
    watch = Watch()
    with raw_server(done) as (address, requests):
        system = adapter(address)
        assert system.send_chunk("/files/1", 0, PAGE, watch=watch) == len(PAGE)
        system.close()
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert body == PAGE
    assert re.search(rb"content-length: %d\r\n" % len(PAGE), head.lower() + b"\r\n")
    assert b"checksum" not in head.lower()
    assert max(watch.admitted) <= PIECE_BYTES
    assert sum(watch.admitted) == watch.count == len(PAGE)


def test_a_limit_that_makes_it_slower_than_any_deadline_does_not_end_it() -> None:
    timeouts = Timeouts(connect=5.0, read=5.0, answer=0.2, slowest=1e9)
    watch = Watch(lambda _count: time.sleep(0.02))
    with raw_server(done) as (address, _requests):
        system = adapter(address, timeouts)
        begun = time.monotonic()
        assert system.send_chunk("/files/1", 0, PAGE, watch=watch) == len(PAGE)
        assert time.monotonic() - begun > 1.0
        system.close()


def test_a_server_that_takes_the_page_and_says_nothing_is_given_up() -> None:
    timeouts = Timeouts(connect=5.0, read=0.3, answer=0.2, slowest=1e9)
    ended = threading.Event()

    def silent(_connection: socket.socket, _request: bytes) -> None:
        ended.wait(20)

    with raw_server(silent) as (address, _requests):
        system = adapter(address, timeouts)
        with pytest.raises(Unanswered):
            system.send_chunk("/files/1", 0, PAGE, watch=Watch())
        system.close()
        ended.set()


def test_what_the_system_takes_from_a_stuck_connection_is_little_and_a_cut_ends_it_at_once() -> None:
    """Progress is true: what was handed over is with the other side's system, but for a few pieces."""
    watch = Watch()
    large = bytes(40_000_000)
    failures: list[Exception] = []

    def send() -> None:
        try:
            system.send_chunk("/files/1", 0, large, watch=watch)
        except Unanswered as failure:
            failures.append(failure)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        # What the other side's system takes in is bounded too, or the measure would be its size.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        system = adapter(f"http://127.0.0.1:{listening.getsockname()[1]}", PATIENT)
        thread = threading.Thread(target=send)
        thread.start()
        connection, _ = listening.accept()
        with connection:
            before = -1
            # That nothing more is taken shows only by nothing happening for a while.
            while watch.count != before or before <= 0:
                before = watch.count
                time.sleep(0.3)
            assert watch.count <= 400_000
            watch.cut()
            thread.join(10)
            assert not thread.is_alive()
        system.close()
    assert len(failures) == 1


def test_who_watches_can_end_it_before_a_piece() -> None:
    def refuse(_count: int) -> None:
        if watch.count > 50_000:
            raise ConnectionAbortedError

    watch = Watch(refuse)
    with raw_server(done) as (address, _requests):
        system = adapter(address)
        with pytest.raises(Unanswered):
            system.send_chunk("/files/1", 0, PAGE, watch=watch)
        system.close()
    assert 50_000 < watch.count < 80_000
