"""The item's own form, the people in a case, and what the last step reads back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of, take_in
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, NAME, PHONE, Village
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.intake import ApplicantPage, ReviewPage
from villagedesk.desk.item_views import ItemChange, ItemChanges
from villagedesk.desk.views import Sentence
from villagedesk.domain.party import PartyRole
from villagedesk.ui.intake.person_finder import PersonFinder
from villagedesk.ui.intake.review import ReviewStep
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.window import MainWindow

INSURANCE, CODE = "城乡居民基本医疗保险参保登记", "VD-YB-001"
CHILD = resident("41042120180301002")


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> ApplicantPage:
    """Step 2 of a case whose item has a form of its own."""
    guides = GuidesPage(qtbot, signed_in)
    guides.open()
    guides.find("新农合", INSURANCE)
    guides.enter()
    page = ApplicantPage(qtbot, signed_in)
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    return page


def draft_id(village: Village) -> str:
    (row,) = [row for row in desk_of(village).cases.find("") if row.line.local_no is None]
    return row.line.case_id


def asked_for(village: Village, case_id: str) -> set[str]:
    """The papers that must be brought."""
    checklist = desk_of(village).intake.view(case_id).checklist
    return {line.requirement.requirement_id for line in checklist if line.needed}


def labels(page: ApplicantPage, name: str) -> list[str]:
    """All values of a list of facts, in order."""
    found: list[str] = []
    while page.seen(f"{name}_{len(found) + 1}"):
        found.append(page.text(f"{name}_{len(found) + 1}"))
    return found


def test_the_papers_begin_with_the_first_that_this_applicant_must_bring(page: ApplicantPage, village: Village) -> None:
    """The list was shown when nobody knew how old the applicant is: the card came into play later, and its page was
    taken for the next paper."""
    page.fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    page.until(lambda: "id_card" in asked_for(village, draft_id(village)))
    page.click("step_3")
    page.until(lambda: page.seen("material_list") and page.focused() == "material_list")
    rows = page.widget("material_list", QListWidget)
    page.until(lambda: rows.currentRow() == 0)
    assert "居民身份证" in page.rows("material_list")[0]
    page.press(Qt.Key.Key_Down)
    page.click("step_4")
    page.until(lambda: page.seen("mend_1") or page.seen("missing_1"))
    page.click("step_3")
    page.until(lambda: page.seen("material_list") and rows.currentRow() == 0)


def test_a_minor_must_have_a_guardian_and_the_card_is_there_at_once(page: ApplicantPage, village: Village) -> None:
    assert not page.seen("guardian_name")
    page.fill("王小样", CHILD, PHONE, ADDRESS)
    page.until(lambda: page.seen("guardian_name"))
    page.click("step_4")
    review = ReviewPage(page.qtbot, page.window)
    review.wait_for("missing_1")
    assert any("监护人" in text for text in review.missing())
    case_id = draft_id(village)
    page.click("step_2")
    page.wait_for("guardian_name")
    page.tab_to("guardian_name", 120)
    page.type("样张父亲")
    page.press(Qt.Key.Key_Tab)
    page.until(lambda: getattr(desk_of(village).intake.view(case_id).case.party(PartyRole.GUARDIAN), "name", "") != "")
    party = desk_of(village).intake.view(case_id).case.party(PartyRole.GUARDIAN)
    assert party is not None
    assert party.name == "样张父亲"


def test_an_agent_is_added_and_dropped_by_a_button_and_asks_for_the_authorisation(
    page: ApplicantPage, village: Village
) -> None:
    page.fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    page.click("add_agent")
    page.wait_for("agent_name")
    case_id = draft_id(village)
    page.until(lambda: desk_of(village).intake.view(case_id).case.party(PartyRole.AGENT) is not None)
    needed = {
        line.requirement.requirement_id for line in desk_of(village).intake.view(case_id).checklist if line.needed
    }
    page.click("agent_drop")
    page.until(lambda: not page.seen("agent_name"))
    page.until(lambda: desk_of(village).intake.view(case_id).case.party(PartyRole.AGENT) is None)
    assert len(needed - asked_for(village, case_id)) == 1, "the authorisation"


def test_somebody_known_is_taken_over_by_keys(page: ApplicantPage, village: Village) -> None:
    take_in(village)
    shown: list[str] = []

    def act() -> None:
        """Runs in the dialog's own loop; a dialog that does not find anybody is closed, so that the test goes on."""
        finder = QApplication.activeModalWidget()
        if not isinstance(finder, PersonFinder):
            return
        if finder.typed.text == "":
            QTest.keyClicks(finder.typed.edit, "wxy")
        elif finder.chosen is not None:
            shown.append(finder.list.item(0).text())
            QTest.mouseClick(finder.findChildren(QPushButton, "known_take")[0], Qt.MouseButton.LeftButton)
        elif finder.findChildren(QLabel, "known_none")[0].text():
            finder.reject()

    timer = QTimer()
    timer.setInterval(50)
    timer.timeout.connect(act)
    timer.start()
    page.press(Qt.Key.Key_F6)  # comes back when the dialog is closed
    timer.stop()
    assert NAME in shown[0]
    assert ID_NUMBER not in shown[0], "masked until it is chosen"
    page.until(lambda: page.typed("document_number") == ID_NUMBER)
    assert page.typed("applicant_name") == NAME
    assert page.typed("phone") == PHONE


