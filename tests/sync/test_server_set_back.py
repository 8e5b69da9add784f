"""A server that was restored to an older state gets again what it forgot, and nothing that newer content stands for."""

from __future__ import annotations

import pytest

from tests.sync.bench import Bench
from villagedesk.domain.outbox import Operation
from villagedesk.domain.outbox import SendingState as S


def test_the_server_that_was_set_back_gets_the_same_bytes_again() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([b"page"])
    action = bench.clerk.act(case.case_id, Operation.EVALUATE)
    bench.settle()
    assert bench.reconciler.run() == 0
    bench.server.forget(case.case_id)
    assert bench.reconciler.run() == 2
    assert bench.row(row).receipt, "a receipt is proof and is never removed"
    bench.settle()
    assert bench.server.committed_ever == {(case.case_id, 1): [row.payload_sha256] * 2}
    assert bench.row(action).state is S.DONE


@pytest.mark.parametrize("on_its_way", [True, False])
def test_a_server_set_back_to_before_a_case_gets_its_newest_revision_alone(on_its_way: bool) -> None:
    bench = Bench()
    bench.server.strict = True
    case, first = bench.clerk.take_in([b"page"])
    bench.settle()
    bench.server.tell(case.case_id, "correction_asked")
    bench.changes.pull(0.0)
    second = bench.clerk.correct(case.case_id, note="mended")
    if not on_its_way:
        bench.settle()
    bench.server.forget(case.case_id)
    bench.server.wanted.clear()
    assert bench.reconciler.run() == (0 if on_its_way else 1)
    bench.settle()
    assert (bench.row(first).state, bench.row(second).state) == (S.SENT, S.SENT)
    assert list(bench.server.revisions) == [(case.case_id, 2)]
    assert bench.reconciler.run() == 0, "what a newer one stands for is not asked for again"


def test_an_action_that_meets_a_forgotten_case_waits_for_the_correction_made_meanwhile() -> None:
    bench = Bench()
    bench.server.strict = True
    case, _ = bench.clerk.take_in([])
    bench.settle()
    bench.server.forget(case.case_id)
    action = bench.clerk.act(case.case_id, Operation.EVALUATE)

    def corrects(action_id: str, _digest: str) -> None:
        if action_id == action.action_id:
            bench.server.on_leaving = lambda _action_id, _digest: None
            bench.clerk.correct(case.case_id, note="mended")

    bench.server.on_leaving = corrects
    bench.settle()
    assert bench.row(action).state is S.DONE
    assert list(bench.server.revisions) == [(case.case_id, 2)]


def test_what_a_newer_revision_closed_there_before_it_was_whole_again_is_not_called_sent() -> None:
    """The server was put back to where the first had no pages yet, took the record of the second instead, whose page is
    then damaged here: neither is there."""
    bench = Bench()
    bench.server.strict = True
    _case, first = bench.clerk.take_in([b"page"])
    bench.server.on_page = lambda _sha256: kept.append(bench.server.back_up())
    kept: list[dict[str, object]] = []
    bench.settle()
    bench.server.put_back(kept[0])
    second = bench.clerk.correct(first.case_id, note="mended")
    page = bench.store.read(lambda snapshot: snapshot.pages(first.case_id))[0]
    bench.vault.remove(page.page_id, page.sha256)
    bench.settle()
    assert (bench.row(first).state, bench.row(second).state) == (S.SENT, S.REJECTED)
    assert bench.reconciler.run() == 1
    bench.settle()
    assert bench.row(first).state is S.REJECTED
