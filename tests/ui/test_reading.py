"""What a page says, on the screen: one quiet line beside the work, a panel by a key, and nothing without the clerk."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from tests.desk.counter import sharp_papers
from tests.imaging.read_pages import (
    CARD,
    NAME,
    NUMBER,
    REGISTER,
    Front,
    ScriptedReader,
    back_lines,
    page_of,
    register_lines,
    somewhere,
)
from tests.ui.cases_at_hand import desk_of
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import PASSWORD, Village, no_paper, papers
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.intake import ApplicantPage
from tests.ui.pages.reading import ReadingPage
from tests.ui.pages.settings import SettingsPage
from tests.ui.test_intake_persons import begin, draft
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.imaging.recognising.page_text import PageCode, PageText
from villagedesk.ui.window import MainWindow

ITEM = "VD-WJ-001"


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader()


@pytest.fixture
def village(tmp_path: Path, reader: ScriptedReader) -> Village:
    """A village window that reads pages."""
    village = Village(tmp_path, page_reader=reader)
    village.set_up()
    return village


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow, village: Village) -> ReadingPage:
    """At the papers of a new case of which nobody has typed anything."""
    signed_in.resize(1366, 768)
    begin(qtbot, signed_in, village, ITEM)
    page = ReadingPage(qtbot, signed_in)
    page.click("step_3")
    page.until(page.ready)
    return page


def at_the_papers(qtbot: QtBot, village: Village, open_window: OpenWindow) -> ReadingPage:
    """The same, where the camera sees something else."""
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    SignInPage(qtbot, window).wait_for("nav_guides")
    begin(qtbot, window, village, ITEM)
    page = ReadingPage(qtbot, window)
    page.click("step_3")
    page.until(page.ready)
    return page


def test_what_was_read_stands_in_one_line_and_hinders_nobody(page: ReadingPage, village: Village) -> None:
    page.photograph()
    page.until(lambda: page.seen("reading_said"))
    assert "身份证正面" in page.text("reading_said")
    assert page.focused() == "proposal_keep", "who scans fast presses Enter, and that keeps the page"
    page.keep()
    page.until(lambda: page.seen("reading_look"))
    assert len(draft(village).pages) == 1
    assert draft(village).case.applicant.name == ""


def test_the_clerk_ticks_the_name_and_takes_what_was_read(page: ReadingPage, village: Village) -> None:
    page.photograph()
    page.until(lambda: page.seen("reading_look"))
    page.keep()
    page.until(lambda: page.seen("reading_look"))
    page.open()
    assert not page.seen("capture")
    assert page.ticked() == ["性别", "民族", "出生日期", "住址", "号码"]
    assert "请核对" in page.values()[0]
    assert page.spots() == 1
    assert "姓名" in page.text("reading_hint")
    page.press(Qt.Key.Key_Space)
    assert page.ticked()[0] == "姓名"
    for _ in range(4):
        page.press(Qt.Key.Key_Down)
    assert page.spots() == 3, "the address stands in three lines"
    page.enter()
    page.until(lambda: not page.seen("reading_values") and page.seen("capture"))
    page.until(lambda: draft(village).case.applicant.name == NAME)
    applicant = draft(village).case.applicant
    assert (applicant.document_number, applicant.ethnic_group, applicant.sex) == (NUMBER, "11", "female")
    page.click("step_2")
    person = ApplicantPage(page.qtbot, page.window)
    person.until(lambda: person.seen("applicant_name"))
    assert person.typed("applicant_name") == NAME


def test_esc_leaves_everything_as_it_is(page: ReadingPage, village: Village) -> None:
    page.photograph()
    page.until(lambda: page.seen("reading_look"))
    page.open()
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("proposal_keep"))
    assert page.focused() == "proposal_keep"
    assert draft(village).case.applicant.document_number == ""
    page.keep()
    assert len(draft(village).pages) == 1


def test_pages_that_have_gone_by_are_not_waited_for(page: ReadingPage, reader: ScriptedReader) -> None:
    reader.goes_on.clear()
    for _ in range(3):
        page.photograph()
        page.keep()
    page.photograph()
    assert not page.seen("reading_said")
    reader.goes_on.set()
    page.until(lambda: page.seen("reading_said"))
    assert reader.asked == 2, "the first, which was in hand, and the last"


def test_a_page_that_was_let_go_is_not_spoken_of_any_more(page: ReadingPage) -> None:
    page.photograph()
    page.until(lambda: page.seen("reading_said"))
    page.press(Qt.Key.Key_Escape)
    page.until(page.ready)
    assert not page.seen("reading_note")
    page.press(Qt.Key.Key_D)
    assert not page.seen("reading_values")


def test_what_differs_from_what_was_typed_is_said(page: ReadingPage, village: Village) -> None:
    desk_of(village).intake.type(draft(village).case.case_id, {"name": "样张乙", "document_number": NUMBER}, 3)
    page.photograph()
    page.until(lambda: page.seen("reading_look"))
    page.open()
    said = page.values()
    assert "现在填的是：样张乙" in said[0]
    assert "和已填的一样" in said[-1]
    assert "姓名" not in page.ticked()


def test_a_page_of_another_paper_is_moved_by_the_clerks_yes_only(
    page: ReadingPage, village: Village, reader: ScriptedReader
) -> None:
    reader.page = page_of(register_lines(), REGISTER)
    page.photograph()
    page.until(lambda: page.seen("reading_move"))
    assert "户口簿" in page.text("reading_seems")
    page.press(Qt.Key.Key_F)
    page.until(lambda: [one.requirement_id for one in draft(village).pages] == ["household_register"])
    page.until(page.ready)
    assert not page.seen("reading_move")


def test_a_kept_page_is_moved_too(page: ReadingPage, village: Village, reader: ScriptedReader) -> None:
    reader.page = page_of(register_lines(), REGISTER)
    page.photograph()
    page.until(lambda: page.seen("reading_move"))
    page.keep()
    page.until(lambda: page.seen("reading_move"))
    assert draft(village).pages[0].requirement_id == "id_card"
    page.press(Qt.Key.Key_F)
    page.until(lambda: draft(village).pages[0].requirement_id == "household_register")
    assert not page.seen("reading_move")


def kept_beside_its_suggestion(page: ReadingPage, village: Village, reader: ScriptedReader) -> str:
    """A page of another paper, kept where it does not belong; the list is back at it."""
    reader.page = page_of(register_lines(), REGISTER)
    page.photograph()
    page.until(lambda: page.seen("reading_move"))
    page.keep()
    page.until(lambda: page.seen("reading_move") and page.focused() == "material_list")
    for _ in page.counts():
        if page.pages() == 0:
            page.press(Qt.Key.Key_Up)
    assert page.pages() == 1
    return draft(village).pages[0].page_id


def changed(page: ReadingPage, village: Village, before: str) -> str:
    """Waits until the one page is another than before."""
    page.until(lambda: [one.page_id for one in draft(village).pages] != [before] and page.window.background.idle)
    return draft(village).pages[0].page_id


def test_a_kept_page_that_was_turned_cut_and_taken_back_is_moved_too(
    page: ReadingPage, village: Village, reader: ScriptedReader
) -> None:
    kept = kept_beside_its_suggestion(page, village, reader)
    page.press(Qt.Key.Key_R)
    turned = changed(page, village, kept)
    page.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert changed(page, village, turned) == kept
    page.press(Qt.Key.Key_C)
    page.until(lambda: page.seen("crop_view") and page.focused() == "crop_view")
    page.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    page.enter()
    cut = changed(page, village, kept)
    page.until(lambda: page.seen("reading_move"))
    page.press(Qt.Key.Key_F)
    page.until(lambda: draft(village).pages[0].requirement_id == "household_register")
    assert [one.page_id for one in draft(village).pages] == [cut]
    page.until(lambda: page.window.background.idle and not page.seen("reading_move"))
    assert not page.problem()
    page.press(Qt.Key.Key_R)
    changed(page, village, cut)
    assert not page.seen("reading_move"), "it is where it belongs"


def test_moved_while_it_is_being_turned_it_is_turned_and_then_moved(
    page: ReadingPage, village: Village, reader: ScriptedReader
) -> None:
    kept = kept_beside_its_suggestion(page, village, reader)
    page.press(Qt.Key.Key_R)
    page.press(Qt.Key.Key_F)
    page.until(lambda: draft(village).pages[0].requirement_id == "household_register")
    page.until(lambda: page.window.background.idle)
    assert [one.page_id for one in draft(village).pages] != [kept]
    assert not page.problem()


def test_what_was_read_on_a_page_goes_with_it_and_no_other_takes_its_place(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, reader: ScriptedReader
) -> None:
    village = Village(tmp_path, pictures=(papers()[0], no_paper()), page_reader=reader)
    page = at_the_papers(qtbot, village, open_window)
    kept = kept_beside_its_suggestion(page, village, reader)
    assert page.seen("reading_look")
    page.press(Qt.Key.Key_Delete)
    page.until(lambda: not draft(village).pages and page.window.background.idle)
    assert not page.seen("reading_note")
    page.press(Qt.Key.Key_D)
    assert not page.seen("reading_values"), "there is no page to be read"
    # a photograph that is put away, and then an older page that comes back and is turned
    page.photograph()
    page.until(page.asked)
    page.until(lambda: page.seen("reading_move"))
    page.press(Qt.Key.Key_Escape)
    page.until(page.ready)
    page.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    page.until(lambda: [one.page_id for one in draft(village).pages] == [kept] and page.window.background.idle)
    page.until(lambda: page.pages() == 1)
    page.press(Qt.Key.Key_R)
    changed(page, village, kept)
    assert not page.seen("reading_note"), "what was read is of the photograph that was put away"


def test_a_page_that_is_kept_at_once_is_read_and_moved_too(
    qtbot: QtBot, tmp_path: Path, open_window: OpenWindow, reader: ScriptedReader
) -> None:
    reader.page = page_of(register_lines(), REGISTER)
    village = Village(tmp_path, pictures=tuple(sharp_papers()), page_reader=reader)
    page = at_the_papers(qtbot, village, open_window)
    page.photograph()
    assert page.seen("page_stage"), "nothing had to be asked"
    page.until(lambda: page.seen("reading_look") and page.seen("reading_move"))
    page.press(Qt.Key.Key_F)
    page.until(lambda: [one.requirement_id for one in draft(village).pages] == ["household_register"])
    page.until(lambda: not page.seen("reading_move"))


def test_codes_are_shown_as_text(page: ReadingPage, reader: ScriptedReader) -> None:
    reader.page = PageText(100, 100, codes=(PageCode("QRCode", "https://example.org/x", somewhere()),))
    page.photograph()
    page.until(lambda: page.seen("reading_look"))
    page.open()
    assert page.values() == ["网址（不会打开）：https://example.org/x"]
    assert not page.seen("reading_accept")


def test_a_page_that_cannot_be_read_says_so_once_and_quietly(page: ReadingPage, reader: ScriptedReader) -> None:
    reader.problem = EnvironmentProblem("reading.memory")
    page.photograph()
    page.until(lambda: page.seen("reading_said"))
    assert "内存不够" in page.text("reading_said")
    assert not page.problem()
    page.keep()
    page.photograph()
    page.until(lambda: reader.asked == 2 and page.window.background.idle)
    assert not page.seen("reading_said")


def test_a_card_in_the_case_is_read_from_the_applicants_step(
    page: ReadingPage, village: Village, reader: ScriptedReader
) -> None:
    reader.page = PageText(100, 100)
    page.photograph()
    page.keep()
    page.click("step_2")
    person = ReadingPage(page.qtbot, page.window)
    person.wait_for("from_pages")
    reader.page = page_of([*Front().lines(), *back_lines(at=60.0)], (CARD[0], 120.0))
    desk_of(village).recognition._read.clear()
    person.press(Qt.Key.Key_F11)
    person.until(lambda: person.seen("reading_values") and person.focused() == "reading_values")
    assert not person.seen("applicant_name")
    assert person.widget("reading_paper", QComboBox).count() == 2
    person.press(Qt.Key.Key_Space)
    person.enter()
    person.until(lambda: person.seen("applicant_name"))
    person.until(lambda: person.typed("document_number") == NUMBER)
    assert person.typed("applicant_name") == NAME
    assert draft(village).case.applicant.name == NAME


def test_it_can_be_turned_off(page: ReadingPage, reader: ScriptedReader) -> None:
    settings = SettingsPage(page.qtbot, page.window)
    settings.open("reading")
    settings.until(lambda: settings.seen("reading_choice"))
    settings.widget("reading_choice", QComboBox).setCurrentIndex(1)
    settings.click("primary_button")
    settings.until(lambda: "已关闭" in settings.text("settings_said"))
    assert reader.asked == 0
