"""Proxy handling's tables where the store as a whole is at stake: recovery, retention, removal, and the sweep.

The signed list of a batch is one file that documents of several cases name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.store.damage import PAGE, Tables, lose_rows
from tests.store.fixtures import CLERK, DAY, START, FixedClock, OpenedStore, example_case, example_page
from tests.store.old_schemas.make import dump
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.document import Document, DocumentOrigin
from villagedesk.domain.evaluation import CallBack, CallCause, Evaluation, Level, Stage
from villagedesk.domain.handover import Batch, BatchState, HandoverLine, LineOutcome
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.local_no import local_no
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.retention import Held
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.visit import Visit
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.recovery.recover import Recovered, recover
from villagedesk.store.sweep import missing_pages, sweep
from villagedesk.store.vault import PageVault

ROW_TABLES = ("handover_batches", "handover_lines", "evaluations", "call_backs", "visits", "documents", "link_days")
LIST, LIST_PAGE = b"the list, signed", "33333333-3333-4333-8333-333333333333"
LIST_SHA = hashlib.sha256(LIST).hexdigest()
NOW = START + timedelta(days=800)
BEFORE = NOW - timedelta(days=365)
FORM = "情况说明"
LONG = "x" * 2200
"""So long that each batch stands on a page of its own."""


def carried(number: int, status: CaseStatus = CaseStatus.HANDED_OVER) -> Case:
    case = example_case(
        case_id=f"44444444-4444-4444-8444-{number:012d}", status=status, local_no=local_no("A", DAY, number)
    )
    return replace(case, mode=HandlingMode.PROXY, form={FORM: "一"})


def signed_list(case: Case) -> Document:
    return Document(
        case_id=case.case_id,
        document_id="Y1",
        name="材料移交清单",
        media_type="image/jpeg",
        byte_count=len(LIST),
        sha256=LIST_SHA,
        told_at=START,
        page_id=LIST_PAGE,
        came_at=START,
        bytes_here=len(LIST),
        origin=DocumentOrigin.HANDOVER,
    )


FIRST, SECOND, BARE = carried(1), carried(2), carried(3)
AT_HOME = example_case(case_id="44444444-4444-4444-8444-000000000009")
KEPT, LOST = f"Y{local_no('A', DAY, 11)}", f"Y{local_no('A', DAY, 12)}"


def fill(transaction: Transaction) -> None:
    """Two batches, of which the second holds the case that nothing else but these tables names."""
    for case in (FIRST, SECOND, BARE, AT_HOME):
        transaction.put_case(case)
    for case in (FIRST, SECOND, BARE):
        transaction.append_event(
            CaseEvent(case.case_id, START, CLERK, "handed_over", CaseStatus.RECEIVED, CaseStatus.HANDED_OVER)
        )
    of_first = [
        HandoverLine(FIRST.case_id, 2, 3, 4, LineOutcome.TAKEN),
        HandoverLine(SECOND.case_id, 1, 1, 5, LineOutcome.SHORT, 4, "少一页"),
    ]
    batch = Batch(
        KEPT, BatchState.CARRIED, "乡便民服务中心", CLERK, START, of_first, "2026-11-23", "收件人", KEPT + LONG
    )
    transaction.put_batch(replace(batch, signed=True, prints=1))
    of_second = [HandoverLine(BARE.case_id, 1, 1, 1)]
    transaction.put_batch(
        Batch(LOST, BatchState.PACKED, "乡便民服务中心", CLERK, START, of_second, note=f"note of {LOST}{LONG}")
    )
    transaction.put_document(signed_list(FIRST))
    transaction.put_document(signed_list(SECOND))
    transaction.add_evaluation(Evaluation(BARE.case_id, Stage.INTAKE, Level.POOR, "slow\n等了很久", START, CLERK))
    for number, done_at in enumerate((None, START), start=1):
        call = CallBack(f"55555555-5555-4555-8555-{number:012d}", BARE.case_id, CallCause.POOR, DAY, number, done_at)
        transaction.put_call_back(call)
    transaction.put_visit(Visit(f"V{local_no('A', DAY, 13)}", AT_HOME.case_id, "2026-11-24", "家中有人", START, CLERK))
    transaction.add_link_time(LinkDay(date(2026, 11, 22), 3600, 3000))


def tables_of(store: EncryptedStore) -> Tables:
    return store.read(lambda snapshot: dump(snapshot.connection))  # type: ignore[attr-defined]


@pytest.fixture
def filled(opened: OpenedStore) -> Tables:
    """What stands in the database, which is closed."""
    opened.store.write(fill).result()
    tables = tables_of(opened.store)
    assert all(tables[name] for name in ROW_TABLES)
    opened.store.close()
    return tables


def recovered(opened: OpenedStore) -> tuple[Recovered, Tables]:
    done = recover(opened.folder, opened.key, FixedClock(), CLERK)
    store = EncryptedStore.open(opened.folder, opened.key, FixedClock())
    assert store.integrity() and store.verify_chain() is None
    now = tables_of(store)
    store.close()
    return done, now


def in_order(rows: Sequence[Mapping[str, object]]) -> list[str]:
    return sorted(map(repr, (sorted(row.items()) for row in rows)))


def lost_of(done: Recovered, name: str) -> int:
    return next(count.lost_at_least for count in done.tables if count.name == name)


@pytest.mark.parametrize("schema_lost", [False, True])
def test_a_recovery_keeps_every_row(opened: OpenedStore, filled: Tables, schema_lost: bool) -> None:
    if schema_lost:  # then each row is told by its looks alone
        with (opened.folder / DATABASE_FILE).open("r+b") as file:
            file.seek(PAGE - 100)
            file.write(b"damage")
    done, now = recovered(opened)
    assert done.schema_lost == schema_lost and (done.cases, done.made_again, done.unqueued) == (4, 0, 0)
    for name in ROW_TABLES:
        assert in_order(now[name]) == in_order(filled[name]), name
    assert all(count.lost_at_least == 0 for count in done.tables)


def test_a_line_whose_batch_is_lost_is_left_out_and_counted(opened: OpenedStore, filled: Tables) -> None:
    assert lose_rows(opened.folder, opened.key, f"note of {LOST}") == 1
    done, now = recovered(opened)
    assert [row["batch_no"] for row in now["handover_batches"]] == [KEPT]
    assert {row["case_id"] for row in now["handover_lines"]} == {FIRST.case_id, SECOND.case_id}
    assert (lost_of(done, "handover_batches"), lost_of(done, "handover_lines"), done.cases) == (1, 1, 4)
    for name in ("evaluations", "call_backs", "visits", "documents"):
        assert in_order(now[name]) == in_order(filled[name]), name


def test_a_case_that_only_these_tables_name_comes_back(opened: OpenedStore, filled: Tables) -> None:
    assert lose_rows(opened.folder, opened.key, FORM) == 1
    done, now = recovered(opened)
    # the draft's log says nothing that was ever handed in, so its visit goes with it
    assert {row["case_id"] for row in now["cases"]} == {FIRST.case_id, SECOND.case_id, BARE.case_id}
    assert {(row["mode"], row["status"]) for row in now["cases"]} == {("proxy", "handed_over")}
    assert (done.made_again, done.unqueued, lost_of(done, "visits")) == (3, 0, 1)
    for name in ROW_TABLES:
        assert in_order(now[name]) == ([] if name == "visits" else in_order(filled[name])), name


def deliver(opened: OpenedStore, case: Case, days_ago: int = 500) -> None:
    at = NOW - timedelta(days=days_ago)

    def work(transaction: Transaction) -> None:
        transaction.put_case(replace(case, status=CaseStatus.DELIVERED))
        transaction.append_event(CaseEvent(case.case_id, at, CLERK, "delivered", case.status, CaseStatus.DELIVERED))

    opened.store.write(work).result()


def held_by_case(snapshot: Snapshot) -> dict[str, Held | None]:
    """Why the signed list stays, by each case that names it and is over."""
    candidates = snapshot.retention_candidates(BEFORE)
    return {one.case_id: page.held for one in candidates for page in one.pages if page.page_id == LIST_PAGE}


def test_the_signed_list_stays_also_when_every_case_of_it_is_over(opened: OpenedStore) -> None:
    store, pair = opened.store, (LIST_PAGE, LIST_SHA)
    store.write(fill).result()
    deliver(opened, FIRST)
    assert store.read(held_by_case) == {FIRST.case_id: Held.NOT_DELIVERED}
    deliver(opened, SECOND)
    assert store.read(held_by_case) == {FIRST.case_id: Held.ONLY_HERE, SECOND.case_id: Held.ONLY_HERE}
    with pytest.raises(ValueError, match="still needed"):
        store.write(lambda transaction: transaction.expire_pages([pair], BEFORE)).result()
    assert pair in store.named_pages()


def test_one_delivered_not_long_enough_ago_holds_it_for_the_other(opened: OpenedStore) -> None:
    opened.store.write(fill).result()
    deliver(opened, FIRST)
    deliver(opened, SECOND, days_ago=100)
    assert opened.store.read(held_by_case) == {FIRST.case_id: Held.NOT_DELIVERED}


def test_a_draft_with_a_visit_leaves_no_row(opened: OpenedStore) -> None:
    opened.store.write(fill).result()
    page = example_page(AT_HOME.case_id, b"an identity card")
    opened.store.write(lambda transaction: transaction.add_page(page)).result()
    removed = opened.store.write(lambda transaction: transaction.remove_draft(AT_HOME.case_id)).result()
    assert list(removed) == [page.page_id]
    left = tables_of(opened.store)
    assert [name for name, rows in left.items() if AT_HOME.case_id in repr(rows)] == []
    assert left["visits"] == [] and len(left["cases"]) == 3


def test_the_sweep_knows_the_shared_page_and_its_loss_is_noticed(opened: OpenedStore) -> None:
    opened.vault.put(LIST_PAGE, LIST)
    opened.store.write(fill).result()
    vault = PageVault(opened.vault.folder, opened.key.vault)
    assert sweep(opened.store, vault) == 0 and missing_pages(opened.store, vault) == frozenset()
    assert vault.get(LIST_PAGE, LIST_SHA) == LIST
    vault.remove(LIST_PAGE, LIST_SHA)
    assert missing_pages(opened.store, vault) == {LIST_PAGE}
    found = opened.store.read(lambda snapshot: snapshot.documents_of_pages(missing_pages(opened.store, vault)))
    assert {document.case_id for document in found} == {FIRST.case_id, SECOND.case_id}
