"""What the acceptance system says of a case that is over here: kept, moving nothing, and for the clerk to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.sync.bench import Bench
from tests.sync.test_changes import sent_case
from villagedesk.acceptance.wire import ActionAnswer, Change, ChangesAnswer, DocumentRecord
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CLOSED, TOLD, CaseChange
from villagedesk.domain.outbox import Operation
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.to_look_at import to_look_at
from villagedesk.domain.told_change import AFTER_END


def end(bench: Bench, case: Case, status: CaseStatus, before: CaseStatus) -> None:
    """The clerk ends it here."""

    def work(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case.case_id), status=status))
        transaction.append_event(CaseEvent(case.case_id, bench.clock.now(), "李练习", "ended", before, status))

    bench.store.write(work).result()


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("status", sorted(CLOSED))
def test_what_is_said_after_the_end_is_for_the_clerk_to_read(status: CaseStatus, kind: CaseChange) -> None:
    bench = Bench()
    case = sent_case(bench)
    end(bench, case, status, CaseStatus.SUBMITTED)
    bench.server.tell(case.case_id, kind, acceptance_no="9")
    bench.changes.pull(0)
    assert bench.store.read(to_look_at) == (case.case_id,)
    assert bench.case(case.case_id).status is status
    assert bench.events(case.case_id)[-1].detail[AFTER_END] == "yes"
    assert bench.case(case.case_id).acceptance_no == ("9" if kind is CaseChange.ACCEPTED else "")


def test_of_one_that_was_handed_over_only_a_correction_is_for_the_clerk_to_read() -> None:
    bench = Bench()
    case = sent_case(bench)
    end(bench, case, CaseStatus.DELIVERED, CaseStatus.CONCLUDED)
    bench.server.tell(case.case_id, "result_ready")
    bench.changes.pull(0)
    assert bench.store.read(to_look_at) == ()
    bench.server.tell(case.case_id, "correction_asked", reason="还缺一页")
    bench.changes.pull(0)
    assert bench.store.read(to_look_at) == (case.case_id,)


@pytest.mark.parametrize(
    ("before", "told", "is_news"),
    [
        (CaseStatus.REFUSED, ("refused", "refused"), False),
        (CaseStatus.REFUSED, ("refused", "accepted"), True),
        (CaseStatus.CONCLUDED, ("concluded", "result_ready"), True),
        (CaseStatus.CONCLUDED, ("concluded", "in_process"), True),
        (CaseStatus.DELIVERED, ("concluded", "result_ready"), False),
        (CaseStatus.DELIVERED, ("concluded", "delivered"), False),
        (CaseStatus.DELIVERED, ("concluded", "in_process"), True),
    ],
)
def test_what_was_known_when_a_case_ended_is_not_told_anew(
    before: CaseStatus, told: tuple[str, str], is_news: bool
) -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.server.tell(case.case_id, told[0], reason="a")
    bench.changes.pull(0)
    end(bench, case, CaseStatus.ARCHIVED, before)
    bench.server.tell(case.case_id, told[1], reason="a")
    bench.changes.pull(0)
    assert (bench.store.read(to_look_at) != ()) is is_news


@pytest.mark.parametrize("before", [CaseStatus.CONCLUDED, CaseStatus.DELIVERED])
def test_a_new_document_of_a_case_that_ended_is_news(before: CaseStatus) -> None:
    bench = Bench()
    case = sent_case(bench)
    end(bench, case, CaseStatus.ARCHIVED, before)
    bench.server.tell(
        case.case_id, "concluded", documents=[DocumentRecord(document_id="d", byte_count=1, sha256="0" * 64)]
    )
    bench.changes.pull(0)
    assert bench.store.read(to_look_at) == (case.case_id,)
    assert len(bench.store.read(lambda snapshot: snapshot.documents(case.case_id))) == 1


def test_a_new_number_of_a_case_that_ended_is_news_and_kept() -> None:
    bench = Bench()
    case = sent_case(bench)
    for number, is_news in (("8", False), ("8", False), ("9", True)):
        bench.server.tell(case.case_id, "accepted", acceptance_no=number)
        bench.changes.pull(0)
        assert (bench.store.read(to_look_at) != ()) is is_news
        assert bench.case(case.case_id).acceptance_no == number
        end(bench, case, CaseStatus.WITHDRAWN, CaseStatus.ACCEPTED)


@pytest.mark.parametrize("kind", ["correction_asked", "accepted", "result_ready"])
@pytest.mark.parametrize(("asked_after", "is_told"), [(-60, False), (60, True), (None, True)])
def test_one_that_crossed_the_withdrawal_is_over_on_both_sides(
    asked_after: int | None, is_told: bool, kind: str
) -> None:
    bench = Bench()
    case = sent_case(bench)
    bench.clerk.act(case.case_id, Operation.WITHDRAW)
    bench.settle()
    row = bench.store.read(lambda one: one.outbox_of_case(case.case_id))[-1]
    taken_at = datetime.fromisoformat(ActionAnswer.model_validate_json(row.receipt).taken_at)
    at = "yesterday" if asked_after is None else (taken_at + timedelta(seconds=asked_after)).isoformat()
    asked = Change(sequence=99, case_id=case.case_id, kind=kind, at=at)
    bench.changes.keep("", ChangesAnswer(changes=[asked], cursor="99"))
    assert bench.case(case.case_id).status is CaseStatus.WITHDRAWN
    assert (bench.store.read(to_look_at) != ()) is is_told
