"""Who goes first: what a clerk put first, what is urgent, actions, then the smallest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.bench import Bench
from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.window import START, Clerk, SimClock
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.outbox import OPEN_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Store
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.sync.order import Turn, in_order, pages_in_order


def turn(
    name: str,
    *,
    bytes_left: int = 100,
    first: bool = False,
    since: datetime | None = None,
    operation: Operation = Operation.SUBMIT,
) -> Turn:
    row = OutboxRow(name, f"case-{name}", operation, 1, SendingState.UPLOADING, b"", "", 1, START, START)
    return Turn(row, first, since, bytes_left)


def names(*turns: Turn) -> str:
    return "".join(row.action_id for row in in_order(turns))


def test_what_goes_before_what() -> None:
    large, small = turn("l", bytes_left=900), turn("s", bytes_left=1)
    action = turn("a", operation=Operation.WITHDRAW, bytes_left=2000)
    urgent = turn("u", bytes_left=5000, since=START - timedelta(days=3))
    longer = turn("o", bytes_left=9000, since=START - timedelta(days=4))
    first = turn("f", bytes_left=99_000, first=True)
    assert names(large, small, action, urgent, longer, first) == "fouasl"


TURNS = st.lists(
    st.tuples(st.integers(0, 10**7), st.booleans(), st.one_of(st.none(), st.integers(0, 10**6))), max_size=12
)


@given(TURNS, st.integers(0, 10**6))
def test_an_urgent_case_is_passed_only_by_what_was_received_before_it_or_put_first(
    others: list[tuple[int, bool, int | None]], received: int
) -> None:
    rows = [
        turn(f"{number}", bytes_left=size, first=first, since=None if at is None else START + timedelta(seconds=at))
        for number, (size, first, at) in enumerate(others)
    ]
    mine = turn("mine", bytes_left=10**9, since=START + timedelta(seconds=received))
    ordered = in_order([*rows, mine])
    passed = {row.action_id for row in ordered[: ordered.index(mine.row)]}
    for other in rows:
        if other.row.action_id in passed:
            assert other.first or (
                other.urgent_since is not None and other.urgent_since <= START + timedelta(seconds=received)
            )


def test_of_one_case_the_large_pages_begin() -> None:
    entries = [
        ManifestEntry(requirement_id="id", order=n, sha256=f"{n}" * 64, byte_count=size, media_type="image/jpeg")
        for n, size in enumerate((10, 30, 20), 1)
    ]
    assert [entry.byte_count for entry in pages_in_order(entries)] == [30, 20, 10]


def sent_in_order(bench: Bench) -> list[str]:
    """Case ids as they were committed."""
    return [case_id for case_id, _revision in bench.server.committed_ever]


def test_the_runner_sends_the_small_case_first_but_for_the_one_put_first_and_the_urgent_one() -> None:
    bench = Bench()
    old, _ = bench.clerk.take_in([bytes([9]) * 900])
    bench.clock.advance(3 * 24 * 3600)
    large, _ = bench.clerk.take_in([bytes([number]) * 100 for number in range(5)])
    small, _ = bench.clerk.take_in([b"small"])
    _wanted, row = bench.clerk.take_in([bytes([7]) * 700])
    bench.store.write(lambda transaction: transaction.put_setting("sync.first", f"gone {row.action_id}")).result()
    bench.settle()
    assert sent_in_order(bench) == [row.case_id, old.case_id, small.case_id, large.case_id]


def test_of_two_with_the_same_claim_the_older_goes_though_the_clock_was_set_back_between_them() -> None:
    bench = Bench()
    first, _ = bench.clerk.take_in([b"one size"])
    bench.clock.jump(-24 * 3600)
    second, _ = bench.clerk.take_in([b"its size"])
    bench.settle()
    assert sent_in_order(bench) == [first.case_id, second.case_id]


@pytest.mark.parametrize("jump", [-24 * 3600, 0, 24 * 3600])
def test_actions_of_one_case_go_as_they_were_asked_for_wherever_the_clock_is_set_between_them(jump: int) -> None:
    bench = Bench()
    case, _ = bench.clerk.take_in([b"page"])
    asked = []
    for operation in (Operation.EVALUATE, Operation.DELIVER, Operation.EVALUATE):
        asked.append(bench.clerk.act(case.case_id, operation).action_id)
        bench.clock.jump(jump)
    taken: list[str] = []
    put_action = bench.server.put_action

    def noting(case_id: str, action_id: str, payload: bytes) -> object:
        taken.append(action_id)
        return put_action(case_id, action_id, payload)

    bench.server.put_action = noting  # type: ignore[method-assign, assignment]
    bench.settle()
    assert taken == asked


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Both stores, because the rules of who goes first count on what both promise."""
    opened: Store = MemoryStore()
    if request.param == "disk":
        opened = EncryptedStore.create(tmp_path, DataKey(bytes(range(32))), SimClock())
    yield opened
    opened.close()


def test_rows_come_as_they_were_enqueued_whatever_the_clock_said_and_whatever_became_of_them(store: Store) -> None:
    clerk = Clerk(store, MemoryVault(), SimClock())
    case, row = clerk.take_in([])
    enqueued = [row]
    for operation in (Operation.EVALUATE, Operation.DELIVER, Operation.WITHDRAW):
        clerk.clock.jump(-24 * 3600)
        enqueued.append(clerk.act(case.case_id, operation))
    for row in (enqueued[0], enqueued[2]):
        waiting = replace(row, state=SendingState.WAITING, return_state=SendingState.QUEUED)
        store.write(lambda transaction, row=waiting: transaction.update_outbox(row)).result()  # type: ignore[misc]
    wanted = [row.action_id for row in enqueued]
    of_case, open_rows = store.read(lambda read: (read.outbox_of_case(case.case_id), read.outbox(OPEN_STATES)))
    assert [row.action_id for row in of_case] == wanted
    assert [row.action_id for row in open_rows] == wanted
