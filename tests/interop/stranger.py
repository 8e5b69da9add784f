"""What a stranger knows of the practice system who has only its OpenAPI document: the document itself, a server with a
station and a case, and what no schema can ask for."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.practice.village import Village, payload
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.openapi import COMMITTED
from villagedesk.practice.server import PracticeServer

DOCUMENT: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
CASE = "case-1"
"""A case that is there, concluded, with a document."""
_CREDENTIAL = "geheim-1"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/offset+octet-stream")
def page_bytes(_context: Any, value: Any) -> bytes:
    """tus's media type for bytes, which schemathesis does not know."""
    return bytes_of(value)


def bytes_of(value: Any) -> bytes:
    """A body as it is sent."""
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[PracticeServer]:
    """A server over plain HTTP, with an enrolled station and a committed case."""
    server = PracticeServer(folder, tls=False)
    server.start()
    try:
        with Village(server) as village:
            village.enrol()
            village.commit(payload(CASE))
            for move in ("accept", "conclude"):
                assert village.move(CASE, move).status_code == 200
        yield server
    finally:
        server.stop()


def known_caller(server: PracticeServer) -> dict[str, str]:
    """Headers of the enrolled station."""
    return {"Authorization": f"Bearer {server.practice.division_code}.{_CREDENTIAL}"}


def unknown_callers(server: PracticeServer) -> tuple[dict[str, str], ...]:
    """Headers of one that guesses, and of one that has nothing."""
    return {"Authorization": f"Bearer {server.practice.division_code}.guessed"}, {}


def agree(path: dict[str, Any], body: dict[str, Any], server: PracticeServer, case_id: str = CASE) -> None:
    """Say what no schema can ask for, so that the request comes to the database: the same in address and body, the
    station's own code, an action about a case that is there.

    Args:
        path, body: of the request; changed.
        case_id: what an action is about.
    """
    practice = server.practice
    if "station" in body:
        body |= {"station": practice.division_code, "wire_version": 1}
    if "one_time_code" in body:
        body |= {"division_code": practice.division_code, "one_time_code": practice.one_time_code, "epoch": ""}
        body["credential_sha256"] = sha256_hex(_CREDENTIAL.encode())
    for name in {"case_id", "action_id"} & body.keys():
        body[name] = re.sub(r"[^!-~]|[/?#%.]", "x", str(body[name]))[:64] or "x"
        if name in path:
            path[name] = body[name]
    if "action_id" in path:
        path["case_id"] = case_id
        body |= {"operation": "evaluate"} if body.get("operation") == "withdraw" else {}
    if "revision" in path:
        path["revision"] = body["revision"]
