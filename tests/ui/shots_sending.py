"""Pictures of the queue, the proof that all is sent and the limit; part of ``tests.ui.shots``."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.links_at_hand import all_well, asked_to_wait, not_registered
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.sending import LimitPage, ProofPage, QueuePage
from tests.ui.queue_at_hand import (
    ITEM,
    every_state,
    log,
    look_later,
    newest,
    online,
    perhaps_entered,
    reconciled,
    sent,
    set_row,
)
from tests.ui.shots_settings import Album
from villagedesk.acceptance.wire import Change, ChangesAnswer
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.proof import ProofDesk
from villagedesk.desk.proof_views import ProofView
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.progress import Progress
from villagedesk.sync.changes import Changes
from villagedesk.sync.link import LinkKind
from villagedesk.sync.status import SyncStatus

_AGE = timedelta(days=2, hours=3, minutes=20)


def sending_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them.

    Args:
        place: folder for the villages; made.
    """
    place.mkdir()
    _proven(album, patience, place / "proven")
    _queue(album, patience, place / "queue")
    _by_hand(album, patience, place / "by-hand")
    _all_wait(album, patience, place / "all-wait")


def _open(album: Album, patience: Patience, place: Path) -> tuple[Village, QueuePage]:
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = QueuePage(patience, window)
    page.wait_for("nav_settings")
    return village, page


def _proven(album: Album, patience: Patience, place: Path) -> None:
    village, page = _open(album, patience, place)
    online(village)
    page.open()
    album.shoot("queue-empty")
    for name in ("王秀英", "李建国", "张桂兰"):
        case_id = sent(village, name)
    log(village, case_id, "change", change="accepted")
    proof = ProofPage(patience, page.window)
    proof.open()
    album.shoot("proof-unasked")
    desk_of(village).proof.ask_now()
    album.shoot("proof-asking")
    reconciled(village, 3)
    proof.until(lambda: "全部已上报" in proof.text("proof_verdict"))
    album.shoot("proof-proven")
    village.link_is(LinkKind.INTERNET_ONLY)
    proof.until(lambda: "连不上" in proof.text("proof_verdict"))
    album.shoot("proof-offline")
    _counting(album, proof, desk_of(village).proof)
    album.close()


def _counting(album: Album, page: ProofPage, proof: ProofDesk) -> None:
    view, go_on = proof.view, threading.Event()

    def slow(period: str, progress: Progress) -> ProofView:
        while not go_on.wait(0.02):
            progress(21, 50)
        return view(period, progress)

    proof.view = slow  # type: ignore[method-assign, assignment]
    page.tab_to("proof_period")
    page.press(Qt.Key.Key_End)
    page.until(lambda: page.seen("long_work") and page.text("long_how_far") != "")
    album.shoot("proof-counting")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("proof_said"))
    album.shoot("proof-counting-stopped")
    go_on.set()


def _by_hand(album: Album, patience: Patience, place: Path) -> None:
    """What may have been entered by hand before the interface was granted."""
    village, page = _open(album, patience, place)
    long = perhaps_entered(village, "买买提江·阿不都热合曼·艾合买提吐尔逊")
    perhaps_entered(village, "王秀英")
    desk_of(village).sending.pause(newest(village, taken_in(village, ITEM, {"name": "李建国"})).action_id)
    online(village)
    page.open()
    page.until(lambda: len(page.states()) == 3)
    album.shoot("queue-perhaps-entered")
    name = newest(village, long).action_id
    page.click(f"queue_turn_{name}")
    page.wait_for(f"queue_look_up_{name}")
    album.shoot("queue-look-up")
    page.press(Qt.Key.Key_Escape)
    page.click("queue_pause_all")
    page.wait_for("queue_resume_all")
    page.click("queue_resume_all")
    page.wait_for("queue_said")
    album.shoot("queue-still-held")
    album.close()


def _all_wait(album: Album, patience: Patience, place: Path) -> None:
    """Nothing of the whole station goes."""
    village, page = _open(album, patience, place)
    for name in ("王秀英", "买买提江·阿不都热合曼·艾合买提吐尔逊", "李建国"):
        case_id = taken_in(village, ITEM, {"name": name})
    set_row(village, case_id, SendingState.WAITING, reason_key="sync.reason.busy", attempts=1, wait=1800)
    today = TodayPage(patience, page.window)
    for name, wait in (("busy", asked_to_wait()), ("not-registered", not_registered())):
        village.link.publish(SyncStatus(link=all_well(), wait=wait))
        page.open()
        page.until(lambda: len(page.states()) == 3)
        album.shoot(f"queue-{name}")
        today.click("nav_today")
        today.until(lambda: today.seen("taken_in_today"))
        album.shoot(f"today-{name}")
    album.close()


