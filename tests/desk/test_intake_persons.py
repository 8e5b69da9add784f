"""Who applies, for whom, and by whom: every kind of person and number, what is derived, and what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.counter import APPLICANT, PROXY_ITEM, SYSTEM_ITEM, Window, open_window, ready_draft
from tests.desk.filled_in import AGENT, LEGAL, filled_draft
from tests.devices.id_cards import PERMANENT_2017, PERMANENT_2023, PERMIT, RESIDENT, record
from tests.domain.identity_numbers import resident, social_credit
from tests.examples import examples
from villagedesk.desk.views import DraftView
from villagedesk.devices.id_record import parse
from villagedesk.devices.ports import IdCard
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.party import ApplicantKind, PartyRole
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

CHILD = resident("41042220150228998")
"""Eleven years old in the tests' November of 2026; nobody was given that serial."""
GUARDIAN = {
    "guardian.name": "监护试用",
    "guardian.document_number": resident("41042219040229995"),
    "guardian.relation": "parent",
}


def start(window: Window, values: Mapping[str, str], item: str = SYSTEM_ITEM) -> DraftView:
    case_id = window.desk.intake.start(item).case.case_id
    return window.desk.intake.type(case_id, {**APPLICANT, **values}, 2)


def said(view: DraftView) -> dict[str, str]:
    """What blocks on the step of persons, by field."""
    return {one.field: one.sentence.key for one in view.missing if one.step == 2}


def warned(view: DraftView) -> dict[str, str]:
    return {one.field: one.sentence.key for one in view.troubles if not one.blocking}


_NUMBERS: tuple[tuple[str, str, str, str], ...] = (
    # kind, number as typed, number as kept, birth date it says
    ("resident_id", resident("41042219040229999"), resident("41042219040229999"), "1904-02-29"),
    ("resident_id", "410422040229997", resident("41042219040229997"), ""),  # 996–999 asks for the century
    ("resident_id", "410422040229123", resident("41042219040229123"), "1904-02-29"),
    ("residence_permit_hmt", resident("81000019040229998"), resident("81000019040229998"), "1904-02-29"),
    ("permanent_residence", resident("91115619040229998"), resident("91115619040229998"), "1904-02-29"),
    ("permanent_residence", "ABC123456789012", "ABC123456789012", ""),
    ("hmt_pass", "h12345678", "H12345678", ""),
    ("hmt_pass", "HA1234567", "HA1234567", ""),
    ("taiwan_pass", "12345678", "12345678", ""),
    ("passport", "e12345678", "E12345678", ""),
    ("other", "军字第 12号", "军字第 12号", ""),
)


@pytest.mark.parametrize(("kind", "typed", "kept", "born"), _NUMBERS)
def test_every_kind_of_number_is_taken_by_its_rule(window: Window, kind: str, typed: str, kept: str, born: str) -> None:
    view = start(window, {"document_kind": kind, "document_number": typed})
    if typed == "410422040229997":
        assert said(view) == {"document_number": "domain.identity.which_century"}
        return
    if born:
        assert said(view) == {}
        assert (view.birth_date.isoformat() if view.birth_date else "") == born
    else:
        assert said(view) == {"birth_date": "intake.missing.birth_date"}
        view = window.desk.intake.type(view.case.case_id, {"birth_date": "1904年2月29日", "sex": "female"}, 2)
        assert said(view) == {}
        assert view.birth_date is not None
        assert (view.birth_date.isoformat(), view.sex) == ("1904-02-29", "female")
    case_id = filled_draft(window, SYSTEM_ITEM, {"document_kind": kind, "document_number": typed, **_rest(born)})
    window.desk.intake.take_in(case_id)
    applicant = window.desk.cases.case(case_id).case.applicant
    assert (applicant.document_number, applicant.birth_date) == (kept, "1904-02-29")


def _rest(born: str) -> dict[str, str]:
    return {} if born else {"birth_date": "19040229"}


