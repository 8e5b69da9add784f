"""Who may come in: one-time codes, credentials, their replacement, revocation; and the letters of their numbers."""

from __future__ import annotations

from datetime import date

import pytest

from tests.practice.village import Village, payload
from villagedesk.acceptance.wire import EnrolAnswer, EnrolRequest, Health, ProblemAnswer, ReplaceRequest, sha256_hex
from villagedesk.domain.local_no import LocalNo
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


def replacement(village: Village, credential: str, *, installation: str = "installation-2", epoch: str = "B") -> bytes:
    """The body with which a restored database takes the station's place."""
    return (
        ReplaceRequest(
            division_code=village.practice.division_code,
            credential_sha256=sha256_hex(credential.encode()),
            installation_id=installation,
            epoch=epoch,
            restored_at="2026-11-23T02:00:00.000000Z",
        )
        .model_dump_json()
        .encode()
    )


def granted(village: Village, code: str, installation: str, epoch: str) -> str:
    """The letter of an enrolment with a new code."""
    body = EnrolRequest(
        division_code=village.practice.division_code,
        one_time_code=code,
        credential_sha256=sha256_hex(code.encode()),
        installation_id=installation,
        epoch=epoch,
    )
    answer = village.call("POST", "/v1/stations/enrol", body.model_dump_json().encode())
    return EnrolAnswer.model_validate_json(answer.content).epoch


def new_code(village: Village) -> str:
    """Another one-time code for the station, as the county gives with a new station file."""
    body = f'{{"division_code": "{village.practice.division_code}", "name": "柳林村"}}'.encode()
    return str(village.call("POST", "/practice/stations", body).json()["one_time_code"])


def test_a_replaced_credential_is_refused_from_then_on_and_its_repetition_answered_the_same(
    server: PracticeServer, village: Village
) -> None:
    body = replacement(village, "geheim-2")
    first = village.call("POST", "/v1/stations/replace", body)
    assert first.status_code == 200
    assert village.call("GET", "/v1/cases").status_code == 401
    assert village.call("POST", "/v1/stations/replace", body).content == first.content, "the answer was lost on its way"
    assert village.call("GET", "/v1/cases").status_code == 401
    with Village(server, "geheim-2") as restored:
        assert restored.call("GET", "/v1/cases").status_code == 200
        assert restored.call("POST", "/v1/stations/replace", body).content == first.content


def test_the_same_backup_restored_a_second_time_is_refused(server: PracticeServer, village: Village) -> None:
    assert village.call("POST", "/v1/stations/replace", replacement(village, "geheim-2")).status_code == 200
    second = village.call("POST", "/v1/stations/replace", replacement(village, "geheim-3", epoch="C"))
    assert (second.status_code, second.json()["code"]) == (401, "credential")
    with Village(server, "geheim-2") as restored:
        assert restored.call("GET", "/v1/cases").status_code == 200, "the refused one changed nothing"
        # and what was taken back never comes again, not even in the hands of who has the standing one
        back = restored.call("POST", "/v1/stations/replace", replacement(village, "geheim-1"))
        assert (back.status_code, back.json()["code"]) == (409, "credential_used")
        itself = restored.call(
            "POST", "/v1/stations/replace", replacement(village, "geheim-9").replace(b"41042", b"41043")
        )
        assert itself.status_code == 401


def test_a_letter_another_installation_ever_had_is_not_granted(village: Village) -> None:
    assert granted(village, new_code(village), "installation-1", "A") == "A"
    assert granted(village, new_code(village), "installation-1", "A") == "A", "it is its own"
    assert granted(village, new_code(village), "installation-2", "A") == "B"
    assert granted(village, new_code(village), "installation-3", "C") == "C"
    assert granted(village, new_code(village), "installation-4", "B") == "D", "after all letters, never between"
    assert granted(village, new_code(village), "installation-4", "") == "", "an older client says nothing of letters"
    assert granted(village, new_code(village), "installation-5", "9") == "9"
    body = EnrolRequest(
        division_code=village.practice.division_code,
        one_time_code=new_code(village),
        credential_sha256="0" * 64,
        installation_id="installation-6",
        epoch="A",
    )
    answer = village.call("POST", "/v1/stations/enrol", body.model_dump_json().encode())
    assert (answer.status_code, answer.json()["code"]) == (409, "epochs_used_up")


def test_the_letter_of_a_case_that_came_counts_as_had(village: Village) -> None:
    printed = str(LocalNo("K", date(2026, 11, 23), 1))
    village.commit(payload().model_copy(update={"local_no": printed}))
    assert granted(village, new_code(village), "installation-1", "K") == "K", "it came from this installation"
    assert granted(village, new_code(village), "installation-2", "K") == "L"
    answer = village.call("POST", "/v1/stations/replace", replacement(village, "x"))
    assert answer.status_code == 401, "a new enrolment revoked the credential before"


def test_two_copies_of_a_pc_that_ask_the_same_hear_letters_of_their_own(server: PracticeServer) -> None:
    with Village(server) as village:
        code = new_code(village)
        first = granted(village, code, "installation-1", "A")
        again = granted(village, code, "installation-1", "A")
        copied = granted(village, code, "installation-2", "A")
        assert (first, again, copied) == ("A", "A", "B")
        assert granted(village, code, "installation-2", "A") == "B", "its first answer was lost"
