"""Link and queue at the keyboard: what a row says, one first, its history, and mending what came back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.sending import QueuePage
from tests.ui.queue_at_hand import ITEM, RAW, ROWS, every_state, log, newest, online, set_row
from tests.ui.test_all_screens import check_screen
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.decisions import firsts
from villagedesk.ui import sending_page
from villagedesk.ui.window import MainWindow


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> QueuePage:
    """The queue, before it is opened."""
    return QueuePage(qtbot, signed_in)


def test_every_state_says_what_it_waits_for_and_can_be_walked_by_tab(page: QueuePage, village: Village) -> None:
    cases = every_state(village)
    online(village, 1000.0)
    page.open()
    page.until(lambda: len(page.states()) == len(ROWS))
    assert [text[0] for text in page.states()[:2]] == ["!", "!"], "what came back stands above"

    def details(name: str) -> str:
        return page.details(newest(village, cases[name]).action_id)

    assert "第 2/2 页" in details("买买提江·阿不都热合曼·艾合买提吐尔逊")
    assert "传完" in details("王秀英")
    assert "受理系统繁忙" in details("张桂兰") and "再试" in details("张桂兰") and "连续 4 次" in details("张桂兰")
    assert "王会计" in details("赵小满") and "点了“先不报”" in details("赵小满")
    assert "对方说：受理系统退回：身份证正面反光，看不清住址" in details("孙二娘")
    assert details("吴来顺").startswith("先报这一件")
    assert "还剩 5 个工作日" in page.text(f"queue_clock_{newest(village, cases['王秀英']).action_id}")
    refused, differs = (newest(village, cases[name]).action_id for name in ("孙二娘", "周老实"))
    assert page.seen(f"queue_again_{refused}")
    assert not page.seen(f"queue_again_{differs}"), "between two versions the clerk chooses where both are shown"
    check_screen("sending", page, page.window, reaches=f"queue_history_{newest(village, cases['钱大山']).action_id}")


def test_one_is_sent_first_by_its_key_and_stands_above_the_others(page: QueuePage, village: Village) -> None:
    first, second = (taken_in(village, ITEM, {"name": name}) for name in ("王秀英", "李建国"))
    online(village)
    page.open()
    page.until(lambda: len(page.states()) == 2)
    row = newest(village, second)
    page.tab_to(f"queue_history_{row.action_id}")
    page.press(Qt.Key.Key_F4)
    page.until(lambda: "先报这一件" in page.details(row.action_id))
    assert village.store.read(firsts) == {row.action_id}
    assert village.kicked == 1
    assert not page.seen(f"queue_first_{row.action_id}")
    other = newest(village, first).action_id
    higher = page.widget(f"queue_history_{row.action_id}", QPushButton)
    lower = page.widget(f"queue_history_{other}", QPushButton)
    page.until(lambda: _height(page, higher) < _height(page, lower))


def _height(page: QueuePage, widget: QPushButton) -> int:
    return widget.mapTo(page.window, widget.rect().topLeft()).y()


def test_the_history_of_a_row_opens_beneath_it_and_esc_closes_it_first(page: QueuePage, village: Village) -> None:
    case_id = taken_in(village, ITEM)
    name = newest(village, case_id).action_id
    log(village, case_id, "sending", "program", action_id=name, reason="sync.reason.busy", said="503")
    page.open()
    page.wait_for(f"queue_history_{name}")
    page.tab_to(f"queue_history_{name}")
    page.enter()
    page.until(lambda: len(page.past(name)) == 3)
    queued, busy, raw = page.past(name)
    assert queued.endswith("排队等待上报") and "受理系统繁忙" in busy and raw.endswith("503")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.past(name) == [])
    assert page.title() == "上报情况"
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.title() != "上报情况")


def test_the_cases_own_page_tells_the_same_steps(page: QueuePage, village: Village) -> None:
    case_id = taken_in(village, ITEM)
    set_row(village, case_id, SendingState.REJECTED, reason_key="sync.reason.refused", reason_raw=RAW)
    name = newest(village, case_id).action_id
    log(village, case_id, "sending", "program", action_id=name, reason="sync.reason.busy", said="503")
    page.open()
    page.wait_for(f"queue_turn_{name}")
    page.tab_to(f"queue_turn_{name}")
    page.enter()
    page.wait_for("snag")
    assert "对方说：受理系统退回：身份证正面反光，看不清住址" in page.text("snag_reason")
    assert RAW[:20] in page.text("snag_raw").replace(", ", ",")
    told = [label.text() for label in page.window.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("上报：受理系统繁忙") for text in told)


def test_what_came_back_is_corrected_or_sent_again_from_its_row(page: QueuePage, village: Village) -> None:
    case_id = taken_in(village, ITEM)
    set_row(village, case_id, SendingState.REJECTED, reason_key="sync.reason.refused", reason_raw=RAW)
    name = newest(village, case_id).action_id
    page.open()
    page.wait_for(f"queue_correct_{name}")
    page.tab_to(f"queue_correct_{name}")
    page.enter()
    page.wait_for("material_list")
    assert village.store.read(lambda snapshot: snapshot.correction(case_id)) is not None
    page.open()
    page.until(lambda: page.widget(f"queue_correct_{name}", QPushButton).text() == "接着补正")
    assert not page.seen(f"queue_again_{name}"), "what is being corrected is not sent as it was"

    def put_away(transaction: Transaction) -> None:
        transaction.end_correction(case_id)

    village.store.write(put_away).result()
    page.wait_for(f"queue_again_{name}")
    page.tab_to(f"queue_again_{name}")
    page.enter()
    page.until(lambda: [row.revision for row in desk_of(village).cases.case(case_id).outbox] == [1, 2])
    page.until(lambda: not page.seen(f"queue_row_{name}"))
    rows = desk_of(village).cases.case(case_id).outbox
    assert [row.state for row in rows] == [SendingState.SUPERSEDED, SendingState.QUEUED]
    assert village.kicked == 0


def test_a_long_queue_shows_a_bounded_number_and_counts_the_rest(
    page: QueuePage, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_page, "_MOST", 40)
    case_id = taken_in(village, ITEM)
    case, row = desk_of(village).cases.case(case_id).case, newest(village, case_id)

    def work(transaction: Transaction) -> None:
        for number in range(49):
            name = f"{number:08d}-0000-4000-8000-000000000000"
            transaction.put_case(replace(case, case_id=name, local_no=None))
            transaction.add_outbox(replace(row, action_id=f"a-{number:08d}", case_id=name))

    village.store.write(work).result()
    page.open()
    page.until(lambda: len(page.states()) == 20)
    assert "50 件待上报" in page.text("queue_sentence")
    assert "还有 30 件排在后面。" in page.text("queue_below")
    page.tab_to("queue_more", most=90)
    page.enter()
    page.until(lambda: len(page.states()) == 40)
    assert "还有 10 件排在后面，都会自动上报" in page.text("queue_below")
    assert not page.seen("queue_more")
