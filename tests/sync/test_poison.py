"""One row that cannot be driven, whatever the reason, costs no other row anything."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.bench import Bench
from tests.sync.server_book import Held
from villagedesk.acceptance.port import LoginNeeded
from villagedesk.acceptance.wire import ReceiptAnswer, RevisionPayload, sha256_hex
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.standing import STATE, EnrolmentState
from villagedesk.sync.table import Event
from villagedesk.sync.waits import Waits

S = SendingState
TOLD = "张不存 11010119000101001X"


def three(bench: Bench, pages: list[bytes]) -> tuple[OutboxRow, list[OutboxRow]]:
    rows = [bench.clerk.take_in([bytes([number]) + page for page in pages])[1] for number in range(3)]
    return rows[0], rows[1:]


def drive(bench: Bench, good: list[OutboxRow]) -> None:
    bench.steps_until(lambda: all(bench.row(row).state is S.SENT for row in good))


def test_an_answer_nobody_foresaw_holds_up_its_own_row_only(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    poison, good = three(bench, [])
    put = bench.server.put_revision

    def fail(case_id: str, revision: int, payload: bytes) -> object:
        if case_id == poison.case_id:
            raise KeyError(TOLD)
        return put(case_id, revision, payload)

    monkeypatch.setattr(bench.server, "put_revision", fail)
    caplog.set_level(logging.ERROR)
    drive(bench, good)
    waiting = bench.row(poison)
    # Bytes may have left, so what the server holds is asked first; unknown, it is queued with the same bytes.
    assert waiting.state in (S.CONFIRMING, S.QUEUED)
    assert waiting.frozen_at is not None
    assert waiting.attempts
    assert "KeyError" in caplog.text
    assert TOLD not in caplog.text
    assert TOLD not in waiting.reason_raw
    monkeypatch.undo()
    bench.settle()
    assert bench.row(poison).state is S.SENT


def test_a_fault_while_asking_what_is_held_makes_the_row_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    poison, good = three(bench, [])
    bench.store.write(lambda tx: tx.update_outbox(replace(tx.outbox_row(poison.action_id), state=S.CONFIRMING)))
    monkeypatch.setattr(bench.server, "case", lambda _case_id: 1 // 0)
    drive(bench, good)
    waiting = bench.row(poison)
    assert (waiting.state, waiting.reason_key) == (S.CONFIRMING, "sync.reason.fault")
    assert waiting.reason_raw == "builtins.ZeroDivisionError"
    assert waiting.next_try_at is not None


def test_a_fault_at_a_page_leaves_the_pages_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    poison, good = three(bench, [b"page", b"other page"])
    create = bench.server.create_upload
    own = sha256_hex(b"\x00page")

    def fail(sha256: str, length: int, media_type: str) -> str:
        if sha256 == own:
            raise IndexError("no such thing")
        return create(sha256, length, media_type)

    monkeypatch.setattr(bench.server, "create_upload", fail)
    drive(bench, good)
    assert (bench.row(poison).state, bench.row(poison).reason_key) == (S.UPLOADING, "sync.reason.fault")


def test_a_row_that_cannot_even_be_frozen_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    poison, good = three(bench, [b"page"])
    freeze = bench.runner.ledger.freeze

    def refuse(row: OutboxRow) -> OutboxRow | None:
        if row.action_id == poison.action_id:
            raise ValueError("outbox row refused")
        return freeze(row)

    monkeypatch.setattr(bench.runner.ledger, "freeze", refuse)
    drive(bench, good)
    assert (bench.row(poison).state, bench.row(poison).reason_key) == (S.QUEUED, "sync.reason.fault")


def test_a_row_of_which_nothing_can_be_written_is_passed_over_too(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    poison, good = three(bench, [b"page"])
    freeze, settle = bench.runner.ledger.freeze, bench.runner.ledger.settle

    def refuse_freeze(row: OutboxRow) -> OutboxRow | None:
        if row.action_id == poison.action_id:
            raise ValueError("outbox row refused")
        return freeze(row)

    def refuse_settle(row: OutboxRow, event: Event, **more: object) -> OutboxRow | None:
        if row.action_id == poison.action_id:
            raise ValueError("outbox row refused")
        return settle(row, event, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.runner.ledger, "freeze", refuse_freeze)
    monkeypatch.setattr(bench.runner.ledger, "settle", refuse_settle)
    drive(bench, good)
    monkeypatch.undo()
    bench.settle()
    assert bench.row(poison).state is S.SENT


def test_a_full_disk_is_no_fault_of_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    poison, _good = three(bench, [])
    bench.steps_until(bench.runner.is_enrolled)

    def full(_row: OutboxRow) -> OutboxRow | None:
        raise EnvironmentProblem("store.disk_full")

    monkeypatch.setattr(bench.runner.ledger, "freeze", full)
    with pytest.raises(EnvironmentProblem):
        bench.runner.step()
    assert bench.row(poison).reason_key == ""


@pytest.mark.parametrize("state", [S.SENDING, S.UPLOADING, S.CONFIRMING])
def test_i3_a_record_that_cannot_be_read_has_not_no_pages(state: SendingState) -> None:
    bench = Bench()
    row, good = three(bench, [b"page"])
    broken = b"{}"

    def damage() -> None:
        damaged = replace(bench.row(row), state=state, payload=broken, payload_sha256=sha256_hex(broken))
        bench.store.write(lambda tx: tx.update_outbox(damaged)).result()

    damage()
    seen: set[SendingState] = set()
    bench.store.subscribe(lambda: seen.add(bench.row(row).state))
    # A receipt over no pages at all, for these very bytes.
    receipt = ReceiptAnswer(
        state="committed",
        receipt_id="r-1",
        case_id=row.case_id,
        revision=1,
        action_id=row.action_id,
        payload_sha256=sha256_hex(broken),
        pages=[],
        committed_at="2026-11-23T01:02:03.000004Z",
    )
    record = RevisionPayload.model_validate_json(row.payload)
    bench.server.revisions[(row.case_id, 1)] = Held(broken, record, "committed", receipt)
    drive(bench, good)
    bench.settle()
    assert seen == {state, S.REJECTED}, "it was never taken for one without pages"
    assert (bench.row(row).state, bench.row(row).reason_key) == (S.REJECTED, "sync.reason.record_unreadable")
    assert not bench.row(row).receipt


def test_a_login_refused_elsewhere_is_acted_on_by_the_next_step_only() -> None:
    bench = Bench()
    _poison, good = three(bench, [])
    bench.steps_until(bench.runner.is_enrolled)
    writers: set[str] = set()
    bench.store.subscribe(lambda: writers.add(threading.current_thread().name))
    told = threading.Thread(
        target=lambda: bench.runner.login_needed(LoginNeeded("sync.reason.login", "401")), name="changes"
    )
    told.start()
    told.join()
    assert writers == set()
    assert bench.store.read(lambda snapshot: snapshot.setting(STATE)) == EnrolmentState.ENROLLED
    assert not bench.runner.is_enrolled(), "but nobody asks for anything until it is acted on"
    assert bench.runner.step().did == "login needed"
    assert bench.store.read(lambda snapshot: snapshot.setting(STATE)) == EnrolmentState.REFUSED
    assert all(bench.row(row).state is S.LOGIN for row in good)
    assert "changes" not in writers
    drive(bench, good)


def test_a_row_that_was_shunned_still_keeps_its_own_wait() -> None:
    bench = Bench()
    row = bench.clerk.take_in([])[1]
    waits = Waits(bench.store, bench.runner.ledger, bench.clock, bench.runner.retry, lambda low, _high: low)
    waits._shunned[row.action_id] = bench.clock.monotonic() - 1
    later = replace(bench.row(row), next_try_at=bench.clock.now() + timedelta(seconds=600))
    assert waits.due([later]) == []
    assert waits.due([replace(later, next_try_at=None)]) != []
