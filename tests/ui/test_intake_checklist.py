"""What becomes of each paper of the checklist by keys, and what the last step asks before it takes the papers in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import APPLICANT
from tests.ui.desk_at_hand import ITEM_WORDS, Village, needed_papers, papers
from tests.ui.pages.intake import MaterialsPage, ReviewPage
from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.domain.case import MaterialState, Trust
from villagedesk.domain.service_item import MaterialForm
from villagedesk.ui.window import MainWindow

INSURANCE, SENIOR_CARD, HOUSE = "VD-YB-001", "VD-MZ-008", "VD-ZJ-001"


class Checklist(MaterialsPage):
    """Step 3 of a draft, with what the desk has of it."""

    def __init__(self, qtbot: QtBot, window: MainWindow, village: Village, case_id: str) -> None:
        super().__init__(qtbot, window)
        self.case_id = case_id
        self._village = village

    def line(self, requirement_id: str) -> ChecklistLine:
        """As it is saved."""
        lines = desk_of(self._village).intake.view(self.case_id).checklist
        return next(one for one in lines if one.requirement.requirement_id == requirement_id)

    def choose(self, requirement_id: str) -> None:
        """Go to that paper, wherever the list went by itself."""
        name = self.line(requirement_id).requirement.name
        self.until(lambda: bool(self.window.background.idle))
        rows = self.widget("material_list", QListWidget)
        titles = [rows.item(row).text() for row in range(rows.count())]
        rows.setCurrentRow(titles.index(name))
        rows.setFocus()

    def row(self, requirement_id: str) -> str:
        """What the list says of it."""
        name = self.line(requirement_id).requirement.name
        return next(row for row in self.counts() if name in row)


Draft = Callable[..., Checklist]


@pytest.fixture
def draft(qtbot: QtBot, signed_in: MainWindow, village: Village) -> Draft:
    """Opens a draft of an item at a step."""

    def open_draft(item: str, step: int = 3, *, brought: bool = False) -> Checklist:
        desk = desk_of(village)
        case_id = desk.intake.start(item).case.case_id
        desk.intake.type(case_id, APPLICANT, step)
        if brought:
            photograph = village.folder / "paper.jpg"
            photograph.write_bytes(papers()[0])
            wanted = [line.requirement for line in desk.intake.view(case_id).checklist if line.needed]
            for one in wanted:
                proposal = desk.scanning.import_file(case_id, one.requirement_id, photograph)
                desk.scanning.keep(proposal.proposal_id)
        page = Checklist(qtbot, signed_in, village, case_id)
        page.click("nav_today")
        page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
        page.enter()
        page.wait_for("material_list" if step == 3 else "receipt_preview")
        return page

    return open_draft


def test_a_photo_is_taken_without_a_picture_by_one_key_with_its_copies(draft: Draft) -> None:
    page = draft(SENIOR_CARD)
    page.choose("photo")
    page.until(lambda: page.seen("paper_taken"))
    assert not page.seen("paper_seen"), "photos are kept"
    assert "还缺" in page.row("photo")
    page.press(Qt.Key.Key_S)
    page.until(lambda: page.line("photo").state is MaterialState.TAKEN)
    page.choose("photo")
    page.until(lambda: "已收下" in page.row("photo"))
    page.widget("paper_copies", QSpinBox).setValue(1)
    page.until(lambda: page.line("photo").copies == 1)
    page.until(lambda: "还缺" in page.row("photo") and "2 份" in page.row("photo"))
    page.choose("photo")
    page.press(Qt.Key.Key_S)
    page.until(lambda: page.line("photo").state is None)


def test_the_acts_on_a_paper_can_be_hit_and_leave_the_list_room_on_a_small_screen(draft: Draft) -> None:
    page = draft(SENIOR_CARD)
    page.window.resize(910, 512)  # 1366 × 768 at 150 %
    page.choose("photo")
    page.until(lambda: page.seen("paper_taken"))
    page.press(Qt.Key.Key_S)
    page.until(lambda: page.line("photo").state is MaterialState.TAKEN)
    page.choose("photo")
    page.until(lambda: page.seen("paper_copies"))
    for name in ("paper_taken", "paper_form", "paper_copies"):
        widget = page.widget(name, QWidget)
        page.until(lambda widget=widget: widget.visibleRegion().boundingRect().height() >= 36)  # type: ignore[misc]
    assert page.widget("material_list", QWidget).height() >= 120


def test_seen_and_returned_is_offered_for_what_is_copied_and_wants_its_page(draft: Draft) -> None:
    page = draft(INSURANCE)
    page.choose("application_form")
    page.until(lambda: page.seen("paper_trust") is False and not page.seen("paper_seen"))
    page.choose("id_card")
    page.until(lambda: page.seen("paper_seen"))
    page.press(Qt.Key.Key_V)
    page.until(lambda: page.line("id_card").state is MaterialState.SEEN)
    line = page.line("id_card")
    assert (line.form, line.done) == (MaterialForm.ORIGINAL, False)
    page.until(lambda: "还要拍下来" in page.row("id_card"))
    page.choose("id_card")
    assert not page.seen("paper_form"), "what was seen is the original"
    page.until(lambda: page.seen("paper_trust"))
    page.press(Qt.Key.Key_K)
    page.until(lambda: page.line("id_card").trust is Trust.UPLOADED)
    page.choose("id_card")
    page.photograph()
    page.keep()
    page.until(lambda: page.line("id_card").done and "看后退还" in page.row("id_card"))
    page.choose("id_card")
    page.press(Qt.Key.Key_V)
    page.until(lambda: page.line("id_card").state is MaterialState.TAKEN)


def test_what_only_the_clerk_can_tell_is_said_in_words_and_answered_by_a_key(draft: Draft, village: Village) -> None:
    code = desk_of(village).items.search(ITEM_WORDS)[0].code
    page = draft(code)
    assert "要问一问" in page.row("death_certificate")
    assert "还要问 5 样" in page.text("materials_standing")
    page.choose("death_certificate")
    page.until(lambda: page.seen("paper_needed"))
    page.press(Qt.Key.Key_Y)
    page.until(lambda: page.line("death_certificate").state is MaterialState.NEEDED)
    page.until(lambda: "还缺" in page.row("death_certificate"))
    page.choose("emigration_proof")
    page.press(Qt.Key.Key_N)
    page.until(lambda: page.line("emigration_proof").state is MaterialState.NOT_NEEDED)
    page.until(lambda: "不需要" in page.row("emigration_proof"))


def test_the_last_step_asks_one_key_an_answer_before_it_takes_the_papers_in(draft: Draft, village: Village) -> None:
    page = draft(desk_of(village).items.search(ITEM_WORDS)[0].code, 4, brought=True)
    review = ReviewPage(page.qtbot, page.window)
    review.wait_for("question_4")
    assert not review.seen("ready_sentence")
    assert not review.widget("primary_button", QPushButton).isEnabled()
    assert "参保人去世的才要交：死亡证明、户口簿" in review.asked()[0]
    review.enter()  # by habit: 要交 has the focus, so nothing is passed over
    review.until(lambda: len(review.asked()) == 3)
    assert any("死亡证明" in text for text in review.missing())
    for left in (2, 1, 0):
        review.press(Qt.Key.Key_N)
        review.until(lambda left=left: len(review.asked()) == left)  # type: ignore[misc]
    states = {name: page.line(name).state for name in ("death_certificate", "emigration_proof", "other_pension_proof")}
    assert list(states.values()) == [MaterialState.NEEDED, MaterialState.NOT_NEEDED, MaterialState.NOT_NEEDED]
    review.until(lambda: review.focused() == "mend_1")
    review.enter()
    page.wait_for("material_list")
    page.until(lambda: page.widget("material_list", QListWidget).currentItem().text() == "死亡证明")


def test_the_hint_is_printed_where_papers_are_only_promised_too(draft: Draft, village: Village) -> None:
    page = draft(HOUSE, 4)
    desk = desk_of(village)
    photograph = village.folder / "paper.jpg"
    photograph.write_bytes(papers()[0])
    for one in needed_papers(desk, page.case_id):
        if one.requirement_id == "bank_card":
            desk.intake.set_material(page.case_id, "bank_card", MaterialState.PROMISED)
            continue
        for _ in range(one.min_pages):
            proposal = desk.scanning.import_file(page.case_id, one.requirement_id, photograph)
            desk.scanning.keep(proposal.proposal_id)
    assert desk.intake.view(page.case_id).ready
    page.click("step_3")
    page.wait_for("material_list")
    page.click("step_4")
    review = ReviewPage(page.qtbot, page.window)
    review.until(review.ready)
    assert "补交" in review.text("ready_sentence")
    assert review.seen("print_missing")
    review.press(Qt.Key.Key_F8)
    review.until(lambda: len(list((village.folder / "printed").glob("*.pdf"))) == 1)
    review.take_in()
    review.wait_for("local_no")


def test_a_refused_day_stays_as_typed_with_the_reason_beside_it(draft: Draft) -> None:
    page = draft(HOUSE)
    page.choose("bank_card")
    page.until(lambda: page.seen("paper_promised"))
    page.press(Qt.Key.Key_P)
    page.until(lambda: page.line("bank_card").promised_until != "")
    longest = page.line("bank_card").promised_until
    sooner = (date.fromisoformat(longest) - timedelta(days=1)).isoformat()

    def agree(day: str) -> None:
        page.until(lambda: bool(page.window.background.idle))
        if not page.seen("promise_day"):
            page.choose("bank_card")
            page.until(lambda: page.seen("promise_day"))
        line = page.widget("promise_day", QLineEdit)
        line.setFocus()
        line.setText(day)
        QTest.keyClick(line, Qt.Key.Key_Tab)

    agree("2099-12-31")
    page.until(lambda: page.seen("promise_day_trouble"))
    assert longest in page.text("promise_day_trouble")
    assert (page.typed("promise_day"), page.problem()) == ("2099-12-31", "")
    assert page.line("bank_card").promised_until == longest
    agree("soon")
    page.until(lambda: "soon" in page.text("promise_day_trouble"))
    agree(sooner)
    page.until(lambda: page.line("bank_card").promised_until == sooner)
    page.choose("bank_card")
    page.until(lambda: page.typed("promise_day") == sooner and not page.seen("promise_day_trouble"))


def test_pages_of_another_items_paper_are_seen_and_moved_or_taken_out_by_key(draft: Draft, village: Village) -> None:
    page, desk = draft(INSURANCE), desk_of(village)
    photograph = village.folder / "paper.jpg"
    photograph.write_bytes(papers()[0])
    of_this = desk.intake.view(page.case_id).item.materials
    kept = {line.requirement_id for line in desk.intake.change_item(page.case_id, SENIOR_CARD).item.materials}
    desk.intake.change_item(page.case_id, INSURANCE)
    other = next(one.requirement_id for one in of_this if one.requirement_id not in kept)
    for _ in range(2):
        desk.scanning.keep(desk.scanning.import_file(page.case_id, other, photograph).proposal_id)
    desk.intake.change_item(page.case_id, SENIOR_CARD)
    page.press(Qt.Key.Key_Escape)  # to step 2 and on again, which reads the draft anew
    page.until(lambda: not page.seen("material_list") and page.window.background.idle)
    page.click("primary_button")
    page.until(lambda: page.seen("material_list") and "不属于这个事项的页，2 页" in page.counts()[0])
    rows = page.widget("material_list", QListWidget)
    rows.setCurrentRow(0)
    rows.setFocus()
    page.until(lambda: page.pages() == 2)
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_Delete)
    page.until(lambda: page.pages() == 1)
    page.press(Qt.Key.Key_M)
    page.until(lambda: page.seen("move_picker") and page.focused() == "move_1")
    page.press(Qt.Key.Key_1)
    page.until(lambda: not any("不属于" in row for row in page.counts()))
    (left,) = desk.intake.view(page.case_id).pages
    assert left.requirement_id in kept
    assert not page.problem()