def test_enter_never_takes_over_somebody_found_by_what_was_typed_before(page: ApplicantPage, village: Village) -> None:
    take_in(village)
    ended: list[bool] = []

    def act() -> None:
        finder = QApplication.activeModalWidget()
        if not isinstance(finder, PersonFinder) or ended:
            return
        if finder.typed.text == "":
            QTest.keyClicks(finder.typed.edit, "wxy")
        elif finder.chosen is not None and finder.typed.text == "wxy":
            QTest.keyClicks(finder.typed.edit, "q")
            QTest.keyClick(finder.typed.edit, Qt.Key.Key_Return)
        elif finder.findChildren(QLabel, "known_none")[0].text():
            ended.append(True)
            finder.reject()

    timer = QTimer()
    timer.setInterval(50)
    timer.timeout.connect(act)
    timer.start()
    page.press(Qt.Key.Key_F6)  # comes back when the dialog is closed
    timer.stop()
    assert ended, "it stayed open, and said that nobody is found"
    assert page.typed("applicant_name") == ""


def test_what_is_typed_into_the_form_is_saved_checked_and_read_back_in_words(
    page: ApplicantPage, village: Village
) -> None:
    page.fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    case_id = draft_id(village)
    item = desk_of(village).items.get(CODE)
    field = next(one for one in item.fields if one.options)
    values = {f"form.{field.name}": field.options[0].code, "agent.name": "代办试用"}
    desk_of(village).intake.type(case_id, values, 2)
    page.click("nav_today")
    page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
    page.enter()
    page.wait_for("applicant_name")
    page.click("step_4")
    review = ReviewPage(page.qtbot, page.window)
    review.wait_for("missing_1")
    assert field.options[0].label in " ".join(labels(page, "review_form"))
    assert any("代办试用" in text for text in labels(page, "review_party"))
    for one in item.fields:
        if one.required and one.when is None and not one.default and one.name != field.name:
            assert any(one.label in text for text in review.missing()), one.label


