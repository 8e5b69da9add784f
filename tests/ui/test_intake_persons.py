"""Persons on the intake's second step: what a card or an earlier case brought is never out of sight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.devices.id_cards import RESIDENT, record
from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import PHONE, Village, messages
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, ReviewPage
from villagedesk.desk.item_views import ItemChange, ItemChanges
from villagedesk.desk.views import DraftView, Sentence
from villagedesk.devices.id_record import parse
from villagedesk.devices.ports import IdCard
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.party import ApplicantKind
from villagedesk.ui.intake.notices import DraftNotices
from villagedesk.ui.sentences import Words
from villagedesk.ui.window import MainWindow

PLAIN_CODE = "VD-YL-004"
BOTH_CODE, NATURAL_CODE = "VD-SC-002", "VD-YB-001"
WOMAN, MAN = resident("41042219790217002"), resident("41042219850611009"[:-1] + "1")
CARD = {**RESIDENT, 0: "样张甲", 15: "2", 16: "03", 18: "19790217", 61: WOMAN}


class Reader:
    """Gives the card that the test lays on it."""

    name = "试用阅读器"

    def __init__(self) -> None:
        self.record = record(CARD)

    def available(self) -> bool:
        return True

    def read(self) -> IdCard:
        return parse(self.record)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def village(tmp_path: Path, reader: Reader) -> Village:
    """A village window with a card reader."""
    village = Village(tmp_path, reader=reader)
    village.set_up()
    return village


def begin(qtbot: QtBot, window: MainWindow, village: Village, code: str) -> ApplicantPage:
    guides = GuidesPage(qtbot, window)
    guides.open()
    guides.find(code, desk_of(village).items.get(code).name)
    guides.enter()
    page = ApplicantPage(qtbot, window)
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    return page


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow, village: Village) -> ApplicantPage:
    return begin(qtbot, signed_in, village, PLAIN_CODE)


def draft(village: Village) -> DraftView:
    (row,) = [row for row in desk_of(village).cases.find("") if row.line.status is CaseStatus.DRAFT]
    return desk_of(village).intake.view(row.line.case_id)


def put(page: ApplicantPage, name: str, text: str) -> None:
    edit = page.widget(name, QLineEdit)
    edit.setFocus()
    edit.selectAll()
    page.type(text)


def read_card(page: ApplicantPage, number: str = WOMAN) -> None:
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.typed("document_number") == number and bool(page.window.background.idle))


def test_another_persons_number_over_a_cards_takes_along_what_the_card_said(
    page: ApplicantPage, village: Village
) -> None:
    read_card(page)
    assert page.chosen("ethnic_group") == "回族"
    assert not page.seen("birth_date")
    put(page, "applicant_name", "样张乙")
    put(page, "document_number", MAN)
    page.until(lambda: draft(village).case.applicant.document_number == MAN)
    page.until(lambda: draft(village).case.applicant.ethnic_group == "")
    assert (draft(village).case.applicant.birth_date, draft(village).case.applicant.sex) == ("", "")
    assert [one.field for one in draft(village).missing if one.step == 2] == []
    assert page.chosen("ethnic_group") == "请选择"


def test_a_card_that_contradicts_its_own_number_is_mended_in_sight(
    page: ApplicantPage, village: Village, reader: Reader
) -> None:
    reader.record = record({**CARD, 15: "1", 18: "19790218"})
    read_card(page)
    page.until(lambda: page.seen("birth_date") and page.seen("sex"))
    assert "不一样" in page.text("birth_date_trouble")
    page.click("step_4")
    review = ReviewPage(page.qtbot, page.window)
    review.wait_for("mend_1")
    page.click("mend_1")
    page.until(lambda: page.seen("birth_date") and page.focused() == "birth_date")
    put(page, "birth_date", "1979-02-17")
    sexes = page.widget("sex", QComboBox)
    sexes.setCurrentIndex(sexes.findData("female"))
    page.until(lambda: [one for one in draft(village).missing if one.step == 2] == [])
    assert page.seen("birth_date"), "it does not go under the clerk's hand"


def test_what_a_card_warned_of_stays_until_its_field_is_changed_or_it_is_put_away(
    page: ApplicantPage, village: Village, reader: Reader
) -> None:
    cut = bytearray(record({**CARD, 0: "", 102: "20240101"}))
    name = ("张" * 14).encode("utf-16-le") + "\U00020164".encode("utf-16-le")[:2]
    cut[: len(name)] = name
    reader.record = bytes(cut)
    read_card(page)
    page.until(lambda: page.seen("draft_notice_2"))
    assert "没有读全" in page.text("draft_notice_1") and "到期" in page.text("draft_notice_2")
    put(page, "phone", PHONE)
    page.until(lambda: draft(village).case.applicant.phone == PHONE and bool(page.window.background.idle))
    assert page.seen("draft_notice_2")
    put(page, "applicant_name", "张样张")
    page.until(lambda: page.seen("draft_notice_1") and not page.seen("draft_notice_2"))
    assert "到期" in page.text("draft_notice_1")
    page.click("draft_notice_away")
    page.until(lambda: not page.seen("draft_notice_1"))
    put(page, "address", "样张村")
    page.until(lambda: draft(village).case.applicant.address == "样张村" and bool(page.window.background.idle))
    assert not page.seen("draft_notice_1")


def test_a_private_use_character_is_asked_about_and_replaced_by_the_clerk_only(
    page: ApplicantPage, village: Village, reader: Reader
) -> None:
    reader.record = record({**CARD, 0: "张\ue863"})
    read_card(page)
    page.until(lambda: page.seen("applicant_name_replace"))
    assert "多半是“䶮”" in page.text("applicant_name_trouble")
    assert draft(village).case.applicant.name == "张\ue863", "nobody has decided yet"
    page.widget("applicant_name", QLineEdit).setFocus()
    page.press(Qt.Key.Key_Tab)
    assert page.focused() == "applicant_name_replace"
    page.press(Qt.Key.Key_Space)
    page.until(lambda: draft(village).case.applicant.name == "张䶮")
    page.until(lambda: not page.seen("applicant_name_replace"))
    assert page.focused() == "applicant_name"


def test_an_unknown_ethnic_group_is_shown_and_kept(page: ApplicantPage, village: Village, reader: Reader) -> None:
    reader.record = record({**CARD, 16: "77"})
    read_card(page)
    assert page.chosen("ethnic_group") == "77"
    assert "77" in page.text("ethnic_group_trouble")
    put(page, "phone", PHONE)
    page.until(lambda: draft(village).case.applicant.phone == PHONE)
    assert draft(village).case.applicant.ethnic_group == "77"


def test_the_kind_of_document_is_what_the_number_shows_on_screen_too(page: ApplicantPage, village: Village) -> None:
    put(page, "document_number", "911124198108030024")
    page.until(lambda: page.chosen("document_kind") == "外国人永久居留身份证")
    assert "证件类型已改过来" in page.text("document_number_trouble")
    assert draft(village).case.applicant.document_kind == "permanent_residence"
    page.click("step_4")
    review = ReviewPage(page.qtbot, page.window)
    review.until(lambda: review.seen("review_document"))
    assert review.text("review_document") == "外国人永久居留身份证"


def test_a_kind_of_applicant_the_item_is_not_for_can_be_changed_on_screen(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = begin(qtbot, signed_in, village, BOTH_CODE)
    kinds = page.widget("applicant_kind", QComboBox)
    kinds.setCurrentIndex(kinds.findData("legal"))
    page.until(lambda: draft(village).case.applicant.kind is ApplicantKind.LEGAL)
    page.click("step_1")
    ChooseItemPage(qtbot, signed_in).choose(NATURAL_CODE, desk_of(village).items.get(NATURAL_CODE).name)
    page.until(lambda: page.seen("applicant_name") and bool(signed_in.background.idle))
    assert draft(village).case.applicant.kind is ApplicantKind.NATURAL
    assert page.chosen("document_kind") == "居民身份证"
    assert not page.seen("applicant_kind")
    # as a draft of an earlier program was left
    desk_of(village).intake.type(draft(village).case.case_id, {"kind": "legal"}, 2)
    page.click("nav_today")
    page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
    page.enter()
    page.until(lambda: page.seen("applicant_kind"))
    kinds = page.widget("applicant_kind", QComboBox)
    kinds.setCurrentIndex(kinds.findData("natural"))
    page.until(lambda: draft(village).case.applicant.kind is ApplicantKind.NATURAL)


def test_the_keys_act_on_the_person_whose_fields_have_the_cursor_and_what_was_there_can_be_put_back(
    page: ApplicantPage, village: Village
) -> None:
    put(page, "applicant_name", "样张乙")
    put(page, "document_number", MAN)
    page.click("add_agent")
    page.until(lambda: page.seen("agent_name") and page.focused() == "agent_name")
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.typed("agent_document_number") == WOMAN and page.focused() == "agent_phone")
    assert (page.typed("applicant_name"), page.typed("document_number")) == ("样张乙", MAN)
    assert not page.seen("person_replaced"), "nobody stood there"
    page.widget("applicant_name", QLineEdit).setFocus()
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.typed("document_number") == WOMAN and page.seen("person_replaced"))
    assert all(words in page.text("person_replaced") for words in ("申请人", "样张乙", "样张甲"))
    page.press(Qt.Key.Key_F7)
    page.until(lambda: page.typed("document_number") == MAN and not page.seen("person_replaced"))
    assert page.typed("applicant_name") == "样张乙"
    assert draft(village).case.applicant.document_number == MAN


def test_beside_an_organisation_a_card_is_its_representatives(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = begin(qtbot, signed_in, village, BOTH_CODE)
    who = page.widget("applicant_kind", QComboBox)
    who.setCurrentIndex(who.findData(ApplicantKind.LEGAL.value))
    asked = [page.widget(name, QLineEdit).accessibleName() for name in ("applicant_name", "document_number")]
    assert asked == ["单位名称", "统一社会信用代码"]
    put(page, "applicant_name", "样张合作社")
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.seen("legal_representative_name"))
    page.until(lambda: page.typed("legal_representative_document_number") == WOMAN)
    assert page.typed("applicant_name") == "样张合作社"
    assert draft(village).case.applicant.kind is ApplicantKind.LEGAL
    assert "法定代表人" in page.widget("applicant_card", QPushButton).text()


def in_sight(page: ApplicantPage, name: str, kind: type[QWidget]) -> bool:
    """The whole of it, nothing scrolled away."""
    widget = page.widget(name, kind)
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_warnings_stay_above_the_fields_when_the_cursor_goes_down_also_on_a_small_screen(
    page: ApplicantPage, village: Village, reader: Reader
) -> None:
    page.window.resize(911, 512)
    reader.record = record({**CARD, 102: "20240101"})
    put(page, "applicant_name", "样张乙")
    put(page, "document_number", MAN)
    read_card(page)
    page.until(lambda: page.focused() == "phone" and page.seen("draft_notice_1") and page.seen("person_replaced"))
    for place in ("phone", "address"):
        page.widget(place, QLineEdit).setFocus()
        page.until(lambda place=place: in_sight(page, place, QLineEdit))  # type: ignore[misc]
        assert in_sight(page, "draft_notice_1", QLabel)
        assert in_sight(page, "person_replaced", QLabel)


def test_what_a_changed_item_says_besides_is_unfolded_by_a_key(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    del signed_in
    case_id = desk_of(village).intake.start(PLAIN_CODE).case.case_id
    view = desk_of(village).intake.view(case_id)
    lines = tuple(ItemChange(Sentence("ui.notices.look"), str(number), "", more_needed=False) for number in range(6))
    changes = ItemChanges(1, view.item, lines)
    around = QWidget()
    qtbot.addWidget(around)
    notices = DraftNotices(Words(messages()), around, compact=True)
    notices.show_draft(replace(view, changes=changes), {})
    rest = notices.findChildren(QWidget, "notices_rest")[0]
    assert rest.isHidden()
    notices.turn()
    assert rest.isVisibleTo(notices)
    notices.turn()
    assert rest.isHidden()
