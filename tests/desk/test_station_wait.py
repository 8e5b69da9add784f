"""What a whole station waits for, in words wherever a case is said to go: rows, lists, bottom line, link page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk.counter import STATION, Window, taken_in
from tests.desk.test_cases import put_state
from tests.desk.test_link_desk import WORDS, lines
from tests.desk.test_queue_view import newest
from tests.desk.test_sending_road import Road
from tests.ui.links_at_hand import all_well, vpn_down
from villagedesk.app.premises import STATION_NAME
from villagedesk.desk.views import SendingView
from villagedesk.domain.outbox import SendingState
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind
from villagedesk.sync.standing import STATE, EnrolmentState
from villagedesk.sync.status import StationWait, SyncStatus

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""The window's clock: nine in the village."""
BUSY = StationWait(NOW + timedelta(minutes=30), "sync.reason.busy")
UNKNOWN = StationWait(NOW + timedelta(minutes=10), "sync.reason.conflict", "409 code", NOW - timedelta(days=3))


def says(window: Window, wait: StationWait | None) -> SendingView:
    window.link.publish(SyncStatus(link=all_well(), wait=wait))
    return window.desk.sending.view()


def test_every_row_that_stands_still_says_why_and_until_when(window: Window) -> None:
    (window.folder / STATION_NAME).write_bytes(STATION.to_bytes())
    queued, uploading, own = (taken_in(window) for _ in range(3))
    put_state(window, uploading, state=SendingState.UPLOADING)
    own_time = NOW + timedelta(minutes=45)
    put_state(window, own, state=SendingState.WAITING, reason_key="sync.reason.fault", next_try_at=own_time)
    said = {row.row.case_id: WORDS.of(row.state) for row in says(window, BUSY).rows}
    assert (said[queued], said[uploading]) == ("待上报，稍后自动上报", "已登记，材料已上传 0/3，稍后自动继续")
    details = {row.row.case_id: [WORDS.of(one) for one in row.details] for row in says(window, BUSY).rows}
    for case_id in (queued, uploading):
        assert details[case_id][0] == "受理系统繁忙，按其要求稍后重试。"
        assert "下次 09:30 再试" in details[case_id]
    assert details[own][0].startswith("本程序处理这一件时出错")
    assert "下次 09:45 再试" in details[own]
    for case_id in (queued, uploading):
        sending = window.desk.cases.case(case_id).sending
        assert sending is not None
        assert WORDS.of(sending) == said[case_id]
    lists = [*window.desk.cases.today().rows, *window.desk.cases.find("")]
    assert {WORDS.of(row.state) for row in lists if row.line.case_id == queued} == {"待上报，稍后自动上报"}
    waiting = window.desk.proof.view("today").open.lines
    assert [WORDS.of(line.what) for line in waiting if line.case_id == queued] == ["待上报，稍后自动上报"]
    assert WORDS.of(says(window, None).rows[0].state) == "待上报，马上自动上报"


def test_bottom_line_and_link_page_say_what_all_wait_for_and_what_to_do(window: Window) -> None:
    (window.folder / STATION_NAME).write_bytes(STATION.to_bytes())
    view = says(window, BUSY)
    assert (WORDS.of(view.link), view.link.tone) == ("政务外网：通；受理系统太忙，下次 09:30 再试", "warn")
    assert view.advice is not None
    assert "下次 09:30 再试" in WORDS.of(view.advice)
    assert "不用做什么" in WORDS.of(view.advice)
    link = window.desk.link.view()
    assert (link.advice, lines(link)["上报在等"]) == (view.advice, "受理系统繁忙，按其要求稍后重试。 下次 09:30 再试")
    view = says(window, UNKNOWN)
    assert WORDS.of(view.link) == "政务外网：通；11月20日 09:00 起本站点登记不上"
    assert view.advice is not None
    assert "对不上。下次 09:10 再试。" in WORDS.of(view.advice)
    assert "打电话给县里技术员" in WORDS.of(view.advice)
    told = lines(window.desk.link.view())["上报在等"]
    assert "409 code" in told
    assert "另一份内容" not in told, "that would be said of a case"
    assert says(window, None).advice is None
    assert "上报在等" not in lines(window.desk.link.view())


def test_a_full_disk_or_a_wrong_clock_is_told_before_what_all_wait_for(window: Window) -> None:
    (window.folder / STATION_NAME).write_bytes(STATION.to_bytes())
    taken_in(window)
    window.link.publish(SyncStatus(link=all_well(), wait=BUSY, problem_key="store.disk_full"))
    view = window.desk.sending.view()
    assert view.advice is not None and view.advice.key == "store.disk_full"
    assert window.link.waits() is None
    wrong = replace(all_well(), clock_skew=3600.0)
    window.link.publish(SyncStatus(link=wrong, wait=BUSY))
    view = window.desk.sending.view()
    assert view.advice is not None and view.advice.key == "desk.sending.advice_clock_ahead"
    assert [row.state.key for row in view.rows] == ["sentence.submission.queued_held_up"], "which each row says"


