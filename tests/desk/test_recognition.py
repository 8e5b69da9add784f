"""What a page says is proposed and, where the clerk says so, written: by nobody else, nothing more, with its log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk.counter import APPLICANT, SYSTEM_ITEM, Window, open_window
from tests.domain.catalogue_of_messages import messages
from tests.imaging.read_pages import (
    ADDRESS,
    BANK_NUMBER,
    CARD,
    NAME,
    NUMBER,
    REGISTER,
    Front,
    ScriptedReader,
    back_lines,
    bank_lines,
    page_of,
    register_lines,
)
from villagedesk.demo.photograph_person import check_digit
from villagedesk.desk.reading_views import Offer, Recognised
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.roles import Role
from villagedesk.domain.service_item import ServiceItem
from villagedesk.imaging.fields.values import Certainty, ReadField

ALL = frozenset(ReadField)


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader()


@pytest.fixture
def window(tmp_path: Path, reader: ScriptedReader) -> Iterator[Window]:
    window = open_window(tmp_path / "data", page_reader=reader)
    yield window
    window.desk.close()


def item_with(window: Window, requirement: str, *, field: str = "") -> ServiceItem:
    """An item that asks for that paper, and for that field."""
    return next(
        item
        for item in window.desk.items.all()
        if any(one.requirement_id == requirement for one in item.materials)
        and (not field or any(one.name == field for one in item.fields))
    )


def read_for(window: Window, requirement: str = "id_card", item: str = SYSTEM_ITEM) -> Recognised:
    """A new draft, and a page taken for that paper, read."""
    case_id = window.desk.intake.start(item).case.case_id
    return window.desk.recognition.read_proposal(window.desk.scanning.capture(case_id, requirement))


def offer_for(read: Recognised, target: str) -> Offer:
    (offer,) = [offer for offer in read.papers[0].offers if offer.target == target]
    return offer


def test_a_card_is_proposed_and_nothing_is_written_by_itself(window: Window) -> None:
    read = read_for(window)
    offer = read.papers[0].offers[0]
    assert (read.kinds, offer.target, read.suggestion) == (("id_card_front",), "applicant", None)
    words = {value.field: messages().text(value.shown.key, **value.shown.params) for value in offer.values}
    assert words == {
        ReadField.NAME: NAME,
        ReadField.SEX: "女",
        ReadField.ETHNIC_GROUP: "满族",
        ReadField.BIRTH_DATE: "1979年2月17日",
        ReadField.ADDRESS: ADDRESS,
        ReadField.NUMBER: NUMBER,
    }
    ticked = {value.field for value in offer.values if value.ticked}
    assert ticked == ALL & {value.field for value in offer.values} - {ReadField.NAME}, "the name is the clerk's to tick"
    assert window.desk.intake.view(read.case_id).case.applicant.name == ""


def test_what_is_accepted_is_written_and_logged_without_its_values(window: Window) -> None:
    read = read_for(window)
    chosen = {ReadField.NAME, ReadField.NUMBER, ReadField.ETHNIC_GROUP}
    view = window.desk.recognition.accept(read.case_id, read.papers[0].offers[0], chosen)
    applicant = view.case.applicant
    assert (applicant.name, applicant.document_number, applicant.ethnic_group) == (NAME, NUMBER, "11")
    assert (applicant.document_kind, applicant.address, view.filled) == ("resident_id", "", "applicant")
    (event,) = [one for one in window.desk.cases.case(read.case_id).events if one.kind == "reading_taken"]
    assert event.detail == {
        "paper": "id_card_front",
        "target": "applicant",
        "proposed": "name sex ethnic_group birth_date address number",
        "taken": "name ethnic_group number",
    }


def test_a_permit_says_what_kind_of_document_it_is(window: Window, reader: ScriptedReader) -> None:
    body = "81000019790217000"
    reader.page = page_of(Front(number=body + check_digit(body)).lines(), CARD)
    read = read_for(window)
    view = window.desk.recognition.accept(read.case_id, read.papers[0].offers[0], {ReadField.NUMBER})
    assert view.case.applicant.document_kind == "residence_permit_hmt"


def test_what_stands_there_already_is_held_against_it(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    window.desk.intake.type(case_id, {**APPLICANT, "document_number": f"{NUMBER[:6]} {NUMBER[6:]}"}, 2)
    read = window.desk.recognition.read_proposal(window.desk.scanning.capture(case_id, "id_card"))
    offer = read.papers[0].offers[0]
    values = {value.field: value for value in offer.values}
    assert values[ReadField.NUMBER].same
    assert (values[ReadField.NAME].there, values[ReadField.NAME].same) == (APPLICANT["name"], False)
    assert not values[ReadField.ADDRESS].ticked, "what was typed is not ticked away"
    assert ReadField.NUMBER not in {value.field for value in offer.places}


def test_nothing_is_ticked_over_somebody_else(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    window.desk.intake.type(case_id, {"name": APPLICANT["name"]}, 2)
    read = window.desk.recognition.read_proposal(window.desk.scanning.capture(case_id, "id_card"))
    assert [value.field for value in read.papers[0].offers[0].values if value.ticked] == []
    window.desk.intake.type(case_id, {"document_number": NUMBER}, 2)
    read = window.desk.recognition.read_proposal(window.desk.scanning.capture(case_id, "id_card"))
    assert ReadField.SEX in {value.field for value in read.papers[0].offers[0].values if value.ticked}


def test_whose_paper_it_is_follows_the_number_then_the_line_of_the_checklist(
    window: Window, reader: ScriptedReader
) -> None:
    assert read_for(window).papers[0].offers[0].target == "applicant"
    assert read_for(window, "authorisation").papers[0].offers[0].target == "agent"
    spouse = item_with(window, "spouse_id_card", field="spouse_name")
    read = read_for(window, "spouse_id_card", spouse.code)
    assert read.papers[0].offers[0].target == "form.spouse_name"
    window.desk.recognition.accept(read.case_id, read.papers[0].offers[0], {ReadField.NAME, ReadField.NUMBER})
    form = window.desk.intake.view(read.case_id).case.form
    assert (form["spouse_name"], form["spouse_id"]) == (NAME, NUMBER)
    again = window.desk.recognition.read_proposal(window.desk.scanning.capture(read.case_id, "id_card"))
    assert again.papers[0].offers[0].target == "form.spouse_name", "her number is on it, whatever line it is for"
    reader.page = page_of(register_lines(), REGISTER)
    read = read_for(window, "household_register", spouse.code)
    agent = window.desk.recognition.accept(read.case_id, offer_for(read, "agent"), {ReadField.NAME, ReadField.NUMBER})
    (party,) = agent.case.parties
    assert (party.role, party.name, party.document_number) == ("agent", NAME, NUMBER)


def test_a_bank_card_fills_the_forms_account(window: Window, reader: ScriptedReader) -> None:
    reader.page = page_of(bank_lines(), CARD)
    item = item_with(window, "bank_card", field="bank_account")
    read = read_for(window, "bank_card", item.code)
    view = window.desk.recognition.accept(read.case_id, read.papers[0].offers[0], ALL)
    assert view.case.form["bank_account"] == BANK_NUMBER
    reader.page = page_of(bank_lines(), CARD, confidence=0.98)
    told = read_for(window, "id_card").papers[0].offers[0]
    assert (told.target, told.places) == ("", ()), "an item that asks for no account is only told"


def test_a_cards_back_only_tells(window: Window, reader: ScriptedReader) -> None:
    reader.page = page_of(back_lines("2006.05.20-2016.05.20"), CARD)
    (offer,) = read_for(window).papers[0].offers
    assert offer.places == ()
    assert [remark.key for value in offer.values for remark in value.remarks] == ["reading.remark.expired"]


def test_a_register_taken_for_an_identity_card_is_offered_to_its_own_line(
    window: Window, reader: ScriptedReader
) -> None:
    reader.page = page_of(register_lines(), REGISTER)
    item = item_with(window, "household_register")
    read = read_for(window, "id_card", item.code)
    assert read.suggestion is not None
    assert (read.suggestion.kind, read.suggestion.requirement_id) == ("household_register", "household_register")
    assert read_for(window, "household_register", item.code).suggestion is None


def test_a_kept_page_is_read_and_nothing_twice(window: Window, reader: ScriptedReader) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    proposal = window.desk.scanning.capture(case_id, "id_card")
    window.desk.recognition.read_proposal(proposal)
    page = window.desk.scanning.keep(proposal.proposal_id)
    read = window.desk.recognition.read_page(page.page_id, case_id)
    assert (read.requirement_id, reader.asked) == ("id_card", 1)
    assert window.desk.recognition.card_pages(window.desk.intake.view(case_id)) == (page,)


def test_what_cannot_be_read_is_said_and_after_some_failures_left_alone(window: Window, reader: ScriptedReader) -> None:
    reader.problem = EnvironmentProblem("reading.broke")
    for _ in range(5):
        with pytest.raises(EnvironmentProblem) as caught:
            read_for(window)
        assert caught.value.key == "reading.broke"
    assert reader.asked == 3
    reader.problem = None
    window.clock.moment += timedelta(minutes=11)
    assert read_for(window).papers


def test_it_can_be_turned_off_and_on_and_that_is_logged(window: Window, reader: ScriptedReader) -> None:
    recognition = window.desk.recognition
    assert recognition.on()
    recognition.turn(False)
    recognition.turn(False)
    with pytest.raises(EnvironmentProblem) as caught:
        read_for(window)
    assert (caught.value.key, reader.asked, recognition.on()) == ("reading.off", 0, False)
    recognition.turn(True)
    assert read_for(window).papers
    lines = window.audit_log.entries(10, kinds=frozenset({Deed.READING_TURNED}))
    assert [(line.case_id, line.detail["on"]) for line in lines] == [(STATION, "yes"), (STATION, "no")]


def test_without_a_reader_it_is_off(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        assert not window.desk.recognition.on()
        with pytest.raises(EnvironmentProblem):
            read_for(window)
    finally:
        window.desk.close()


def test_closing_the_desk_ends_the_reader(tmp_path: Path, reader: ScriptedReader) -> None:
    open_window(tmp_path / "data", page_reader=reader).desk.close()
    assert reader.closed


def test_a_wrong_number_is_shown_and_never_ticked(window: Window, reader: ScriptedReader) -> None:
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    reader.page = page_of(Front(number=wrong).lines(), CARD)
    (value,) = [one for one in read_for(window).papers[0].offers[0].values if one.field is ReadField.NUMBER]
    assert (value.value, value.certainty, value.ticked) == (wrong, Certainty.POOR, False)
    assert value.remarks


def test_nobody_without_the_right_accepts(tmp_path: Path, window: Window, reader: ScriptedReader) -> None:
    read = read_for(window)
    head = replace(window).reopened(role=Role.VILLAGE_HEAD)
    try:
        with pytest.raises(InputProblem):
            head.desk.recognition.accept(read.case_id, read.papers[0].offers[0], ALL)
    finally:
        head.desk.close()
