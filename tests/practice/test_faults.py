"""Faults do what they say, on a real socket, and what they claim to have stored is stored."""

from __future__ import annotations

import json
import socket
import ssl
import time

import pytest
import requests

from tests.practice.village import TUS, Village, page, payload
from villagedesk.acceptance.wire import RevisionPayload, sha256_hex
from villagedesk.practice.faults import Fault, FaultKind, FaultPlan, FaultSetting, RouteKind, route_kind
from villagedesk.practice.server import PracticeServer

KindAndStored = tuple[FaultKind, bool]


def _set(server: PracticeServer, kind: FaultKind, route: RouteKind, **more: object) -> None:
    server.faults.set(
        FaultSetting(faults=(Fault.model_validate({"kind": kind, "routes": (route,), "count": 1, **more}),))
    )


def _known(village: Village, record: RevisionPayload) -> bool:
    return village.call("GET", f"/v1/cases/{record.case_id}").status_code == 200


def _raw_put(server: PracticeServer, village: Village, record: RevisionPayload) -> bytes:
    """What comes over the wire until the other side ends the connection; the request asks to keep it open."""
    body = record.to_bytes()
    context = ssl.create_default_context(cafile=str(server.practice.ca_path))
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        line.sendall(
            (
                f"PUT /v1/cases/{record.case_id}/revisions/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: {village.session.headers['Authorization']!s}\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode()
            + body
        )
        came = b""
        try:
            while piece := line.recv(65536):
                came += piece
        except (ConnectionResetError, ssl.SSLError):
            pass
        return came


@pytest.mark.parametrize(
    ("kind", "stored", "answered"),
    [
        (FaultKind.DROP_BEFORE, False, False),
        (FaultKind.DROP_AFTER, True, False),
        (FaultKind.CUT_ANSWER, True, True),
    ],
)
def test_connection_is_really_torn(
    shared_server: PracticeServer, shared_village: Village, kind: FaultKind, stored: bool, answered: bool
) -> None:
    record = payload()
    _set(shared_server, kind, RouteKind.REVISION)
    came = _raw_put(shared_server, shared_village, record)
    assert came.startswith(b"HTTP/1.1 201") == answered
    if answered:
        head, _, body = came.partition(b"\r\n\r\n")
        announced = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        assert 0 < len(body) < announced
    else:
        assert came == b""
    assert shared_server.faults.report().struck == (1,)
    assert _known(shared_village, record) == stored
    assert shared_village.put(record).status_code == 201


@pytest.mark.parametrize(
    ("kind", "status", "stored"),
    [
        (FaultKind.ERROR_BEFORE, 500, False),
        (FaultKind.ERROR_AFTER, 500, True),
        (FaultKind.HTML_PAGE, 200, False),
        (FaultKind.PROXY_PAGE, 502, False),
        (FaultKind.TRUNCATED_JSON, 201, True),
        (FaultKind.WRONG_HASH, 201, True),
        (FaultKind.BUSY_429, 429, False),
        (FaultKind.BUSY_503, 503, False),
    ],
)
def test_wrong_answers(
    shared_server: PracticeServer, shared_village: Village, kind: FaultKind, status: int, stored: bool
) -> None:
    record = payload()
    _set(shared_server, kind, RouteKind.REVISION, retry_after=7)
    answer = shared_village.put(record)
    assert answer.status_code == status
    assert _known(shared_village, record) == stored
    match kind:
        case FaultKind.HTML_PAGE | FaultKind.PROXY_PAGE:
            assert answer.headers["Content-Type"].startswith("text/html")
            assert "<html>" in answer.text
        case FaultKind.TRUNCATED_JSON:
            with pytest.raises(json.JSONDecodeError):
                json.loads(answer.content)
        case FaultKind.WRONG_HASH:
            wrong = answer.json()["payload_sha256"]
            assert len(wrong) == 64
            assert wrong != sha256_hex(record.to_bytes())
        case FaultKind.BUSY_429 | FaultKind.BUSY_503:
            assert answer.headers["Retry-After"] == "7"
            assert answer.json()["code"] == "busy"
        case _:
            assert answer.json()["code"] == "internal_error"
    right = shared_village.put(record)
    assert (right.status_code, right.json()["payload_sha256"]) == (201, sha256_hex(record.to_bytes()))


@pytest.mark.parametrize("kind", [FaultKind.HTML_PAGE, FaultKind.PROXY_PAGE])
def test_who_stands_between_knows_nothing_of_tus(
    shared_server: PracticeServer, shared_village: Village, kind: FaultKind
) -> None:
    content = page(f"between {kind}", 5_000)
    path = shared_village.begin(content)
    _set(shared_server, kind, RouteKind.PAGE_CHUNK)
    other = shared_village.patch(path, 0, content)
    assert other.headers["Content-Type"].startswith("text/html")
    assert "Tus-Resumable" not in other.headers
    right = shared_village.patch(path, 0, content)
    assert (right.status_code, right.headers["Tus-Resumable"]) == (204, "1.0.0")


def test_slow_is_slow_and_right(shared_server: PracticeServer, shared_village: Village) -> None:
    _set(shared_server, FaultKind.SLOW, RouteKind.REVISION, seconds=0.4)
    began = time.monotonic()
    assert shared_village.put(payload()).status_code == 201
    assert time.monotonic() - began >= 0.4


def test_drop_midway_keeps_exactly_so_many_bytes(shared_server: PracticeServer, shared_village: Village) -> None:
    content = page("midway", 200_000)
    path = shared_village.begin(content)
    _set(shared_server, FaultKind.DROP_MIDWAY, RouteKind.PAGE_CHUNK, after_bytes=70_000)
    with pytest.raises(requests.ConnectionError):
        shared_village.patch(path, 0, content)
    assert shared_village.offset(path) == 70_000
    assert shared_village.patch(path, 70_000, content[70_000:]).status_code == 204
    assert shared_village.put(payload(pages=(content,))).status_code == 201


def test_answer_to_a_chunk_lost(shared_server: PracticeServer, shared_village: Village) -> None:
    content = page("lost answer", 10_000)
    path = shared_village.begin(content)
    _set(shared_server, FaultKind.DROP_AFTER, RouteKind.PAGE_CHUNK)
    with pytest.raises(requests.ConnectionError):
        shared_village.patch(path, 0, content)
    assert shared_village.offset(path) == len(content)


def test_setting_at_run_time_hits_the_named_route_so_often(server: PracticeServer, village: Village) -> None:
    setting = {"seed": 3, "faults": [{"kind": "error_before", "routes": ["page_create"], "count": 2, "skip": 1}]}
    answer = village.call("PUT", "/practice/faults", json.dumps(setting).encode())
    assert answer.status_code == 200
    assert village.put(payload()).status_code == 201
    codes = [village.call("HEAD", "/v1/pages/x", headers=TUS).status_code] + [
        village.call("POST", "/v1/pages/").status_code for _ in range(4)
    ]
    assert codes == [404, 412, 500, 500, 412]
    report = village.call("GET", "/practice/faults").json()
    assert (report["seed"], report["struck"]) == (3, [2])
    assert server.faults.report().struck == (2,)
    assert village.call("PUT", "/practice/faults", b'{"faults": []}').status_code == 200
    assert village.call("GET", "/practice/faults").json()["faults"] == []


@pytest.mark.parametrize(
    "setting", [b"x", b'{"faults": [{"kind": "sulk"}]}', b'{"faults": [{"kind":"slow","count":0}]}']
)
def test_unknown_faults_are_refused(shared_village: Village, setting: bytes) -> None:
    answer = shared_village.call("PUT", "/practice/faults", setting)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_setting")


def test_probability_is_seeded() -> None:
    def strikes(seed: int) -> list[bool]:
        plan = FaultPlan(FaultSetting(seed=seed, faults=(Fault(kind=FaultKind.SLOW, probability=0.3),)))
        return [plan.strike(RouteKind.CASE) is not None for _ in range(300)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 60 <= sum(strikes(1)) <= 120


def test_practice_pages_and_capabilities_never_fail_on_request() -> None:
    assert route_kind("PUT", "/practice/faults") is None
    assert route_kind("OPTIONS", "/v1/pages/") is None
    assert {
        route_kind("PUT", "/v1/cases/c/revisions/1"),
        route_kind("PUT", "/v1/cases/c/actions/a"),
        route_kind("PATCH", "/v1/pages/u"),
        route_kind("POST", "/v1/pages/"),
        route_kind("GET", "/v1/changes"),
    } == {RouteKind.REVISION, RouteKind.ACTION, RouteKind.PAGE_CHUNK, RouteKind.PAGE_CREATE, RouteKind.CHANGES}
