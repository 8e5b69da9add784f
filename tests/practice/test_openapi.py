"""The committed contract is the one the application has."""

from __future__ import annotations

import json

from villagedesk.practice.openapi import COMMITTED, contract_text


def test_committed_contract_is_up_to_date() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == contract_text(), "run: python -m villagedesk.practice.openapi"


def test_contract_names_every_request_of_the_wire_and_no_practice_page() -> None:
    document = json.loads(contract_text())
    operations = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert operations == {
        ("POST", "/v1/stations/enrol"),
        ("POST", "/v1/stations/replace"),
        ("GET", "/v1/health"),
        ("PUT", "/v1/cases/{case_id}/revisions/{revision}"),
        ("PUT", "/v1/cases/{case_id}/actions/{action_id}"),
        ("GET", "/v1/cases/{case_id}"),
        ("GET", "/v1/cases/{case_id}/revisions/{revision}"),
        ("GET", "/v1/cases/{case_id}/documents/{document_id}"),
        ("GET", "/v1/cases"),
        ("GET", "/v1/changes"),
        ("GET", "/v1/catalogue"),
        ("OPTIONS", "/v1/pages/"),
        ("POST", "/v1/pages/"),
        ("HEAD", "/v1/pages/{upload_id}"),
        ("PATCH", "/v1/pages/{upload_id}"),
        ("DELETE", "/v1/pages/{upload_id}"),
    }
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in document["components"]["schemas"]