def test_what_was_typed_is_compared_with_what_the_number_says(window: Window) -> None:
    view = start(window, {"birth_date": "1904-03-01", "sex": "female"})
    assert said(view) == {"birth_date": "intake.birth_date_differs", "sex": "intake.sex_differs.male"}
    assert (view.case.applicant.birth_date, view.case.applicant.sex) == ("1904-03-01", "female")
    view = window.desk.intake.type(view.case.case_id, {"birth_date": "1904.2.29", "sex": "male"}, 2)
    assert said(view) == {}
    view = window.desk.intake.type(view.case.case_id, {"birth_date": "soon", "sex": "x"}, 2)
    assert said(view) == {"birth_date": "intake.date_shape", "sex": "intake.sex_unknown"}


@pytest.mark.parametrize(
    ("number", "key"),
    [(CHILD, "intake.guardian.is_applicant"), (resident("41042220150228996"), "intake.guardian.is_minor")],
)
def test_nobody_under_age_is_a_guardian_and_nobody_their_own(window: Window, number: str, key: str) -> None:
    values = {"document_number": CHILD, **GUARDIAN, "guardian.document_number": number}
    case_id = filled_draft(window, SYSTEM_ITEM, values)
    view = window.desk.intake.view(case_id)
    assert said(view) == {"guardian.document_number": key}
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        window.desk.intake.take_in(case_id)


def test_an_unknown_ethnic_group_is_kept_and_told(window: Window) -> None:
    assert warned(start(window, {"ethnic_group": "57"}))["ethnic_group"] == "intake.ethnic_group_unknown"
    assert "ethnic_group" not in warned(start(window, {"ethnic_group": "3"}))
    assert "ethnic_group" not in warned(start(window, {"ethnic_group": "97"}))


def test_a_minor_needs_a_guardian(window: Window) -> None:
    view = start(window, {"document_number": CHILD})
    assert said(view) == {"guardian.name": "intake.needs.guardian"}
    case_id = view.case.case_id
    view = window.desk.intake.type(case_id, {"guardian.name": "监护试用"}, 2)
    assert said(view) == {
        "guardian.document_number": "intake.missing.guardian.document_number",
        "guardian.relation": "intake.missing.guardian.relation",
    }
    view = window.desk.intake.type(case_id, GUARDIAN, 2)
    assert said(view) == {}
    # what the item asks for of a minor is asked for now, and no identity card of a child of eleven
    assert [one.requirement_id for one in view.missing] == ["commitment", "household_register", "guardian_id"]
    window.clock.forward((18 - 11) * 365.25 * 24 * 3600)  # the draft lay until the child was of age
    view = window.desk.intake.type(case_id, {"guardian.present": "no"}, 2)
    assert said(view) == {}


def test_on_the_eighteenth_birthday_nobody_else_is_needed(window: Window) -> None:
    # it is 23 November 2026 in Shanghai
    assert "guardian.name" in said(start(window, {"document_number": resident("41042220081124998")}))
    assert said(start(window, {"document_number": resident("41042220081123998")})) == {}


def test_a_grown_person_may_have_a_guardian(window: Window) -> None:
    view = start(window, {"guardian.present": "yes"})
    assert set(said(view)) == {"guardian.name", "guardian.document_number", "guardian.relation"}
    assert said(window.desk.intake.type(view.case.case_id, GUARDIAN, 2)) == {}


def test_a_legal_person_is_taken_in_with_its_representative(window: Window) -> None:
    item = next(one for one in window.desk.items.all() if one.code == "VD-SC-002")
    view = window.desk.intake.start(item.code)
    view = window.desk.intake.type(view.case.case_id, {"kind": "legal"}, 2)
    assert view.case.applicant.document_kind == "uscc"
    assert {"name", "document_number", "legal_representative.name"} <= set(said(view))
    case_id = filled_draft(window, item.code, LEGAL)
    window.desk.intake.take_in(case_id)
    case = window.desk.cases.case(case_id).case
    assert (case.applicant.name, case.applicant.document_number) == (LEGAL["name"], LEGAL["document_number"])
    assert (case.applicant.birth_date, case.applicant.sex) == ("", "")
    assert [party.role for party in case.parties] == [PartyRole.LEGAL_REPRESENTATIVE]


