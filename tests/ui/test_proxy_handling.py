"""Proxy handling 人工代办 as the clerk does it: from the papers in hand to the signed delivery record, by keyboard."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.papers.samples import images, page_texts, squeezed
from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.cases_taken import taken_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, NAME, PASSWORD, PHONE, Village
from tests.ui.one_day import days_pass
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage, ReviewPage, TakenInPage
from tests.ui.pages.proxy import BackPaperScreen, BatchScreen, ProxyScreen, TownshipForm
from villagedesk.desk.handover_views import Carried
from villagedesk.desk.register_views import RegisterQuery
from villagedesk.desk.township import Medium, TownshipSaid
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.document import DocumentOrigin
from villagedesk.domain.handover import BatchState, LineOutcome
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.printing import PaperKind
from villagedesk.sync.link import LinkKind
from villagedesk.ui import handout
from villagedesk.ui.fields import Choice
from villagedesk.ui.window import MainWindow

PROXY = "VD-MZ-008"
ORGAN = "下汤镇便民服务中心"
RECEIVER = "镇便民中心 周敏"
TELLER = "下汤镇民政所 李主任"


def scan_of(pdf: bytes, file: Path) -> str:
    """The signed sheet as a scanner gives it."""
    images(pdf, 200, grey=False)[0].convert("RGB").save(file, dpi=(200, 200))
    return str(file)


def status_of(village: Village, case_id: str) -> CaseStatus:
    """Where a case stands."""
    return desk_of(village).cases.case(case_id).case.status


@pytest.fixture
def printer() -> SimulatedPrinter:
    """One that works."""
    return SimulatedPrinter("窗口打印机")


@pytest.fixture
def carrying(
    qtbot: QtBot, tmp_path: Path, printer: SimulatedPrinter, open_window: OpenWindow
) -> tuple[Village, MainWindow]:
    """A window with a printer, signed in, its link down."""
    village = Village(tmp_path, printer=printer)
    village.set_up()
    village.link_is(LinkKind.NO_NETWORK)
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    return village, window


def test_a_proxy_case_from_start_to_end_while_the_link_is_down_for_thirty_days(
    qtbot: QtBot,
    carrying: tuple[Village, MainWindow],
    printer: SimulatedPrinter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    village, window = carrying
    desk = desk_of(village)
    item = desk.items.get(PROXY)
    ChooseItemPage(qtbot, window).new_case()
    ChooseItemPage(qtbot, window).choose(item.name, item.name)
    ApplicantPage(qtbot, window).fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    materials = MaterialsPage(qtbot, window)
    materials.wait_for("material_list")
    wanted = len(materials.counts())
    for _ in range(wanted):
        materials.photograph()
        materials.keep()
        materials.until(lambda: window.background.idle)
    materials.enter()
    review = ReviewPage(qtbot, window)
    review.take_in()
    taken = TakenInPage(qtbot, window)
    taken.wait_for("local_no")
    local_no = taken.local_no()
    case_id = desk.cases.by_number(local_no) or ""
    assert status_of(village, case_id) is CaseStatus.RECEIVED

    # 委托: the printed authorization comes back signed, and is known by its barcode
    page = TownshipForm(qtbot, window)
    page.find(local_no)
    page.choose("scan_back")
    back = BackPaperScreen(qtbot, window)
    signed = desk.printing.preview(case_id, PaperKind.PROXY_AUTHORIZATION)
    back.bring(monkeypatch, scan_of(signed, tmp_path / "weituo.png"))
    assert "授权委托书" in back.whose() and NAME in back.whose()
    assert "授权委托书" in back.keep()

    # 办理: carried to the township the day after
    days_pass(monkeypatch, 1)
    proxy = ProxyScreen(qtbot, window)
    proxy.open()
    assert len(proxy.waiting()) == 1 and local_no in proxy.waiting()[0]
    number = proxy.pack(ORGAN)
    lists = [job for job in printer.printed if number in job.job_name]
    assert [job.copies for job in lists] == [2] and ORGAN in squeezed("".join(page_texts(lists[0].pdf)))
    assert not proxy.waiting() and len(proxy.batches()) == 1
    proxy.open_batch(number)
    batch = BatchScreen(qtbot, window)
    batch.carried(RECEIVER)
    assert status_of(village, case_id) is CaseStatus.HANDED_OVER and "还没扫回来" in batch.sentence()
    batch.press(Qt.Key.Key_F6)
    back.bring(monkeypatch, scan_of(lists[0].pdf, tmp_path / "qingdan.png"))
    assert number in back.whose()
    back.keep()
    assert desk.handover.batch(number).batch.state is BatchState.CLOSED

    # the township calls, later writes
    days_pass(monkeypatch, 4)
    page.find(local_no)
    page.told("受理", TELLER, number="下汤2026-18")
    page.until(lambda: "下汤2026-18" in page.said())
    assert status_of(village, case_id) is CaseStatus.ACCEPTED and f"{TELLER}打电话告知" in page.said()
    days_pass(monkeypatch, 20)
    page.told("办结", TELLER, result="准予", medium="用书面")
    assert status_of(village, case_id) is CaseStatus.CONCLUDED

    # 送达: the result on paper, to a relative who signs
    page.choose("scan_back")
    back.bring(monkeypatch, scan_of(signed, tmp_path / "jieguo.png"))
    back.keep()
    page.find(local_no)
    page.choose("deliver")
    page.until(lambda: page.focused() == "act_receiver")
    page.fill_in("act_receiver", "王小二")
    page.enter()
    page.until(lambda: "关系" in page.text("act_receiver_trouble"))
    page.take("act_relation", "子女")
    page.enter()
    page.until(lambda: not page.seen("act_card"))
    page.at_rest()
    assert status_of(village, case_id) is CaseStatus.DELIVERED and "交给王小二、子女" in page.said()
    days_pass(monkeypatch, 5)
    record = desk.printing.preview(case_id, PaperKind.DELIVERY_RECORD)
    text = squeezed("".join(page_texts(record)))
    assert "王小二" in text and "子女" in text and "☑直接送达" in text and "下汤2026-18" in text
    page.choose("scan_back")
    back.bring(monkeypatch, scan_of(record, tmp_path / "huizheng.png"))
    assert "送达回证" in back.whose()
    back.keep()

    # 归档
    page.find(local_no)
    page.choose("archive")
    page.until(lambda: page.seen("act_card"))
    page.enter()
    page.until(lambda: not page.seen("act_card"))
    page.at_rest()
    view = desk.cases.case(case_id)
    assert view.case.status is CaseStatus.ARCHIVED and not view.outbox, "nothing of it was ever sent"
    origins = [one.document.origin for one in view.documents]
    assert origins.count(DocumentOrigin.AUTHORIZATION) == 2 and DocumentOrigin.HANDOVER in origins
    assert DocumentOrigin.DELIVERY in origins
    (row,) = desk.registers.view(RegisterQuery(date(2026, 11, 1), date(2026, 11, 30))).rows
    assert (row.received, row.handed_over, row.concluded) == ("2026-11-23", "2026-11-24", "2026-12-18 准予")
    assert row.delivered == "2026-12-18 王小二"
    assert {"packed", "handed_over", "township_told", "paper_back", "delivered", "archived"} <= {*kinds_logged(village)}


def test_a_lost_page_is_found_out_and_asked_for_until_it_is_there(
    qtbot: QtBot, carrying: tuple[Village, MainWindow], printer: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, window = carrying
    first, second, third = (taken_in(village, PROXY) for _ in range(3))
    desk = desk_of(village)
    proxy = ProxyScreen(qtbot, window)
    proxy.open()
    proxy.go_to("proxy_list", second)
    proxy.press(Qt.Key.Key_P)
    proxy.until(lambda: proxy.focused() == "proxy_sheets")
    proxy.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    proxy.type("7")
    proxy.enter()
    proxy.until(lambda: any("7 页" in row for row in proxy.waiting()))
    number = proxy.pack(ORGAN)
    proxy.open_batch(number)
    batch = BatchScreen(qtbot, window)
    batch.say(Qt.Key.Key_S, second, counted="6", said="少了户口簿第二页")
    batch.say(Qt.Key.Key_N, third, said="照片不是白底")
    assert any("乡镇点到 6 页" in row for row in batch.lines())
    batch.press(Qt.Key.Key_Escape)
    proxy.until(lambda: proxy.seen("proxy_count"))
    proxy.open_batch(number)
    assert any("照片不是白底" in row for row in batch.lines()), "what was noted is kept until it is signed for"
    batch.carried(RECEIVER)
    outcomes = {one.line.case_id: one.line.outcome for one in desk.handover.batch(number).lines}
    assert outcomes == {first: LineOutcome.TAKEN, second: LineOutcome.SHORT, third: LineOutcome.REFUSED}
    assert "1 件页数没有对上" in batch.sentence()
    today = TodayPage(qtbot, window)
    today.click("nav_today")
    today.until(lambda: any("页数没有对上" in row for row in today.todos()))
    proxy.open()
    assert len(proxy.waiting()) == 1 and "乡镇没有收：照片不是白底" in proxy.waiting()[0]
    proxy.open_batch(number)
    batch.say(Qt.Key.Key_B, second, said="掉在车上，补送了")
    assert "后来补齐了" in batch.lines()[1]
    today.click("nav_today")
    today.until(lambda: window.background.idle and not any("页数没有对上" in row for row in today.todos()))
    page = TownshipForm(qtbot, window)
    page.find(desk.cases.case(second).case.local_no or "")
    page.until(lambda: "掉在车上，补送了" in page.said())
    # the township counts again the day after
    proxy.open()
    proxy.open_batch(number)
    batch.say(Qt.Key.Key_S, first, counted="2", said="电话说少了一页")
    assert any("乡镇点到 2 页" in row for row in batch.lines())
    today.click("nav_today")
    today.until(lambda: any("页数没有对上" in row for row in today.todos()))


def test_without_a_printer_the_list_is_saved_and_nothing_is_lost(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = Village(tmp_path, printer=SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE))
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    TodayPage(qtbot, window).wait_for("nav_today")
    monkeypatch.setattr(handout, "own_folder", lambda: tmp_path)
    taken_in(village, PROXY)
    proxy = ProxyScreen(qtbot, window)
    proxy.open()
    assert not proxy.can_press("nothing") and proxy.can_press("primary_button")
    number = proxy.pack(ORGAN)
    proxy.until(lambda: proxy.focused() == "save_guide")
    proxy.enter()
    proxy.until(lambda: (tmp_path / f"yijiao-{number}.pdf").exists())
    proxy.at_rest()
    assert desk_of(village).handover.batch(number).batch.prints == 1


def test_the_list_is_scanned_anywhere_and_opens_its_batch(qtbot: QtBot, carrying: tuple[Village, MainWindow]) -> None:
    village, window = carrying
    case_id = taken_in(village, PROXY)
    number = desk_of(village).handover.pack({case_id: 3}, ORGAN)
    page = TownshipForm(qtbot, window)
    page.press(Qt.Key.Key_F3)
    page.type(number)
    page.enter()
    page.until(lambda: page.seen("batch_heading") and number in page.text("batch_heading"))
    batch = BatchScreen(qtbot, window)
    batch.say(Qt.Key.Key_Delete, case_id, said="改天再送")
    assert desk_of(village).handover.batch(number).batch.state is BatchState.DROPPED
    local_no = desk_of(village).cases.case(case_id).case.local_no or ""
    page.press(Qt.Key.Key_F3)
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(f"W{local_no}")
    page.enter()
    page.until(lambda: page.seen("case_local_no") and page.text("case_local_no") == local_no)


def test_a_correction_told_by_telephone_names_its_papers(qtbot: QtBot, carrying: tuple[Village, MainWindow]) -> None:
    village, window = carrying
    case_id = taken_in(village, PROXY)
    desk = desk_of(village)
    desk.changes.hand_over(case_id, RECEIVER)
    page = TownshipForm(qtbot, window)
    page.find(desk.cases.case(case_id).case.local_no or "")
    page.choose("township")
    page.until(lambda: page.focused() == "township_change")
    page.at_rest()
    page.take("township_change", "要求补正")
    page.enter()
    page.until(lambda: page.text("township_teller_trouble") != "")
    page.fill_in("township_teller", TELLER)
    page.tab_to("township_wanted")
    page.go_to("township_wanted", "id_card")
    page.press(Qt.Key.Key_Space)
    page.fill_in("township_words", "身份证看不清")
    page.enter()
    page.until(lambda: not page.seen("township_card"))
    page.at_rest()
    assert status_of(village, case_id) is CaseStatus.RETURNED
    page.until(lambda: "身份证看不清" in page.said() and "再送去" in page.said())


def test_for_what_the_township_suspended_is_asked_and_stops_the_clock(
    qtbot: QtBot, carrying: tuple[Village, MainWindow]
) -> None:
    village, window = carrying
    case_id = taken_in(village, PROXY)
    desk = desk_of(village)
    desk.changes.hand_over(case_id, RECEIVER)
    desk.township.note(case_id, CaseChange.ACCEPTED, TownshipSaid(TELLER, Medium.PHONE))
    page = TownshipForm(qtbot, window)
    page.find(desk.cases.case(case_id).case.local_no or "")
    page.choose("township")
    page.until(lambda: page.focused() == "township_change")
    page.at_rest()
    assert page.chosen("township_change") == "开始办理" and not page.seen("township_stop")
    page.press(Qt.Key.Key_Down)
    assert page.chosen("township_change") == "挂起" and page.seen("township_stop")
    page.tab_to("township_stop")
    page.fill_in("township_words", "等听证会")
    page.enter()
    page.until(lambda: page.focused() == "township_stop")
    assert "请选择因为哪个环节挂起" in page.text("township_stop_trouble") and not page.seen("township_trouble")
    assert page.chosen("township_stop") == ""
    assert page.widget("township_stop", Choice).accessibleName() == "因为哪个环节挂起"
    page.press(Qt.Key.Key_Down)
    assert page.chosen("township_stop") == "听证"
    page.enter()
    page.until(lambda: not page.seen("township_card"))
    page.at_rest()
    page.until(lambda: "办结期限：听证期间暂停" in page.said())
    assert "挂起（已受理 → 挂起）：听证；等听证会" in page.said()
    page.told("恢复办理", TELLER)
    page.until(lambda: "办结期限：还剩 5 个工作日" in page.said() and "听证期间暂停" not in page.said())


def test_a_list_that_does_not_come_back_is_said_to(
    qtbot: QtBot, carrying: tuple[Village, MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    village, window = carrying
    case_id = taken_in(village, PROXY)
    handover = desk_of(village).handover
    number = handover.pack({case_id: 3}, ORGAN)
    handover.carried(number, Carried(RECEIVER))
    days_pass(monkeypatch, 3)
    today = TodayPage(qtbot, window)
    today.click("nav_today")
    today.until(lambda: any("签好字的清单还没扫回来" in row for row in today.todos()))
    proxy = ProxyScreen(qtbot, window)
    proxy.open()
    proxy.open_batch(number)
    batch = BatchScreen(qtbot, window)
    batch.widget_to("batch_unsigned")
    batch.press(Qt.Key.Key_Space)
    batch.until(lambda: batch.focused() == "batch_said")
    batch.enter()
    batch.until(lambda: batch.text("batch_said_trouble") != "")
    batch.fill_in("batch_said", "清单在乡镇弄丢了")
    batch.enter()
    batch.until(lambda: not batch.seen("batch_card"))
    batch.at_rest()
    assert "没有拿回来：清单在乡镇弄丢了" in batch.sentence()
    today.click("nav_today")
    today.until(lambda: window.background.idle and not any("签好字的清单还没扫回来" in row for row in today.todos()))
