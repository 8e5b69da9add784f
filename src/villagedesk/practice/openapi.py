"""The contract as OpenAPI, generated from the application: ``python -m villagedesk.practice.openapi``."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from villagedesk.acceptance.wire import ActionPayload, EnrolRequest, ReplaceRequest, RevisionPayload
from villagedesk.practice.access import PracticeSystem
from villagedesk.practice.application import make_application
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.faults import FaultPlan
from villagedesk.practice.storage import Storage

COMMITTED = Path(__file__).parents[3] / "resources" / "openapi" / "acceptance-v1.json"
_REFUSALS = {
    "security": {"401": "no station's credential"},
    "requestBody": {
        "400": "the body is cut off, or its gzip is damaged",
        "413": "the body is too large, before or after unzipping",
        "415": "the body is neither plain nor gzip",
    },
    "tus": {"400": "a header is missing or wrong", "412": "another version of tus"},
}
_REVISION = "/v1/cases/{case_id}/revisions/{revision}"
_ACTION = "/v1/cases/{case_id}/actions/{action_id}"
_OF_THE_CASE = {"case_id": "$request.path.case_id"}
_LINKS: dict[tuple[str, str, str], dict[str, tuple[str, str, dict[str, str]]]] = {
    (_REVISION, "put", "201"): {
        "held": ("/v1/cases/{case_id}", "get", _OF_THE_CASE),
        "record": (_REVISION, "get", {**_OF_THE_CASE, "revision": "$request.path.revision"}),
        "action": (_ACTION, "put", _OF_THE_CASE),
    },
    (_REVISION, "put", "202"): {
        "held": ("/v1/cases/{case_id}", "get", _OF_THE_CASE),
        "record": (_REVISION, "get", {**_OF_THE_CASE, "revision": "$request.path.revision"}),
    },
    (_ACTION, "put", "201"): {"held": ("/v1/cases/{case_id}", "get", _OF_THE_CASE)},
    ("/v1/cases/{case_id}", "get", "200"): {
        "record": (
            _REVISION,
            "get",
            {"case_id": "$response.body#/case_id", "revision": "$response.body#/revisions/0/revision"},
        ),
    },
    ("/v1/cases", "get", "200"): {
        "following": ("/v1/cases", "get", {"after": "$response.body#/next"}),
        "first": ("/v1/cases/{case_id}", "get", {"case_id": "$response.body#/cases/0/case_id"}),
    },
    ("/v1/changes", "get", "200"): {"following": ("/v1/changes", "get", {"after": "$response.body#/cursor"})},
}
"""What an answer (path, method, status) makes possible: by a name the path, method and parameters of what follows.
OpenAPI has no words for an upload's address in ``Location``; that is RFC 9110's own link."""
_OPEN = frozenset({("/v1/stations/enrol", "post"), ("/v1/health", "get"), ("/v1/pages/", "options")})


def contract() -> dict[str, Any]:
    """The OpenAPI document of wire version 1."""
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{Path(folder) / 'acceptance.sqlite'}")
        try:
            system = PracticeSystem(
                storage,
                Path(folder),
                lambda: datetime.now(UTC),
                faults=FaultPlan(),
                autopilot_setting=AutopilotSetting(),
            )
            document: dict[str, Any] = make_application(system).openapi()
        finally:
            storage.close()
    # The routes read bodies themselves (exact bytes are hashed), so their models are not found by themselves.
    _, bodies = models_json_schema(
        [(model, "validation") for model in (EnrolRequest, ReplaceRequest, RevisionPayload, ActionPayload)],
        ref_template="#/components/schemas/{model}",
    )
    components = document["components"]
    components["schemas"] = dict(sorted({**components["schemas"], **bodies["$defs"]}.items()))
    components["securitySchemes"] = {
        "station": {
            "type": "http",
            "scheme": "bearer",
            "description": "Authorization: Bearer <division_code>.<credential>",
        }
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if (path, method) not in _OPEN:
                operation["security"] = [{"station": []}]
            _tell_refusals(path, operation)
    for (path, method, status), links in _LINKS.items():
        document["paths"][path][method]["responses"][status]["links"] = {
            name: {"operationId": document["paths"][target][verb]["operationId"], "parameters": parameters}
            for name, (target, verb, parameters) in links.items()
        }
    return document


def _tell_refusals(path: str, operation: dict[str, Any]) -> None:
    """What every operation of a kind may be answered, and that refusals are problems."""
    kinds = ["security"] if "security" in operation else []
    kinds += ["requestBody"] if "application/json" in operation.get("requestBody", {}).get("content", {}) else []
    kinds += ["tus"] if path.startswith("/v1/pages/") and "security" in operation else []
    answers = operation["responses"]
    for kind in kinds:
        for status, told in _REFUSALS[kind].items():
            answers.setdefault(status, {"description": told, "content": _problem_content("ProblemAnswer")})
    for status, answer in answers.items():
        # FastAPI writes every model down as application/json.
        plain = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if status >= "400" and "$ref" in plain:
            answer["content"] = _problem_content(plain["$ref"].rpartition("/")[2])
    operation["responses"] = dict(sorted(answers.items()))


def _problem_content(model: str) -> dict[str, Any]:
    return {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}


def contract_text() -> str:
    """The document as it is committed."""
    return json.dumps(contract(), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the committed document anew."""
    COMMITTED.parent.mkdir(parents=True, exist_ok=True)
    COMMITTED.write_text(contract_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