def test_a_village_collectives_code_and_odd_names_of_organisations(window: Window) -> None:
    collective = {**LEGAL, "document_number": social_credit("N2410421MF0000009"), "name": "柳林村(第1组) 经济合作社"}
    view = start(window, collective, "VD-SC-002")
    assert {name for name in said(view) if not name.startswith("form.")} == set()
    view = start(window, {**LEGAL, "name": "公司\x07名"}, "VD-SC-002")
    assert said(view)["name"] == "domain.organisation.control"


def test_the_kind_of_applicant_is_the_items_choice(window: Window) -> None:
    assert said(start(window, LEGAL))["kind"] == "intake.applicant_kind.not_legal"
    assert said(start(window, {"document_kind": "uscc"}))["document_number"] == "intake.document_kind.natural"


def test_what_belonged_to_the_other_kind_of_applicant_stays_typed_and_is_not_sent(window: Window) -> None:
    case_id = filled_draft(window, "VD-SC-002", {**GUARDIAN, **LEGAL})
    view = window.desk.intake.view(case_id)
    assert view.case.party(PartyRole.GUARDIAN) is not None
    window.desk.intake.take_in(case_id)
    case = window.desk.cases.case(case_id).case
    assert [party.role for party in case.parties] == [PartyRole.LEGAL_REPRESENTATIVE]


def test_an_agent_has_a_relation_and_an_authorization_that_is_not_over(window: Window) -> None:
    view = start(window, {"agent.present": "yes"})
    assert set(said(view)) == {"agent.name", "agent.document_number", "agent.relation"}
    case_id = view.case.case_id
    assert said(window.desk.intake.type(case_id, AGENT, 2)) == {}
    view = window.desk.intake.type(case_id, {"agent.until": "2026-11-22"}, 2)
    assert said(view) == {"agent.until": "intake.authorization_over"}
    assert said(window.desk.intake.type(case_id, {"agent.until": "2026-11-23"}, 2)) == {}
    view = window.desk.intake.type(case_id, {"agent.document_number": APPLICANT["document_number"]}, 2)
    assert warned(view)["agent.document_number"] == "intake.same_person"
    view = window.desk.intake.type(case_id, {"agent.document_number": CHILD}, 2)
    assert warned(view)["agent.document_number"] == "intake.party_is_minor"
    emptied = window.desk.intake.type(case_id, {**dict.fromkeys(AGENT, ""), "agent.until": ""}, 2)
    assert emptied.case.parties == ()


def test_a_contact_has_a_name_and_a_phone(window: Window) -> None:
    view = start(window, {"contact.name": "联系试用"})
    assert said(view) == {"contact.phone": "intake.missing.contact.phone"}
    assert said(window.desk.intake.type(view.case.case_id, {"contact.phone": "0375-1234567"}, 2)) == {}


def test_a_strict_age_refuses_and_another_warns(window: Window) -> None:
    young = {"document_number": CHILD, **GUARDIAN}
    assert said(start(window, young, "VD-YL-001"))["birth_date"] == "intake.age_refused"
    view = start(window, young, PROXY_ITEM)
    assert (said(view), warned(view)["birth_date"]) == ({}, "intake.age_warning")
    assert "birth_date" not in warned(start(window, {}, PROXY_ITEM))


