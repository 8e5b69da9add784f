"""A wait of the whole station on every screen that says how a case goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import Village
from tests.ui.links_at_hand import all_well
from tests.ui.pages.frame import CasesPage
from tests.ui.pages.link import LinkPage
from tests.ui.pages.sending import QueuePage
from tests.ui.queue_at_hand import ITEM, newest, now, set_row
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.status import StationWait, SyncStatus
from villagedesk.ui.window import MainWindow


def all_wait(village: Village, wait: StationWait | None) -> None:
    village.link.publish(SyncStatus(link=all_well(), wait=wait))


def test_a_system_that_asked_to_wait_is_told_of_every_row_list_and_line(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    queued, uploading = (taken_in(village, ITEM, {"name": name}) for name in ("王秀英", "李建国"))
    set_row(village, uploading, SendingState.UPLOADING)
    page = QueuePage(qtbot, signed_in)
    all_wait(village, StationWait(now() + timedelta(minutes=30), "sync.reason.busy"))
    page.open()
    page.until(lambda: len(page.states()) == 2 and all("稍后自动" in text for text in page.states()))
    for case_id in (queued, uploading):
        details = page.details(newest(village, case_id).action_id)
        assert details.startswith("受理系统繁忙")
        assert "下次 " in details
    assert "让过一会儿再来：下次 " in page.text("advice_sentence")
    page.until(lambda: "受理系统太忙，下次 " in page.status())
    cases = CasesPage(qtbot, signed_in)
    cases.click("nav_cases")
    cases.until(lambda: len(cases.cases()) == 2)
    assert all("稍后自动" in " ".join(row) for row in cases.cases())
    all_wait(village, None)
    cases.until(lambda: any("马上自动上报" in " ".join(row) for row in cases.cases()))
    cases.until(lambda: "连通" in cases.status())


def test_a_station_that_cannot_be_registered_is_read_to_the_technician(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    taken_in(village, ITEM)
    since = datetime.now(UTC) - timedelta(days=3)
    all_wait(village, StationWait(now() + timedelta(minutes=10), "sync.reason.refused", "422 no_such_station", since))
    page = QueuePage(qtbot, signed_in)
    page.open()
    page.until(lambda: page.states() != [] and "稍后自动上报" in page.states()[0])
    assert "起本站点登记不上" in page.text("link_sentence")
    assert "打电话给县里技术员" in page.text("advice_sentence")
    page.press(Qt.Key.Key_F7)
    link = LinkPage(qtbot, signed_in)
    link.wait_for("link_check")
    link.until(lambda: "登记不上" in link.advice())
    assert link.layer("system").startswith("✓ 通")
    (line,) = [line for line in link.lines() if "上报在等" in line]
    assert "受理系统没有接受登记。  422 no_such_station  下次 " in line
    all_wait(village, None)
    link.until(lambda: "受理系统已连通" in link.advice())
    assert not any("上报在等" in line for line in link.lines())
