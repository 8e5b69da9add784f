"""A row that may have been entered by hand, at the keyboard: it is asked about before it goes, or gets its number."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.sending import QueuePage
from tests.ui.queue_at_hand import ITEM, newest, online, perhaps_entered
from tests.ui.test_all_screens import check_screen
from villagedesk.domain.outbox import SendingState
from villagedesk.ui.window import MainWindow


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> QueuePage:
    """The queue, before it is opened."""
    return QueuePage(qtbot, signed_in)


def test_i2_it_goes_on_only_after_the_clerk_says_that_it_is_not_there(page: QueuePage, village: Village) -> None:
    case_id = perhaps_entered(village, "王秀英")
    name = newest(village, case_id).action_id
    online(village)
    page.open()
    page.wait_for(f"queue_enter_{name}")
    assert "可能已经在系统里" in page.details(name)
    assert page.states() == ["▲ 没有上报：请先在系统里查"]
    assert "可能已经手工录进" in page.text("advice_sentence")
    assert not page.seen(f"queue_first_{name}")
    page.tab_to(f"queue_turn_{name}")
    page.press(Qt.Key.Key_F4)
    page.enter()
    asked = f"queue_look_up_{name}"
    page.until(lambda: page.focused() == f"{asked}_leave")
    check_screen("queue-look-up", page, page.window, reaches=f"{asked}_sure")
    page.tab_to(f"{asked}_leave")
    page.enter()
    page.until(lambda: not page.seen(asked) and page.focused() == f"queue_turn_{name}")
    page.enter()
    page.until(lambda: page.seen(asked))
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: not page.seen(asked))
    assert page.title() == "上报情况"
    assert newest(village, case_id).state is SendingState.PAUSED, "nothing was decided so far"
    page.enter()
    page.tab_to(f"{asked}_sure")
    page.enter()
    page.until(lambda: newest(village, case_id).state is SendingState.QUEUED)
    page.until(lambda: page.seen(f"queue_first_{name}") and not page.seen(asked))


def test_its_number_is_given_from_its_row(page: QueuePage, village: Village) -> None:
    case_id = perhaps_entered(village, "王秀英")
    name = newest(village, case_id).action_id
    online(village)
    page.open()
    page.wait_for(f"queue_enter_{name}")
    page.tab_to(f"queue_enter_{name}")
    page.enter()
    page.wait_for("bridge_who")
    assert "王秀英" in page.text("bridge_who")
    page.tab_to("bridge_number")
    page.type("410421202611230009")
    page.enter()
    page.until(lambda: page.seen("bridge_entered_number"))
    assert newest(village, case_id).state is SendingState.CANCELLED, "it is never sent as well"


def test_letting_all_go_on_says_what_stays_held(page: QueuePage, village: Village) -> None:
    doubtful = perhaps_entered(village, "王秀英")
    single, other = (taken_in(village, ITEM, {"name": one}) for one in ("李建国", "张桂兰"))
    desk_of(village).sending.pause(newest(village, single).action_id)
    online(village)
    page.open()
    page.click("queue_pause_all")
    page.wait_for("queue_resume_all")
    page.click("queue_resume_all")
    page.until(lambda: page.seen("queue_said"))
    assert "“先不报”的 1 件" in page.text("queue_said") and "可能录过的 1 件" in page.text("queue_said")
    assert newest(village, other).state is SendingState.QUEUED
    assert {newest(village, held).state for held in (single, doubtful)} == {SendingState.PAUSED}
    page.wait_for("queue_pause_all")
    page.click("queue_pause_all")
    page.until(lambda: not page.seen("queue_said"))