def test_the_same_matter_that_is_open_already_is_shown_and_hinders_nothing(window: Window) -> None:
    first = ready_draft(window)
    assert window.desk.intake.view(first).duplicates == ()
    second = ready_draft(window)
    (row,) = window.desk.intake.view(second).duplicates
    assert (row.line.case_id, row.state.key) == (first, "sentence.draft")
    window.desk.intake.take_in(first)
    (row,) = window.desk.intake.view(second).duplicates
    assert (row.line.case_id, row.state.key) == (first, "sentence.received")
    assert window.desk.intake.view(ready_draft(window, PROXY_ITEM)).duplicates == ()
    other = start(window, {"document_number": resident("41042219040229981")})
    assert other.duplicates == ()
    assert window.desk.intake.take_in(second).local_no
    (again,) = [one for one in start(window, {}).duplicates if one.line.case_id == second]
    window.desk.changes.void(second, "重复收件")
    assert again.line.case_id not in {one.line.case_id for one in start(window, {}).duplicates}


def test_somebody_known_is_filled_in(window: Window) -> None:
    case_id = ready_draft(window)
    window.desk.intake.type(case_id, {**AGENT, "ethnic_group": "03"}, 2)
    window.desk.intake.type(case_id, {"agent.present": "no"}, 2)
    window.desk.intake.take_in(case_id)
    (person,) = window.desk.intake.earlier_persons(APPLICANT["name"][:2])
    assert (person.document_number, person.last_item) == (APPLICANT["document_number"], "异地就医备案")
    assert person.masked_number == "410***********" + APPLICANT["document_number"][-4:]
    second = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    view = window.desk.intake.use_person(second, "applicant", person.last_case_id, person.document_number)
    assert said(view) == {}
    typed = {name: getattr(view.case.applicant, name) for name in APPLICANT}
    assert typed == APPLICANT
    assert view.case.applicant.ethnic_group == "03"
    view = window.desk.intake.use_person(second, "contact", person.last_case_id, person.document_number)
    contact = view.case.party(PartyRole.CONTACT)
    assert contact is not None
    assert (contact.name, contact.phone) == (APPLICANT["name"], APPLICANT["phone"])
    with pytest.raises(InputProblem, match=r"intake\.person_gone"):
        window.desk.intake.use_person(second, "applicant", case_id, "410")
    with pytest.raises(InputProblem, match=r"intake\.person_gone"):
        window.desk.intake.use_person(second, "applicant", "nowhere", person.document_number)
    with pytest.raises(ValueError, match="nobody"):
        window.desk.intake.use_person(second, "nobody", case_id, person.document_number)


def test_somebody_known_leaves_what_was_typed_unless_it_was_another_persons(window: Window) -> None:
    case_id = ready_draft(window)
    window.desk.intake.type(case_id, {"phone": ""}, 2)
    window.desk.intake.take_in(case_id)
    second = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    window.desk.intake.type(second, {"phone": "13900001111"}, 2)
    view = window.desk.intake.use_person(second, "applicant", case_id, APPLICANT["document_number"])
    assert (view.case.applicant.name, view.case.applicant.phone) == (APPLICANT["name"], "13900001111")
    another = {"name": "样别人", "document_number": "410422190402299995", "phone": "13900002222"}
    window.desk.intake.type(second, another, 2)
    view = window.desk.intake.use_person(second, "applicant", case_id, APPLICANT["document_number"])
    assert view.case.applicant.phone == ""


def test_somebody_whose_number_is_no_word_is_found_and_filled_in(window: Window) -> None:
    number = "军字第12号"
    values = {"document_kind": "other", "document_number": number, "birth_date": "19040229"}
    window.desk.intake.take_in(filled_draft(window, SYSTEM_ITEM, values))
    (person,) = window.desk.intake.earlier_persons(APPLICANT["name"])
    second = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    view = window.desk.intake.use_person(second, "applicant", person.last_case_id, person.document_number)
    assert view.case.applicant.document_number == number


def test_only_persons_of_the_kind_that_can_apply_are_offered(window: Window) -> None:
    window.desk.intake.take_in(filled_draft(window, "VD-SC-002", LEGAL))
    intake = window.desk.intake
    assert [one.name for one in intake.earlier_persons("93410421")] == [LEGAL["name"]]
    assert intake.earlier_persons("93410421", kinds={ApplicantKind.NATURAL}) == ()
    assert intake.earlier_persons(LEGAL["legal_representative.name"], kinds={ApplicantKind.NATURAL})


