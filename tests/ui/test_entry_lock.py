"""The locked desk: nobody's name in sight, nothing lost, sending goes on, and somebody else can take over."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.app.test_whole_road import entry_of, until
from tests.desk.counter import APPLICANT, SYSTEM_ITEM, papers
from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import (
    CLERK,
    ID_NUMBER,
    ITEM,
    ITEM_WORDS,
    NAME,
    PASSWORD,
    PHONE,
    Village,
    icons,
    messages,
    needed_papers,
)
from tests.ui.pages.base import PATIENCE_MS, Page
from tests.ui.pages.entry import ForgottenPage, LockPage, SignInPage
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage
from tests.ui.pages.settings import OTHER_PASSWORD
from villagedesk.app.run_options import RunOptions
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.domain.audit import Deed
from villagedesk.domain.local_no import local_no
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.domain.progress import Cancelled, Progress
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.server import PracticeServer
from villagedesk.sync.link import LinkKind
from villagedesk.ui.intake import autosave
from villagedesk.ui.window import MainWindow

OTHER = "赵会计"


@pytest.fixture
def two(qtbot: QtBot, village: Village, open_window: OpenWindow) -> LockPage:
    """Two clerks, the first of them signed in."""
    desk = village.entry.sign_in(CLERK, PASSWORD)
    desk.accounts.add(OTHER, Role.CLERK, OTHER_PASSWORD)
    village.entry.sign_out()
    page = LockPage(qtbot, open_window(village))
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")
    return page


def lock(page: Page) -> None:
    """F12."""
    page.press(Qt.Key.Key_F12)
    page.until(lambda: page.seen("password") and page.focused() == "password")


def switch(page: Page) -> None:
    """To the list of the others, by keys."""
    page.tab_to("switch_person")
    page.enter()
    page.until(lambda: page.seen("clerk") and page.focused() == "password")


def in_sight() -> str:
    """Everything any window of the program says: texts, titles, tool tips, what a screen reader hears."""
    said: list[str] = []
    for top in QApplication.topLevelWidgets():
        said.append(top.windowTitle())
        for widget in (top, *top.findChildren(QWidget)):
            if widget.isVisible():
                said += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
                said += _shown(widget)
    return "\n".join(said)


def _shown(widget: QWidget) -> list[str]:
    if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
        return [widget.text()]
    if isinstance(widget, QMenu):
        return [widget.title(), *(action.text() for action in widget.actions())]
    if isinstance(widget, QAbstractItemView):
        model, root = widget.model(), widget.rootIndex()
        columns = range(1 if isinstance(widget, QListView) else model.columnCount(root))
        return [str(model.index(row, column, root).data()) for row in range(model.rowCount(root)) for column in columns]
    return [widget.itemText(place) for place in range(widget.count())] if isinstance(widget, QComboBox) else []


def close_dialogs() -> None:
    """Take away every dialog, as choosing something."""
    for top in QApplication.topLevelWidgets():
        if isinstance(top, QDialog):
            top.done(QDialog.DialogCode.Accepted)


def begin_draft(page: LockPage) -> ApplicantPage:
    """A draft whose name was typed a moment ago."""
    choose = ChooseItemPage(page.qtbot, page.window)
    choose.new_case()
    choose.choose(ITEM_WORDS, ITEM)
    typing = ApplicantPage(page.qtbot, page.window)
    typing.until(lambda: typing.seen("applicant_name") and typing.focused() == "applicant_name")
    typing.type(NAME)
    return typing


def test_somebody_else_signs_in_at_a_locked_desk_and_nothing_typed_is_lost(
    village: Village, two: LockPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE_MS", 600_000)
    monkeypatch.setattr(autosave, "LONGEST_MS", 600_000)
    begin_draft(two)
    first = desk_of(village)
    lock(two)
    switch(two)
    assert two.clerks() == [f"{OTHER}（办事员）"]
    two.press(Qt.Key.Key_Escape)
    two.until(lambda: two.seen("switch_person") and two.focused() == "password")
    switch(two)
    two.wrong("moonflower-82")
    assert "密码" in two.text("password_trouble")
    assert village.entry.signed_in and village.desk is first, "the desk stays open until the password is right"
    two.widget("password", QLineEdit).selectAll()
    two.type(OTHER_PASSWORD)
    two.enter()
    today = TodayPage(two.qtbot, two.window)
    today.until(lambda: today.seen("nav_today") and today.text("clerk_name") == OTHER)
    assert desk_of(village) is not first and desk_of(village).clerk == OTHER
    assert [row.line.applicant_name for row in desk_of(village).cases.find("")] == [NAME]
    logged = kinds_logged(village)
    tail = [Deed.LOCKED, Deed.SIGNED_OUT, Deed.SIGN_IN_REFUSED, Deed.SIGNED_IN]
    assert [kind for kind in logged if kind in tail][-4:] == tail
    lock(two)
    assert OTHER in in_sight()


def test_nobody_touching_anything_in_mid_typing_locks_and_loses_nothing(
    village: Village, two: LockPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE_MS", 600_000)
    monkeypatch.setattr(autosave, "LONGEST_MS", 600_000)
    typing = begin_draft(two)
    two.window._idle.timeout.emit()
    two.until(lambda: two.seen("switch_person"))
    two.until(lambda: two.window.background.idle)
    assert [row.line.applicant_name for row in desk_of(village).cases.find("")] == [NAME]
    assert kinds_logged(village)[-1] == Deed.LOCKED
    two.sign_in(PASSWORD)
    typing.wait_for("applicant_name")
    assert typing.typed("applicant_name") == NAME


def test_no_villager_is_in_sight_of_a_locked_desk(village: Village, two: LockPage, tmp_path: Path) -> None:
    _, number = take_in(village)
    QApplication.clipboard().setText(NAME)
    two.press(Qt.Key.Key_F3)
    two.type(number)
    two.enter()
    two.wait_for("case_local_no")
    two.press(Qt.Key.Key_F9)
    two.until(lambda: two.seen("case_phone") and two.text("case_phone") == PHONE)
    assert NAME in in_sight()
    lock(two)
    two.until(lambda: two.window.background.idle)
    two.window.background.problem.emit(Problem("devices.file_unreadable", name=f"{NAME}.jpg"))
    said = in_sight()
    assert CLERK in said
    assert not [private for private in (NAME, ID_NUMBER, PHONE, number) if private in said]
    assert QApplication.clipboard().text() == NAME, "what the clerk copied is the clerk's"


def test_dialogs_lists_and_menus_go_when_the_desk_locks(two: LockPage, tmp_path: Path, qtlog: Any) -> None:
    (tmp_path / f"{NAME}.jpg").write_bytes(b"-")
    window = two.window
    seen: list[str] = []

    def locked_meanwhile() -> None:
        seen.append(in_sight())
        window.lock()

    QTimer.singleShot(0, lambda: QTimer.singleShot(0, locked_meanwhile))
    QTimer.singleShot(PATIENCE_MS, window, close_dialogs)  # a lock that leaves them open must fail here, not hang
    with qtlog.disabled():  # the offscreen platform has a word about dialogs' sizes
        chosen = QFileDialog.getOpenFileName(window, NAME, str(tmp_path))
    assert chosen == ("", "")
    assert NAME in seen[0]
    assert NAME not in in_sight()
    two.sign_in(PASSWORD)
    two.wait_for("nav_today")

    with qtlog.disabled():
        box = QMessageBox(QMessageBox.Icon.Question, NAME, NAME, QMessageBox.StandardButton.Yes, window)
        box.open()
        menu = QMenu(NAME, window)
        menu.addAction(QAction(NAME, menu))
        menu.popup(window.pos())
        assert menu.isVisible() and box.isVisible()
        window.lock()
        assert not menu.isVisible() and not box.isVisible()
    box.deleteLater()
    menu.deleteLater()


def test_news_missed_while_a_wrong_password_was_tried_are_read(village: Village, two: LockPage) -> None:
    today = TodayPage(two.qtbot, two.window)
    today.until(lambda: today.window.background.idle)
    lock(two)
    switch(two)
    two.wrong("moonflower-82")
    two.press(Qt.Key.Key_Escape)
    before = today.window.findChildren(QLabel, "status_link")[0].text()
    village.link_is(LinkKind.NO_NETWORK)
    two.sign_in(PASSWORD)
    today.wait_for("nav_today")
    today.until(lambda: today.text("status_link") != before)


def test_long_work_of_the_locked_desk_is_stopped_before_it_is_closed(village: Village, two: LockPage) -> None:
    begun, broken_off = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        try:
            while True:
                progress(1, 2)
                begun.set()
        except Cancelled:
            assert village.entry.signed_in, "not closed under it"
            broken_off.set()
            raise

    two.window.background.run_long(two.window, work, lambda _: None, told=lambda *_: None, failed=lambda _: None)
    assert begun.wait(PATIENCE_MS / 1000)
    lock(two)
    switch(two)
    two.type("moonflower-82")
    two.enter()
    two.until(lambda: "密码" in two.text("password_trouble"))
    assert not broken_off.is_set(), "a wrong password stops nothing"
    two.widget("password", QLineEdit).selectAll()
    two.type(OTHER_PASSWORD)
    two.enter()
    two.until(lambda: two.seen("clerk_name") and two.text("clerk_name") == OTHER)
    assert broken_off.is_set()


def test_a_desk_that_cannot_be_opened_anew_leaves_the_sign_in(
    village: Village, two: LockPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = village.entry._open_desk

    def broken(acting: Acting, key: object, station: StationFile) -> Desk:
        raise EnvironmentProblem("store.unreadable")

    monkeypatch.setattr(village.entry, "_open_desk", broken)
    lock(two)
    switch(two)
    two.type(OTHER_PASSWORD)
    two.enter()
    two.until(lambda: "数据库打不开" in two.problem())
    assert two.seen("problem_step")
    monkeypatch.setattr(village.entry, "_open_desk", opens)
    two.press(Qt.Key.Key_Escape)
    two.until(lambda: two.seen("waiting_count"))
    assert len(two.clerks()) == 2
    two.sign_in(PASSWORD)
    two.wait_for("nav_today")


def test_a_password_forgotten_at_the_lock_leads_to_the_countys_key_and_back(two: LockPage) -> None:
    lock(two)
    two.tab_to("forgotten")
    two.enter()
    page = ForgottenPage(two.qtbot, two.window)
    page.until(lambda: page.seen("ask_for") and page.focused() == "key_file")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("switch_person"))
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")


def test_too_many_wrong_passwords_at_the_lock_are_waited_for(two: LockPage) -> None:
    lock(two)
    for _ in range(4):
        two.wrong("moonflower-82")
        two.widget("password", QLineEdit).selectAll()
    assert "还要等" in two.text("password_trouble")
    assert not two.can_try()
    switch(two)
    assert two.can_try(), "the other clerk guessed nothing"
    two.press(Qt.Key.Key_Escape)
    assert not two.can_try()


def test_a_receipt_scanned_at_the_lock_is_no_wrong_password(two: LockPage) -> None:
    lock(two)
    for _ in range(5):
        two.wrong(local_no("A", date(2026, 11, 23), 7))
        assert "不是密码" in two.text("password_trouble")
    assert two.can_try() and two.typed("password") == ""
    two.sign_in(PASSWORD)
    two.wait_for("nav_today")


def test_whoever_is_alone_is_not_offered_anybody_else(qtbot: QtBot, signed_in: MainWindow) -> None:
    page = LockPage(qtbot, signed_in)
    lock(page)
    assert not page.seen("switch_person")


def test_a_case_taken_in_before_the_lock_is_sent_while_the_list_of_persons_is_in_sight(
    qtbot: QtBot, look: None, tmp_path: Path
) -> None:
    del look
    server = PracticeServer(tmp_path / "practice", autopilot=AutopilotSetting(accept_after_seconds=0))
    table = tmp_path / "table"
    table.mkdir()
    for number, picture in enumerate(papers()):
        (table / f"{number}.jpg").write_bytes(picture)
    entry = entry_of(RunOptions(tmp_path / "data", f"simulated:{table}", "none"))
    entry.set_up(server.practice.station_file(), CLERK, PASSWORD)
    desk = entry.sign_in(CLERK, PASSWORD)
    desk.accounts.add(OTHER, Role.CLERK, OTHER_PASSWORD)
    entry.sign_out()
    window = MainWindow(entry, messages(), icons())
    with qtbot.waitActive(window, timeout=PATIENCE_MS):
        window.show()
        window.activateWindow()
    page = SignInPage(qtbot, window)
    page.sign_in(PASSWORD)
    page.wait_for("nav_today")
    assert window._desk is not None
    desk = window._desk
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    desk.intake.type(case_id, APPLICANT, 2)
    for requirement in needed_papers(desk, case_id):
        desk.scanning.keep(desk.scanning.capture(case_id, requirement.requirement_id).proposal_id)
    desk.intake.take_in(case_id)
    lock(page)
    switch(page)
    server.start()
    try:
        page.until(lambda: window.background.idle)
        until(desk, lambda: desk.cases.case(case_id).case.acceptance_no != "")
        assert page.seen("clerk") and not page.seen("nav_today")
    finally:
        window.close()
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
        window.deleteLater()
        server.stop()
