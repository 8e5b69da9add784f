"""The practice system as a stranger sees it who has only its OpenAPI document: schemathesis makes requests from that,
good ones and bad ones, and holds every answer against it. No 500, and nothing that the contract does not say."""

from __future__ import annotations

import contextlib
import json
import re
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

from tests.practice.village import Village, payload
from villagedesk.practice.openapi import COMMITTED
from villagedesk.practice.server import PracticeServer

_DOCUMENT = json.loads(COMMITTED.read_text(encoding="utf-8"))
_SCHEMA = schemathesis.openapi.from_dict(_DOCUMENT)
_OPERATIONS = [(method.upper(), path) for path, methods in _DOCUMENT["paths"].items() for method in methods]
_ALWAYS_GOOD = {("PUT", "/v1/cases/{case_id}/revisions/{revision}"), ("GET", "/v1/cases"), ("GET", "/v1/health")}
"""Operations a stranger cannot help getting right at times: what is asked of the others no schema can say (a one-time
code, an upload's name, what stands inside tus's headers)."""
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
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """One over plain HTTP, with an enrolled station and a committed case."""
    running = PracticeServer(tmp_path_factory.mktemp("stranger") / "practice", tls=False)
    running.start()
    with Village(running) as village:
        village.enrol()
        village.commit(payload("case-1"))
    yield running
    running.stop()


def _try(server: PracticeServer, method: str, path: str, examples: int) -> Counter[int]:
    """Requests of one operation, good and bad, by callers known and unknown; gives how often which status came."""
    code = server.practice.division_code
    known = {"Authorization": f"Bearer {code}.geheim-1"}
    callers: list[tuple[Mapping[str, str], int]] = [(known, examples)]
    callers += [(headers, max(1, examples // 5)) for headers in ({"Authorization": f"Bearer {code}.guessed"}, {})]
    came: Counter[int] = Counter()
    for mode in GenerationMode:
        for headers, most in callers:
            with contextlib.suppress(Unsatisfiable):  # where nothing is sent, nothing can be wrong
                _ask(_SCHEMA[path][method], mode, server, headers, most, came)
    return came


def _ask(
    operation: Any,
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
        if isinstance(case.query.get("wait"), int | float):
            case.query["wait"] = min(0, case.query["wait"])  # a good long poll takes a minute
        if isinstance(case.body, dict) and mode is GenerationMode.POSITIVE:
            _agree(case.path_parameters, case.body, server.practice.division_code)
        answer = case.call(base_url=server.address, headers=dict(headers), timeout=20)
        came[answer.status_code] += 1
        case.validate_response(answer, checks=checks)

    ask()


def _agree(path: dict[str, Any], body: dict[str, Any], division_code: str) -> None:
    """Say the same in address and body, which no schema can ask for, so that the request comes to the database."""
    if "station" in body:
        body |= {"station": division_code, "wire_version": 1}
    for name in {"case_id", "action_id"} & path.keys() & body.keys():
        path[name] = body[name] = re.sub(r"[^!-~]|[/?#%.]", "x", str(body[name]))[:64] or "x"
    if "revision" in path:
        path["revision"] = body["revision"]


@pytest.mark.parametrize(("method", "path"), _OPERATIONS, ids=[" ".join(one) for one in _OPERATIONS])
def test_every_answer_is_as_the_contract_says(server: PracticeServer, method: str, path: str) -> None:
    came = _try(server, method, path, 4)
    assert sum(came.values()) >= 3
    assert min(came) < 300 or (method, path) not in _ALWAYS_GOOD, came


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("method", "path"), _OPERATIONS, ids=[" ".join(one) for one in _OPERATIONS])
def test_every_answer_is_as_the_contract_says_at_length(server: PracticeServer, method: str, path: str) -> None:
    assert sum(_try(server, method, path, 200).values()) >= 3
