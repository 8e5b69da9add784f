"""Seven ways in which programs of this kind are known to have failed their users; this one must not.

Where an answer's way matters, runner and adapter stand before the practice server over HTTPS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sync.bench import Bench
from tests.sync.server_line import Fault
from tests.sync.test_mended import Road
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Timeouts
from villagedesk.acceptance.port import LoginNeeded
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.practice.faults import Fault as ServerFault
from villagedesk.practice.faults import FaultKind, FaultSetting, RouteKind
from villagedesk.sync import decisions
from villagedesk.sync.enrolment import stored_credential

S = SendingState
A_DAY = 86400.0


class Killed(BaseException):
    """kill -9, as far as the program can tell."""


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    made = Road(tmp_path / "practice")
    try:
        yield made
    finally:
        made.close()


def test_a_case_partly_sent_is_edited_and_is_not_refused_for_good(road: Road) -> None:
    """The half that is there keeps its bytes; the edit is a revision of its own, and ends committed."""
    case, first = road.clerk.take_in([b"front" * 50, b"back" * 50])
    road.steps_until(lambda: road.row(first).state is S.UPLOADING)
    other = first.payload.replace("李练习".encode(), "王另窗".encode())
    with pytest.raises(ValueError, match="may have left"):
        road.store.write(
            lambda tx: decisions.edit_unsent(tx, first.action_id, other, "李练习", road.clock.now())
        ).result()
    second = road.clerk.correct(case.case_id, note="edited in the middle")
    road.official(case.case_id, "reject")
    road.steps_until(lambda: road.row(first).state is S.REJECTED)
    assert road.row(second).state is S.QUEUED
    drop = decisions.drop
    road.store.write(lambda tx: drop(tx, first.action_id, "李练习", road.clock.now())).result()
    road.steps_until(lambda: road.row(second).state is S.SENT)
    assert road.held(case.case_id) == [(1, "rejected"), (2, "committed")]
    assert road.row(first).payload_sha256 == first.payload_sha256


def test_sent_is_never_said_while_attachments_are_missing(road: Road) -> None:
    """At every step: the clerk reads *sent* only when the server lists every page in its receipt."""
    pages = [b"front" * 50, b"back" * 50]
    case, row = road.clerk.take_in(pages)
    seen: list[SendingState] = []

    def sent() -> bool:
        seen.append(road.row(row).state)
        if seen[-1] is not S.SENT and road.status(row) is not CaseStatus.RECEIVED:
            raise AssertionError("the case is called submitted before its pages are there")
        return seen[-1] is S.SENT

    road.steps_until(sent)
    assert S.UPLOADING in seen
    assert road.held(case.case_id) == [(1, "committed")]
    assert all(sha256_hex(page) in road.row(row).receipt for page in pages)


def test_one_poor_case_does_not_block_the_others() -> None:
    """Refused, unreadable here, in conflict, or met by a mistake of our own: nobody else waits for it."""
    bench = Bench()
    refused, unreadable, mistaken = (bench.clerk.take_in([bytes([number]) * 60])[1] for number in range(3))
    good = [bench.clerk.take_in([bytes([number]) * 60])[1] for number in range(10, 13)]
    bench.server.refuse_content = lambda record: record.case_id == refused.case_id
    page = bench.store.read(lambda snapshot: snapshot.pages(unreadable.case_id))[0]
    bench.vault.remove(page.page_id, page.sha256)
    put = bench.server.put_revision

    def put_revision(case_id: str, revision: int, payload: bytes) -> object:
        if case_id == mistaken.case_id:
            raise KeyError("nobody foresaw this")
        return put(case_id, revision, payload)

    bench.server.put_revision = put_revision  # type: ignore[method-assign, assignment]
    bench.steps_until(lambda: all(bench.row(row).state is S.SENT for row in good))
    assert bench.row(refused).state is S.REJECTED
    bench.steps_until(lambda: bench.row(unreadable).state is S.REJECTED)
    assert bench.row(mistaken).next_try_at is not None


@pytest.mark.parametrize("call", ["put_revision", "create_upload"])
@pytest.mark.parametrize("forbidden", [True, False])
def test_one_case_that_alone_is_turned_away_does_not_block_the_others(call: str, forbidden: bool) -> None:
    """403 is the system's decision about it, and lies in the tray; 401 is none, and waits for itself."""
    bench = Bench()
    poor, *good = (bench.clerk.take_in([bytes([number]) * 60])[1] for number in range(6))
    own = sha256_hex(bytes([0]) * 60)
    real = getattr(bench.server, call)

    def turn_away(about: str, *more: object) -> object:
        if about in (poor.case_id, own):
            raise LoginNeeded("sync.reason.login", "40x other_station: no", forbidden=forbidden)
        return real(about, *more)

    setattr(bench.server, call, turn_away)
    began = bench.clock.monotonic()
    bench.steps_until(lambda: all(bench.row(row).state is S.SENT for row in good))
    assert bench.clock.monotonic() - began <= bench.runner.retry.longest
    if forbidden:
        bench.settle()
        kept = bench.row(poor)
        assert (kept.state, kept.reason_key) == (S.REJECTED, "sync.reason.not_allowed")
        assert kept.reason_raw == "40x other_station: no"
        return
    bench.steps_until(lambda: bench.row(poor).attempts >= 4)
    kept = bench.row(poor)
    assert (kept.reason_key, kept.reason_raw) == ("sync.reason.not_heard", "40x other_station: no")
    assert kept.next_try_at is not None
    setattr(bench.server, call, real)
    bench.settle()
    assert bench.row(poor).state is S.SENT


