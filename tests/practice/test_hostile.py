"""Requests made to break the practice system: each is answered or refused, and the next honest one is served."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator

import pytest

from villagedesk.practice.server import PracticeServer

_JSON = {"Content-Type": "application/json"}
_PATIENCE_S = 10.0


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def status(port: int, data: bytes) -> int:
    """The status a bare socket is answered with."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S) as connection:
        connection.sendall(data)
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


HOSTILE = {
    "brackets": (request("POST", "/v1/stations/enrol", _JSON, b"[" * 100_000), 422),
    "a million entries": (request("POST", "/v1/stations/enrol", _JSON, b'{"x":[' + b"1," * 999_999 + b"1]}"), 422),
    "a number of many digits": (request("POST", "/v1/stations/enrol", _JSON, b'{"x":' + b"9" * 99_999 + b"}"), 422),
    "half a character": (request("POST", "/v1/stations/enrol", _JSON, b'{"division_code":"\\ud800"}'), 422),
    "a gzip bomb": (
        request("POST", "/v1/stations/enrol", _JSON | {"Content-Encoding": "gzip"}, gzip.compress(bytes(50_000_000))),
        413,
    ),
    "half a gzip": (
        request("POST", "/v1/stations/enrol", _JSON | {"Content-Encoding": "gzip"}, gzip.compress(b"{}" * 99)[:-9]),
        400,
    ),
    "an encoding of its own": (request("POST", "/v1/stations/enrol", _JSON | {"Content-Encoding": "br"}, b"x"), 415),
    "a negative length": (b"POST /v1/stations/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
    "two lengths": (
        b"POST /v1/stations/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        400,
    ),
    "a header of a megabyte": (request("GET", "/v1/health", {"X": "a" * 1_000_000}), 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n", 400),
    "a way up": (request("GET", "/v1/pages/../../../../etc/passwd"), 404),
    "a way up in disguise": (request("HEAD", "/v1/pages/..%2f..%2fetc%2fpasswd"), 404),
    "a credential of 60 KB": (request("GET", "/v1/cases?station=x", {"Authorization": "Bearer " + "9" * 30_000}), 401),
    "a credential of odd bytes": (request("GET", "/v1/cases?station=x", {"Authorization": "Bearer \xff.\xfe"}), 401),
    "a wait for ever": (request("GET", "/v1/changes?after=x&wait=1e999"), 401),
    "a length of many digits": (request("POST", "/v1/pages/", {"Upload-Length": "9" * 5000}), 401),
}  # fmt: skip


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server without TLS, so that a bare socket can speak to it."""
    server = PracticeServer(tmp_path_factory.mktemp("practice"), tls=False)
    server.start()
    yield server.port
    server.stop()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_refused_and_the_next_is_served(
    port: int, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    data, wanted = HOSTILE[name]
    assert status(port, data) == wanted
    assert status(port, request("GET", "/v1/health")) == 200
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