def _queue(album: Album, patience: Patience, place: Path) -> None:
    village, page = _open(album, patience, place)
    cases = every_state(village, _AGE)
    look_later(village, _AGE)
    online(village, 40_000.0)
    page.open()
    page.until(lambda: len(page.states()) == len(cases))
    album.shoot("queue-every-state")
    for number in (1, 2, 3):
        page.press(Qt.Key.Key_PageDown)
        album.shoot(f"queue-every-state-{number}")
    refused = newest(village, cases["孙二娘"]).action_id
    log(village, cases["孙二娘"], "sending", "program", action_id=refused, reason="sync.step.registered")
    log(village, cases["孙二娘"], "rejected", action_id=refused, reason="sync.reason.refused", said="422 反光")
    page.click(f"queue_history_{refused}")
    page.until(lambda: page.seen(f"queue_past_{refused}"))
    page.until(lambda: len(page.past(refused)) > 2)
    album.shoot("queue-history")
    page.press(Qt.Key.Key_Escape)
    proof = ProofPage(patience, page.window)
    proof.open()
    log(village, cases["周老实"], "change", change="refused", **{"value.reason": "不属于本机关职权范围"})
    look_later(village, timedelta())
    desk_of(village).sending.drop(cases["周老实"], "申请人不办了")
    proof.until(lambda: "还没有全部上报" in proof.text("proof_verdict"))
    album.shoot("proof-open")
    proof.press(Qt.Key.Key_PageDown)
    album.shoot("proof-open-lists")
    proof.press(Qt.Key.Key_End)
    album.shoot("proof-open-lists-end")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("queue_pause_all")
    page.click("queue_pause_all")
    page.wait_for("queue_resume_all")
    album.shoot("queue-all-paused")
    assert newest(village, cases["王秀英"]).state is SendingState.PAUSED
    limit = LimitPage(patience, page.window)
    limit.open("proxy")
    album.shoot("settings-proxy")
    limit.choose("proxy_choice", "自己填代理")
    limit.tab_to("proxy_own")
    limit.type("socks5://10.1.1.1:1080")
    limit.enter()
    limit.until(lambda: limit.text("proxy_own_trouble") != "")
    album.shoot("settings-proxy-wrong")
    limit.open()
    limit.open("sending_limit")
    album.shoot("settings-sending-limit")
    limit.choose("limit_choice", "自己填")
    limit.tab_to("limit_own")
    limit.type("12")
    limit.enter()
    limit.until(lambda: limit.text("limit_own_trouble") != "")
    album.shoot("settings-sending-limit-wrong")
    limit.open()
    album.shoot("settings-overview")
    _unsent(album, TodayPage(patience, page.window), village, cases["孙二娘"])
    album.close()


def _unsent(album: Album, today: TodayPage, village: Village, case_id: str) -> None:
    """A correction that was half typed when its case went on."""
    intake = desk_of(village).intake
    intake.correct(case_id)
    intake.type(
        case_id,
        {"name": "孙二娘子", "phone": "1380000", "address": "柳林村委会第十一组老槐树东巷一百二十八号院内北屋二楼"},
        2,
    )
    change = Change(sequence=1, case_id=case_id, kind="refused", at="2026-11-24T01:00:00Z")
    changes = Changes(village.store, None, SystemClock())  # type: ignore[arg-type]
    changes.keep("", ChangesAnswer(changes=[change], cursor="1"))
    desk_of(village).sending.drop(case_id, "受理系统不予受理")
    today.click("nav_today")
    today.until(lambda: any("补正没来得及提交" in todo for todo in today.todos()))
    album.shoot("today-unsent-correction")
    todos = today.widget("todo_list", QListWidget)
    today.until(lambda: today.focused() == "todo_list")
    for _ in range(todos.count()):
        if "补正没来得及提交" in today.todos()[todos.currentRow()]:
            break
        today.press(Qt.Key.Key_Down)
    today.enter()
    today.wait_for("unsent")
    album.shoot("case-unsent-correction")
    today.press(Qt.Key.Key_F9)
    today.until(lambda: "1380000" in {today.text(f"unsent_ours_{row}") for row in (1, 2, 3)})
    today.tab_to("unsent_seen")
    today.enter()
    today.until(lambda: not today.seen("unsent_seen"))
    album.shoot("case-unsent-correction-read")
