"""A stranger's walks through the practice system along the links of its OpenAPI document: what one answer gives, the
next request uses. Every answer is held against the contract; what was made is there, what was removed is gone."""

from __future__ import annotations

import contextlib
import copy
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ensure_resource_availability, ignored_auth, use_after_free

from tests.interop.stranger import CASE, CHECKS, DOCUMENT, agree, known_caller, running
from tests.practice.village import TUS, creation, page, patching
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.server import PracticeServer

_NAMES = frozenset({"case_id", "action_id"})
_STEPS = 8
_PIECE = 400
_CASE, _UPLOAD = "/v1/cases/{case_id}", "/v1/pages/{upload_id}"
_ACTION, _REVISION = f"{_CASE}/actions/{{action_id}}", f"{_CASE}/revisions/{{revision}}"
_WALKS = {
    "lists": (
        6,
        ("/v1/cases", "/v1/changes", _CASE, _REVISION),
        {("GET", "/v1/cases", 200), ("GET", "/v1/changes", 200), ("GET", _CASE, 200)},
    ),
    "cases": (
        16,
        (_CASE, _ACTION, _REVISION),
        {("PUT", _ACTION, 201), ("GET", _CASE, 200), ("GET", _REVISION, 200)},
    ),
    "pages": (
        4,
        ("/v1/pages/", _UPLOAD),
        {("PATCH", _UPLOAD, 204), ("HEAD", _UPLOAD, 200), ("DELETE", _UPLOAD, 204), ("HEAD", _UPLOAD, 410)},
    ),
}
"""How many walks in the quick run, between which paths, and what must have been met on the way."""


def _walked() -> dict[str, Any]:
    """The contract, and what it has no words for: an upload's id is the end of its ``Location``."""
    document = copy.deepcopy(DOCUMENT)
    upload = document["paths"][_UPLOAD]
    begun = document["paths"]["/v1/pages/"]["post"]["responses"]["201"]["links"] = {}
    for method in ("head", "patch", "delete"):
        where = "$response.header.Location#regex:/v1/pages/(.+)"
        begun[method] = {"operationId": upload[method]["operationId"], "parameters": {"upload_id": where}}
    for method, status in (("head", "200"), ("patch", "204"), ("delete", "204")):
        upload[method]["responses"][status]["links"] = {
            after: {"operationId": upload[after]["operationId"], "parameters": {"upload_id": "$request.path.upload_id"}}
            for after in ("head", "patch", "delete")
        }
    return document


_SCHEMA = schemathesis.openapi.from_dict(_walked())
_SCHEMA.config.generation.update(modes=[GenerationMode.POSITIVE])  # what is wrong in itself leads nowhere


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    """One for each test, so that its walks are the same whatever ran before."""
    with running(tmp_path / "practice") as one:
        yield one


def _walk(server: PracticeServer, paths: tuple[str, ...], walks: int) -> Counter[tuple[str, str, int]]:
    """Walks of some steps each between these paths; gives how often which operation had which status along a link."""
    came: Counter[tuple[str, str, int]] = Counter()
    known = known_caller(server)

    class Walk(_SCHEMA.include(path=list(paths)).as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.offsets: dict[str, int] = {}
            self.linked = self.promised = False
            self.mark = uuid.uuid4().hex[:8]  # a walk meets nothing of another's, or it would not repeat itself

        def step(self, input: Any) -> Any:
            link = input.transition
            self.linked = link is not None and input.is_applied
            given = sum(map(len, link.parameters.values())) if link is not None else 0
            self.promised = self.linked and not link.is_inferred and len(input.applied_parameters) == given
            return super().step(input)

        def before_call(self, case: Any) -> None:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                case.query["wait"] = min(0, float(case.query["wait"]))  # a good long poll takes a minute
            if "station" in case.query:
                case.query["station"] = server.practice.division_code  # of another there is nothing to walk on to
            if not self.linked and "case_id" in case.path_parameters:
                case.path_parameters["case_id"] = CASE
            if isinstance(case.body, dict):
                case.body |= {"revision": 1} if "revision" in case.body else {}
                case.body |= {name: f"{self.mark}-{case.body[name]}" for name in _NAMES & case.body.keys()}
                agree(case.path_parameters, case.body, server, case.path_parameters["case_id"])
            if case.path.startswith("/v1/pages/"):
                self._say_tus(case)

        def _say_tus(self, case: Any) -> None:
            content = page(uuid.uuid4().hex, 3 * _PIECE)
            headers = dict(TUS)
            if case.method.upper() == "POST":
                headers = creation(len(content), sha256_hex(content))
            if case.method.upper() == "PATCH":
                headers = patching(self.offsets.get(case.path_parameters["upload_id"], 0))
                case.body = content[:_PIECE]
            case.headers.pop("Upload-Checksum", None)
            case.headers.update(headers)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": server.address, "headers": known, "timeout": 20}

        def after_call(self, response: Any, case: Any) -> None:
            super().after_call(response, case)
            if self.linked:
                came[case.method.upper(), case.operation.path, response.status_code] += 1
            if self.promised and case.method.upper() == "GET" and "case_id" in case.path_parameters:
                assert response.status_code == 200, "a link of the contract leads to nothing"
            if "upload-offset" in response.headers:
                (offset,) = response.headers["upload-offset"]
                self.offsets[case.path_parameters["upload_id"]] = int(offset)

        def validate_response(self, response: Any, case: Any, additional_checks: Any = None, **kwargs: Any) -> None:
            checks = [*CHECKS, ignored_auth, ensure_resource_availability, use_after_free, *(additional_checks or [])]
            sent = {"transport_kwargs": kwargs, "recorder": self.recorder}
            case.validate_response(response, checks=checks, headers=known, **sent)

    Walk.run(
        settings=settings(
            max_examples=walks,
            stateful_step_count=_STEPS,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
    )
    return came


@pytest.mark.parametrize("about", list(_WALKS))
def test_what_one_answer_gives_the_next_request_uses(server: PracticeServer, about: str) -> None:
    walks, paths, wanted = _WALKS[about]
    came: Counter[tuple[str, str, int]] = Counter()
    for factor in (1, 4):  # hypothesis draws constants of all our modules that are loaded, so luck changes with them
        came += _walk(server, paths, factor * walks)
        if wanted <= came.keys():
            break
    assert wanted <= came.keys(), came


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("about", list(_WALKS))
def test_long_walks_too(server: PracticeServer, about: str) -> None:
    walks, paths, wanted = _WALKS[about]
    assert wanted <= _walk(server, paths, 8 * walks).keys()