def test_a_wrong_cell_is_named_by_its_row_marked_and_gone_to_from_the_last_step(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    desk = desk_of(village)
    case_id = desk.intake.start("VD-MZ-002").case.case_id
    members = [{"name": f"样张{number}", "id_number": ID_NUMBER} for number in range(1, 7)]
    members[4]["id_number"] = ID_NUMBER[:-1] + str((int(ID_NUMBER[-1]) + 1) % 10)
    members[1] = {}  # an empty row is none, and is counted all the same
    form = {"form.family_count": "6", "form.members": json.dumps(members, ensure_ascii=False)}
    desk.intake.type(case_id, {"name": NAME, "document_number": ID_NUMBER, **form}, 4)
    page = ApplicantPage(qtbot, signed_in)
    page.click("nav_today")
    page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
    page.enter()
    review = ReviewPage(qtbot, signed_in)
    review.wait_for("missing_1")
    (place,) = [number for number, text in enumerate(review.missing(), start=1) if "第 18 位" in text]
    assert "第 5 行“身份证号”：" in review.missing()[place - 1]
    assert "第 1 行：请填写“与申请人关系”" in " ".join(review.missing())
    review.click(f"mend_{place}")
    page.until(lambda: page.focused() == "form_members_5_id_number")
    cell = page.widget("form_members_5_id_number", QLineEdit)
    assert cell.property("trouble") == "true"
    assert "第 18 位" in cell.accessibleDescription()
    assert [page.text(f"form_members_{row}_number")[0] for row in (1, 2, 5)] == ["!", "2", "!"]
    assert "第 5 行“身份证号”：" in page.text("form_members_5_trouble")
    assert "第 5 行：请填写“与申请人关系”" in page.text("form_members_5_trouble")
    assert not page.seen("form_members_2_trouble")
    cell.setText(ID_NUMBER)
    page.press(Qt.Key.Key_Tab)
    page.until(lambda: cell.property("trouble") == "false")


def test_an_open_case_of_the_same_person_and_item_is_shown_and_opened(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    first, _ = take_in(village)
    page = ApplicantPage(qtbot, signed_in)
    item = desk_of(village).cases.case(first).case.item_name
    guides = GuidesPage(qtbot, signed_in)
    guides.open()
    guides.find("养老保险注销", item)
    guides.enter()
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    page.fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    page.wait_for("material_list")  # Enter in the last field goes on: the warning must not be passed over
    page.click("step_4")
    page.wait_for("duplicate_1")
    assert NAME in page.text("duplicate_1")
    page.click("duplicate_1_open")
    page.wait_for("case_local_no")
    assert page.widget("case_local_no", QLabel).text() == desk_of(village).cases.case(first).case.local_no


def test_a_changed_item_is_gone_over_to_before_anything_is_taken_in(page: ApplicantPage, village: Village) -> None:
    step = page.window.findChildren(ReviewStep)[0]
    view = desk_of(village).intake.view(draft_id(village))
    line = ItemChange(Sentence("items.changed", {"entry": "材料"}), "", "", more_needed=True)
    step.show_draft(replace(view, missing=(), questions=(), changes=ItemChanges(1, view.item, (line,))))
    assert step.primary_ready()
    assert step.primary_words() == "按新要求办"
    told = step.findChildren(SentenceLabel, "ready_sentence")[0]
    assert "按新要求办" in told.text()
    assert told.property("tone") == "warn"
    step.show_draft(replace(view, missing=(), questions=(), changes=ItemChanges(1, None, ())))
    assert not step.primary_ready(), "the item is gone"
    step.show_draft(replace(view, missing=(), questions=()))
    assert step.primary_words().startswith("收下")


def test_an_agents_fields_that_stand_side_by_side_stand_at_one_height(page: ApplicantPage) -> None:
    page.fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    page.click("add_agent")
    page.wait_for("agent_name")
    kind, number = page.widget("agent_document_kind", QComboBox), page.widget("agent_document_number", QLineEdit)
    number.setFocus()
    page.type("1")
    page.press(Qt.Key.Key_Tab)
    page.until(lambda: page.seen("agent_document_number_trouble"))
    heights = [one.mapTo(page.window, one.rect().topLeft()).y() for one in (kind, number)]
    assert heights[0] == heights[1]
