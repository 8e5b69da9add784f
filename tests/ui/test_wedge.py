"""The scanner that types like a keyboard, told from a clerk's typing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import pytest
import shiboken6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.examples import examples
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import NAME, Village
from tests.ui.pages.base import Page
from tests.ui.pages.cases import CaseFilePage
from tests.ui.pages.frame import CasesPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage
from tests.ui.test_tray import taken_in
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.local_no import local_no
from villagedesk.ui.buttons import on_key
from villagedesk.ui.digit_keys import ALONE_MS
from villagedesk.ui.intake.person_finder import PersonFinder
from villagedesk.ui.wedge import GAP_MS, PAUSE_MS, Scan, Told, Wedge
from villagedesk.ui.window import MainWindow

NUMBER = local_no("A", date(2026, 11, 23), 7)


class Bench:
    """A window with a line, a text and a button; a clock that the test moves."""

    def __init__(self, qtbot: QtBot) -> None:
        self.at = 1000.0
        self.root = QWidget()
        qtbot.addWidget(self.root)
        self.line = QLineEdit(self.root)
        self.text = QPlainTextEdit(self.root)
        self.button = QPushButton("x", self.root)
        column = QVBoxLayout(self.root)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        for widget in (self.line, self.text, self.button):
            column.addWidget(widget)
        self.pressed = 0
        self.entered = 0
        on_key(self.root, "2", self._press)
        on_key(self.root, Qt.Key.Key_Return, self._enter)
        self.wedge = Wedge(self.root, lambda: self.at)
        self.scans: list[Scan] = []
        self.wedge.scanned.connect(self._scanned)
        with qtbot.waitActive(self.root):
            self.root.show()
            self.root.activateWindow()
        self.line.setFocus()

    def _press(self) -> None:
        self.pressed += 1

    def _enter(self) -> None:
        self.entered += 1

    def _scanned(self, scan: Scan) -> None:
        self.scans.append(scan)
        self.wedge.answer(scan, Told.OPENED if scan.certain else Told.NOT_OURS)

    def keys(self, text: str, gap: float = 5) -> None:
        for char in text:
            self.at += gap
            QTest.keyClicks(self.focus(), char)

    def key(self, key: Qt.Key, gap: float = 5) -> None:
        self.at += gap
        QTest.keyClick(self.focus(), key)

    def input(self, preedit: str = "", commit: str = "", gap: float = 5) -> None:
        self.at += gap
        event = QInputMethodEvent(preedit, [])
        if commit:
            event.setCommitString(commit)
        QApplication.sendEvent(self.focus(), event)

    @staticmethod
    def focus() -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    yield Bench(qtbot)


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
@pytest.mark.parametrize("number", [NUMBER, NUMBER.replace("-", ""), NUMBER.lower()])
def test_a_scan_in_the_middle_of_a_field_leaves_what_was_typed_before(bench: Bench, number: str, end: Qt.Key) -> None:
    bench.keys("wang", gap=120)
    bench.line.setCursorPosition(2)
    bench.at += 500
    bench.keys(number)
    bench.key(end)
    assert bench.scans == [Scan(number, certain=True)]
    assert (bench.line.text(), bench.line.cursorPosition()) == ("wang", 2)
    assert bench.entered == 0
    assert bench.focus() is bench.line


def test_what_was_selected_is_there_again(bench: Bench) -> None:
    bench.keys("wangxiuying", gap=120)
    bench.line.setSelection(0, 4)
    bench.at += 500
    bench.keys(NUMBER)
    bench.key(Qt.Key.Key_Return)
    assert bench.line.text() == "wangxiuying"
    assert bench.line.selectedText() == "wang"


def test_a_scan_into_a_long_text_is_taken_out_of_it(bench: Bench) -> None:
    bench.text.setFocus()
    bench.text.setPlainText("两行\n字")
    bench.keys(NUMBER)
    bench.key(Qt.Key.Key_Return)
    assert bench.text.toPlainText() == "两行\n字"


def test_whoever_saves_what_is_typed_hears_that_it_was_taken_out(bench: Bench) -> None:
    saved: list[str] = []
    bench.line.textEdited.connect(saved.append)
    bench.keys(NUMBER)
    bench.key(Qt.Key.Key_Return)
    assert saved[-1] == ""


def test_over_a_button_only_the_first_character_can_be_a_shortcut_and_enter_presses_nothing(bench: Bench) -> None:
    clicked: list[bool] = []
    bench.button.clicked.connect(clicked.append)
    bench.button.setFocus()
    hurried: list[int] = []
    bench.wedge.hurried.connect(lambda: hurried.append(1))
    bench.keys("222222A00027")  # each 2 is a key of this window
    assert bench.pressed == 1
    assert hurried
    bench.at += 500
    bench.keys(NUMBER)
    bench.key(Qt.Key.Key_Return)
    assert [scan.text for scan in bench.scans] == [NUMBER]
    assert (clicked, bench.entered) == ([], 0)


def test_a_scanner_that_sends_no_end_is_heard_after_a_pause(qtbot: QtBot, bench: Bench) -> None:
    bench.keys(NUMBER)
    assert bench.scans == []
    qtbot.waitUntil(lambda: bench.scans == [Scan(NUMBER, certain=True)], timeout=PAUSE_MS * 50)
    assert bench.line.text() == ""


def test_with_an_input_method_on_part_of_it_comes_as_a_commit(bench: Bench) -> None:
    code = NUMBER.replace("-", "")
    bench.keys("li", gap=200)
    bench.at += 300
    bench.keys(code[:6])
    for end in range(7, len(code)):
        bench.input(preedit=code[6:end])
    bench.input(commit=code[6:])
    bench.key(Qt.Key.Key_Return)
    assert bench.scans == [Scan(code, certain=True)]
    assert bench.line.text() == "li"


def test_a_whole_number_may_come_as_one_commit_also_in_full_width(qtbot: QtBot, bench: Bench) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in NUMBER.replace("-", ""))
    bench.input(commit=wide)
    qtbot.waitUntil(lambda: bench.scans == [Scan(wide, certain=True)], timeout=PAUSE_MS * 50)


def test_what_is_composed_by_hand_is_no_scan(qtbot: QtBot, bench: Bench) -> None:
    code = NUMBER.replace("-", "")
    for end in range(1, len(code)):
        bench.input(preedit=code[:end], gap=150)
    bench.input(commit=code)
    bench.key(Qt.Key.Key_Return)
    qtbot.wait(PAUSE_MS * 2)
    assert bench.scans == []
    assert bench.line.text() == code


def test_a_number_of_somebody_else_stays_in_its_field_and_enter_acts(bench: Bench) -> None:
    bench.keys("6222021234567890123")
    bench.key(Qt.Key.Key_Return)
    assert bench.scans == [Scan("6222021234567890123", certain=False)]
    assert bench.line.text() == "6222021234567890123"
    assert bench.entered == 1


def test_a_number_of_somebody_else_stays_also_when_the_focus_has_gone_before_the_pause(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.keys("13900009999")
    bench.button.setFocus()
    qtbot.waitUntil(lambda: bool(bench.scans), timeout=PAUSE_MS * 50)
    assert bench.scans[0].in_field and not bench.scans[0].certain
    assert bench.line.text() == "13900009999"


def test_a_wrong_check_character_is_not_ours_for_certain(bench: Bench) -> None:
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    bench.keys(wrong)
    bench.key(Qt.Key.Key_Return)
    assert [scan.certain for scan in bench.scans] == [False]
    assert bench.line.text() == wrong


def test_a_field_that_leads_on_by_itself_does_not_break_a_scan(bench: Bench) -> None:
    bench.line.textEdited.connect(lambda text: bench.text.setFocus() if len(text) == 6 else None)
    bench.text.setPlainText("字")
    bench.keys(NUMBER)
    assert bench.focus() is bench.text
    bench.key(Qt.Key.Key_Return)
    assert bench.scans == [Scan(NUMBER, certain=True)]
    assert (bench.line.text(), bench.text.toPlainText()) == ("", "字")


def test_a_key_held_down_is_no_scan(bench: Bench) -> None:
    for _ in range(20):
        bench.at += 33
        QTest.keyClick(bench.line, Qt.Key.Key_1)
        QTest.keyEvent(QTest.KeyAction.Press, bench.line, Qt.Key.Key_F5)
    bench.key(Qt.Key.Key_Return)
    assert bench.scans == []


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 400) | st.integers(1, 40), min_size=len(NUMBER), max_size=len(NUMBER)))
def test_only_a_burst_without_a_human_pause_is_a_scan(bench: Bench, gaps: list[int]) -> None:
    bench.line.setFocus()
    bench.line.clear()
    bench.scans.clear()
    bench.at += 1000
    for char, gap in zip(NUMBER, gaps, strict=True):
        bench.keys(char, gap=gap)
    bench.key(Qt.Key.Key_Return)
    fast = all(gap <= GAP_MS for gap in gaps[1:])
    assert any(scan.certain for scan in bench.scans) is fast
    assert bench.line.text() == ("" if fast else NUMBER)


@pytest.fixture
def real(qtbot: QtBot) -> Iterator[Bench]:
    """The same on the machine's own clock."""
    bench = Bench(qtbot)
    shiboken6.delete(bench.wedge)
    bench.wedge = Wedge(bench.root)
    bench.wedge.scanned.connect(bench._scanned)
    bench.line.setText("李")
    bench.line.setFocus()
    yield bench