def test_while_it_is_tried_once_more_the_time_is_not_one_that_is_over(window: Window) -> None:
    taken_in(window)
    window.clock.forward(3600)
    (row,) = says(window, UNKNOWN).rows
    told = [WORDS.of(one) for one in row.details]
    assert told[0] == "本站点还没有在受理系统登记好，登记好了自动上报"
    assert "马上再试" in told
    assert not any("09:10" in one for one in told)


def test_without_the_link_it_is_the_link_that_is_waited_for(window: Window) -> None:
    taken_in(window)
    window.link.publish(SyncStatus(link=vpn_down(), wait=BUSY))
    view = window.desk.sending.view()
    (row,) = view.rows
    assert WORDS.of(row.state) == "待上报，网络恢复后自动上报"
    assert not any("繁忙" in WORDS.of(one) for one in row.details)
    assert "断开" in WORDS.of(view.link)


def test_what_came_back_and_what_the_clerk_stopped_is_said_first_and_one_held_row_after(window: Window) -> None:
    case_id, other = (taken_in(window) for _ in range(2))
    window.desk.sending.pause(newest(window, other).action_id)
    keys = []
    for state in (SendingState.REJECTED, SendingState.QUEUED):
        put_state(window, case_id, state=state)
        advice = says(window, BUSY).advice
        keys.append(None if advice is None else advice.key)
    assert keys == ["desk.sending.advice_tray", "station_wait.advice.busy"]
    window.desk.sending.pause_all()
    advice = says(window, BUSY).advice
    assert advice is not None
    assert advice.key == "desk.sending.advice_all_paused"


def test_what_is_told_again_has_no_list_read_anew_but_its_end_has(window: Window) -> None:
    says(window, BUSY)
    told: list[frozenset[str]] = []
    window.desk.news.subscribe(told.append)
    says(window, BUSY)
    says(window, None)
    assert told == [{"link"}, {"link", "outbox"}]


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    """Opened, and closed in order."""
    road = Road(tmp_path)
    yield road
    road.close()


def test_one_503_down_to_the_rows_of_three_cases(road: Road) -> None:
    busy = Fault(kind=FaultKind.BUSY_503, routes=(RouteKind.REVISION,), retry_after=1800, count=1)
    road.desk.sending.pause_all()
    cases = [road.taken_in() for _ in range(3)]
    road.server.faults.set(FaultSetting(faults=(busy,)))
    road.desk.sending.resume_all()
    road.until(lambda: "受理系统太忙" in WORDS.of(road.desk.sending.view().link))
    view = road.desk.sending.view()
    assert view.online
    assert len(view.rows) == 3
    for row in view.rows:
        told = " ".join(WORDS.of(one) for one in row.details)
        assert "受理系统繁忙" in told
        assert "下次 " in told
        assert "稍后自动" in WORDS.of(row.state)
    road.desk.sending.send_now()
    road.until(lambda: all(road.states(case_id)[-1][1] is SendingState.SENT for case_id in cases))
    road.until(lambda: "连通" in WORDS.of(road.desk.sending.view().link))


def test_an_enrolment_that_fails_with_500_down_to_the_row(road: Road) -> None:
    road.until(lambda: road.store.read(lambda snapshot: snapshot.setting(STATE)) == EnrolmentState.ENROLLED)
    broken = Fault(kind=FaultKind.ERROR_BEFORE, routes=(RouteKind.ENROL,))
    road.server.faults.set(FaultSetting(faults=(broken,)))
    prepared = EnrolmentState.PREPARED
    road.store.write(lambda transaction: transaction.put_setting(STATE, prepared)).result()
    road.until(lambda: "登记不上" in WORDS.of(road.desk.sending.view().link))
    case_id = road.taken_in()
    view = road.desk.sending.view()
    (row,) = view.rows
    assert WORDS.of(row.state) == "待上报，稍后自动上报"
    assert WORDS.of(row.details[0]) == "本站点还没有在受理系统登记好，登记好了自动上报"
    assert view.advice is not None
    assert "受理系统出错，稍后自动重试。" in WORDS.of(view.advice)
    road.server.faults.set(FaultSetting())
    road.desk.sending.send_now()
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.SENT)
    assert "连通" in WORDS.of(road.desk.sending.view().link)
