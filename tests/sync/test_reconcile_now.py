"""The clerk asks the acceptance system to tell all it holds: it is asked at once, not at the next day's time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.sync.bench import Bench
from tests.sync.test_engine import Running
from villagedesk.acceptance.port import NoConnection, NoSuchCall, Refused, Unanswered
from villagedesk.acceptance.wire import CaseAnswer, CaseListAnswer, CaseSummary
from villagedesk.domain.case import Case
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync import missing, reconcile
from villagedesk.sync.last_word import Reconciled, last_failure, last_reconciled
from villagedesk.sync.link import LinkKind, Reach


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    try:
        yield made
    finally:
        assert made.engine.stop()


def last(running: Running) -> Reconciled | None:
    return running.store.read(last_reconciled)


def _soon(running: Running, reached: Callable[[], bool]) -> bool:
    """Whether it becomes so; each commit is a moment to look."""
    moved = threading.Event()
    running.store.subscribe(moved.set)
    end = time.monotonic() + 10
    while not reached() and time.monotonic() < end:
        moved.wait(0.05)
        moved.clear()
    return reached()


def ask(running: Running) -> None:
    """As the desk does it."""
    running.store.write(missing.want).result()
    running.engine.kick()


def test_a_list_that_is_asked_for_comes_at_once_and_covers_what_was_sent_since(running: Running) -> None:
    running.engine.start()
    assert _soon(running, lambda: last(running) is not None)
    _case, row = running.clerk.take_in([])
    assert _soon(running, lambda: running.state(row) is SendingState.SENT)
    before = last(running)
    assert before is not None
    assert before.receipts == 0
    ask(running)
    assert _soon(running, lambda: (told := last(running)) is not None and told.receipts == 1)
    assert not running.store.read(missing.is_wanted)


def test_while_a_long_list_comes_piece_by_piece_what_waits_is_sent(running: Running) -> None:
    rows = [running.clerk.take_in([])[1] for _ in range(6)]
    running.engine.start()
    assert _soon(running, lambda: all(running.state(row) is SendingState.SENT for row in rows))
    cases = running.server.cases
    new: list[OutboxRow] = []
    sent_at: list[bool] = []

    def watched(after: str = "") -> Iterator[CaseListAnswer]:
        if not new:
            new.append(running.clerk.take_in([])[1])
        sent_at.append(running.state(new[0]) is SendingState.SENT)
        return cases(after)

    running.server.cases = watched  # type: ignore[method-assign]
    ask(running)
    assert _soon(running, lambda: not running.store.read(missing.is_wanted))
    assert sent_at[0] is False and sent_at[-1] is True


def test_one_asked_for_without_a_link_waits_for_it(running: Running) -> None:
    running.probe.reach = Reach.SILENT
    running.engine.start()
    running.wait_for(lambda: running.engine.status.link.kind is LinkKind.INTERNET_ONLY)
    ask(running)
    assert last(running) is None
    running.probe.reach = Reach.CONNECTED
    running.notices.listener()
    assert _soon(running, lambda: last(running) is not None)


def test_of_a_system_without_the_list_nobody_waits_for_it_and_why_is_known(running: Running) -> None:
    refuses = [True]
    cases = running.server.cases

    def no_such_list(after: str = "") -> Iterator[CaseListAnswer]:
        if refuses:
            raise NoSuchCall("sync.reason.refused", "404 unknown_path")
        return cases(after)

    running.server.cases = no_such_list  # type: ignore[method-assign]
    running.engine.start()
    assert _soon(running, lambda: running.store.read(last_failure) is not None)
    ask(running)
    assert _soon(running, lambda: not running.store.read(missing.is_wanted))
    failed = running.store.read(last_failure)
    assert failed is not None
    assert (failed.reason, failed.refused) == ("sync.reason.refused", True)
    assert last(running) is None
    refuses.clear()
    ask(running)
    assert _soon(running, lambda: last(running) is not None)
    assert running.store.read(last_failure) is None


def test_what_keeps_the_list_from_coming_is_kept_until_it_came(running: Running) -> None:
    def too_large(after: str = "") -> Iterator[CaseListAnswer]:
        raise Unanswered("sync.reason.too_large", after)

    running.server.cases = too_large  # type: ignore[method-assign]
    running.engine.start()
    ask(running)
    assert _soon(running, lambda: running.store.read(last_failure) is not None)
    failed = running.store.read(last_failure)
    assert failed is not None
    assert (failed.reason, failed.refused) == ("sync.reason.too_large", False)
    assert running.store.read(missing.is_wanted)


def test_a_failure_is_dated_from_its_first_time_and_the_programs_own_end_is_none() -> None:
    bench = Bench()
    began = bench.clock.now()
    bench.reconciler.failed(NoConnection("sync.reason.stopped"))
    assert bench.store.read(last_failure) is None
    for _ in range(3):
        bench.reconciler.failed(Unanswered("sync.reason.not_ours"))
        bench.clock.advance(60)
    failed = bench.store.read(last_failure)
    assert failed is not None
    assert failed.since == began
    bench.reconciler.failed(Unanswered("sync.reason.too_large"))
    failed = bench.store.read(last_failure)
    assert failed is not None
    assert failed.since > began
    bench.settle()
    bench.reconciler.run()
    assert bench.store.read(last_failure) is None, "the list came, though nobody asked for it"


def test_a_place_in_the_list_that_is_refused_is_given_up_and_not_the_list() -> None:
    bench = Bench()
    bench.settle()
    asked: list[str] = []

    def forgets(after: str = "") -> Iterator[CaseListAnswer]:
        asked.append(after)
        if after:
            raise Refused("sync.reason.refused", "400 unknown_cursor")
        yield CaseListAnswer(cases=[], next="second")

    bench.server.cases = forgets  # type: ignore[method-assign]
    assert bench.reconciler.step() is None
    with pytest.raises(Unanswered) as failed:
        bench.reconciler.step()
    assert failed.value.reason == "sync.reason.not_taken_now"
    assert bench.reconciler.step() is None
    assert asked == ["", "second", ""]


def lists(bench: Bench, numbers: dict[str, str]) -> None:
    """The acceptance system holds cases of these names and numbers."""

    def listed(after: str = "") -> Iterator[CaseListAnswer]:
        del after
        yield CaseListAnswer(
            cases=[
                CaseAnswer(
                    case_id=name,
                    committed_revision=0,
                    revisions=[],
                    actions=[],
                    summary=CaseSummary(acceptance_no=number),
                )
                for name, number in numbers.items()
            ]
        )

    bench.server.cases = listed  # type: ignore[method-assign]


def number(bench: Bench, case: Case, acceptance_no: str) -> None:
    bench.store.write(lambda tx: tx.put_case(replace(case, acceptance_no=acceptance_no))).result()


def lacking(bench: Bench) -> set[str]:
    return {entry.case_id for entry, _ in bench.store.read(missing.missing_cases)}


def test_a_case_entered_by_hand_is_known_by_its_number_while_it_has_it() -> None:
    bench = Bench()
    bench.settle()
    by_hand, _row = bench.clerk.take_in([])
    number(bench, by_hand, "AB-7")
    lists(bench, {"of-hand": "ab-7", "lost": "ab-8", "unnumbered": ""})
    bench.reconciler.run()
    assert lacking(bench) == {"lost", "unnumbered"}
    number(bench, by_hand, "AB-8")
    assert lacking(bench) == {"of-hand", "unnumbered"}, "known at once, not with the next comparison"
    lists(bench, {})
    bench.reconciler.run()
    number(bench, by_hand, "")
    assert lacking(bench) == set(), "what is there no more is kept no longer, though it was known by its number"


def test_what_is_known_by_its_number_crowds_out_nothing_that_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (missing, reconcile):
        monkeypatch.setattr(module, "MOST", 3)
    bench = Bench()
    bench.settle()
    cases = [bench.clerk.take_in([])[0] for _ in range(4)]
    for place, case in enumerate(cases):
        number(bench, case, f"N-{place}")
    lists(bench, {f"known-{place}": f"N-{place}" for place in range(4)} | {"lost": "", "lost-too": ""})
    bench.reconciler.run()
    assert lacking(bench) == {"lost", "lost-too"}
    told = bench.store.read(last_reconciled)
    assert told is not None
    number(bench, cases[3], "")
    bench.store.write(missing.number_let_go).result()
    doubted = bench.store.read(last_reconciled)
    assert doubted is not None
    assert (doubted.asked_at, doubted.newest_receipt) == (told.asked_at, -1), "not all that was known by number is kept"
    assert bench.store.read(missing.is_wanted)
    bench.reconciler.run()
    assert bench.store.read(last_reconciled) == told


def test_of_a_list_that_is_kept_whole_a_number_says_enough() -> None:
    bench = Bench()
    bench.settle()
    lists(bench, {"known": "N-1"})
    bench.reconciler.run()
    told = bench.store.read(last_reconciled)
    bench.store.write(missing.number_let_go).result()
    assert bench.store.read(last_reconciled) == told
    assert not bench.store.read(missing.is_wanted)


def test_a_question_that_is_taken_amiss_does_not_mean_that_there_is_no_list() -> None:
    bench = Bench()
    bench.settle()
    bench.store.write(missing.want).result()

    def refuses(after: str = "") -> Iterator[CaseListAnswer]:
        raise Refused("sync.reason.refused", f"422 bad_limit {after}", "bad_limit")

    bench.server.cases = refuses  # type: ignore[method-assign]
    with pytest.raises(Unanswered) as failed:
        bench.reconciler.run()
    assert (failed.value.reason, failed.value.raw) == ("sync.reason.not_taken_now", "422 bad_limit ")
    bench.reconciler.failed(failed.value)
    kept = bench.store.read(last_failure)
    assert kept is not None
    assert not kept.refused
    assert bench.store.read(missing.is_wanted)
