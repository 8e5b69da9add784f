"""Whether all is sent, at the keyboard: asked for anew, printed, saved; and the limit on sending."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.cases_taken import taken_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import NAME, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.sending import LimitPage, ProofPage
from tests.ui.queue_at_hand import ITEM, log, now, online, reconciled, sent
from tests.ui.test_all_screens import check_screen
from tests.ui.test_case_what_came import shoot
from villagedesk.desk.proof import ProofDesk
from villagedesk.desk.proof_views import ProofView
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Cancelled, Progress, silent
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.sync.last_word import NotReconciled, put_not_reconciled
from villagedesk.sync.link import LinkKind
from villagedesk.sync.missing import want_no_more
from villagedesk.ui import proof_page
from villagedesk.ui.frame import Frame
from villagedesk.ui.window import MainWindow


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> ProofPage:
    """The proof, before it is opened."""
    return ProofPage(qtbot, signed_in)


def test_it_says_all_is_sent_only_after_the_server_said_so_and_takes_it_back_with_the_link(
    page: ProofPage, village: Village
) -> None:
    online(village)
    case_id = sent(village, NAME)
    log(village, case_id, "change", change="refused", **{"value.reason": "不属于本机关"})
    page.open()
    page.until(lambda: "逐件核对一遍，才能说全部上报" in page.text("proof_verdict"))
    page.tab_to("proof_ask")
    page.enter()
    page.until(lambda: "正在等受理系统答复" in page.text("proof_asking"))
    assert village.kicked == 1
    reconciled(village, 1)
    page.until(lambda: "全部已上报：截至" in page.text("proof_verdict"))
    page.until(lambda: page.text("proof_asking") == "")
    check_screen("proof", page, page.window, reaches="proof_print")
    village.link_is(LinkKind.NO_NETWORK)
    page.until(lambda: "现在连不上受理系统" in page.text("proof_verdict"))
    page.until(lambda: "没有网络" in page.text("proof_last_word_3"))
    taken_in(village, ITEM)
    page.until(lambda: "还没有全部上报：有 1 次" in page.text("proof_verdict"))
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.title() == "上报情况")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.title() == "今天")


def test_why_no_answer_comes_stands_beside_the_button_instead_of_waiting_for_ever(
    page: ProofPage, village: Village
) -> None:
    online(village)
    sent(village, NAME)
    page.open()
    page.tab_to("proof_ask")
    page.enter()
    page.until(lambda: "正在等受理系统答复" in page.text("proof_asking"))

    def fails(reason: str, *, refused: bool) -> None:
        def work(transaction: Transaction) -> None:
            put_not_reconciled(transaction, NotReconciled(now(), f"sync.reason.{reason}", refused=refused))
            if refused:
                want_no_more(transaction)

        village.store.write(work).result()

    fails("too_large", refused=False)
    page.until(lambda: "核对一直没有成功" in page.text("proof_asking") and "超出了本程序" in page.text("proof_asking"))
    check_screen("proof", page, page.window, reaches="proof_print")
    page.enter()
    page.until(lambda: "正在等受理系统答复" in page.text("proof_asking"))
    fails("refused", refused=True)
    page.until(lambda: "受理系统不能逐件核对" in page.text("proof_asking"))
    page.until(lambda: "只凭回执，不能说全部上报" in page.text("proof_verdict"))
    shoot(page.window, "proof-unlisted")


def test_it_is_printed_by_its_key_and_saved_where_no_printer_takes_it(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_page, "own_folder", lambda: tmp_path)
    printer = SimulatedPrinter("窗口打印机")
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = ProofPage(qtbot, window)
    page.wait_for("nav_today")
    page.open()
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.seen("proof_said") and "已经打印" in page.text("proof_said"))
    printer.set_fault(PrinterFault.OFFLINE)
    page.enter()
    page.until(lambda: "没有打印出来" in page.text("proof_said") and page.focused() == "proof_save")
    page.enter()
    page.until(lambda: "已存到" in page.text("proof_said"))
    (file,) = tmp_path.glob("上报情况-*.pdf")
    assert file.read_bytes().startswith(b"%PDF")
    assert [kind for kind in kinds_logged(village) if kind.startswith("proof_")] == ["proof_printed", "proof_saved"]


def test_another_period_counts_anew(page: ProofPage, village: Village) -> None:
    sent(village, NAME)
    page.open()
    choice = page.widget("proof_period", QComboBox)
    names = [choice.itemText(place) for place in range(choice.count())]
    assert names == ["今天", "本月", "上个月", "今年", "从开始到现在"]

    def receipts() -> str:
        return page.named("上报成功、有回执（次）")

    page.until(lambda: receipts().endswith(" 1"))
    assert page.focused() == "proof_period"
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Down)
    page.until(lambda: receipts().endswith(" 0"))


def test_news_while_it_is_counted_is_counted_once_more_and_not_for_each(
    page: ProofPage, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open()
    proof = desk_of(village).proof
    view, may_end, begun = proof.view, threading.Event(), list[str]()

    def slow(period: str, progress: Progress) -> ProofView:
        begun.append(period)
        assert may_end.wait(30.0)
        return view(period, progress)

    monkeypatch.setattr(proof, "view", slow)
    desk_of(village).news.tell("outbox")
    page.until(lambda: len(begun) == 1)
    screen = page.window.findChild(proof_page.ProofPage)
    assert screen is not None
    for _ in range(5):
        screen.refresh(frozenset({"outbox"}))
    page.press(Qt.Key.Key_Down)
    may_end.set()
    page.until(lambda: page.named("收件（件）").endswith(" 0") and not screen._long.under_way)
    assert begun == ["today", "month"]


class SlowCount:
    """Counts a quarter, and the rest when it is let.

    Args:
        proof: whose counting is made slow.
    """

    def __init__(self, proof: ProofDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = threading.Event()
        self.begun: list[str] = []
        self.stopped: list[str] = []
        self._view = proof.view
        monkeypatch.setattr(proof, "view", self)

    def __call__(self, period: str, progress: Progress = silent) -> ProofView:
        self.begun.append(period)
        try:
            while not self.go_on.wait(0.02):
                progress(1, 4)
        except Cancelled:
            self.stopped.append(period)
            raise
        return self._view(period, progress)


def test_counting_of_years_tells_how_far_it_is_and_stops_where_the_clerk_wants(
    page: ProofPage, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open()
    slow = SlowCount(desk_of(village).proof, monkeypatch)
    page.press(Qt.Key.Key_End)
    page.until(lambda: page.seen("long_work") and page.text("long_how_far") == "已完成 25%")
    assert "正在统计" in page.text("long_what")
    shoot(page.window, "proof-counting")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: "没有统计完" in page.text("proof_said") and not page.seen("long_work"))
    shoot(page.window, "proof-stopped")
    assert page.title() == "是否全部上报"
    choice = page.widget("proof_period", QComboBox)
    assert choice.currentText() == "今天", "the period of which the numbers are that stand there"
    screen = page.window.findChild(proof_page.ProofPage)
    assert screen is not None
    screen.refresh(frozenset({"outbox"}))
    assert not screen._long.under_way, "no news begins again what the clerk stopped"
    choice.setFocus()
    page.press(Qt.Key.Key_End)
    page.until(lambda: page.seen("long_work"))
    slow.go_on.set()
    page.until(lambda: not page.seen("long_work") and not screen._long.under_way)
    assert choice.currentText() == "从开始到现在"
    assert (slow.begun, slow.stopped) == (["all", "all"], ["all"])


def test_another_period_and_going_away_stop_what_nobody_waits_for(
    page: ProofPage, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open()
    slow = SlowCount(desk_of(village).proof, monkeypatch)
    page.press(Qt.Key.Key_End)
    page.until(lambda: slow.begun == ["all"])
    page.press(Qt.Key.Key_Up)
    page.until(lambda: slow.begun == ["all", "year"] and slow.stopped == ["all"])
    page.click("nav_today")
    page.until(lambda: slow.stopped == ["all", "year"])
    slow.go_on.set()
    page.click("status_line")
    page.wait_for("proof")
    page.click("proof")
    page.until(lambda: slow.begun == ["all", "year", "year"] and not page.seen("proof_said"))


def test_what_the_lock_stopped_is_counted_after_it(
    page: ProofPage, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(village, NAME)
    page.open()
    page.until(lambda: page.named("上报成功、有回执（次）").endswith(" 1"))
    slow = SlowCount(desk_of(village).proof, monkeypatch)
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Down)
    page.until(lambda: slow.begun[-1:] == ["last_month"])
    before = len(slow.begun)
    frame = page.window.findChild(Frame)
    assert frame is not None
    frame.news.end()  # nothing else may have it counted
    page.press(Qt.Key.Key_F12)
    page.until(lambda: page.seen("password") and slow.stopped == slow.begun)
    slow.go_on.set()
    page.type(PASSWORD)
    page.enter()
    page.until(lambda: page.seen("proof_period") and page.named("上报成功、有回执（次）").endswith(" 0"))
    assert slow.begun[before:] == ["last_month"]
    assert page.widget("proof_period", QComboBox).currentText() == "上个月"


def test_where_counting_fails_the_period_stands_that_was_counted(
    page: ProofPage, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open()
    proof = desk_of(village).proof
    view, may_fail, begun = proof.view, threading.Event(), list[str]()

    def broken(period: str, progress: Progress) -> ProofView:
        begun.append(period)
        if period == "year":
            return view(period, progress)
        assert may_fail.wait(30.0)
        raise EnvironmentProblem("store.unreadable")

    monkeypatch.setattr(proof, "view", broken)
    choice = page.widget("proof_period", QComboBox)
    page.press(Qt.Key.Key_End)
    assert choice.currentText() == "从开始到现在"
    may_fail.set()
    page.until(lambda: page.seen("problem_banner"))
    page.until(lambda: choice.currentText() == "今天")
    may_fail.clear()
    choice.setFocus()
    page.press(Qt.Key.Key_End)
    page.until(lambda: begun == ["all", "all"])
    page.press(Qt.Key.Key_Up)
    may_fail.set()
    page.until(lambda: begun == ["all", "all", "year"])
    screen = page.window.findChild(proof_page.ProofPage)
    assert screen is not None
    page.until(lambda: screen._shown_period == "year")
    assert choice.currentText() == "今年", "what failed was of a period nobody waits for"


def test_print_and_save_wait_for_no_count_and_stop_before_anything_came_out(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_page, "own_folder", lambda: tmp_path)
    printer = SimulatedPrinter("窗口打印机")
    village = Village(tmp_path, printer=printer)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = ProofPage(qtbot, window)
    page.wait_for("nav_today")
    page.open()
    slow = SlowCount(desk_of(village).proof, monkeypatch)
    page.press(Qt.Key.Key_Down)
    page.until(lambda: slow.begun == ["month"])
    page.press(Qt.Key.Key_F8)
    page.until(lambda: slow.stopped == ["month"] and "打印" in page.text("long_what"))
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: "没有打印，也没有保存" in page.text("proof_said"))
    page.until(lambda: len(slow.begun) == 3)  # what was counted for the screen goes on
    page.click("proof_save")
    page.until(lambda: "存成 PDF" in page.text("long_what"))
    page.click("long_stop")
    page.until(lambda: len(slow.stopped) == 4 and not page.seen("long_work"))
    assert not printer.printed
    assert not [*tmp_path.glob("*上报*.pdf")]
    assert not [kind for kind in kinds_logged(village) if kind.startswith("proof_")]
    slow.go_on.set()
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "已经打印" in page.text("proof_said"))


def test_a_village_head_sees_it_and_prints_nothing(
    qtbot: QtBot, village: Village, open_window: OpenWindow, signed_in: MainWindow
) -> None:
    desk_of(village).accounts.add("李支书", Role.VILLAGE_HEAD, "moonflower-82")
    signed_in.sign_out()
    SignInPage(qtbot, signed_in).wait_for("password")
    SignInPage(qtbot, signed_in).sign_in("moonflower-82", "李支书")
    page = ProofPage(qtbot, signed_in)
    page.wait_for("nav_settings")
    page.open()
    assert not page.seen("proof_print") and not page.seen("proof_save") and page.seen("proof_ask")
    del open_window


def test_the_limit_is_chosen_typed_refused_and_lifted(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page = LimitPage(qtbot, signed_in)
    page.open("sending_limit")
    assert page.chosen("limit_choice") == "不限"
    page.choose("limit_choice", "512 kbit/s（边上报边开视频）")
    page.enter()
    page.wait_said("最多占用 512")
    limit = desk_of(village).sending_limit
    assert limit.kbit() == 512
    page.choose("limit_choice", "自己填")
    page.tab_to("limit_own")
    page.enter()
    page.until(lambda: "请填一个整数" in page.text("limit_own_trouble"))
    page.type("12")
    page.enter()
    page.until(lambda: "64" in page.text("limit_own_trouble"))
    assert limit.kbit() == 512
    page.type("800")
    page.enter()
    page.wait_said("最多占用 800")
    assert limit.kbit() == 800
    page.open()
    page.until(lambda: "800 kbit/s" in page.state("sending_limit"))
    page.open("sending_limit")
    page.until(lambda: page.chosen("limit_choice") == "自己填" and page.typed("limit_own") == "800")
    page.choose("limit_choice", "不限")
    page.enter()
    page.wait_said("不限速了")
    assert limit.kbit() == 0
    assert kinds_logged(village).count("sending_limited") == 3
