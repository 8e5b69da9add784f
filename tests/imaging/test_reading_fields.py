"""What a page's lines mean: every field in whatever order and place the lines come, and nothing that is not proven."""

from __future__ import annotations

import random
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from tests.domain.catalogue_of_messages import ROOT
from tests.imaging.read_pages import (
    ADDRESS,
    BANK_NUMBER,
    BODY,
    CARD,
    NAME,
    NUMBER,
    REGISTER,
    Front,
    Line,
    back_lines,
    bank_lines,
    page_of,
    register_lines,
    somewhere,
)
from villagedesk.catalogue.checked_table import read_toml
from villagedesk.catalogue.divisions import load_known_areas
from villagedesk.catalogue.paper_titles import PaperKinds, paper_kinds_of
from villagedesk.demo.photograph_person import check_digit
from villagedesk.domain.local_no import local_no
from villagedesk.imaging.fields.codes_said import CodeKind, said_by
from villagedesk.imaging.fields.papers import PagePapers, papers_on
from villagedesk.imaging.fields.values import FOR_EVER, Certainty, Knowledge, ReadField, ReadPaper
from villagedesk.imaging.recognising.page_text import PageCode, PageText

TODAY = date(2026, 11, 30)
A4 = (210.0, 297.0)
DIGITS = st.text("0123456789", min_size=3, max_size=3)


@cache
def kinds() -> PaperKinds:
    return paper_kinds_of(read_toml(ROOT / "resources" / "recognition" / "papers.toml"))


@cache
def knowledge() -> Knowledge:
    lookalikes = read_toml(ROOT / "resources" / "recognition" / "lookalikes.toml").names("lookalikes")
    return Knowledge(TODAY, load_known_areas(ROOT / "resources" / "code_lists" / "divisions.toml"), lookalikes)


def read(page: PageText) -> PagePapers:
    return papers_on(page, kinds().titles, knowledge())


def only(page: PageText) -> ReadPaper:
    (paper,) = read(page).papers
    return paper


def texts(paper: ReadPaper) -> dict[str, str]:
    return {str(value.field): value.text for value in paper.values}


def remarks(paper: ReadPaper, field: ReadField) -> list[str]:
    value = paper.value(field)
    assert value is not None
    return [remark.key for remark in value.remarks]


FRONT = {
    "name": NAME,
    "sex": "female",
    "ethnic_group": "满",
    "birth_date": "1979-02-17",
    "address": ADDRESS,
    "number": NUMBER,
}


@given(seed=st.integers(0, 10**6), turns=st.integers(0, 3), merged=st.booleans())
def test_a_cards_front_is_read_in_any_order_place_and_turn(seed: int, turns: int, merged: bool) -> None:
    page = page_of(Front(merged=merged).lines(), CARD, turns=turns, rng=random.Random(seed))
    paper = only(page)
    assert (paper.kind, texts(paper)) == ("id_card_front", FRONT)
    name, number = paper.value(ReadField.NAME), paper.value(ReadField.NUMBER)
    assert name is not None and name.certainty is Certainty.CHECK, "a name is never called clear"
    assert number is not None and number.certainty is Certainty.CLEAR


@given(seed=st.integers(0, 10**6), split=st.booleans(), turns=st.integers(0, 3))
def test_a_registers_page_is_read_in_any_order_and_place(seed: int, split: bool, turns: int) -> None:
    page = page_of(register_lines(split_labels=split), REGISTER, rng=random.Random(seed), turns=turns)
    paper = only(page)
    wanted = {**FRONT, "relation": "妻"}
    del wanted["address"]
    assert (paper.kind, texts(paper)) == ("household_register", wanted)


@given(seed=st.integers(0, 10**6), grouped=st.booleans())
def test_a_bank_cards_number_is_put_together(seed: int, grouped: bool) -> None:
    paper = only(page_of(bank_lines(grouped=grouped), CARD, rng=random.Random(seed)))
    assert (paper.kind, texts(paper)) == (
        "bank_card",
        {"bank_account": BANK_NUMBER, "bank_name": "样张农村商业银行"},
    )


@given(place=st.integers(0, 17), digit=st.sampled_from("0123456789"))
def test_a_number_with_one_wrong_digit_is_never_taken_for_right(place: int, digit: str) -> None:
    wrong = NUMBER[:place] + digit + NUMBER[place + 1 :]
    if wrong == NUMBER:
        return
    value = only(page_of(Front(number=wrong).lines(), CARD)).value(ReadField.NUMBER)
    assert value is not None
    assert (value.text, value.certainty) == (wrong, Certainty.POOR)
    assert value.remarks