def test_a_station_revoked_again_is_no_decision_about_the_case_that_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    _case, row = bench.clerk.take_in([])
    bench.steps_until(bench.runner.is_enrolled)
    revocations = [True, True]
    put = bench.server.put_revision

    def revoked(case_id: str, revision: int, payload: bytes) -> object:
        if revocations:
            bench.server.revoked = revocations.pop()
            raise LoginNeeded("sync.reason.login", "403 revoked", forbidden=True)
        return put(case_id, revision, payload)

    monkeypatch.setattr(bench.server, "put_revision", revoked)
    for _ in range(2):
        bench.steps_until(lambda: bench.row(row).state is S.LOGIN)
        bench.steps_until(lambda: bench.row(row).state is not S.LOGIN)
    assert not revocations
    bench.settle()
    assert bench.row(row).state is S.SENT


def test_what_was_refused_does_not_disappear() -> None:
    """It lies in the tray with the reason, over restarts and a year, until a clerk decides."""
    bench = Bench()
    bench.server.refuse_content = lambda _record: True
    case, row = bench.clerk.take_in([])
    bench.settle()
    for _ in range(3):
        bench.clock.jump(365 * A_DAY / 3)
        bench.boot()
        bench.settle()
        bench.reconciler.run()
        bench.changes.pull(0.0)
    kept = bench.row(row)
    assert (kept.state, kept.reason_key, kept.reason_raw) == (S.REJECTED, "sync.reason.refused", "422 rejected")
    bench.store.write(lambda tx: decisions.drop(tx, row.action_id, "李练习", bench.clock.now())).result()
    assert bench.row(row).state is S.CANCELLED
    assert any(event.detail.get("decision") == "dropped" for event in bench.events(case.case_id))


def test_a_slow_server_is_not_given_ten_copies(road: Road) -> None:
    """The server stores and is slow to say so, again and again: one case, one receipt, one action."""
    station = road.server.practice.station_file()
    slow = RouteKind.REVISION, RouteKind.ACTION
    fault = ServerFault(kind=FaultKind.SLOW, routes=slow, count=8, seconds=1.0)
    road.server.faults.set(FaultSetting(faults=(fault,)))
    hasty = HttpAcceptanceSystem(
        station.address,
        station.ca_pem,
        lambda: stored_credential(road.store),
        station.division_code,
        timeouts=Timeouts(read=0.2, answer=0.3),
    )
    road.runner.acceptance = hasty
    case, row = road.clerk.take_in([])
    asked = road.clerk.act(case.case_id, Operation.EVALUATE)
    try:
        road.steps_until(lambda: road.row(asked).state is S.DONE)
    finally:
        hasty.close()
    assert sum(road.server.faults.report().struck) >= 2, "a server that was never slow proves nothing"
    assert road.row(row).state is S.SENT
    assert [one.case_id for piece in road.system.cases() for one in piece.cases] == [case.case_id]
    assert road.held(case.case_id) == [(1, "committed")]
    held = road.system.case(case.case_id)
    assert held is not None
    assert sorted(held.actions) == sorted([asked.action_id, row.action_id])


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.ERROR_BEFORE])
@pytest.mark.parametrize("years", [1.0 / 365 + 0.001, 9.0])
def test_keys_do_not_expire_after_a_day(road: Road, years: float, kind: FaultKind) -> None:
    """The answer was lost, the PC was off for a day or years: the same bytes under the same key, the same answer."""
    case, row = road.clerk.take_in([])
    lost = ServerFault(kind=kind, routes=(RouteKind.REVISION,), count=1)
    road.server.faults.set(FaultSetting(faults=(lost,)))
    road.steps_until(lambda: road.row(row).state is S.CONFIRMING)
    sent = road.row(row)
    road.clock.jump(years * 365 * A_DAY)
    road.runner.start()
    road.steps_until(lambda: road.row(row).state is S.SENT)
    assert (road.row(row).action_id, road.row(row).payload) == (sent.action_id, sent.payload)
    first = road.system.put_revision(case.case_id, 1, sent.payload)
    assert first == road.system.put_revision(case.case_id, 1, sent.payload)
    assert road.held(case.case_id) == [(1, "committed")]


