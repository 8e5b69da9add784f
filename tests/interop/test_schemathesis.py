"""The practice system as a stranger sees it who has only its OpenAPI document: schemathesis makes requests from that,
good ones and bad ones, and holds every answer against it. No 500, nothing that the contract does not say, and nothing
without a station's credential where the contract asks for one."""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from tests.interop.stranger import CASE, CHECKS, DOCUMENT, agree, bytes_of, known_caller, running, unknown_callers
from tests.practice.village import TUS, Village, creation, patching
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.server import PracticeServer

_SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
_OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]
_NEVER_GOOD = {
    ("POST", "/v1/stations/replace"): "it would take the credential from the caller of all other requests",
}
"""Operations of which no request succeeds, each with its reason."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """One for all."""
    with running(tmp_path_factory.mktemp("stranger") / "practice") as one:
        yield one


def _try(server: PracticeServer, method: str, path: str, examples: int) -> Counter[int]:
    """Requests of one operation, good and bad, by callers known and unknown; gives how often which status came."""
    callers: list[tuple[Mapping[str, str], int]] = [(known_caller(server), examples)]
    callers += [(headers, max(1, examples // 5)) for headers in unknown_callers(server)]
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
    checks = [*CHECKS, negative_data_rejection] if has_record else CHECKS
    refused = headers != known_caller(server) and "security" in operation.definition.raw

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
                agree(case.path_parameters, case.body, server)
            if operation.path.startswith("/v1/pages/"):
                more = _of_a_page(server, case)
            elif method == "GET" and "case_id" in case.path_parameters:
                known = {"case_id": CASE, "document_id": _document(server), "revision": 1}
                case.path_parameters |= {name: known[name] for name in known.keys() & case.path_parameters.keys()}
        sent = {"headers": {**headers, **more}, "timeout": 20}
        answer = case.call(base_url=server.address, **sent)
        came[answer.status_code] += 1
        if refused:
            # what is wrong in itself may be said first, but nothing is done and nothing told
            assert answer.status_code == 401 if mode is GenerationMode.POSITIVE else answer.status_code >= 400
        # asks once more without and with a wrong credential what was answered well
        case.validate_response(answer, checks=[*checks, ignored_auth], headers=dict(headers), transport_kwargs=sent)

    ask()


def _document(server: PracticeServer) -> str:
    """What was handed out to the case."""
    with Village(server) as village:
        changes = village.call("GET", "/v1/changes?after=&wait=0").json()["changes"]
    return next((str(one["document_id"]) for change in changes for one in change["documents"]), "")


def _of_a_page(server: PracticeServer, case: Any) -> dict[str, str]:
    """The headers tus asks for, about a page of its own, whose upload has begun where the request is about one."""
    content = bytes_of(case.body) + uuid.uuid4().bytes
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