@given(serial=DIGITS, data=st.data())
def test_a_letter_is_mended_only_where_the_check_digit_proves_it(serial: str, data: st.DataObject) -> None:
    body = BODY[:14] + serial
    right = body + check_digit(body)
    like = {"0": "O", "1": "I", "8": "B", "5": "S", "2": "Z"}
    places = [place for place in range(17) if right[place] in like]
    place = data.draw(st.sampled_from(places))
    misread = right[:place] + like[right[place]] + right[place + 1 :]
    value = only(page_of(Front(number=misread).lines(), CARD)).value(ReadField.NUMBER)
    assert value is not None
    assert (value.text, [one.key for one in value.remarks]) == (right, ["reading.remark.mended"])
    other = "3" if right[16] != "3" else "4"
    unproven = misread[:16] + other + misread[17:]
    value = only(page_of(Front(number=unproven).lines(), CARD)).value(ReadField.NUMBER)
    assert value is not None
    assert value.certainty is Certainty.POOR


def test_an_x_at_the_end_is_one_however_it_is_read() -> None:
    body = next(BODY[:14] + f"{n:03}" for n in range(1000) if check_digit(BODY[:14] + f"{n:03}") == "X")
    for read_as in ("X", "x", "×"):
        value = only(page_of(Front(number=body + read_as).lines(), CARD)).value(ReadField.NUMBER)
        assert value is not None
        assert (value.text, value.certainty) == (body + "X", Certainty.CLEAR)


def test_what_contradicts_the_number_is_said() -> None:
    paper = only(page_of(Front(sex="男", birth=(1979, 2, 18)).lines(), CARD))
    assert remarks(paper, ReadField.SEX) == ["reading.remark.sex_differs"]
    assert remarks(paper, ReadField.BIRTH_DATE) == ["reading.remark.birth_differs"]
    assert {value.field for value in paper.values if value.certainty is Certainty.POOR} == {
        ReadField.SEX,
        ReadField.BIRTH_DATE,
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("样张龚", "reading.remark.lookalike"),  # 䶮 is read so, at 0.9
        ("样张喆", "reading.remark.rare"),
        ("样张\U00030edd", "reading.remark.rare"),
    ],
)
def test_a_name_that_may_hide_or_hold_a_rare_character_is_marked(name: str, said: str) -> None:
    paper = only(page_of(Front(name=name).lines(), CARD))
    assert remarks(paper, ReadField.NAME) == [said]


def test_a_name_read_poorly_is_marked() -> None:
    paper = only(page_of(Front().lines(), CARD, confidence=0.9))
    assert remarks(paper, ReadField.NAME) == ["reading.remark.unsure_name"]


def test_a_name_with_dots_is_whole() -> None:
    name = "买买提·样张·测试"
    assert texts(only(page_of(Front(name=name).lines(), CARD)))["name"] == name


@pytest.mark.parametrize(
    ("span", "until", "said"),
    [
        ("2016.05.20-2036.05.20", "2036-05-20", []),
        ("2016.05.20-长期", FOR_EVER, []),
        ("2016.05.2020360520", "2036-05-20", []),  # points that were not read
        ("2006.05.20-2016.05.20", "2016-05-20", ["reading.remark.expired"]),
        ("2036.05.20-2016.05.20", "2016-05-20", ["reading.remark.odd_validity"]),
        ("2016.05.20-2036.05.28", "2036-05-28", ["reading.remark.odd_validity"]),
    ],
)
def test_a_cards_validity_is_in_order(span: str, until: str, said: list[str]) -> None:
    paper = only(page_of(back_lines(span), CARD))
    assert (paper.kind, texts(paper)["issuer"], texts(paper)["valid_until"]) == ("id_card_back", "样张县公安局", until)
    assert remarks(paper, ReadField.VALID_UNTIL) == said


def test_a_copy_holds_both_sides_and_a_couples_copy_two_people() -> None:
    other_body = BODY[:6] + "19770809" + "000"
    other = Front(name="示例乙", number=other_body + check_digit(other_body), birth=(1977, 8, 9), at=(62.0, 150.0))
    lines = [*Front(at=(62.0, 20.0)).lines(), *back_lines(at=80.0)]
    assert [paper.kind for paper in read(page_of(lines, A4)).papers] == ["id_card_front", "id_card_back"]
    fronts = [paper for paper in read(page_of([*lines, *other.lines()], A4)).papers if paper.kind == "id_card_front"]
    assert {(texts(paper)["name"], texts(paper)["number"]) for paper in fronts} == {
        (NAME, NUMBER),
        ("示例乙", other.number),
    }


