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
    return document


def contract_text() -> str:
    """The document as it is committed."""
    return json.dumps(contract(), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the committed document anew."""
    COMMITTED.parent.mkdir(parents=True, exist_ok=True)
    COMMITTED.write_text(contract_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
