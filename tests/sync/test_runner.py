"""The runner's order of acts, its waits, and what the clerk and the station's standing do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from villagedesk.acceptance.port import Unanswered
from villagedesk.acceptance.wire import CaseListAnswer
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync import decisions, missing
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.standing import CREDENTIAL

S = SendingState


def test_enrolment_is_the_first_act_and_its_credential_is_stored_before_it_is_sent() -> None:
    bench = Bench()
    bench.clerk.take_in([])
    assert bench.runner.step().did == "credential made"
    credential = stored_credential(bench.store)
    assert len(credential) >= 32
    assert bench.server.calls == []
    bench.play("enrol", Fault.CUT_AFTER, Fault.NO_CONNECTION, Fault.BUSY)
    bench.settle()
    assert [call for call in bench.server.calls if call != "put_revision"] == ["enrol"] * 4
    assert bench.server.calls[-1] == "put_revision"
    assert len(bench.server.enrolled) == 1
    assert bench.store.read(lambda snapshot: snapshot.setting(CREDENTIAL)) == credential


def test_everything_is_registered_before_the_first_page_travels() -> None:
    bench = Bench()
    rows = [bench.clerk.take_in([bytes([number]) * 100])[1] for number in range(4)]
    bench.settle()
    calls = bench.server.calls
    assert calls.index("create_upload") > [place for place, call in enumerate(calls) if call == "put_revision"][3]
    assert all(bench.row(row).state is S.SENT for row in rows)


def test_a_case_taken_in_while_pages_travel_is_registered_before_the_next_page() -> None:
    bench = Bench()
    bench.clerk.take_in([bytes([number]) * 100 for number in range(5)])
    bench.steps_until(lambda: "put_revision" in bench.server.calls)
    create = bench.server.create_upload
    late: list[str] = []

    def take_in_meanwhile(sha256: str, length: int, media_type: str) -> str:
        if not late:
            late.append(bench.clerk.take_in([])[0].case_id)
        return create(sha256, length, media_type)

    bench.server.create_upload = take_in_meanwhile  # type: ignore[method-assign]
    bench.steps_until(lambda: (late[0], 1) in bench.server.revisions if late else False)
    bench.settle()
    calls = bench.server.calls
    uploads = [place for place, call in enumerate(calls) if call == "create_upload"]
    # The second of them is the late case's; the third commits the first case, after its pages.
    registered = [place for place, call in enumerate(calls) if call == "put_revision"][1]
    assert uploads[0] < registered < uploads[1]


def test_a_page_is_resumed_from_what_the_server_has() -> None:
    bench = Bench()
    page = bytes(range(200))
    _case, row = bench.clerk.take_in([page])
    bench.server.partial = lambda length: length // 2
    bench.play("send_chunk", Fault.NONE, Fault.CUT_BEFORE)
    bench.settle()
    assert bench.row(row).state is S.SENT
    assert bench.server.calls.count("create_upload") == 1
    assert bench.server.calls.count("upload_offset") == 1
    # 200 bytes in chunks of 40: 40 came, 20 of the cut chunk came, the other 140 need four more.
    assert bench.server.calls.count("send_chunk") == 1 + 1 + 4


def test_of_a_page_that_was_cut_nothing_is_called_uncertain() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([b"x" * 100])
    bench.play("send_chunk", Fault.NONE, Fault.CUT_BEFORE, Fault.CUT_BEFORE, Fault.CUT_BEFORE)
    bench.steps_until(lambda: bench.row(row).reason_key != "")
    assert (bench.row(row).state, bench.row(row).reason_key) == (S.UPLOADING, "sync.reason.page_cut")
    bench.settle()
    assert bench.row(row).state is S.SENT


def test_offsets_are_kept_so_that_a_restart_goes_on() -> None:
    bench = Bench()
    page = bytes(range(200))
    bench.clerk.take_in([page])
    bench.play("send_chunk", Fault.NONE, Fault.NONE, Fault.NO_CONNECTION)
    bench.steps_until(lambda: bench.server.calls.count("send_chunk") == 3)
    bench.boot()
    bench.settle()
    assert bench.server.calls.count("create_upload") == 1
    assert bench.server.calls.count("send_chunk") == 3 + 3


def test_a_forgotten_upload_is_begun_again() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([bytes(200)])
    bench.play("send_chunk", Fault.NONE, Fault.NO_CONNECTION)
    bench.steps_until(lambda: bench.server.calls.count("send_chunk") == 2)
    bench.server.restart()
    bench.settle()
    assert bench.row(row).state is S.SENT
    assert bench.server.calls.count("create_upload") == 2


def test_revisions_of_a_case_go_one_after_the_other_and_other_cases_do_not_wait() -> None:
    bench = Bench()
    case, first = bench.clerk.take_in([])
    second = bench.clerk.correct(case.case_id)
    action = bench.clerk.act(case.case_id, Operation.EVALUATE)
    _other, free = bench.clerk.take_in([])
    bench.server.refuse_content = lambda record: record.case_id == case.case_id
    bench.settle()
    states = [bench.row(row).state for row in (first, second, action, free)]
    assert states == [S.REJECTED, S.QUEUED, S.QUEUED, S.SENT]
    assert bench.row(second).frozen_at is None


def test_without_a_connection_only_one_row_is_frozen_and_all_wait() -> None:
    bench = Bench()
    rows = [bench.clerk.take_in([])[1] for _ in range(3)]
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.play("put_revision", Fault.NO_CONNECTION)
    bench.steps_until(lambda: "put_revision" in bench.server.calls)
    assert [bench.row(row).state for row in rows] == [S.WAITING, S.QUEUED, S.QUEUED]
    assert [bench.row(row).frozen_at is None for row in rows] == [False, True, True]
    assert bench.runner.step().until == bench.row(rows[0]).next_try_at


def test_a_link_that_returns_ends_every_wait() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.NO_CONNECTION)
    bench.steps_until(lambda: bench.row(row).state is S.WAITING)
    assert not bench.runner.step().did
    bench.runner.link_returned()
    assert bench.row(row).state is S.SENDING
    bench.runner.step()
    assert bench.row(row).state is S.SENT


@pytest.mark.parametrize("jump", [-timedelta(days=3650), timedelta(days=3650)])
def test_a_clock_set_by_years_does_not_stop_the_queue(jump: timedelta) -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.BUSY)
    bench.steps_until(lambda: bench.row(row).state is S.WAITING)
    bench.clock.jump(jump.total_seconds())
    for _ in range(3):
        bench.runner.step()
    assert bench.row(row).state is S.SENT


def test_confirming_asks_after_2_10_60_seconds() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.CUT_BEFORE)
    bench.play("case", *[Fault.ERROR_BEFORE] * 3)
    waits = []
    for _ in range(3):
        seen = bench.row(row).attempts
        bench.steps_until(lambda seen=seen: bench.row(row).attempts > seen)  # type: ignore[misc]
        next_try = bench.row(row).next_try_at
        assert next_try is not None
        waits.append((next_try - bench.clock.now()).total_seconds())
    assert waits == [2, 10, 60]


@pytest.mark.parametrize(("own", "again"), [(True, False), (True, True), (False, False)])
def test_an_answer_that_names_other_bytes_under_our_own_action_is_asked_for_again_before_it_is_a_conflict(
    own: bool, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    bench.play("put_revision", Fault.CUT_AFTER)
    bench.steps_until(lambda: bench.row(row).state is S.CONFIRMING)
    told = bench.server.case(case.case_id)
    assert told is not None
    change = {"payload_sha256": "0" * 64} | ({} if own else {"action_id": "somebody-elses"})
    wrong = told.model_copy(update={"revisions": [told.revisions[0].model_copy(update=change)]})
    with monkeypatch.context() as swapped:
        swapped.setattr(bench.server, "case", lambda _case_id: wrong)
        bench.steps_until(lambda: bench.row(row).reason_key in ("sync.reason.wrong_hash", "sync.reason.conflict"))
        if again:
            bench.settle()
    assert bench.row(row).state is (S.CONFIRMING if own and not again else S.CONFLICT)
    bench.settle()
    assert bench.row(row).state is (S.SENT if own and not again else S.CONFLICT)


def test_what_was_under_way_when_the_program_ended_is_uncertain() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.runner.ledger.freeze(row)
    assert bench.row(row).state is S.SENDING
    bench.boot()
    assert bench.row(row).state is S.CONFIRMING
    bench.settle()
    assert bench.row(row).state is S.SENT


def test_401_pauses_the_whole_queue_until_the_station_is_enrolled_again() -> None:
    bench = Bench()
    rows = [bench.clerk.take_in([])[1] for _ in range(2)]
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.play("put_revision", Fault.LOGIN)
    bench.play("enrol", *[Fault.ERROR_BEFORE] * 4)
    bench.steps_until(lambda: bench.row(rows[0]).state is S.LOGIN)
    assert bench.row(rows[1]).state is S.LOGIN
    assert bench.row(rows[0]).reason_key == "sync.reason.login"
    bench.settle()
    assert all(bench.row(row).state is S.SENT for row in rows)


def test_a_paused_row_keeps_the_receipt_that_came_meanwhile() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([])
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.server.on_arrival = lambda _case, _revision: bench.store.write(
        lambda tx: decisions.pause(tx, row.action_id, "李练习", bench.clock.now())
    ).add_done_callback(lambda future: future.result())
    bench.runner.step()
    assert bench.row(row).state is S.SENT
    assert bench.row(row).receipt
    assert bench.case(case.case_id).status is CaseStatus.SUBMITTED


def test_a_paused_row_does_not_move_until_it_is_resumed() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([b"page"])
    bench.steps_until(lambda: bench.row(row).state is S.UPLOADING)
    bench.store.write(lambda tx: decisions.pause(tx, row.action_id, "李练习", bench.clock.now())).result()
    bench.settle()
    assert (bench.row(row).state, bench.row(row).return_state) == (S.PAUSED, S.UPLOADING)
    bench.store.write(lambda tx: decisions.resume(tx, row.action_id, "李练习", bench.clock.now())).result()
    bench.settle()
    assert bench.row(row).state is S.SENT


def test_a_paused_queue_holds_what_comes_later_too() -> None:
    bench = Bench()
    bench.steps_until(lambda: bench.runner.is_enrolled())
    bench.store.write(lambda tx: decisions.pause_queue(tx, "李练习", bench.clock.now())).result()
    _case, row = bench.clerk.take_in([])
    bench.settle()
    assert bench.row(row).state is S.QUEUED
    bench.store.write(lambda tx: decisions.resume_queue(tx, "李练习", bench.clock.now())).result()
    bench.settle()
    assert bench.row(row).state is S.SENT


def test_what_is_not_frozen_can_be_taken_back_and_what_is_cannot() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.store.write(lambda tx: decisions.withdraw_unsent(tx, row.action_id, "李练习", bench.clock.now())).result()
    assert bench.row(row).state is S.CANCELLED
    _case, row = bench.clerk.take_in([])
    bench.runner.ledger.freeze(row)
    with pytest.raises(ValueError, match="frozen"):
        bench.store.write(lambda tx: decisions.withdraw_unsent(tx, row.action_id, "李练习", bench.clock.now())).result()


def test_a_damaged_page_goes_to_the_tray_and_the_others_go_on() -> None:
    bench = Bench()
    _case, bad = bench.clerk.take_in([b"will be damaged"])
    _case, good = bench.clerk.take_in([b"whole"])
    bench.vault.put("page-2", b"something else")
    bench.settle()
    assert (bench.row(bad).state, bench.row(bad).reason_key) == (S.REJECTED, "sync.reason.page_damaged")
    assert bench.row(good).state is S.SENT


def test_a_page_that_cannot_be_read_now_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([b"held by a virus scanner"])

    def held(_page_id: str, _sha256: str) -> bytes:
        raise EnvironmentProblem("store.page_unreadable")

    monkeypatch.setattr(bench.vault, "get", held)
    bench.settle()
    assert (bench.row(row).state, bench.row(row).reason_key) == (S.REJECTED, "sync.reason.page_unreadable")


def test_what_the_server_forgot_after_its_pages_were_given_up_is_for_the_clerk_to_settle() -> None:
    bench = Bench()
    case, row = bench.clerk.take_in([b"kept by the server for a year"])
    bench.settle()
    assert bench.row(row).state is S.SENT
    pages = bench.store.read(lambda snapshot: [(page.page_id, page.sha256) for page in snapshot.pages(case.case_id)])
    bench.store.write(lambda tx: tx.expire_pages(pages, bench.clock.now())).result()
    for page_id, sha256 in pages:
        bench.vault.remove(page_id, sha256)
    bench.server.forget(case.case_id)
    assert bench.reconciler.run() == 1
    bench.settle()
    assert (bench.row(row).state, bench.row(row).reason_key) == (S.REJECTED, "sync.reason.page_expired")


def test_a_server_that_always_misses_what_it_acknowledged_is_not_hammered() -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([b"page"])

    def lose_pages() -> None:
        bench.server.pages.clear()

    bench.store.subscribe(lose_pages)
    began = bench.clock.now()
    for _ in range(120):
        step = bench.runner.step()
        if not step.did and step.until is not None:
            bench.clock.advance(max(0.001, (step.until - bench.clock.now()).total_seconds()))
    assert bench.row(row).state is not S.SENT
    assert bench.clock.now() - began > timedelta(minutes=5)


def test_a_long_list_is_compared_piece_by_piece_and_without_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    rows = [bench.clerk.take_in([])[1] for _ in range(7)]
    bench.settle()
    for row in (rows[0], rows[4], rows[6]):
        bench.server.forget(row.case_id)

    def load_everything(_tables: object, _states: object) -> object:
        raise AssertionError("every payload ever sent is loaded")

    with monkeypatch.context() as patched:
        patched.setattr("tests.sync.memory_store.MemoryTransaction.outbox", load_everything)
        assert bench.reconciler.run() == 3
    assert bench.server.calls.count("cases") == 2
    confirming = [row.action_id for row in rows if bench.row(row).state is S.CONFIRMING]
    assert confirming == [rows[0].action_id, rows[4].action_id, rows[6].action_id]


def test_a_list_that_breaks_off_changes_nothing() -> None:
    bench = Bench()
    rows = [bench.clerk.take_in([])[1] for _ in range(5)]
    bench.settle()
    bench.play("cases", Fault.NONE, Fault.CUT_BEFORE)
    with pytest.raises(Unanswered):
        bench.reconciler.run()
    assert all(bench.row(row).state is S.SENT for row in rows)


def cut_list() -> tuple[Bench, list[OutboxRow]]:
    """A list of three pieces of two cases, cut after the first; the server forgot a case of the last."""
    bench = Bench()
    rows = [bench.clerk.take_in([])[1] for _ in range(6)]
    bench.settle()
    rows.sort(key=lambda row: row.case_id)
    bench.server.forget(rows[-2].case_id)
    bench.play("cases", Fault.NONE, Fault.CUT_BEFORE)
    assert bench.reconciler.step() is None
    with pytest.raises(Unanswered):
        bench.reconciler.step()
    assert bench.server.calls.count("cases") == 2
    return bench, rows


def test_a_list_that_was_cut_goes_on_where_it_was() -> None:
    bench, rows = cut_list()
    _case, new = bench.clerk.take_in([])
    bench.settle()
    bench.clock.advance(3000)
    assert [bench.reconciler.step() for _ in range(2)] == [None, 1]
    assert bench.server.calls.count("cases") == 4
    assert bench.row(rows[-2]).state is S.CONFIRMING
    assert bench.row(new).state is S.SENT, "what was sent meanwhile is not missing"
    bench.settle()
    assert [bench.reconciler.step() for _ in range(4)] == [None, None, None, 0], "the next one begins anew"


def test_a_list_that_goes_round_in_a_circle_is_none() -> None:
    bench = Bench()
    answers = {"": "a", "a": "b", "b": "a"}
    bench.server.cases = lambda after="": iter([CaseListAnswer(cases=[], next=answers[after])])  # type: ignore[method-assign]
    with pytest.raises(Unanswered):
        bench.reconciler.run()


@pytest.mark.parametrize("why", ["an hour", "asked for"])
def test_a_list_of_long_ago_and_one_that_is_asked_for_since_begin_anew(why: str) -> None:
    bench, rows = cut_list()
    bench.server.forget(rows[0].case_id)
    if why == "an hour":
        bench.clock.advance(3601)
    else:
        bench.store.write(missing.want).result()
    assert [bench.reconciler.step() for _ in range(2)] == [None, 2]
    assert bench.row(rows[0]).state is S.CONFIRMING


def test_the_receipt_is_kept_with_the_clock_difference() -> None:
    bench = Bench()
    case, _row = bench.clerk.take_in([])
    bench.runner.clock_skew = 421.3
    bench.settle()
    assert bench.events(case.case_id)[-1].detail["clock_skew_seconds"] == "421"


def test_a_row_whose_time_is_there_and_that_waits_for_another_keeps_nobody_awake() -> None:
    """It may have met a fault of this program before the one ahead of it came into the tray."""
    bench = Bench()
    bench.server.refuse_content = lambda _record: True
    case, first = bench.clerk.take_in([])
    bench.settle()
    second = bench.clerk.correct(case.case_id, note="more")
    now = bench.clock.now()
    bench.store.write(lambda tx: tx.update_outbox(replace(bench.row(second), next_try_at=now))).result()
    bench.clock.advance(60)
    step = bench.runner.step()
    assert (bench.row(first).state, step.did, step.until) == (S.REJECTED, "", None)


def test_a_row_of_which_nothing_can_be_written_waits_whatever_becomes_of_the_clock() -> None:
    """And afterwards it waits as any other."""
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    waits = bench.runner._waits
    waits._shunned[row.action_id] = bench.clock.monotonic() + 60
    bench.clock.jump(-86400.0 * 365)
    assert waits.due([bench.row(row)]) == []
    bench.clock.advance(61)
    assert waits.due([bench.row(row)]) == [bench.row(row)]
    later = replace(bench.row(row), next_try_at=bench.clock.now() + timedelta(seconds=2))
    assert waits.due([later]) == []