@given(place=st.integers(0, 18), digit=st.sampled_from("0123456789"))
def test_a_bank_cards_wrong_digit_is_found(place: int, digit: str) -> None:
    wrong = BANK_NUMBER[:place] + digit + BANK_NUMBER[place + 1 :]
    if wrong == BANK_NUMBER:
        return
    assert not luhn.is_valid(wrong)
    value = only(page_of(bank_lines(wrong), CARD)).value(ReadField.BANK_ACCOUNT)
    assert value is not None
    assert value.certainty is Certainty.POOR
    assert [one.key for one in value.remarks] == ["reading.remark.bank_check"]


def test_a_passbooks_account_is_to_be_compared_whatever_its_last_digit() -> None:
    wrong = BANK_NUMBER[:-1] + ("1" if BANK_NUMBER[-1] != "1" else "2")
    lines: list[Line] = [("样张储蓄银行", 20.0, 8.0, 6.0), ("活期储蓄存折", 20.0, 18.0, 7.0), ("账号", 20.0, 40.0, 4.0)]
    paper = only(page_of([*lines, (wrong, 40.0, 40.0, 4.0)], (140.0, 90.0)))
    value = paper.value(ReadField.BANK_ACCOUNT)
    assert value is not None
    assert (paper.kind, value.text, value.certainty) == ("bank_book", wrong, Certainty.CHECK)
    assert [one.key for one in value.remarks] == ["reading.remark.book_account"]


def test_a_certificate_that_names_a_person_is_no_identity_card() -> None:
    lines: list[Line] = [
        ("荣誉证书", 60.0, 20.0, 9.0),
        ("姓名", 30.0, 60.0, 5.0),
        (NAME, 60.0, 60.0, 5.0),
        ("性别", 30.0, 75.0, 5.0),
        ("女", 60.0, 75.0, 5.0),
        ("出生年月", 30.0, 90.0, 5.0),
        ("1979年2月17日", 60.0, 90.0, 5.0),
        ("公民身份号码", 30.0, 105.0, 5.0),
        (NUMBER, 80.0, 105.0, 5.0),
    ]
    assert read(page_of(lines, A4)).kinds == ()


def _titled(title: str) -> list[Line]:
    return [
        (title, 60.0, 20.0, 7.0),
        ("姓名", 20.0, 50.0, 3.7),
        ("样张甲", 45.0, 50.0, 4.0),
        ("证件类型", 20.0, 60.0, 3.7),
        ("居民身份证", 45.0, 60.0, 4.0),
        ("请携带居民身份证、户口簿原件到窗口办理，逾期不能享受", 20.0, 200.0, 3.5),
    ]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("城乡居民基本医疗保险参保登记申请表", "form"),
        ("授权委托书", "authorisation"),
        ("出生医学证明", "birth_certificate"),
        ("中华人民共和国残疾人证", "disability_card"),
        ("残疾人证申请表", "form"),
        ("河南省医疗门诊收费票据", "medical_bill"),
        ("居民户口薄", ""),  # one character misread in five
    ],
)
def test_a_paper_is_known_by_its_heading(title: str, kind: str) -> None:
    found = read(page_of(_titled(title), A4)).kinds
    assert (found[0] if found else "") == (kind or "household_cover")


def test_a_notice_that_only_mentions_papers_is_none_of_them() -> None:
    assert read(page_of(_titled("关于办理参保登记有关事项的通知"), A4)).kinds == ()
    assert read(PageText(100, 100)) == PagePapers((), ())


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=30),
            st.floats(0, 200),
            st.floats(0, 280),
            st.floats(0.5, 20),
        ),
        max_size=25,
    ),
    st.integers(0, 3),
)
def test_whatever_is_read_no_rule_fails(lines: list[Line], turns: int) -> None:
    labels = [("姓名", 4.0, 6.0, 3.0), ("公民身份号码", 4.0, 46.0, 3.0), ("住址", 4.0, 27.0, 3.0)]
    for given_lines in (lines, [*lines, *labels], [*lines, *back_lines("x"), *bank_lines("1")]):
        read(page_of(given_lines, A4, turns=turns))


def test_codes_are_told_and_never_followed() -> None:
    ours = local_no("A", TODAY, 7)
    said = {
        kind: said_by(PageCode("QRCode", text, somewhere()))
        for kind, text in (
            (CodeKind.RECEIPT, ours),
            (CodeKind.INVOICE, "01,10,041002300111,12345678,1280.5,20261103,01234567890123456789,ABCD,"),
            (CodeKind.LINK, "https://example.org/pay?x=1"),
            (CodeKind.OTHER, "6901234567892"),
        )
    }
    assert all(one.kind is kind for kind, one in said.items())
    assert said[CodeKind.RECEIPT].text == ours
    invoice = said[CodeKind.INVOICE]
    assert (invoice.text, invoice.day, invoice.amount) == ("12345678", "2026-11-03", "1280.50")