def test_an_item_for_one_kind_of_applicant_makes_them_one(window: Window) -> None:
    case_id = window.desk.intake.start("VD-SC-002").case.case_id
    before = window.desk.intake.type(case_id, LEGAL, 2).case.applicant
    assert before.kind is ApplicantKind.LEGAL
    after = window.desk.intake.change_item(case_id, SYSTEM_ITEM).case.applicant
    assert (after.kind, after.document_kind) == (ApplicantKind.NATURAL, "resident_id")
    assert (after.name, after.document_number) == (before.name, before.document_number), "for the clerk to put right"


CARD = IdCard(
    DocumentKind.RESIDENT_ID,
    APPLICANT["name"],
    sex="male",
    ethnic_group="01",
    birth_date="1904-02-29",
    address="样张县样张乡",
    number=APPLICANT["document_number"],
    valid_from="2010-01-01",
    valid_to="2026-11-22",
)


@dataclass
class Reader:
    """A reader that gives what the test lays on it."""

    card: IdCard = field(default_factory=lambda: CARD)
    problem: InputProblem | None = None
    name: str = "试用阅读器"

    def available(self) -> bool:
        return True

    def read(self) -> IdCard:
        if self.problem is not None:
            raise self.problem
        return self.card


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def with_reader(tmp_path: Path, reader: Reader) -> Iterator[Window]:
    opened = open_window(tmp_path / "with-reader", reader=reader)
    yield opened
    opened.desk.close()


def test_a_card_fills_in_the_applicant_and_an_expired_one_is_told(with_reader: Window, reader: Reader) -> None:
    desk = with_reader.desk.intake
    case_id = desk.start(SYSTEM_ITEM).case.case_id
    desk.type(case_id, {"phone": "13900009999"}, 2)
    view = desk.read_card(case_id, "applicant")
    assert said(view) == {}
    assert (view.case.applicant.name, view.case.applicant.phone) == (APPLICANT["name"], "13900009999")
    assert (view.case.applicant.ethnic_group, view.case.applicant.address) == ("01", "样张县样张乡")
    (told,) = view.notice
    assert (told.field, told.sentence.key) == ("document_number", "intake.card_expired")
    assert told.sentence.params == {"date": "2026-11-22"}
    reader.card = replace(CARD, valid_to="", name="样\ue863", birth_date="1904-03-01")
    view = desk.read_card(case_id, "applicant")
    assert view.notice == ()
    assert said(view) == {"birth_date": "intake.birth_date_differs"}
    assert warned(view)["name"] == "domain.name.private_use_guess"
    view = desk.read_card(case_id, "guardian")
    guardian = view.case.party(PartyRole.GUARDIAN)
    assert guardian is not None
    assert guardian.document_number == CARD.number


_RECORDS = {
    "resident": (RESIDENT, " "),
    "residence permit": (PERMIT, "J"),
    "permanent residence 2017": (PERMANENT_2017, "I"),
    "permanent residence 2017, no Chinese name": ({**PERMANENT_2017, 79: ""}, "I"),
    "permanent residence 2023": (PERMANENT_2023, "Y"),
    "permanent residence 2023, no Chinese name": ({**PERMANENT_2023, 0: ""}, "Y"),
}
_INVENTED = {"resident": "domain.identity.check_digit", "residence permit": "domain.identity.date"}
"""What numbers that nobody has are refused for."""


@pytest.mark.parametrize("kind", _RECORDS)
def test_every_record_a_reader_gives_is_taken(with_reader: Window, reader: Reader, kind: str) -> None:
    fields, flag = _RECORDS[kind]
    reader.card = card = parse(record(fields, flag))
    case_id = with_reader.desk.intake.start(SYSTEM_ITEM).case.case_id
    view = with_reader.desk.intake.read_card(case_id, "applicant")
    assert (view.case.applicant.name, view.case.applicant.document_number) == (card.name, card.number)
    refused = {field: key for field, key in said(view).items() if field in ("name", "document_number", "document_kind")}
    assert refused == ({"document_number": _INVENTED[kind]} if kind in _INVENTED else {})


