"""What the acceptance system tells and nobody here knows is kept as it came and shown; the cursor neither skips nor
goes round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.practice.village import Village, page, payload
from tests.sync.bench import Bench
from tests.sync.test_changes import kinds, sent_case
from tests.sync.window import START
from villagedesk.acceptance.wire import Change, ChangesAnswer, DocumentRecord, WantedRecord
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.told_change import fields_of, newest, wanted_of
from villagedesk.practice.changes import CHANGES_PER_ANSWER, record_change
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.storage import Storage
from villagedesk.sync.changes import CURSOR, unplaced

S = CaseStatus


def told(bench: Bench, change: Change) -> None:
    bench.store.write(lambda tx: bench.changes.apply(tx, change)).result()


def test_unknown_codes_of_every_kind_stay_in_the_log_as_they_came() -> None:
    bench = Bench()
    case = sent_case(bench)
    change = Change(
        sequence=9,
        case_id=case.case_id,
        kind="ZT-77",
        at="昨天",
        state_code="03-A7",
        values={"result": "R-X9", "reason": "QJ-404", "新字段": "甲"},
        fields={"form.unknown": "7", "applicant.phone": "13911112222"},
        wanted=[WantedRecord(requirement_id="ZZ-99")],
    )
    told(bench, change)
    kept = bench.case(case.case_id)
    assert (kept.status, kept.remote_state) == (S.SUBMITTED, "03-A7")
    event = bench.events(case.case_id)[-1]
    raw = {name: event.detail[name] for name in ("change", "at", "state_code", "value.result", "value.新字段")}
    assert raw == {"change": "ZT-77", "at": "昨天", "state_code": "03-A7", "value.result": "R-X9", "value.新字段": "甲"}
    assert [one.requirement_id for one in wanted_of(event)] == ["ZZ-99"]
    assert fields_of(event) == {"form.unknown": "7", "applicant.phone": "13911112222"}
    assert kept.applicant.phone != "13911112222", "the clerk wins what was typed"


def test_a_second_correction_while_the_next_revision_is_on_its_way_is_not_lost() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, "correction_asked", reason="first")
    bench.changes.pull(0)
    row = bench.clerk.correct(case.case_id)
    bench.store.write(lambda tx: tx.put_case(_with(tx.case(case.case_id), S.RECEIVED))).result()
    bench.server.tell(case.case_id, "correction_asked", reason="second")
    bench.changes.pull(0)
    bench.settle()
    assert bench.row(row).receipt
    assert bench.case(case.case_id).status is S.RETURNED, "what is still wanted must not fall from sight"
    asked = newest(bench.events(case.case_id), CaseChange.CORRECTION_ASKED)
    assert asked is not None
    assert asked.detail["value.reason"] == "second"


def test_a_correction_asked_after_the_end_moves_nothing_and_is_kept() -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.store.write(lambda tx: tx.put_case(_with(tx.case(case.case_id), S.WITHDRAWN))).result()
    bench.server.tell(case.case_id, "correction_asked", reason="late")
    bench.changes.pull(0)
    assert bench.case(case.case_id).status is S.WITHDRAWN
    assert bench.events(case.case_id)[-1].detail["value.reason"] == "late"


def test_a_correction_that_comes_twice_is_one() -> None:
    bench = Bench()
    case = sent_case(bench)
    change = Change(sequence=3, case_id=case.case_id, kind="correction_asked", at="t", wanted=[WantedRecord(name="A")])
    told(bench, change)
    told(bench, change)
    assert kinds(bench, case) == ["correction_asked"]


def test_a_document_is_announced_once_whatever_the_kind_of_the_change() -> None:
    bench = Bench()
    case = sent_case(bench)
    record = DocumentRecord(document_id="d", name="结果", media_type="application/pdf", byte_count=3, sha256="0" * 64)
    for sequence, kind in enumerate(("nobody knows", "concluded"), start=4):
        told(bench, Change(sequence=sequence, case_id=case.case_id, kind=kind, at="t", documents=[record]))
    documents = bench.store.read(lambda snapshot: snapshot.documents(case.case_id))
    assert [(one.document_id, one.is_here) for one in documents] == [("d", False)]


@pytest.mark.parametrize("poison", [{"sequence": "x"}, {"at": None}, {"values": {"a": 7}}, {"documents": [{}]}, 7])
def test_a_change_nobody_can_read_is_kept_and_holds_up_no_other(poison: object) -> None:
    bench = Bench()
    case = sent_case(bench)
    good = {"sequence": 2, "case_id": case.case_id, "kind": "accepted", "at": "t"}
    whole = {"sequence": 1, "case_id": case.case_id, "kind": "in_process", "at": "t"}
    bad = {**whole, **poison} if isinstance(poison, dict) else poison
    answer = ChangesAnswer.model_validate({"changes": [bad, good], "cursor": "2"})
    bench.changes.keep("", answer)
    assert bench.case(case.case_id).status is S.ACCEPTED
    assert bench.store.read(lambda snapshot: snapshot.setting(CURSOR)) == "2"
    logged = [event.detail for event in bench.events(case.case_id) if event.detail.get("change") == "unreadable"]
    assert len(logged) + bench.store.read(unplaced) == 1


@pytest.mark.slow
def test_a_server_restored_to_an_older_state_is_heard_from_its_beginning_and_an_end_is_reached(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path / "practice")
    server.start()
    storage = Storage(f"sqlite:///{tmp_path / 'practice' / 'acceptance.sqlite'}")
    try:
        with Village(server) as village:
            assert village.enrol().status_code == 200
            content = page("a")
            record = payload("", 1, (content,))
            village.commit(record, content)
            code = server.practice.division_code
            with storage.write() as connection:
                for number in range(CHANGES_PER_ANSWER + 20):
                    record_change(connection, code, record.case_id, "in_process", START, {"n": str(number)})
            heard, cursor, asked = [], "99999", 0
            while True:
                answer = ChangesAnswer.model_validate_json(village.call("GET", f"/v1/changes?after={cursor}").content)
                if not answer.changes:
                    break
                assert len(answer.changes) <= CHANGES_PER_ANSWER
                heard += [change.sequence for change in answer.changes]
                cursor, asked = answer.cursor, asked + 1
                assert asked < 5, "it goes round"
            assert heard == list(range(1, CHANGES_PER_ANSWER + 21))
            assert cursor.partition("-")[0] == str(CHANGES_PER_ANSWER + 20)
    finally:
        storage.close()
        server.stop()


def _with(case: Case, status: CaseStatus) -> Case:
    return replace(case, status=status)
