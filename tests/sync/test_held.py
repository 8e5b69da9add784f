"""The other version of a conflict: kept as it was named, never that of another case."""

from __future__ import annotations

import pytest

from tests.sync.bench import Bench
from tests.sync.server_model import Held
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.domain.held_version import HELD, HeldVersion
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync.held import HeldPull


def in_conflict(bench: Bench) -> tuple[OutboxRow, bytes]:
    """A row of ours, and the record the server has in its place."""
    _case, row = bench.clerk.take_in([])
    record = RevisionPayload.model_validate_json(row.payload).model_copy(update={"form": {"note": "theirs"}})
    bench.server.revisions[(row.case_id, 1)] = Held(record.to_bytes(), record)
    bench.settle()
    assert bench.row(row).state is SendingState.CONFLICT
    return row, record.to_bytes()


def kept(bench: Bench, row: OutboxRow) -> HeldVersion | None:
    return HeldVersion.from_text(bench.store.read(lambda snapshot: snapshot.setting(f"{HELD}{row.action_id}")))


def test_the_record_the_server_has_is_kept_beside_ours() -> None:
    bench = Bench()
    row, theirs = in_conflict(bench)
    pull = HeldPull(bench.store, bench.server, bench.clock, bench.random.uniform)
    assert pull.run()
    assert kept(bench, row) == HeldVersion(1, "registered", theirs.decode())


@pytest.mark.parametrize("how", ["of another case", "cut short"])
def test_an_answer_that_is_not_the_version_named_is_not_kept_and_asked_for_again(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    row, theirs = in_conflict(bench)
    other = bench.clerk.take_in([])[1].payload
    pull = HeldPull(bench.store, bench.server, bench.clock, bench.random.uniform)
    with monkeypatch.context() as swapped:
        answer = other if how == "of another case" else theirs[:-20]
        swapped.setattr(bench.server, "held_revision", lambda _case_id, _revision: answer)
        assert not pull.run()
    assert kept(bench, row) is None
    bench.clock.advance(100.0)
    assert pull.run()
    assert kept(bench, row) == HeldVersion(1, "registered", theirs.decode())