def test_the_key_of_an_action_does_not_expire_after_a_day(road: Road) -> None:
    """Taken, and nobody heard; days later it is the same action still, and is there once."""
    case, row = road.clerk.take_in([])
    road.steps_until(lambda: road.row(row).state is S.SENT)
    lost = ServerFault(kind=FaultKind.DROP_AFTER, routes=(RouteKind.ACTION,), count=1)
    road.server.faults.set(FaultSetting(faults=(lost,)))
    asked = road.clerk.act(case.case_id, Operation.EVALUATE)
    road.steps_until(lambda: road.row(asked).state is S.CONFIRMING)
    road.clock.jump(3 * A_DAY)
    road.runner.start()
    road.steps_until(lambda: road.row(asked).state is S.DONE)
    held = road.system.case(case.case_id)
    assert held is not None
    assert sorted(held.actions) == sorted([asked.action_id, row.action_id])


def _dies_at(bench: Bench, call: str) -> None:
    real: Callable[..., object] = getattr(bench.server, call)

    def dying(*arguments: object, **named: object) -> object:
        setattr(bench.server, call, real)
        real(*arguments, **named)
        raise Killed

    setattr(bench.server, call, dying)


@pytest.mark.parametrize("call", ["enrol", "put_revision", "create_upload", "send_chunk", "case"])
def test_sending_is_not_stuck_after_a_kill_in_any_request(call: str) -> None:
    """Killed when the server has done it and nobody heard; then the program starts again, without a hand's help."""
    bench = Bench()
    _case, row = bench.clerk.take_in([b"page" * 30])
    if call == "case":
        bench.play("put_revision", Fault.CUT_AFTER)
    _dies_at(bench, call)
    with pytest.raises(Killed):
        bench.settle()
    bench.boot()
    bench.settle()
    assert bench.row(row).state is S.SENT
    assert bench.server.committed_ever == {(row.case_id, 1): [row.payload_sha256]}


@pytest.mark.parametrize("state", [S.QUEUED, S.SENDING, S.UPLOADING, S.CONFIRMING, S.WAITING, S.LOGIN, S.PAUSED])
def test_sending_is_not_stuck_after_a_reboot_in_any_state(state: SendingState) -> None:
    """Also when the clock went back a year meanwhile, and a held row was on its way when it was held."""
    bench = Bench()
    _case, row = bench.clerk.take_in([b"page" * 30])
    bench.steps_until(bench.runner.is_enrolled)
    now = bench.clock.now()

    def put(transaction: object) -> None:
        held = state in (S.WAITING, S.LOGIN, S.PAUSED)
        changed: OutboxRow = replace(
            bench.row(row),
            state=state,
            return_state=S.SENDING if held else None,
            frozen_at=now,
            next_try_at=now if state is S.WAITING else None,
        )
        transaction.update_outbox(changed)  # type: ignore[attr-defined]

    bench.store.write(put).result()
    if state is S.LOGIN:
        bench.runner.login_needed(LoginNeeded("sync.reason.login"))
        bench.runner.step()
    bench.clock.jump(-365 * A_DAY)
    bench.boot()
    if state is S.PAUSED:
        bench.settle()
        assert bench.row(row).state is S.PAUSED
        bench.store.write(lambda tx: decisions.resume(tx, row.action_id, "李练习", bench.clock.now())).result()
    bench.server.calls.clear()
    began = bench.clock.monotonic()
    bench.settle()
    assert bench.row(row).state is S.SENT
    assert bench.clock.monotonic() - began <= bench.runner.retry.longest, "waited for a moment of the wrong clock"
    if state in (S.SENDING, S.LOGIN, S.PAUSED):
        asked = [call for call in bench.server.calls if call in ("case", "put_revision")]
        assert asked[0] == "case", "bytes may have left: asked first, sent again only then"
