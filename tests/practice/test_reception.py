"""Many who connect at once are received one after the other, and who says nothing keeps nobody out."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterator

import pytest

from tests.practice.village import Village
from villagedesk.practice import reception
from villagedesk.practice.server import PracticeServer

_PATIENCE_S = 20.0

pytestmark = pytest.mark.skipif(not hasattr(select, "POLLRDHUP"), reason="Windows' own loop has no readers")


class Caller:
    """Says its first word, and then nothing."""

    def __init__(self, server: PracticeServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S)
        said = ssl.MemoryBIO()
        trust = ssl.create_default_context(cafile=str(server.practice.ca_path))
        with pytest.raises(ssl.SSLWantReadError):
            trust.wrap_bio(ssl.MemoryBIO(), said, server_hostname="127.0.0.1").do_handshake()
        self.socket.sendall(said.read())

    def is_answered(self, seconds: float) -> bool:
        return bool(select.select([self.socket], [], [], seconds)[0])


@pytest.fixture
def callers(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Caller]]:
    """Five, of whom two are received at once; each begins when the one before is served or waits."""
    monkeypatch.setattr(reception, "_AT_ONCE", 2)
    come = []
    for number in range(5):
        come.append(Caller(server))
        assert come[-1].is_answered(_PATIENCE_S if number < 2 else 0.2) == (number < 2)
    yield come
    for caller in come:
        caller.socket.close()


def test_a_few_at_a_time_and_the_latest_first(callers: list[Caller]) -> None:
    callers[0].socket.close()
    assert callers[4].is_answered(_PATIENCE_S)
    assert not callers[2].is_answered(0.2)
    assert not callers[3].is_answered(0)
    callers[1].socket.close()
    assert callers[3].is_answered(_PATIENCE_S)


def test_who_has_left_is_not_served(callers: list[Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[socket.socket] = []
    receive = reception.Reception._shake_hands

    async def noted(self: reception.Reception, connection: socket.socket) -> None:
        served.append(connection)
        await receive(self, connection)

    monkeypatch.setattr(reception.Reception, "_shake_hands", noted)
    callers[3].socket.close()
    callers[4].socket.close()
    callers[0].socket.close()
    assert callers[2].is_answered(_PATIENCE_S)
    assert len(served) == 1


def test_who_says_nothing_keeps_nobody_out(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "_AT_ONCE", 2)
    silent = [socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S) for _ in range(6)]
    try:
        with Village(server) as village:
            assert village.call("GET", "/v1/health").status_code == 200
    finally:
        for one in silent:
            one.close()


def test_who_says_nothing_for_long_is_sent_away(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "_PATIENCE_SECONDS", 0.1)
    with socket.create_connection(("127.0.0.1", server.port), _PATIENCE_S) as silent:
        assert silent.recv(1) == b""


def test_the_server_stops_while_some_wait(server: PracticeServer, callers: list[Caller]) -> None:
    server.stop()
    assert all(caller.is_answered(_PATIENCE_S) for caller in callers), "closed, whether they were served or not"
