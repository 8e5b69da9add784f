"""Revisions: registered, committed once, answered the same for ever, and what is refused."""

from __future__ import annotations

import gzip
import json

import pytest
import requests

from tests.practice.village import Village, action, page, payload
from villagedesk.acceptance.wire import (
    MAX_BODY_BYTES,
    CaseAnswer,
    CaseListAnswer,
    ReceiptAnswer,
    RegisteredAnswer,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.practice.server import PracticeServer


@pytest.fixture
def server(shared_server: PracticeServer) -> PracticeServer:
    """These tests bring their own cases and pages: one server does for all."""
    return shared_server


@pytest.fixture
def village(shared_village: Village) -> Village:
    """Enrolled there."""
    return shared_village


def _code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def _held(village: Village, case_id: str) -> CaseAnswer:
    return CaseAnswer.model_validate_json(village.call("GET", f"/v1/cases/{case_id}").content)


def test_registered_names_the_missing_pages_until_the_last_is_there(village: Village) -> None:
    front, back = page("front"), page("back")
    record = payload(pages=(front, back, front))
    answer = village.put(record)
    registered = RegisteredAnswer.model_validate_json(answer.content)
    assert answer.status_code == 202
    assert registered.missing == [sha256_hex(front), sha256_hex(back)]
    assert registered.payload_sha256 == sha256_hex(record.to_bytes())
    assert village.put(record).content == answer.content
    village.upload(back)
    assert RegisteredAnswer.model_validate_json(village.put(record).content).missing == [sha256_hex(front)]
    assert _held(village, record.case_id).revisions[0].missing == [sha256_hex(front)]
    village.upload(front)
    answer = village.put(record)
    receipt = ReceiptAnswer.model_validate_json(answer.content)
    assert answer.status_code == 201
    assert receipt.pages == [sha256_hex(front), sha256_hex(back)]
    assert (receipt.payload_sha256, receipt.action_id) == (sha256_hex(record.to_bytes()), record.action_id)
    held = _held(village, record.case_id)
    assert (held.committed_revision, held.actions) == (1, [record.action_id])
    assert held.revisions[0].receipt == receipt


def test_same_content_gets_the_same_receipt_for_ever(village: Village) -> None:
    content = page("a")
    record = payload(pages=(content,))
    first = village.commit(record, content).content
    assert village.put(record).content == first
    village.move(record.case_id, "accept")
    village.move(record.case_id, "conclude")
    assert village.put(record, zipped=True).content == first


def test_hash_is_over_the_unzipped_bytes(village: Village) -> None:
    record = payload(pages=(page("z"),))
    answer = village.put(record, zipped=True)
    assert RegisteredAnswer.model_validate_json(answer.content).payload_sha256 == sha256_hex(record.to_bytes())


def test_whole_body_is_capped_before_and_after_unzipping(village: Village) -> None:
    record = payload()
    path = f"/v1/cases/{record.case_id}/revisions/1"
    spaces = b" " * (MAX_BODY_BYTES + 1 - len(record.to_bytes()))
    too_long = record.to_bytes() + spaces
    assert _code(village.call("PUT", path, too_long)) == (413, "body_too_large")
    bomb = gzip.compress(too_long)
    assert len(bomb) < 20_000
    assert _code(village.call("PUT", path, bomb, {"Content-Encoding": "gzip"})) == (413, "body_too_large")
    assert village.call("PUT", path, too_long[:-1]).status_code == 201


@pytest.mark.parametrize("damage", [lambda b: b[:-5], lambda b: b + b"x", lambda b: b"\x1f\x8b" + b[5:], lambda _: b""])
def test_damaged_gzip_is_refused(village: Village, damage: object) -> None:
    record = payload()
    assert callable(damage)
    body = damage(gzip.compress(record.to_bytes()))
    answer = village.call("PUT", f"/v1/cases/{record.case_id}/revisions/1", body, {"Content-Encoding": "gzip"})
    assert _code(answer) == (400, "bad_gzip")
    assert village.call("GET", f"/v1/cases/{record.case_id}").status_code == 404


def test_unknown_encoding_is_refused(village: Village) -> None:
    answer = village.call("PUT", "/v1/cases/c/revisions/1", b"{}", {"Content-Encoding": "br"})
    assert _code(answer) == (415, "content_encoding")


def test_other_content_under_the_same_revision_is_a_conflict(village: Village) -> None:
    first = payload()
    village.commit(first)
    other = first.model_copy(update={"clerk": "办事员乙"})
    answer = village.put(other)
    assert _code(answer) == (409, "other_content")
    assert answer.json()["held_sha256"] == sha256_hex(first.to_bytes())
    assert answer.json()["held_revision"] == 1


@pytest.mark.parametrize("committed", [True, False])
def test_action_id_is_bound_to_its_content(village: Village, committed: bool) -> None:
    first = payload(pages=() if committed else (page("never"),))
    village.put(first)
    other = payload(action_id=first.action_id)
    answer = village.put(other)
    assert _code(answer) == (409, "action_id_used")
    assert answer.json()["held_sha256"] == sha256_hex(first.to_bytes())
    assert village.call("GET", f"/v1/cases/{other.case_id}").status_code == 404
    if committed:
        answer = village.act(first.case_id, action(action_id=first.action_id))
        assert _code(answer) == (409, "action_id_used")


def test_path_and_payload_must_agree(village: Village) -> None:
    record = payload()
    body = record.to_bytes()
    assert _code(village.call("PUT", "/v1/cases/other/revisions/1", body)) == (422, "id_mismatch")
    assert _code(village.call("PUT", f"/v1/cases/{record.case_id}/revisions/2", body)) == (422, "revision_mismatch")
    strange = payload(station="410421103299")
    assert _code(village.put(strange)) == (422, "station_mismatch")
    taken = action()
    village.commit(record)
    answer = village.call("PUT", f"/v1/cases/{record.case_id}/actions/other", taken.to_bytes())
    assert _code(answer) == (422, "id_mismatch")


@pytest.mark.parametrize(
    "change",
    [
        {"wire_version": 2},
        {"revision": 0},
        {"case_id": "x" * 65},
        {"action_id": "a\u0000b", "manifest": []},
        {"manifest": [{"requirement_id": "a"}]},
        {"applicant": None},
        {"item_name": "a\u0000b"},
    ],
)
def test_bad_payload_is_refused_in_words_without_its_values(village: Village, change: dict[str, object]) -> None:
    record = payload()
    body = json.dumps({**record.model_dump(), **change}).encode()
    answer = village.call("PUT", f"/v1/cases/{record.case_id}/revisions/1", body)
    assert answer.status_code == 422, answer.text
    assert "测试人甲" not in answer.text
    assert "410421190002300018" not in answer.text


def test_not_json_is_refused(village: Village) -> None:
    assert _code(village.call("PUT", "/v1/cases/c1/revisions/1", b"<html>")) == (422, "invalid_payload")


def test_one_place_in_the_manifest_twice_is_refused(village: Village) -> None:
    record = payload(pages=(page("a"),))
    doubled = record.model_copy(update={"manifest": record.manifest * 2})
    assert _code(village.put(doubled)) == (422, "manifest")


def test_unknown_fields_are_ignored_but_hashed(village: Village) -> None:
    body = payload(case_id="c1").to_bytes()[:-1] + b',"newer_field":{"a":1}}'
    answer = village.call("PUT", "/v1/cases/c1/revisions/1", body)
    assert ReceiptAnswer.model_validate_json(answer.content).payload_sha256 == sha256_hex(body)


def test_wrong_byte_count_in_the_manifest_is_refused(village: Village) -> None:
    content = page("a")
    record = payload(pages=(content,))
    wrong = record.model_copy(update={"manifest": [record.manifest[0].model_copy(update={"byte_count": 1})]})
    village.upload(content)
    assert _code(village.put(wrong)) == (422, "byte_count")


def test_next_revision_supersedes_one_that_was_never_committed(village: Village) -> None:
    content = page("late")
    first = payload(pages=(content,))
    second = payload(first.case_id, 2)
    assert village.put(first).status_code == 202
    assert village.put(second).status_code == 201
    village.upload(content)
    answer = village.put(first)
    assert _code(answer) == (409, "superseded")
    assert answer.json()["held_sha256"] == sha256_hex(second.to_bytes())
    held = _held(village, first.case_id)
    assert [(one.revision, one.state) for one in held.revisions] == [(1, "rejected"), (2, "committed")]


def test_older_revision_never_comes_behind_a_newer_one(village: Village) -> None:
    second = payload(revision=2)
    assert village.put(second).status_code == 201
    assert _code(village.put(payload(second.case_id, 1))) == (409, "superseded")


@pytest.mark.parametrize("after", ["", "accept"])
def test_next_revision_after_a_commit_needs_a_correction_asked_for(village: Village, after: str) -> None:
    first = payload()
    village.commit(first)
    if after:
        assert village.move(first.case_id, after).status_code == 200
    second = payload(first.case_id, 2)
    answer = village.put(second)
    assert _code(answer) == (409, "revision_not_wanted")
    assert (answer.json()["held_sha256"], answer.json()["held_revision"]) == (sha256_hex(first.to_bytes()), 1)
    assert village.move(first.case_id, "ask_correction").status_code == 200
    assert village.put(second).status_code == 201
    assert _code(village.put(payload(first.case_id, 3))) == (409, "revision_not_wanted")
    assert village.put(first).status_code == 201, "the first receipt stands for ever"


def test_rejected_revision_stays_rejected_and_the_next_is_taken(village: Village) -> None:
    first = payload(pages=(page("x"),))
    village.put(first)
    assert village.move(first.case_id, "reject").status_code == 200
    (held,) = _held(village, first.case_id).revisions
    assert (held.state, held.reason) == ("rejected", "内容不符合要求")
    village.upload(page("x"))
    assert _code(village.put(first)) == (422, "rejected")
    assert village.put(payload(first.case_id, 2)).status_code == 201


def test_actions_are_taken_once(village: Village) -> None:
    record = payload()
    assert _code(village.act(record.case_id, action())) == (404, "unknown_case")
    village.commit(record)
    taken = action("deliver")
    first, second = village.act(record.case_id, taken), village.act(record.case_id, taken)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert first.json()["payload_sha256"] == sha256_hex(taken.to_bytes())
    answer = village.act(record.case_id, action("deliver", action_id=taken.action_id, note="other"))
    assert _code(answer) == (409, "action_id_used")
    assert answer.json()["held_sha256"] == sha256_hex(taken.to_bytes())
    assert sorted(_held(village, record.case_id).actions) == sorted([taken.action_id, record.action_id])


def test_withdrawn_case_is_not_accepted(village: Village) -> None:
    record = payload()
    village.commit(record)
    village.act(record.case_id, action("withdraw"))
    assert _code(village.move(record.case_id, "accept")) == (409, "move_not_possible")


def test_what_is_concluded_is_not_withdrawn_and_a_repeated_withdrawal_is_answered_the_same(village: Village) -> None:
    concluded = payload()
    village.commit(concluded)
    for move in ("accept", "conclude"):
        assert village.move(concluded.case_id, move).status_code == 200
    assert _code(village.act(concluded.case_id, action("withdraw"))) == (422, "rejected")
    assert _held(village, concluded.case_id).actions == [concluded.action_id]
    taken, record = action("withdraw"), payload()
    village.commit(record)
    first, again = (village.act(record.case_id, taken) for _ in range(2))
    assert (first.status_code, again.status_code, first.content) == (201, 200, again.content)


def test_stations_see_their_own_only(server: PracticeServer, village: Village) -> None:
    content = page("shared")
    record = payload(pages=(content,))
    village.commit(record, content)
    body = b'{"division_code": "410421103208", "name": "other"}'
    code = village.call("POST", "/practice/stations", body).json()["one_time_code"]
    with Village(server, "geheim-9") as other:
        other.session.headers["Authorization"] = "Bearer 410421103208.geheim-9"
        enrolled = other.call("POST", "/v1/stations/enrol", other.enrolment(code, "410421103208"))
        assert enrolled.status_code == 200
        assert _code(other.call("GET", f"/v1/cases/{record.case_id}")) == (404, "unknown_case")
        assert CaseListAnswer.model_validate_json(other.call("GET", "/v1/cases").content).cases == []
        assert _code(other.call("GET", "/v1/cases?station=410421103207")) == (403, "other_station")
        theirs = payload(record.case_id, station="410421103208")
        assert _code(other.put(theirs)) == (409, "case_elsewhere")
        assert _code(other.act(record.case_id, action().model_copy(update={"station": "410421103208"}))) == (
            404,
            "unknown_case",
        )
        mine = payload(pages=(content,), station="410421103208")
        assert other.put(mine).status_code == 202, "a page of another station is no page of ours"
        assert other.call("GET", "/v1/changes").json()["changes"] == []
    listed = CaseListAnswer.model_validate_json(village.call("GET", "/v1/cases?station=410421103207").content)
    assert record.case_id in {case.case_id for case in listed.cases}


def test_long_lists_come_zipped(village: Village) -> None:
    records: list[RevisionPayload] = [payload() for _ in range(5)]
    for record in records:
        village.commit(record)
    answer = village.call("GET", "/v1/cases")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert {case["case_id"] for case in answer.json()["cases"]} >= {record.case_id for record in records}
