"""The four kinds of records an ID-card reader hands over, and records that are not right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.devices.id_cards import PERMANENT_2017, PERMANENT_2023, PERMIT, RESIDENT, UNITS, record
from villagedesk.devices.id_record import parse
from villagedesk.devices.ports import IdCard
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.problems import InputProblem


def test_a_resident_card() -> None:
    assert parse(record(RESIDENT), b"WLf") == IdCard(
        kind=DocumentKind.RESIDENT_ID,
        name="欧阳试用",
        sex="male",
        ethnic_group="01",
        birth_date="1904-02-29",
        address="河南省叶县样张村一组",
        number="410422190402299993",
        issuer="叶县公安局",
        valid_from="2020-01-01",
        valid_to="",  # 长期: it never expires
        photo=b"WLf",
    )


def test_a_residence_permit_with_a_date_that_does_not_exist() -> None:
    card = parse(record(PERMIT, "J"))
    assert (card.kind, card.ethnic_group, card.pass_number, card.issue_count) == (
        DocumentKind.RESIDENCE_PERMIT_HMT,
        "",
        "H99999999",
        "02",
    )
    assert (card.birth_date, card.valid_to, card.warnings) == ("", "2024-01-01", ("reader.bad_date",))
    assert (card.name, card.sex, card.address) == ("陈样张", "female", "河南省平顶山市样张路1号")


def test_a_permanent_residence_card_of_2017() -> None:
    card = parse(record(PERMANENT_2017, "I"))
    assert (card.kind, card.name, card.other_name) == (
        DocumentKind.PERMANENT_RESIDENCE,
        "样张",
        "SPECIMEN, EXAMPLE VERY LONG NAME THAT GOES ON",
    )
    assert (card.sex, card.number, card.nationality) == ("female", "CAN110099999999", "CAN")
    assert (card.valid_from, card.valid_to, card.birth_date) == ("2018-01-01", "2028-01-01", "")
    assert (card.version, card.issuer) == ("01", "1500")


def test_a_permanent_residence_card_of_2023_with_a_long_latin_name() -> None:
    card = parse(record(PERMANENT_2023, "Y"))
    assert (card.kind, card.name) == (DocumentKind.PERMANENT_RESIDENCE, "样本永居")
    assert card.other_name == "SPECIMEN, EXAMPLE WITH A NAME OF MOLETTERS YET"
    assert (card.sex, card.issue_count, card.birth_date) == ("male", "01", "1981-08-03")
    assert (card.number, card.nationality) == ("911124198108030024", "CAN")
    assert (card.valid_from, card.valid_to, card.warnings) == ("2023-12-01", "2033-12-01", ())


@pytest.mark.parametrize(("kind", "flag", "place"), [(PERMANENT_2017, "I", 79), (PERMANENT_2023, "Y", 0)])
def test_without_a_chinese_name_the_latin_one_is_the_name(kind: dict[int, str], flag: str, place: int) -> None:
    card = parse(record({key: text for key, text in kind.items() if key != place}, flag))
    assert card.name == card.other_name != ""


@pytest.mark.parametrize("code", ["97", "98", "57"])
def test_ethnic_groups_that_are_not_in_the_standard_are_kept(code: str) -> None:
    assert parse(record({**RESIDENT, 16: code})).ethnic_group == code


@pytest.mark.parametrize(("code", "sex"), [("0", ""), ("9", ""), ("2", "female")])
def test_a_sex_code_that_says_nothing_is_none(code: str, sex: str) -> None:
    assert parse(record({**RESIDENT, 15: code})).sex == sex


def test_a_kind_nobody_knows_is_read_as_a_resident_card_and_told() -> None:
    card = parse(record(RESIDENT, "Z"))
    assert (card.number, card.warnings) == ("410422190402299993", ("reader.unknown_kind",))


def test_rare_characters_and_private_ones_are_kept() -> None:
    name = "\U0002b0b8\ue863\u40f9"  # beyond the BMP, the old private-use place of a surname, a rare one
    assert parse(record({**RESIDENT, 0: name.ljust(14)})).name == name


def test_half_a_character_at_the_end_is_left_out_and_told() -> None:
    cut = ("张" * 14).encode("utf-16-le") + "\U00020164".encode("utf-16-le")[:2]
    data = bytearray(record(RESIDENT))
    data[: len(cut)] = cut
    card = parse(bytes(data))
    assert (card.name, card.warnings) == ("张" * 14, ("reader.cut_off",))


@pytest.mark.parametrize("padding", ["\x00", " ", "\u3000"])
def test_any_padding_is_taken_off(padding: str) -> None:
    assert parse(record({**RESIDENT, 0: "李试".ljust(15, padding)})).name == "李试"


@pytest.mark.parametrize(
    "broken", [b"", b"\x00" * 256, record(RESIDENT)[:255], record(RESIDENT) + b" ", record({**RESIDENT, 61: " " * 18})]
)
def test_what_is_no_card_is_refused(broken: bytes) -> None:
    with pytest.raises(InputProblem) as refused:
        parse(broken)
    assert refused.value.key == "reader.unreadable"


@pytest.mark.parametrize(
    "broken",
    [
        b"\xff" * 256,
        record({**RESIDENT, 61: "\uffff" * 18}),
        record({**RESIDENT, 0: "\uffff" * 15, 61: "12"}),
        record({**RESIDENT, 0: "\x01\x02", 61: "12"}),
        bytes(range(256)),
    ],
)
def test_what_was_read_as_rubbish_is_refused_as_a_whole(broken: bytes) -> None:
    with pytest.raises(InputProblem) as refused:
        parse(broken)
    assert refused.value.key == "reader.garbled"


@pytest.mark.parametrize(("name", "number"), [("\U00031350张", "410422190402299993"), ("李试", "A-99 9999")])
def test_a_strange_name_or_a_strange_number_alone_is_kept(name: str, number: str) -> None:
    card = parse(record({**RESIDENT, 0: name.ljust(14), 61: number.ljust(18)}))
    assert (card.name, card.number) == (name, number)


@given(st.binary(min_size=2 * UNITS, max_size=2 * UNITS), st.sampled_from(" JIYZ\x00"))
def test_no_record_breaks_the_reading(data: bytes, flag: str) -> None:
    whole = data[:248] + flag.encode("utf-16-le") + data[250:]
    try:
        card = parse(whole)
    except InputProblem as refused:
        assert refused.key in ("reader.unreadable", "reader.garbled")
    else:
        assert card.name and card.number
        for text in (card.name, card.other_name, card.address, card.number):
            text.encode()  # no halves of characters