def play(qtbot: QtBot, steps: Sequence[Callable[[], None]], gap_ms: int) -> None:
    """One step after the other, each when its time has come on the machine's own clock."""
    timer = QTimer(interval=gap_ms)
    left = list(steps)
    timer.timeout.connect(lambda: left.pop(0)() if left else timer.stop())
    timer.start()
    qtbot.waitUntil(lambda: not left, timeout=20_000)
    timer.stop()


@pytest.mark.parametrize("number", [NUMBER, NUMBER.replace("-", "")])
def test_what_the_input_method_holds_back_keeps_the_burst_alive(qtbot: QtBot, real: Bench, number: str) -> None:
    """Letters go into the input method, which takes the rest of the burst for itself and hands it over at its end."""
    held = number[6:] if "-" not in number else number[7:]
    keys = number[: -len(held)]
    steps: list[Callable[[], None]] = [lambda char=char: QTest.keyClicks(real.line, char) for char in keys]  # type: ignore[misc]
    steps += [lambda end=end: real.input(preedit=held[:end]) for end in range(1, len(held))]  # type: ignore[misc]
    # half a second in the input method: much longer than the pause that ends a burst
    steps += [lambda: real.input(preedit=held[:-1])] * (30 - len(steps))
    steps.append(lambda: real.input(commit=held))
    play(qtbot, steps, 15)
    qtbot.waitUntil(lambda: real.scans == [Scan(number, certain=True)], timeout=PAUSE_MS * 50)
    assert real.line.text() == "李"


