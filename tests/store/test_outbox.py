"""The outbox's guards: I4 frozen bytes never change, I5 no row disappears, I3 nothing is sent without a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.fixtures import CLERK, START, OpenedStore, example_case, example_submit, open_store, take_in
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OPEN_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.store.status import waiting_count


@pytest.fixture
def row(opened: OpenedStore) -> OutboxRow:
    case = example_case()
    return opened.store.write(lambda t: take_in(t, case, [])).result()[1]


def with_payload(row: OutboxRow, payload: bytes) -> OutboxRow:
    return replace(row, payload=payload, payload_sha256=hashlib.sha256(payload).hexdigest())


def update(opened: OpenedStore, row: OutboxRow) -> None:
    opened.store.write(lambda t: t.update_outbox(row)).result()


def test_bytes_may_change_until_they_are_frozen(opened: OpenedStore, row: OutboxRow) -> None:
    edited = with_payload(row, b"mended")
    update(opened, edited)
    assert opened.store.read(lambda s: s.outbox_row(row.action_id)) == edited


@pytest.mark.parametrize(
    "change",
    [
        lambda row: with_payload(row, row.payload + b" "),
        lambda row: replace(row, wire_version=2),
        lambda row: replace(row, frozen_at=None),
        lambda row: replace(row, frozen_at=START + timedelta(days=1)),
        lambda row: with_payload(replace(row, frozen_at=None, state=SendingState.QUEUED), b"queued again"),
    ],
)
def test_i4_frozen_bytes_never_change(
    opened: OpenedStore, row: OutboxRow, change: Callable[[OutboxRow], OutboxRow]
) -> None:
    frozen = replace(row, frozen_at=START, state=SendingState.SENDING)
    update(opened, frozen)
    with pytest.raises(ValueError, match="frozen bytes never change"):
        update(opened, change(frozen))
    assert opened.store.read(lambda s: s.outbox_row(row.action_id)) == frozen


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_i4_whatever_is_tried_after_freezing_the_bytes_stay(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    opened = open_store(tmp_path_factory.mktemp("i4"))
    try:
        _case, row = opened.store.write(lambda t: take_in(t, example_case(), [])).result()
        frozen = replace(row, frozen_at=START)
        update(opened, frozen)
        for payload in data.draw(st.lists(st.binary(max_size=8), max_size=4)):
            state = data.draw(st.sampled_from(sorted(OPEN_STATES)))
            thaw = data.draw(st.booleans())
            tried = with_payload(replace(frozen, state=state, frozen_at=None if thaw else START), payload)
            with pytest.raises(ValueError, match="frozen"):
                update(opened, tried)
        stored = opened.store.read(lambda s: s.outbox_row(row.action_id))
        assert (stored.payload, stored.payload_sha256) == (row.payload, row.payload_sha256)
    finally:
        opened.store.close()


@pytest.mark.parametrize("change", [{"case_id": "other"}, {"operation": Operation.WITHDRAW}, {"revision": 2}])
def test_i4_an_action_stays_the_action_it_is(opened: OpenedStore, row: OutboxRow, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="stays the action"):
        update(opened, replace(row, **change))  # type: ignore[arg-type]


def test_i4_the_database_itself_refuses_other_frozen_bytes(opened: OpenedStore, row: OutboxRow) -> None:
    update(opened, replace(row, frozen_at=START))
    with pytest.raises(ValueError, match="frozen bytes never change"):
        opened.store.write(lambda t: raw(t, "UPDATE outbox SET payload = x'00'")).result()


def test_i5_no_row_can_be_deleted_by_any_statement(opened: OpenedStore, row: OutboxRow) -> None:
    for statement in ("DELETE FROM outbox", "REPLACE INTO outbox SELECT * FROM outbox"):
        with pytest.raises(ValueError, match="never deleted"):
            opened.store.write(lambda t, s=statement: raw(t, s)).result()  # type: ignore[misc]
    assert opened.store.read(lambda s: s.outbox_row(row.action_id)) == row


def raw(transaction: Transaction, statement: str) -> None:
    transaction.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", [SendingState.CANCELLED, SendingState.SUPERSEDED])
def test_i5_a_row_is_taken_back_only_with_a_logged_decision(
    opened: OpenedStore, row: OutboxRow, state: SendingState
) -> None:
    taken_back = replace(row, state=state)
    with pytest.raises(ValueError, match="logged decision"):
        update(opened, taken_back)
    assert opened.store.read(lambda s: s.outbox_row(row.action_id)).state is SendingState.QUEUED

    def decide(transaction: Transaction) -> None:
        transaction.update_outbox(taken_back)
        transaction.append_event(CaseEvent(row.case_id, START, CLERK, "decision"))

    opened.store.write(decide).result()
    assert opened.store.read(lambda s: s.outbox_row(row.action_id)) == taken_back


def test_i3_no_submission_is_called_sent_without_its_receipt(opened: OpenedStore, row: OutboxRow) -> None:
    with pytest.raises(ValueError, match="receipt"):
        update(opened, replace(row, state=SendingState.SENT))
    update(opened, replace(row, state=SendingState.SENT, receipt='{"payload_sha256": "…"}'))


def test_one_open_submission_per_case_and_revision(opened: OpenedStore, row: OutboxRow) -> None:
    case = opened.store.read(lambda s: s.case(row.case_id))
    for double in (row, example_submit(case)):
        with pytest.raises(ValueError, match="refused"):
            opened.store.write(lambda t, d=double: t.add_outbox(d)).result()  # type: ignore[misc]
    action = replace(example_submit(case), operation=Operation.WITHDRAW, revision=0)
    opened.store.write(lambda t: t.add_outbox(action)).result()
    opened.store.write(lambda t: t.add_outbox(example_submit(replace(case, revision=2)))).result()
    assert len(opened.store.read(lambda s: s.outbox_of_case(case.case_id))) == 3


def test_a_payload_whose_hash_is_wrong_is_not_taken(opened: OpenedStore, row: OutboxRow) -> None:
    with pytest.raises(ValueError, match="hash"):
        update(opened, replace(row, payload=b"other"))


def test_a_row_that_is_not_there_cannot_be_changed(opened: OpenedStore, row: OutboxRow) -> None:
    with pytest.raises(KeyError):
        update(opened, replace(row, action_id="none"))


def counted(opened: OpenedStore) -> int | None:
    # The count is written after a commit's result is given, and before the next commit.
    opened.store.write(lambda t: None).result()
    return waiting_count(opened.folder)


def test_the_count_of_waiting_cases_lies_outside_and_nothing_else(opened: OpenedStore) -> None:
    assert counted(opened) == 0
    rows = [opened.store.write(lambda t: take_in(t, example_case(), [])).result()[1] for _ in range(3)]
    assert counted(opened) == 3
    update(opened, replace(rows[0], state=SendingState.SENT, receipt="{}"))
    assert counted(opened) == 2
    assert (opened.folder / "status.json").read_text() == '{"waiting": 2}'
    (opened.folder / "status.json").unlink()
    assert waiting_count(opened.folder) is None
    again = opened.reopened()
    assert counted(again) == 2
    again.store.close()


def test_settled_keys_name_what_is_sent_or_done_and_nothing_else(opened: OpenedStore) -> None:
    rows = [opened.store.write(lambda t: take_in(t, example_case(), [])).result()[1] for _ in range(3)]
    action = replace(rows[1], action_id="evaluate-1", operation=Operation.EVALUATE, revision=0)
    opened.store.write(lambda t: t.add_outbox(action)).result()
    update(opened, replace(rows[1], state=SendingState.SENT, receipt="{}"))
    update(opened, replace(rows[2], state=SendingState.CONFIRMING))
    update(opened, replace(action, state=SendingState.DONE))
    keys = opened.store.read(lambda s: s.settled_keys())
    digest = rows[1].payload_sha256
    assert list(keys) == [(rows[1].action_id, rows[1].case_id, 1, digest), ("evaluate-1", rows[1].case_id, 0, digest)]
