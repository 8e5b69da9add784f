"""The list of cases comes in pieces that fit the cap of an answer."""

from __future__ import annotations

import pytest

from tests.practice.village import Village, payload
from villagedesk.acceptance.wire import CaseAnswer, CaseListAnswer


def test_the_list_of_cases_comes_in_pieces(village: Village) -> None:
    records = [payload() for _ in range(5)]
    for record in records:
        village.commit(record)
    listed: list[str] = []
    sizes: list[int] = []
    after = ""
    while True:
        answer = village.call("GET", f"/v1/cases?station=410421103207&limit=2&after={after}")
        piece = CaseListAnswer.model_validate_json(answer.content)
        listed += [case.case_id for case in piece.cases]
        sizes.append(len(piece.cases))
        after = piece.next
        if not after:
            break
    assert sizes == [2, 2, 1]
    assert sorted(listed) == sorted(record.case_id for record in records)


@pytest.mark.parametrize("question", ["limit=0", "limit=501", "after=%00", "after=%E6%9F%B3"])
def test_a_piece_nobody_can_ask_for_is_refused(shared_village: Village, question: str) -> None:
    assert shared_village.call("GET", f"/v1/cases?{question}").status_code == 422


def test_a_piece_ends_before_its_answer_is_too_large(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [payload() for _ in range(3)]
    for record in records:
        village.commit(record)
    whole = village.call("GET", "/v1/cases")
    assert whole.json()["next"] == ""
    monkeypatch.setattr("villagedesk.practice.lookups._PIECE_BYTES", len(whole.content) * 5 // 6)
    first = CaseListAnswer.model_validate_json(village.call("GET", "/v1/cases").content)
    assert len(first.cases) == 2
    rest = CaseListAnswer.model_validate_json(village.call("GET", f"/v1/cases?after={first.next}").content)
    assert (len(rest.cases), rest.next) == (1, "")
    monkeypatch.setattr("villagedesk.practice.lookups._PIECE_BYTES", 1)
    assert len(village.call("GET", "/v1/cases").json()["cases"]) == 1, "one case goes in, whatever its size"


def test_a_case_is_named_in_words_for_a_pc_that_lacks_it(village: Village) -> None:
    record = payload()
    village.commit(record)
    village.move(record.case_id, "accept")
    listed = CaseListAnswer.model_validate_json(village.call("GET", "/v1/cases").content).cases[0].summary
    alone = CaseAnswer.model_validate_json(village.call("GET", f"/v1/cases/{record.case_id}").content).summary
    assert listed is not None
    assert alone == listed
    assert (listed.local_no, listed.item_name, listed.applicant_name, listed.received_at) == (
        record.local_no,
        record.item_name,
        record.applicant.name,
        record.received_at,
    )
    assert listed.state == "accepted"
    assert listed.acceptance_no