@pytest.mark.parametrize("place", [3, 8])
def test_a_program_that_is_busy_in_the_middle_of_a_burst_hears_all_of_it(qtbot: QtBot, real: Bench, place: int) -> None:
    def busy() -> None:
        ends = time.monotonic() + 4 * PAUSE_MS / 1000
        while time.monotonic() < ends:
            pass
        for char in NUMBER[place:]:  # all that came meanwhile is there at once
            QTest.keyClicks(real.line, char)

    steps: list[Callable[[], None]] = [lambda char=char: QTest.keyClicks(real.line, char) for char in NUMBER[:place]]  # type: ignore[misc]
    play(qtbot, [*steps, busy], 10)
    QTest.keyClick(real.line, Qt.Key.Key_Return)
    assert real.scans == [Scan(NUMBER, certain=True)]
    assert (real.line.text(), real.entered) == ("李", 0)


def test_a_key_pressed_twice_while_the_program_is_busy_acts_twice(real: Bench) -> None:
    real.button.setFocus()
    QTest.keyClick(real.button, Qt.Key.Key_2)
    ends = time.monotonic() + 3 * GAP_MS / 1000
    while time.monotonic() < ends:
        pass
    QTest.keyClick(real.button, Qt.Key.Key_2)
    assert (real.pressed, real.scans) == (2, [])


def test_a_scan_into_a_number_box_leaves_its_number(bench: Bench) -> None:
    box = QSpinBox(bench.root)
    box.setRange(0, 99)
    box.setValue(2)
    box.show()
    box.setFocus()
    bench.keys(NUMBER)
    bench.key(Qt.Key.Key_Return)
    bench.line.setFocus()
    assert (bench.scans, box.value()) == ([Scan(NUMBER, certain=True)], 2)


