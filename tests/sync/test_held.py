"""The other version of a conflict is fetched and kept beside ours, once for each; one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.sync.bench import Bench
from tests.sync.server_book import Held
from villagedesk.acceptance.port import Busy, LoginNeeded, Unanswered
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.domain.held_version import HELD, HeldVersion
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.sync.held import HeldPull


def in_conflict(bench: Bench) -> OutboxRow:
    """A row whose case the server holds otherwise."""
    _case, row = bench.clerk.take_in([])
    bench.settle()
    return conflicting(bench, bench.row(row))


def conflicting(bench: Bench, row: OutboxRow) -> OutboxRow:
    stuck = replace(row, state=SendingState.CONFLICT)
    bench.store.write(lambda tx: tx.update_outbox(stuck)).result()
    return stuck


def pull_of(bench: Bench) -> HeldPull:
    return HeldPull(bench.store, bench.server, bench.clock, bench.random.uniform)


def kept(bench: Bench, row: OutboxRow) -> HeldVersion | None:
    return HeldVersion.from_text(bench.store.read(lambda snapshot: snapshot.setting(f"{HELD}{row.action_id}")))


def test_it_is_kept_once() -> None:
    bench = Bench()
    row = in_conflict(bench)
    pull = pull_of(bench)
    assert pull.run()
    held = kept(bench, row)
    assert held is not None
    assert (held.revision, held.state, held.payload) == (1, "committed", row.payload.decode())
    assert not pull.run()


def test_a_case_the_server_does_not_know_is_told_as_that() -> None:
    bench = Bench()
    row = in_conflict(bench)
    bench.server.revisions.clear()
    assert pull_of(bench).run()
    assert kept(bench, row) == HeldVersion(0, "", "")


def test_one_that_fails_for_ever_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    first, second = in_conflict(bench), in_conflict(bench)
    poor = bench.store.read(lambda snapshot: snapshot.outbox(frozenset({SendingState.CONFLICT})))[0]
    good = second if poor.action_id == first.action_id else first
    case = bench.server.case

    def fail(case_id: str) -> object:
        if case_id == poor.case_id:
            raise Unanswered("sync.reason.server_error", "500")
        return case(case_id)

    monkeypatch.setattr(bench.server, "case", fail)
    pull = pull_of(bench)
    assert not pull.run()
    assert not pull.run(), "not before its time"
    bench.clock.advance(100)
    assert pull.run()
    assert kept(bench, good) is not None
    assert kept(bench, poor) is None
    monkeypatch.undo()
    assert pull.run()
    assert kept(bench, poor) is not None


def test_an_action_has_no_other_version_and_a_login_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    case, _row = bench.clerk.take_in([])
    bench.settle()
    conflicting(bench, bench.clerk.act(case.case_id, Operation.WITHDRAW))
    pull = pull_of(bench)
    assert not pull.run()
    in_conflict(bench)

    def refuse(_case_id: str) -> object:
        raise LoginNeeded("sync.reason.login", "401")

    monkeypatch.setattr(bench.server, "case", refuse)
    with pytest.raises(LoginNeeded):
        pull.run()


def test_a_case_that_alone_may_not_be_asked_about_does_not_stop_the_station(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    in_conflict(bench)
    monkeypatch.setattr(bench.server, "case", _not_that_one(bench.server.case))
    away = bench.runner.turned_away
    pull = HeldPull(bench.store, bench.server, bench.clock, lambda _low, high: high, turned_away=away)
    with pytest.raises(LoginNeeded) as caught:
        pull.run()
    bench.runner.login_needed(caught.value)
    bench.steps_until(lambda: not bench.runner.is_enrolled())
    bench.steps_until(bench.runner.is_enrolled)
    assert not pull.run()
    bench.clock.advance(1000.0)
    monkeypatch.undo()
    assert pull.run()


def _not_that_one(ask: Callable[[str], object]) -> Callable[[str], object]:
    def case(case_id: str) -> object:
        if case_id != "standing":
            raise LoginNeeded("sync.reason.login", "403", forbidden=True)
        return ask(case_id)

    return case


@pytest.mark.parametrize("how", ["of another case", "cut short"])
def test_an_answer_that_is_not_the_version_named_is_not_kept_and_asked_for_again(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    theirs = RevisionPayload.model_validate_json(row.payload).model_copy(update={"form": {"note": "theirs"}})
    bench.server.revisions[(row.case_id, 1)] = Held(theirs.to_bytes(), theirs)
    bench.settle()
    assert bench.row(row).state is SendingState.CONFLICT
    other = bench.clerk.take_in([])[1].payload
    pull = pull_of(bench)
    with monkeypatch.context() as swapped:
        answer = other if how == "of another case" else theirs.to_bytes()[:-20]
        swapped.setattr(bench.server, "held_revision", lambda _case_id, _revision: answer)
        assert not pull.run()
    assert kept(bench, row) is None
    bench.clock.advance(100.0)
    assert pull.run()
    assert kept(bench, row) == HeldVersion(1, "registered", theirs.to_bytes().decode())


def test_a_busy_systems_word_is_kept_and_what_fails_is_asked_ever_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    in_conflict(bench)
    asked: list[float] = []
    failure: Exception = Busy("sync.reason.busy", "503", 600.0)

    def fail(_case_id: str) -> object:
        asked.append(bench.clock.monotonic())
        raise failure

    monkeypatch.setattr(bench.server, "case", fail)
    pull = HeldPull(bench.store, bench.server, bench.clock, lambda _low, high: high)
    assert not pull.run()
    bench.clock.advance(600)
    assert not pull.run()
    assert len(asked) == 1, "before the server's word"
    failure = Unanswered("sync.reason.server_error", "500")
    for _ in range(3600):
        bench.clock.advance(1)
        pull.run()
    between = [later - earlier for earlier, later in pairwise(asked)]
    assert between[1:] == sorted(between[1:])
    assert 8 <= len(asked) <= 12
