"""The practice system as a stranger sees it who has only its OpenAPI document: schemathesis makes requests from that,
good ones and bad ones, and holds every answer against it. No 500, and nothing that the contract does not say."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.practice.village import TUS, Village, creation, patching, payload
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.openapi import COMMITTED
from villagedesk.practice.server import PracticeServer

_DOCUMENT = json.loads(COMMITTED.read_text(encoding="utf-8"))
_SCHEMA = schemathesis.openapi.from_dict(_DOCUMENT)
_OPERATIONS = [(method.upper(), path) for path, methods in _DOCUMENT["paths"].items() for method in methods]
_NEVER_GOOD = {
    ("POST", "/v1/stations/replace"): "it would take the credential from the caller of all other requests",
}
"""Operations of which no request succeeds, each with its reason."""
_CASE, _CREDENTIAL = "case-1", "geheim-1"
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/offset+octet-stream")
def page_bytes(_context: Any, value: Any) -> bytes:
    """tus's media type for bytes, which schemathesis does not know."""
    return _bytes(value)


def _bytes(value: Any) -> bytes:
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """One over plain HTTP, with an enrolled station and a committed case."""
    running = PracticeServer(tmp_path_factory.mktemp("stranger") / "practice", tls=False)
    running.start()
    with Village(running) as village:
        village.enrol()
        village.commit(payload(_CASE))
        for move in ("accept", "conclude"):
            assert village.move(_CASE, move).status_code == 200
    yield running
    running.stop()


def _try(server: PracticeServer, method: str, path: str, examples: int) -> Counter[int]:
    """Requests of one operation, good and bad, by callers known and unknown; gives how often which status came."""
    code = server.practice.division_code
    known = {"Authorization": f"Bearer {code}.{_CREDENTIAL}"}
    callers: list[tuple[Mapping[str, str], int]] = [(known, examples)]
    callers += [(headers, max(1, examples // 5)) for headers in ({"Authorization": f"Bearer {code}.guessed"}, {})]
    came: Counter[int] = Counter()
    for mode in GenerationMode:
        for headers, most in callers:
            with contextlib.suppress(Unsatisfiable):  # where nothing is sent, nothing can be wrong
                _ask(_SCHEMA[path][method], method, mode, server, headers, most, came)
    return came


def _ask(
    operation: Any,
    method: str,
    mode: GenerationMode,
    server: PracticeServer,
    headers: Mapping[str, str],
    examples: int,
    came: Counter[int],
) -> None:
    # What it does not know in a query or a header the contract ignores; a body that is wrong it refuses.
    has_record = "application/json" in (operation.definition.raw.get("requestBody") or {}).get("content", {})
    checks = [*_CHECKS, negative_data_rejection] if has_record else _CHECKS

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            case.query["wait"] = min(0, float(case.query["wait"]))  # a good long poll takes a minute
        more: dict[str, str] = {}
        if mode is GenerationMode.POSITIVE:
            if isinstance(case.body, dict):
                _agree(case.path_parameters, case.body, server)
            if operation.path.startswith("/v1/pages/"):
                more = _of_a_page(server, case)
            elif method == "GET" and "case_id" in case.path_parameters and "revision" not in case.path_parameters:
                known = {"case_id": _CASE, "document_id": _document(server)}
                case.path_parameters |= {name: known[name] for name in known.keys() & case.path_parameters.keys()}
        answer = case.call(base_url=server.address, headers={**headers, **more}, timeout=20)
        came[answer.status_code] += 1
        case.validate_response(answer, checks=checks)

    ask()


def _agree(path: dict[str, Any], body: dict[str, Any], server: PracticeServer) -> None:
    """Say what no schema can ask for, so that the request comes to the database: the same in address and body, the
    station's own code, an action about a case that is there."""
    practice = server.practice
    if "station" in body:
        body |= {"station": practice.division_code, "wire_version": 1}
    if "one_time_code" in body:
        body |= {"division_code": practice.division_code, "one_time_code": practice.one_time_code, "epoch": ""}
        body["credential_sha256"] = sha256_hex(_CREDENTIAL.encode())
    for name in {"case_id", "action_id"} & path.keys() & body.keys():
        path[name] = body[name] = re.sub(r"[^!-~]|[/?#%.]", "x", str(body[name]))[:64] or "x"
    if "action_id" in path:
        path["case_id"] = _CASE
        body |= {"operation": "evaluate"} if body.get("operation") == "withdraw" else {}
    if "revision" in path:
        path["revision"] = body["revision"]


def _document(server: PracticeServer) -> str:
    """What was handed out to the case."""
    with Village(server) as village:
        changes = village.call("GET", "/v1/changes?after=&wait=0").json()["changes"]
    return next((str(one["document_id"]) for change in changes for one in change["documents"]), "")


def _of_a_page(server: PracticeServer, case: Any) -> dict[str, str]:
    """The headers tus asks for, about a page of its own, whose upload has begun where the request is about one."""
    content = _bytes(case.body) + uuid.uuid4().bytes
    if "upload_id" in case.path_parameters:
        with Village(server) as village:
            case.path_parameters["upload_id"] = village.begin(content).rpartition("/")[2]
        return patching(0) if case.method.upper() == "PATCH" else dict(TUS)
    return creation(len(content), sha256_hex(content))


@pytest.mark.parametrize(("method", "path"), _OPERATIONS, ids=[" ".join(one) for one in _OPERATIONS])
def test_every_answer_is_as_the_contract_says(server: PracticeServer, method: str, path: str) -> None:
    came = _try(server, method, path, 4)
    assert sum(came.values()) >= 3
    assert (min(came) >= 300) == ((method, path) in _NEVER_GOOD), came


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("method", "path"), _OPERATIONS, ids=[" ".join(one) for one in _OPERATIONS])
def test_every_answer_is_as_the_contract_says_at_length(server: PracticeServer, method: str, path: str) -> None:
    assert sum(_try(server, method, path, 200).values()) >= 3