def test_a_scan_is_heard_while_nothing_has_the_focus(bench: Bench) -> None:
    bench.line.clearFocus()
    assert QApplication.focusWidget() is None
    for char in NUMBER:
        bench.at += 5
        QTest.keyClicks(bench.root, char)
    bench.at += 5
    QTest.keyClick(bench.root, Qt.Key.Key_Return)
    assert (bench.scans, bench.entered) == ([Scan(NUMBER, certain=True)], 0)


def scan(page: Page, number: str) -> None:
    """A scanner's burst a second after what was typed before, however busy the machine is."""
    (wedge,) = page.window.findChildren(Wedge)
    now = [wedge._now() + 1000]
    wedge._now = wedge._free_until = lambda: now[0]
    for char in number:
        now[0] += 5
        QTest.keyClicks(page.focus(), char)
    page.enter()


def test_the_scanner_opens_the_case_from_an_open_draft_and_the_draft_is_saved(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village)
    assert village.desk is not None
    number = village.desk.cases.case(case_id).case.local_no or ""
    choose = ChooseItemPage(qtbot, signed_in)
    choose.new_case()
    choose.until(lambda: bool(choose.rows("item_results")))
    choose.choose("异地就医", "异地就医备案")
    applicant = ApplicantPage(qtbot, signed_in)
    applicant.until(lambda: applicant.seen("applicant_name") and applicant.focused() == "applicant_name")
    applicant.type("李")
    scan(applicant, number)
    cases = CasesPage(qtbot, signed_in)
    cases.wait_for("case_local_no")
    assert cases.text("case_local_no") == number
    desk = village.desk
    cases.until(lambda: "李" in [row.line.applicant_name for row in desk.cases.find("", limit=5)])


def test_a_scan_over_the_list_of_people_known_takes_nobody_over_and_opens_the_case(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    desk = desk_of(village)
    number = desk.cases.case(taken_in(village)).case.local_no or ""
    choose = ChooseItemPage(qtbot, signed_in)
    choose.new_case()
    choose.until(lambda: bool(choose.rows("item_results")))
    choose.choose("异地就医", "异地就医备案")
    applicant = ApplicantPage(qtbot, signed_in)
    applicant.until(lambda: applicant.seen("applicant_name") and applicant.focused() == "applicant_name")
    shown: list[PersonFinder] = []

    def in_the_dialog() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PersonFinder)
        shown.append(dialog)
        QTest.keyClicks(dialog.typed.edit, "wxy")
        qtbot.waitUntil(lambda: dialog.list.count() > 0)
        scan(applicant, number)

    QTimer.singleShot(0, in_the_dialog)
    applicant.press(Qt.Key.Key_F6)
    assert shown and shown[0].result() == QDialog.DialogCode.Rejected
    cases = CasesPage(qtbot, signed_in)
    cases.wait_for("case_local_no")
    assert cases.text("case_local_no") == number
    assert [row.line.applicant_name for row in desk.cases.find("", limit=5)].count(NAME) == 1


def test_over_the_list_of_acts_a_scan_chooses_none_and_the_case_opens(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    first, second = taken_in(village), taken_in(village)
    desk = desk_of(village)
    page = CaseFilePage(qtbot, signed_in)
    page.find(desk.cases.case(first).case.local_no or "")
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.focused() == "case_act_list")
    number = desk.cases.case(second).case.local_no or ""
    scan(page, number)
    page.until(lambda: page.seen("case_local_no") and page.text("case_local_no") == number)
    qtbot.wait(ALONE_MS * 2)
    assert not page.seen("act_card")
    assert desk.cases.case(first).case.status is CaseStatus.RECEIVED


def test_an_unknown_number_is_said_and_the_screen_stays(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    del village
    cases = CasesPage(qtbot, signed_in)
    cases.click("nav_cases")
    cases.until(lambda: cases.focused() == "case_filter")
    cases.type("王")
    scan(cases, NUMBER)
    cases.until(lambda: NUMBER in cases.problem())
    assert cases.typed("case_filter") == "王"