def test_a_card_does_not_overwrite_where_somebody_lives(with_reader: Window) -> None:
    case_id = with_reader.desk.intake.start(SYSTEM_ITEM).case.case_id
    with_reader.desk.intake.type(case_id, {"address": "样张村三组"}, 2)
    assert with_reader.desk.intake.read_card(case_id, "applicant").case.applicant.address == "样张村三组"


def test_another_persons_card_takes_the_first_ones_address_away(with_reader: Window, reader: Reader) -> None:
    case_id = with_reader.desk.intake.start(SYSTEM_ITEM).case.case_id
    with_reader.desk.intake.read_card(case_id, "applicant")
    with_reader.desk.intake.type(case_id, {"phone": "13900001111"}, 2)
    reader.card = replace(CARD, name="样另一人", number="410422190402299995", address="样张县另一乡")
    applicant = with_reader.desk.intake.read_card(case_id, "applicant").case.applicant
    assert (applicant.name, applicant.address, applicant.phone) == ("样另一人", "样张县另一乡", "")


def test_a_reader_that_fails_changes_nothing(with_reader: Window, reader: Reader, window: Window) -> None:
    case_id = with_reader.desk.intake.start(SYSTEM_ITEM).case.case_id
    before = with_reader.desk.intake.type(case_id, {"name": "半"}, 2)
    reader.problem = InputProblem("reader.no_card")
    with pytest.raises(InputProblem, match=r"reader\.no_card"):
        with_reader.desk.intake.read_card(case_id, "applicant")
    assert with_reader.desk.intake.view(case_id) == before
    draft = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    with pytest.raises(EnvironmentProblem, match=r"reader\.none"):
        window.desk.intake.read_card(draft, "applicant")


def test_fields_that_do_not_exist_are_the_programs_fault(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    for values in (
        {"colour": "red"},
        {"agent.role": "guardian"},
        {"aunt.name": "x"},
        {"form.nothing": "x"},
        {"document_kind": "ticket"},
        {"kind": "robot"},
        {"agent.document_kind": "ticket"},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            window.desk.intake.type(case_id, values, 2)


_FIELDS = (
    *("name", "document_number", "phone", "address", "birth_date", "sex", "ethnic_group"),
    *(f"{role}.{name}" for role in PartyRole for name in ("name", "document_number", "phone", "relation", "until")),
    *("form.matter", "form.remarks"),
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.sampled_from(_FIELDS), st.text(max_size=40), min_size=1, max_size=8))
def test_whatever_is_typed_is_kept_and_nothing_raises(window: Window, values: dict[str, str]) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    kept = window.desk.intake.type(case_id, values, 2).case
    assert window.desk.intake.view(case_id).case == kept
    for name, value in values.items():
        owner, _, rest = name.rpartition(".")
        if owner == "form":
            assert kept.form.get(rest, "") == value
        elif not owner:
            assert getattr(kept.applicant, name) == value
        else:
            party = kept.party(PartyRole(owner))
            # an agent of whom nothing but blanks was typed is none
            assert getattr(party, rest) == value if party else not value.strip()


@pytest.mark.parametrize(("item", "told"), [(SYSTEM_ITEM, "code_not_of_person"), ("VD-SC-002", "code_of_organisation")])
def test_an_organisations_code_in_a_persons_place_is_told_as_such(window: Window, item: str, told: str) -> None:
    code = social_credit("91410422MA3X1234Y")
    values = {"document_number": code, "agent.name": "代办试用", "agent.document_number": code}
    found = said(start(window, values, item))
    assert found["document_number"] == f"intake.document_kind.{told}"
    assert found["agent.document_number"] == "intake.document_kind.code_not_of_person"
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    assert said(start(window, {"document_number": wrong}, item))["document_number"] == "domain.identity.character"
