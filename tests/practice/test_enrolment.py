"""Who may come in: one-time codes, credentials, revocation."""

from __future__ import annotations

import pytest

from tests.practice.village import Village, payload
from villagedesk.acceptance.wire import EnrolAnswer, Health, ProblemAnswer
from villagedesk.practice.server import PracticeServer


def test_health_needs_no_credential(server: PracticeServer) -> None:
    with Village(server) as stranger:
        del stranger.session.headers["Authorization"]
        health = Health.model_validate_json(stranger.call("GET", "/v1/health").content)
    assert health.wire_versions == [1]
    assert health.connections >= 1


def test_enrolment_repeats_its_answer_byte_for_byte(server: PracticeServer) -> None:
    with Village(server) as village:
        first, second = village.enrol(), village.enrol()
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert EnrolAnswer.model_validate_json(first.content).division_code == server.practice.division_code


def test_code_counts_for_one_credential_only(server: PracticeServer) -> None:
    with Village(server) as village, Village(server, "geheim-2") as other:
        assert village.enrol().status_code == 200
        refused = other.enrol()
        assert (refused.status_code, refused.json()["code"]) == (403, "code_used")
        assert other.call("GET", "/v1/cases").status_code == 401
        assert village.call("GET", "/v1/cases").status_code == 200


@pytest.mark.parametrize(("code", "division"), [("falsch", ""), ("", "410421103299")])
def test_wrong_code_or_division_is_refused(server: PracticeServer, code: str, division: str) -> None:
    with Village(server) as village:
        answer = village.call("POST", "/v1/stations/enrol", village.enrolment(code, division))
        assert (answer.status_code, answer.json()["code"]) == (403, "unknown_code")
        assert village.call("GET", "/v1/cases").status_code == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer 410421103207.",
        "Bearer 410421103207.geheim-2",
        "Bearer 410421103208.geheim-1",
        "Basic 410421103207.geheim-1",
    ],
)
def test_without_the_credential_there_is_401_and_nothing_is_kept(village: Village, authorization: str) -> None:
    record = payload()
    right = village.session.headers["Authorization"]
    village.session.headers["Authorization"] = authorization
    for method, path in (
        ("PUT", f"/v1/cases/{record.case_id}/revisions/1"),
        ("PUT", f"/v1/cases/{record.case_id}/actions/a"),
        ("GET", "/v1/cases"),
        ("GET", "/v1/cases/x"),
        ("GET", "/v1/changes"),
        ("GET", "/v1/catalogue"),
        ("POST", "/v1/pages/"),
        ("PATCH", "/v1/pages/x"),
        ("DELETE", "/v1/pages/x"),
    ):
        answer = village.call(method, path, record.to_bytes() if method == "PUT" else None)
        problem = ProblemAnswer.model_validate_json(answer.content)
        assert (answer.status_code, problem.code) == (401, "credential"), (method, path)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "WWW-Authenticate" in answer.headers
        assert any("一" <= character <= "鿿" for character in problem.message)
    village.session.headers["Authorization"] = right
    assert village.call("GET", f"/v1/cases/{record.case_id}").status_code == 404


def test_revoked_credential_stays_revoked_when_its_enrolment_is_repeated(village: Village) -> None:
    assert village.call("POST", f"/practice/stations/{village.practice.division_code}/revoke").status_code == 200
    assert village.call("GET", "/v1/cases").status_code == 401
    assert village.enrol().status_code == 200
    assert village.call("GET", "/v1/cases").status_code == 401


def test_new_code_replaces_the_credential_and_keeps_the_cases(server: PracticeServer, village: Village) -> None:
    record = payload()
    village.commit(record)
    body = f'{{"division_code": "{village.practice.division_code}", "name": "柳林村"}}'.encode()
    code = village.call("POST", "/practice/stations", body).json()["one_time_code"]
    with Village(server, "geheim-3") as renewed:
        assert renewed.call("POST", "/v1/stations/enrol", renewed.enrolment(code)).status_code == 200
        assert renewed.call("GET", f"/v1/cases/{record.case_id}").status_code == 200
    assert village.call("GET", "/v1/cases").status_code == 401
