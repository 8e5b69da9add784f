"""From entering by hand to an interface: what was entered is never sent as well, what waits goes out (I2)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.test_restored_road import _SOON
from tests.desk.counter import Window, open_window, taken_in
from tests.sync.test_engine import RealClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.app.sync_road import SyncRoad
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.views import TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import ENTERED_BY_HAND, PERHAPS_ENTERED, SendingState
from villagedesk.domain.station import StationFile
from villagedesk.practice.server import PracticeServer
from villagedesk.sync.enrolment import stored_credential

_PATIENCE_S = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    """Running, over TLS."""
    running = PracticeServer(tmp_path / "practice")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def window(tmp_path: Path, server: PracticeServer) -> Iterator[Window]:
    """Without an interface so far; the server's station file grants it."""
    by_hand = StationFile.from_bytes(server.practice.by_hand_file_path.read_bytes())
    assert by_hand.manual
    window = open_window(tmp_path / "data", station=by_hand)
    yield window
    window.desk.close()


def until(window: Window, reached: Callable[[], bool]) -> None:
    """Look again at every news until it is so."""
    heard = threading.Event()
    end = window.desk.news.subscribe(lambda _topics: heard.set())
    try:
        while not reached():
            assert heard.wait(_PATIENCE_S), "nothing happened any more"
            heard.clear()
    finally:
        end()


def last_state(window: Window, case_id: str) -> SendingState:
    return window.desk.cases.case(case_id).outbox[-1].state


def test_what_was_entered_is_not_sent_when_the_interface_is_granted(window: Window, server: PracticeServer) -> None:
    desk, numbers = window.desk, window.desk.official_numbers
    entered, corrected, waiting = (taken_in(window) for _ in range(3))
    road = SyncRoad(window.store, window.vault, RealClock(), desk.station, window.link.publish, _SOON)
    threads = threading.active_count()
    road.start()
    assert threading.active_count() == threads  # nothing runs that could look for a link
    road.kick()
    assert desk.bridge.by_hand()
    numbers.enter(entered, NumberGiven("1001"))
    numbers.enter(corrected, NumberGiven("1002"))
    numbers.note(corrected, CaseChange.CORRECTION_ASKED, "请补照片")
    desk.sending.mend(corrected)
    try:
        road.renew(server.practice.station_file())
        until(window, lambda: last_state(window, waiting) is SendingState.SENT)
        until(window, lambda: last_state(window, corrected) is SendingState.PAUSED)
        assert not desk.bridge.by_hand()
        assert desk.cases.case(waiting).case.status is CaseStatus.SUBMITTED
        assert last_state(window, entered) is SendingState.CANCELLED
        held = desk.cases.case(corrected).outbox[-1]
        assert (held.reason_key, held.frozen_at, held.return_state) == (ENTERED_BY_HAND, None, SendingState.QUEUED)
        # resumed by mistake it is held again, and is still to be entered by hand
        desk.sending.resume_all()
        road.kick()
        until(window, lambda: last_state(window, corrected) is SendingState.PAUSED)
        assert [one.case_id for one in desk.bridge.waiting().cases] == [corrected]
        numbers.enter(corrected, NumberGiven("1002"))
        station = server.practice.station_file()
        system = HttpAcceptanceSystem(
            station.address, station.ca_pem, lambda: stored_credential(window.store), station.division_code
        )
        try:
            assert [case.case_id for answer in system.cases() for case in answer.cases] == [waiting]
        finally:
            system.close()
        road.renew(desk.station)  # and taken away again
        assert desk.bridge.by_hand()
    finally:
        road.stop()


def test_what_was_called_entered_and_was_not_is_held_when_the_interface_is_granted(
    window: Window, server: PracticeServer
) -> None:
    """I2: A was called entered with B's number. Put back, neither goes out by itself; A goes once somebody looked."""
    desk, numbers = window.desk, window.desk.official_numbers
    wrong, right, waiting = (taken_in(window) for _ in range(3))
    numbers.enter(wrong, NumberGiven("1001"))
    numbers.take_back(wrong, "编号是另一件的")
    numbers.enter(right, NumberGiven("1001"))
    road = SyncRoad(window.store, window.vault, RealClock(), desk.station, window.link.publish, _SOON)
    road.start()
    try:
        road.renew(server.practice.station_file())
        until(window, lambda: last_state(window, waiting) is SendingState.SENT)
        desk.sending.resume_all()
        road.kick()
        held = desk.cases.case(wrong).outbox[-1]
        assert (held.state, held.reason_key, held.frozen_at) == (SendingState.PAUSED, PERHAPS_ENTERED, None)
        assert [one.case_id for one in desk.bridge.waiting().cases] == [wrong]
        desk.sending.resume(held.action_id, looked_up=True)
        road.kick()
        until(window, lambda: last_state(window, wrong) is SendingState.SENT)
        assert last_state(window, right) is SendingState.CANCELLED
        assert desk.bridge.waiting().count == 0
    finally:
        road.stop()


def test_what_was_begun_by_hand_is_held_when_the_interface_is_granted(window: Window, server: PracticeServer) -> None:
    """I2: the clerk had typed two cases into the acceptance system and not yet written their numbers down."""
    desk = window.desk
    typed, opened, waiting = (taken_in(window) for _ in range(3))
    for case_id in (typed, opened):
        desk.bridge.begin(case_id)
    road = SyncRoad(window.store, window.vault, RealClock(), desk.station, window.link.publish, _SOON)
    road.start()
    try:
        road.renew(server.practice.station_file())
        until(window, lambda: last_state(window, waiting) is SendingState.SENT)
        for case_id in (typed, opened):
            until(window, lambda case_id=case_id: last_state(window, case_id) is SendingState.PAUSED)  # type: ignore[misc]
        assert {desk.cases.case(case_id).outbox[-1].reason_key for case_id in (typed, opened)} == {PERHAPS_ENTERED}
        assert [one.case_id for one in desk.bridge.waiting().cases] == [typed, opened]
        (todo,) = [todo for todo in desk.cases.today().todos if todo.kind is TodoKind.BY_HAND]
        assert todo.sentence.params == {"count": 2}
        desk.sending.resume_all()  # of all that waits nobody has looked at each
        road.kick()
        assert last_state(window, typed) is SendingState.PAUSED
        desk.official_numbers.enter(typed, NumberGiven("1001"))
        desk.sending.resume(desk.cases.case(opened).outbox[-1].action_id, looked_up=True)
        road.kick()
        until(window, lambda: last_state(window, opened) is SendingState.SENT)
        assert last_state(window, typed) is SendingState.CANCELLED
        assert desk.bridge.waiting().count == 0
    finally:
        road.stop()
