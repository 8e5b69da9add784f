"""Typing is saved by itself; what could not be saved is told, tried again, and never taken for saved."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, NAME, PHONE, Village, needed_papers, papers
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, ReviewPage
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.ui.intake import autosave
from villagedesk.ui.intake.wizard import Wizard
from villagedesk.ui.window import MainWindow

CODE, OTHER_CODE = "VD-YB-001", "VD-MZ-004"
PLAIN_CODE = "VD-YL-004"
CHILD = resident("41042120180301002")
NEVER = 600_000


class Disk:
    """A disk that fails to write what is typed while ``full``."""

    def __init__(self, village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self.refused = 0
        intake = desk_of(village).intake
        saving = intake.type

        def save(case_id: str, values: Mapping[str, str], step: int) -> DraftView:
            if self.full and values:
                self.refused += 1
                raise EnvironmentProblem("store.write_failed")
            return saving(case_id, values, step)

        monkeypatch.setattr(intake, "type", save)


@pytest.fixture
def disk(village: Village, signed_in: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Disk:
    del signed_in
    return Disk(village, monkeypatch)


def begin(qtbot: QtBot, window: MainWindow, village: Village, code: str) -> ApplicantPage:
    guides = GuidesPage(qtbot, window)
    guides.open()
    guides.find(code, desk_of(village).items.get(code).name)
    guides.enter()
    page = ApplicantPage(qtbot, window)
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    return page


def draft(village: Village) -> DraftView:
    (row,) = [row for row in desk_of(village).cases.find("") if row.line.status is CaseStatus.DRAFT]
    return desk_of(village).intake.view(row.line.case_id)


def put(page: ApplicantPage, name: str, text: str) -> None:
    edit = page.widget(name, QLineEdit)
    edit.setFocus()
    edit.selectAll()
    page.type(text)


def test_a_failed_save_is_told_instead_of_saved_and_tried_again_by_itself(
    qtbot: QtBot, signed_in: MainWindow, village: Village, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "AGAIN_MS", 20)
    page = begin(qtbot, signed_in, village, CODE)
    put(page, "applicant_name", NAME)
    page.until(lambda: draft(village).case.applicant.name == NAME)
    disk.full = True
    put(page, "phone", PHONE)
    page.until(lambda: page.seen("draft_unsaved"))
    assert "还没有保存" in page.text("draft_unsaved") and "磁盘" in page.text("draft_unsaved")
    assert not page.seen("saved_at")
    page.until(lambda: disk.refused > 2)
    disk.full = False
    page.until(lambda: page.seen("saved_at"))
    assert not page.seen("draft_unsaved")
    assert draft(village).case.applicant.phone == PHONE


def test_what_is_not_saved_is_tried_when_the_step_is_left_and_holds_the_taking_in(
    qtbot: QtBot, signed_in: MainWindow, village: Village, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "AGAIN_MS", NEVER)
    page = begin(qtbot, signed_in, village, PLAIN_CODE)
    for name, text in (("applicant_name", NAME), ("document_number", ID_NUMBER), ("address", ADDRESS)):
        put(page, name, text)
    page.until(lambda: draft(village).case.applicant.address == ADDRESS)
    desk, case_id = desk_of(village), draft(village).case.case_id
    picture = village.folder / "paper.jpg"
    picture.write_bytes(papers()[0])
    for paper in needed_papers(desk, case_id):
        desk.scanning.keep(desk.scanning.import_file(case_id, paper.requirement_id, picture).proposal_id)
    disk.full = True
    put(page, "phone", PHONE)
    page.until(lambda: page.seen("draft_unsaved"))
    page.click("step_4")
    review = ReviewPage(qtbot, signed_in)
    review.until(lambda: review.seen("receipt_preview") and bool(signed_in.background.idle))
    assert desk.intake.view(case_id).missing == ()
    assert review.seen("draft_unsaved")
    assert not review.seen("ready_sentence")
    assert not review.widget("primary_button", QPushButton).isEnabled()
    tried = disk.refused
    page.click("step_2")
    page.until(lambda: disk.refused > tried)
    assert page.typed("phone") == PHONE
    disk.full = False
    page.click("step_4")
    review.until(lambda: review.ready() and review.seen("review_phone"))
    assert review.text("review_phone") == PHONE
    assert not review.seen("draft_unsaved")


def test_taking_in_takes_what_is_still_being_saved_along_or_nothing(
    qtbot: QtBot, signed_in: MainWindow, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "AGAIN_MS", NEVER)
    page = begin(qtbot, signed_in, village, PLAIN_CODE)
    put(page, "phone", PHONE)
    page.until(lambda: draft(village).case.applicant.phone == PHONE)
    disk = Disk(village, monkeypatch)
    disk.full = True
    taken: list[str] = []
    monkeypatch.setattr(desk_of(village).intake, "take_in", taken.append)
    wizard = signed_in.findChildren(Wizard)[-1]
    put(page, "phone", "13900001111")
    wizard.review.take_in_wanted.emit()
    page.until(lambda: bool(page.problem()))
    page.until(lambda: bool(signed_in.background.idle))
    assert taken == []


def test_what_is_typed_without_a_pause_is_saved_all_the_same(
    qtbot: QtBot, signed_in: MainWindow, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PAUSE_MS", NEVER)
    monkeypatch.setattr(autosave, "LONGEST_MS", 200)
    page = begin(qtbot, signed_in, village, CODE)
    typed: list[str] = []

    def another_key() -> bool:
        page.type("a")
        typed.append("a")
        return draft(village).case.applicant.name != ""

    page.until(another_key)
    assert 0 < len(draft(village).case.applicant.name) <= len(typed)
    assert page.typed("applicant_name") == "".join(typed)


def test_another_item_after_a_card_came_up_shows_its_own_form_and_goes_on_saving(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = begin(qtbot, signed_in, village, CODE)
    put(page, "applicant_name", "王小样")
    put(page, "document_number", CHILD)
    page.until(lambda: page.seen("guardian_name"))
    page.click("step_1")
    name = desk_of(village).items.get(OTHER_CODE).name
    ChooseItemPage(qtbot, signed_in).choose(OTHER_CODE, name)
    page.until(lambda: page.seen("applicant_name") and bool(signed_in.background.idle))
    assert page.seen(f"form_{desk_of(village).items.get(OTHER_CODE).fields[0].name}")
    assert page.seen("guardian_name")
    put(page, "phone", PHONE)
    page.until(lambda: draft(village).case.applicant.phone == PHONE)
    assert page.problem() == ""
    assert draft(village).item.code == OTHER_CODE


def test_a_screen_whose_typing_could_not_be_saved_is_kept_and_comes_back_as_it_stood(
    qtbot: QtBot, signed_in: MainWindow, village: Village, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "AGAIN_MS", NEVER)
    page = begin(qtbot, signed_in, village, CODE)
    put(page, "applicant_name", NAME)
    page.until(lambda: draft(village).case.applicant.name == NAME)
    disk.full = True
    put(page, "address", ADDRESS)
    page.click("nav_today")
    page.until(lambda: "磁盘" in page.problem())
    page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
    page.enter()
    page.wait_for("applicant_name")
    assert page.typed("address") == ADDRESS
    disk.full = False
    page.click("nav_today")
    page.until(lambda: draft(village).case.applicant.address == ADDRESS)
    page.until(lambda: not signed_in.findChildren(Wizard))


@pytest.mark.parametrize("heals", [True, False])
def test_a_window_does_not_close_over_what_the_disk_did_not_take_until_it_is_closed_again(
    qtbot: QtBot,
    signed_in: MainWindow,
    village: Village,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    heals: bool,
) -> None:
    monkeypatch.setattr(autosave, "AGAIN_MS", NEVER)
    page = begin(qtbot, signed_in, village, CODE)
    put(page, "applicant_name", NAME)
    page.until(lambda: draft(village).case.applicant.name == NAME)
    case_id = draft(village).case.case_id
    disk.full = True
    put(page, "address", ADDRESS)
    signed_in.close()
    page.until(lambda: "没有保存下来" in page.problem())
    assert page.typed("address") == ADDRESS
    put(page, "address", ADDRESS + "2")
    signed_in.sign_out()
    page.until(lambda: signed_in.background.idle)
    assert page.typed("address") == ADDRESS + "2", "what was typed since is told of first"
    disk.full = not heals
    read = desk_of(village).intake.view
    if heals:
        page.click("nav_today")
        page.until(lambda: read(case_id).case.applicant.address == ADDRESS + "2")
    signed_in.close()
    page.until(lambda: not signed_in.isVisible())


def test_a_number_typed_just_before_the_missing_reader_is_asked_gets_its_sentence(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = begin(qtbot, signed_in, village, CODE)
    put(page, "document_number", ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1"))
    page.press(Qt.Key.Key_F4)
    page.until(lambda: bool(page.problem()))
    assert "第 18 位" in page.text("document_number_trouble")


def test_a_text_that_is_too_long_is_told_beside_its_field_and_holds_up_no_other(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = begin(qtbot, signed_in, village, CODE)
    page.widget("address", QLineEdit).setText("长" * 201)
    put(page, "applicant_name", NAME)
    page.until(lambda: draft(village).case.applicant.name == NAME)
    assert len(draft(village).case.applicant.address) == 201
    page.until(lambda: "最多 200 个字" in page.text("address_trouble"))
    assert page.problem() == ""
