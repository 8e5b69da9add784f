"""The HTTP adapter against everything that can stand where the acceptance system should: what may be believed, and
above all whether bytes may have left."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
import requests as requests_library

from tests.acceptance.raw_server import Answering, http, raw, raw_server, reset
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Timeouts
from villagedesk.acceptance.port import (
    AcceptanceFailure,
    Busy,
    Committed,
    Conflicting,
    LoginNeeded,
    NoConnection,
    NoSuchCall,
    Refused,
    Registered,
    Unanswered,
)
from villagedesk.acceptance.wire import MAX_BODY_BYTES, MAX_CATALOGUE_BYTES, EnrolRequest, sha256_hex

PAYLOAD = json.dumps({"action_id": "a-1", "padding": "柳" * 800}).encode()
DIGEST = sha256_hex(PAYLOAD)
PATIENT = Timeouts(connect=10.0, read=30.0, answer=60.0, slowest=1e9)
"""For a server that answers or breaks off, however busy the machine is."""
QUICK = Timeouts(connect=1.0, read=0.4, answer=1.0, slowest=1e9)
"""For a server that is to be given up."""
REGISTERED = {"state": "registered", "case_id": "c-1", "revision": 1, "payload_sha256": DIGEST, "missing": []}
RECEIPT = {
    "state": "committed",
    "receipt_id": "r-1",
    "case_id": "c-1",
    "revision": 1,
    "action_id": "a-1",
    "payload_sha256": DIGEST,
    "pages": [],
    "committed_at": "2026-11-23T01:02:03.000004Z",
}


def answering(status: str, body: object, content_type: str = "application/json", **headers: str) -> Answering:
    return http(status, json.dumps(body).encode(), Content_Type=content_type, **headers)


def problem(status: str, code: str = "some_code", **more: object) -> Answering:
    body = {"status": int(status[:3]), "code": code, "message": "说明", **more}
    return answering(status, body, "application/problem+json")


@contextmanager
def system_behind(*answers: Answering, timeouts: Timeouts = PATIENT) -> Iterator[HttpAcceptanceSystem]:
    with raw_server(*answers) as (address, _requests):
        system = adapter(address, timeouts)
        try:
            yield system
        finally:
            system.close()


def adapter(address: str, timeouts: Timeouts = PATIENT) -> HttpAcceptanceSystem:
    return HttpAcceptanceSystem(
        address, "", lambda: "credential", "410421103207", plain_loopback=True, timeouts=timeouts
    )


def put(*answers: Answering, timeouts: Timeouts = PATIENT) -> Registered | Committed:
    with system_behind(*answers, timeouts=timeouts) as system:
        return system.put_revision("c-1", 1, PAYLOAD)


def failure(*answers: Answering, timeouts: Timeouts = PATIENT) -> AcceptanceFailure:
    with pytest.raises(AcceptanceFailure) as caught:
        put(*answers, timeouts=timeouts)
    return caught.value


def test_own_answers_are_believed() -> None:
    assert put(answering("202 Accepted", REGISTERED)) == Registered(DIGEST, ())
    committed = put(answering("201 Created", RECEIPT))
    assert isinstance(committed, Committed)
    assert json.loads(committed.receipt) == RECEIPT


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", b"<html>login</html>", Content_Type="text/html"),
        http("201 Created", b"<html>login</html>", Content_Type="text/html"),
        answering("200 OK", RECEIPT),
        answering("201 Created", REGISTERED),
        answering("202 Accepted", RECEIPT),
        answering("201 Created", RECEIPT, "text/html"),
        answering("201 Created", RECEIPT | {"payload_sha256": sha256_hex(b"other")}),
        answering("202 Accepted", REGISTERED | {"payload_sha256": sha256_hex(b"other")}),
        answering("201 Created", RECEIPT | {"case_id": "c-2"}),
        answering("201 Created", RECEIPT | {"revision": 2}),
        answering("201 Created", RECEIPT | {"action_id": "a-2"}),
        answering("201 Created", RECEIPT | {"pages": ["no hash"]}),
        http("201 Created", json.dumps(RECEIPT).encode()[:-20], Content_Type="application/json"),
        http("204 No Content"),
        http("302 Found", Location="http://127.0.0.1:1/login"),
        http("307 Temporary Redirect", Location="/elsewhere"),
        http("500 Internal Server Error"),
        problem("500 Internal Server Error"),
        http("502 Bad Gateway", b"<html>", Content_Type="text/html"),
        http("504 Gateway Timeout"),
        http("401 Unauthorized", b"<html>", Content_Type="text/html"),
        http("403 Forbidden", b"<html>", Content_Type="text/html"),
        http("404 Not Found"),
        http("409 Conflict"),
        problem("409 Conflict", held_sha256=None),
        problem("409 Conflict", held_sha256=7),
        problem("409 Conflict", held_revision="many"),
        http("422 Unprocessable Content", b"{}", Content_Type="application/problem+json"),
        problem("400 Bad Request", "body_cut"),
        problem("400 Bad Request", "bad_gzip"),
        problem("404 Not Found", "not_found"),
        problem("405 Method Not Allowed", "method_not_allowed"),
        problem("408 Request Timeout"),
        problem("410 Gone", "http_error"),
        problem("412 Precondition Failed"),
        problem("421 Misdirected Request"),
        problem("423 Locked"),
        problem("425 Too Early"),
        problem("426 Upgrade Required"),
        problem("499 Whatever"),
        raw(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\nContent-Type: application/json\r\n\r\n{"),
        raw(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"),
        raw(b"not http at all\r\n\r\n"),
        raw(b""),
        reset,
    ],
)
def test_bytes_may_have_left_and_no_own_answer_came(answer: Answering) -> None:
    assert type(failure(answer)) is Unanswered


def test_own_refusals() -> None:
    for status, forbidden in (("401 Unauthorized", False), ("403 Forbidden", True)):
        login = failure(problem(status))
        assert isinstance(login, LoginNeeded)
        assert login.forbidden is forbidden
    refused = failure(problem("422 Unprocessable Content", "rejected"))
    assert isinstance(refused, Refused)
    assert refused.code == "rejected"
    conflicting = failure(problem("409 Conflict", "other_content", held_sha256="ab" * 32))
    assert isinstance(conflicting, Conflicting)
    assert conflicting.held_sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("400 Bad Request", "malformed"),
        ("404 Not Found", "unknown_case"),
        ("404 Not Found", "unknown_document"),
        ("410 Gone", "unknown_document"),
        ("413 Content Too Large", "body_too_large"),
        ("415 Unsupported Media Type", "content_encoding"),
        ("422 Unprocessable Content", "invalid_payload"),
    ],
)
def test_what_is_about_the_content_is_the_clerks(status: str, code: str) -> None:
    refused = failure(problem(status, code))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.code) == ("sync.reason.refused", code)
    assert refused.raw == f"{status[:3]} {code}: 说明"


def test_an_own_answer_about_the_way_keeps_its_words() -> None:
    met = failure(problem("404 Not Found", "not_found"))
    assert (met.reason, met.raw) == ("sync.reason.not_taken_now", "404 not_found: 说明")


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "17"}, 17.0),
        ({"Retry_After": "Mon, 23 Nov 2026 01:01:30 GMT", "Date": "Mon, 23 Nov 2026 01:00:00 GMT"}, 90.0),
        ({"Retry_After": "Mon, 23 Nov 2026 00:00:00 GMT", "Date": "Mon, 23 Nov 2026 01:00:00 GMT"}, 0.0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "Mon, 23 Nov 2026 01:01:30 +999999999999999"}, None),
        ({}, None),
    ],
)
def test_busy_says_when(status: str, headers: dict[str, str], seconds: float | None) -> None:
    busy = failure(http(status, b"<html>", **headers))
    assert isinstance(busy, Busy)
    assert busy.retry_after == seconds


def test_nothing_listens_so_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NoConnection) as caught:
        adapter(f"http://127.0.0.1:{port}").health()
    assert caught.value.reason == "sync.reason.no_connection"


def test_an_unknown_name_means_nothing_was_sent() -> None:
    system = HttpAcceptanceSystem("https://no-such-host.invalid", "", lambda: "", "410421103207", timeouts=QUICK)
    with pytest.raises(NoConnection) as caught:
        system.health()
    assert caught.value.reason == "sync.reason.name_unknown"
    system.close()


def test_a_server_that_does_not_speak_tls_gets_no_request() -> None:
    with raw_server(http("200 OK")) as (address, requests):
        system = HttpAcceptanceSystem(
            address.replace("http:", "https:"), "", lambda: "", "410421103207", timeouts=QUICK
        )
        with pytest.raises(NoConnection):
            system.health()
        system.close()
        assert b"GET" not in b"".join(requests)


@pytest.mark.parametrize("drip", [b"HTTP/1.1 201 Created\r\n", b""])
def test_a_server_that_drips_is_given_up(drip: bytes) -> None:
    """Each byte comes well inside the read time-out; only the deadline of the whole exchange ends it."""
    over = threading.Event()

    def slowly(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(drip)
        while not over.wait(0.1):
            connection.sendall(b"X")

    began = monotonic()
    unanswered = failure(slowly, timeouts=replace(PATIENT, answer=1.0))
    over.set()
    assert type(unanswered) is Unanswered
    assert unanswered.reason == "sync.reason.timeout"
    assert monotonic() - began < 25, "before its bytes would have stopped coming for too long"


def test_a_silent_server_is_given_up() -> None:
    over = threading.Event()

    def hold(_connection: socket.socket, _request: bytes) -> None:
        over.wait(30)

    with pytest.raises(AcceptanceFailure) as caught, system_behind(hold, timeouts=QUICK) as system:
        try:
            system.put_revision("c-1", 1, PAYLOAD)
        finally:
            over.set()
    unanswered = caught.value
    assert unanswered.reason == "sync.reason.timeout"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http("201 Created", b" " * (MAX_BODY_BYTES + 1), Content_Type="application/json"), "too_large"),
        (
            http(
                "201 Created",
                gzip.compress(b" " * (40 * MAX_BODY_BYTES)),
                Content_Type="application/json",
                Content_Encoding="gzip",
            ),
            "too_large",
        ),
        (
            http("201 Created", b"\x1f\x8bnonsense", Content_Type="application/json", Content_Encoding="gzip"),
            "not_ours",
        ),
        (
            http(
                "201 Created",
                gzip.compress(json.dumps(RECEIPT).encode())[:-12],
                Content_Type="application/json",
                Content_Encoding="gzip",
            ),
            "not_ours",
        ),
        (
            http("201 Created", json.dumps(RECEIPT).encode(), Content_Type="application/json", Content_Encoding="br"),
            "not_ours",
        ),
    ],
)
def test_bodies_over_the_cap_are_told_apart_from_a_portals(answer: Answering, reason: str) -> None:
    caught = failure(answer)
    assert type(caught) is Unanswered
    assert caught.reason == f"sync.reason.{reason}"


def test_a_gzip_bomb_is_not_unpacked_beyond_the_cap() -> None:
    bomb = gzip.compress(b" " * (40 * MAX_BODY_BYTES))
    answer = http("201 Created", bomb, Content_Type="application/json", Content_Encoding="gzip")
    tracemalloc.start()
    try:
        failure(answer)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_BODY_BYTES


def test_gzip_goes_both_ways() -> None:
    body = gzip.compress(json.dumps(RECEIPT).encode())
    answer = http("201 Created", body, Content_Type="application/json", Content_Encoding="gzip")
    with raw_server(answer) as (address, requests):
        system = adapter(address)
        assert isinstance(system.put_revision("c-1", 1, PAYLOAD), Committed)
        system.close()
    head, _, sent = requests[0].partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert b"Authorization: Bearer 410421103207.credential" in head
    assert gzip.decompress(sent) == PAYLOAD
    assert len(sent) < len(PAYLOAD)


def test_redirects_are_not_followed_and_cookies_not_kept() -> None:
    redirect = http("302 Found", Location="/elsewhere", Set_Cookie="portal=1")
    with raw_server(redirect) as (address, requests):
        system = adapter(address)
        for _ in range(2):
            with pytest.raises(Unanswered):
                system.health()
        system.close()
    assert len(requests) == 2
    assert not any(b"portal" in request or b"elsewhere" in request for request in requests)


def test_the_credential_is_not_shown_where_none_is_needed() -> None:
    answer = answering("200 OK", {"division_code": "410421103207", "enrolled_at": "now"})
    with raw_server(answer) as (address, requests):
        system = adapter(address)
        system.enrol(
            EnrolRequest(
                division_code="410421103207",
                one_time_code="once",
                credential_sha256=sha256_hex(b"credential"),
                installation_id="i",
            )
        )
        system.close()
    assert b"Authorization" not in requests[0]
    assert b'"credential"' not in requests[0]


def test_environment_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert isinstance(put(answering("201 Created", RECEIPT)), Committed)


def test_a_case_is_unknown_only_when_the_system_says_so_itself() -> None:
    with system_behind(problem("404 Not Found", "unknown_case"), http("404 Not Found")) as system:
        assert system.case("c-1") is None
        with pytest.raises(Unanswered):
            system.case("c-1")


def test_a_list_that_goes_round_in_a_circle_is_none() -> None:
    answers = [answering("200 OK", {"cases": [], "next": name}) for name in ("c-1", "c-2", "c-1")]
    with system_behind(*answers) as system, pytest.raises(Unanswered):
        for _ in system.cases():
            pass


def test_a_system_without_a_list_of_cases_refuses_it() -> None:
    """It is asked tomorrow then, and not ever again today. Another refusal does not say that it has none."""
    none = [problem("404 Not Found", "not_found"), problem("501 Not Implemented", "http_error")]
    amiss = [problem("400 Bad Request", "malformed"), problem("422 Unprocessable Content", "bad_limit")]
    with system_behind(*none, *amiss, http("404 Not Found")) as system:
        for _ in none:
            with pytest.raises(NoSuchCall):
                next(system.cases())
        for _ in amiss:
            with pytest.raises(Refused) as refused:
                next(system.cases())
            assert not isinstance(refused.value, NoSuchCall)
        with pytest.raises(Unanswered):
            next(system.cases())


def test_a_server_that_knows_no_pieces_is_believed_as_a_whole() -> None:
    with raw_server(answering("200 OK", {"cases": []})) as (address, requests):
        system = adapter(address)
        assert len(list(system.cases())) == 1
        system.close()
    assert requests[0].startswith(b"GET /v1/cases?station=410421103207&after=&limit=")
    assert len(requests) == 1


@pytest.mark.parametrize("address", ["http://10.1.2.3", "http://localhost:80", "ftp://127.0.0.1", "https.example"])
def test_only_https_is_spoken(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        HttpAcceptanceSystem(address, "", lambda: "", "410421103207", plain_loopback=True)
    with pytest.raises(ValueError, match="https"):
        HttpAcceptanceSystem("http://127.0.0.1:80", "", lambda: "", "410421103207")


def test_abort_breaks_off_a_long_poll() -> None:
    waiting, over = threading.Event(), threading.Event()

    def hold(_connection: socket.socket, _request: bytes) -> None:
        waiting.set()
        over.wait(60)

    caught: list[BaseException] = []
    with raw_server(hold) as (address, _requests):
        system = adapter(address)

        def poll() -> None:
            try:
                system.changes("", 30.0)
            except AcceptanceFailure as error:
                caught.append(error)

        thread = threading.Thread(target=poll)
        thread.start()
        assert waiting.wait(30)
        began = monotonic()
        system.abort()
        thread.join(30)
        took = monotonic() - began
        over.set()
        system.close()
    assert type(caught[0]) is Unanswered
    assert took < 20, "its own read would have ended after 30 s"
    with pytest.raises(NoConnection):
        system.health()


def test_abort_reaches_an_exchange_that_has_no_connection_yet() -> None:
    """The moment between the decision to ask and the first byte: nothing may be sent after an abort."""
    with raw_server(answering("200 OK", {})) as (address, requests):

        class Session(requests_library.Session):
            def request(self, *args: Any, **named: Any) -> requests_library.Response:
                system.abort()
                return super().request(*args, **named)

        system = HttpAcceptanceSystem(
            address,
            "",
            lambda: "",
            "410421103207",
            plain_loopback=True,
            timeouts=QUICK,
            session_factory=Session,
        )
        with pytest.raises(NoConnection):
            system.health()
        system.close()
    assert requests == []


def catalogue(*answers: Answering) -> bytes | None:
    with system_behind(*answers) as system:
        piece = system.catalogue(3, "0" * 64)
        return None if piece is None else piece.data


def test_a_catalogue_is_given_as_it_was_signed_or_not_at_all() -> None:
    signed = json.dumps({"content": "…", "signature": "x"}, indent=3).encode()
    assert catalogue(http("200 OK", signed, Content_Type="application/json")) == signed
    assert catalogue(http("204 No Content")) is None
    assert catalogue(http("304 Not Modified")) is None
    assert catalogue(problem("404 Not Found")) is None, "a system older than this call"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http("200 OK", b"<html>login</html>", Content_Type="text/html"), Unanswered),
        (http("404 Not Found", b"<html>no</html>", Content_Type="text/html"), Unanswered),
        (http("200 OK", b"x" * (MAX_CATALOGUE_BYTES + 1), Content_Type="application/json"), Unanswered),
        (answering("502 Bad Gateway", {}), Unanswered),
        (problem("401 Unauthorized"), LoginNeeded),
        (problem("429 Too Many Requests"), Busy),
        (reset, Unanswered),
    ],
)
def test_what_is_no_catalogue_is_not_taken_for_one(answer: Answering, kind: type[AcceptanceFailure]) -> None:
    with pytest.raises(kind):
        catalogue(answer)
