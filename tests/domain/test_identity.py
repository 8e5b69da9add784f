"""Document numbers: what is right, what is wrong and how near the sentence comes to the mistake."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.identity_numbers import GB32100_CHARACTERS, resident, social_credit
from villagedesk.domain.identity import CheckedDocument, DocumentKind, check_document
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.resident_id import Sex

TODAY = date(2026, 11, 23)
AREAS = frozenset({"11", "34", "36", "41", "44", "4104", "4110", "410421", "410482"})
RESIDENT, PERMANENT, PERMIT, HMT, TAIWAN, PASSPORT, USCC, OTHER = DocumentKind


def check(kind: DocumentKind, typed: str, today: date = TODAY) -> CheckedDocument:
    return check_document(kind, typed, today, AREAS)


def keys(found: CheckedDocument) -> set[str]:
    return {warning.key.removeprefix("domain.") for warning in found.warnings}


# kind, typed, kind it is, number kept, birth date, sex, warnings. Source or computation beside each row.
RIGHT = [
    # GB 11643-1999, the standard's two examples
    (RESIDENT, "11010519491231002X", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    (
        RESIDENT,
        "440524188001010014",
        RESIDENT,
        "440524188001010014",
        date(1880, 1, 1),
        Sex.MALE,
        {"identity.very_old"},
    ),
    # python-stdnum's documentation of cn.ric
    (RESIDENT, "360426199101010071", RESIDENT, "360426199101010071", date(1991, 1, 1), Sex.MALE, set()),
    # widely printed specimen number (check character verified by the weights: test below)
    (RESIDENT, "34052419800101001X", RESIDENT, "34052419800101001X", date(1980, 1, 1), Sex.MALE, set()),
    # folding: lower x, blanks, full width, hyphens, zero-width (domain: section 3)
    (RESIDENT, "11010519491231002x", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    (RESIDENT, " 110105 19491231 002X ", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    (
        RESIDENT,
        "１１０１０５１９４９１２３１００２Ｘ",
        RESIDENT,
        "11010519491231002X",
        date(1949, 12, 31),
        Sex.FEMALE,
        set(),
    ),
    (RESIDENT, "110105\u300019491231－002ｘ", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    (RESIDENT, "\u202d11010519491231002×\u200e", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    (RESIDENT, "11010519491231002Ⅹ", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    (RESIDENT, "110105\u200b19491231002X\ufeff", RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE, set()),
    # leap days: 2000 was one (divisible by 400), 1904 was one
    (
        RESIDENT,
        resident("41042120000229001"),
        RESIDENT,
        resident("41042120000229001"),
        date(2000, 2, 29),
        Sex.MALE,
        set(),
    ),
    (
        RESIDENT,
        resident("41042119040229002"),
        RESIDENT,
        resident("41042119040229002"),
        date(1904, 2, 29),
        Sex.FEMALE,
        {"identity.very_old"},
    ),
    # 1900 numbers, which python-stdnum refuses (design: decision 13)
    (
        RESIDENT,
        resident("41042119000101001"),
        RESIDENT,
        resident("41042119000101001"),
        date(1900, 1, 1),
        Sex.MALE,
        {"identity.very_old"},
    ),
    # born today: not in the future
    (RESIDENT, resident("41042120261123003"), RESIDENT, resident("41042120261123003"), TODAY, Sex.MALE, set()),
    # GB/T 2260: 410426 襄城县 left Pingdingshan in 1997, 412401 was a prefecture's code until 1983; warn, never block
    (
        RESIDENT,
        resident("41042619620315004"),
        RESIDENT,
        resident("41042619620315004"),
        date(1962, 3, 15),
        Sex.FEMALE,
        {"identity.area_unknown"},
    ),
    (
        RESIDENT,
        resident("41240119500606005"),
        RESIDENT,
        resident("41240119500606005"),
        date(1950, 6, 6),
        Sex.MALE,
        {"identity.area_unknown"},
    ),
    # no province has 99 … here 20
    (
        RESIDENT,
        resident("20010119900101001"),
        RESIDENT,
        resident("20010119900101001"),
        date(1990, 1, 1),
        Sex.MALE,
        {"identity.area_unknown"},
    ),
    # a county the list does not hold, of a prefecture it holds without counties: silence
    (
        RESIDENT,
        resident("41102519700101008"),
        RESIDENT,
        resident("41102519700101008"),
        date(1970, 1, 1),
        Sex.FEMALE,
        set(),
    ),
    # 15 digits: 19 is inserted (GB 11643); 110105491231002 is the standard's example shortened
    (
        RESIDENT,
        "110105491231002",
        RESIDENT,
        "11010519491231002X",
        date(1949, 12, 31),
        Sex.FEMALE,
        {"identity.lengthened"},
    ),
    # permanent residence card since 2023-12-01: 9 first, date in 7–14; chosen rightly, and typed under 身份证
    (PERMANENT, resident("93110519900101123"), PERMANENT, resident("93110519900101123"), date(1990, 1, 1), None, set()),
    (
        RESIDENT,
        resident("91410019850630008"),
        PERMANENT,
        resident("91410019850630008"),
        date(1985, 6, 30),
        None,
        {"identity.seen_as.permanent_residence"},
    ),
    # older cards: 3 letters + 12 digits stay valid
    (PERMANENT, "usa110175010112", PERMANENT, "USA110175010112", None, None, set()),
    # 港澳台居民居住证: 810000, 820000, 830000 (国办发〔2018〕81号)
    (PERMIT, resident("81000019900101001"), PERMIT, resident("81000019900101001"), date(1990, 1, 1), Sex.MALE, set()),
    (PERMIT, resident("82000019750808002"), PERMIT, resident("82000019750808002"), date(1975, 8, 8), Sex.FEMALE, set()),
    (
        RESIDENT,
        resident("83000019881212006"),
        PERMIT,
        resident("83000019881212006"),
        date(1988, 12, 12),
        Sex.FEMALE,
        {"identity.seen_as.residence_permit_hmt"},
    ),
    # 港澳通行证: H/M + 8; cards of 1999 + 2 more; HA/MA + 7 since 2024-07 (domain: section 3)
    (HMT, "H12345678", HMT, "H12345678", None, None, set()),
    (HMT, "m1234567800", HMT, "M1234567800", None, None, set()),
    (HMT, "HA1234567", HMT, "HA1234567", None, None, set()),
    # 台胞证: 8 digits; old: 10 digits + letter, printed in brackets
    (TAIWAN, "12345678", TAIWAN, "12345678", None, None, set()),
    (TAIWAN, "1234567890（b）", TAIWAN, "1234567890B", None, None, set()),
    (PASSPORT, "e12345678", PASSPORT, "E12345678", None, None, set()),
    # USCC: GB 32100-2015's own example; python-stdnum's; published codes of Baidu, Tencent, Peking and Tsinghua Univ.
    (USCC, "91350100M000100Y43", USCC, "91350100M000100Y43", None, None, set()),
    (USCC, "91110000600037341l", USCC, "91110000600037341L", None, None, set()),
    (USCC, "91110000802100433B", USCC, "91110000802100433B", None, None, set()),
    (USCC, "9144030071526726XG", USCC, "9144030071526726XG", None, None, set()),
    (USCC, "12100000400002259P", USCC, "12100000400002259P", None, None, set()),
    (USCC, "1210 0000 4000 0062 4D", USCC, "12100000400000624D", None, None, set()),
    # N2 村级集体经济组织, A1, Y1: letters in front, invented, by the standard's weights
    (USCC, social_credit("N2410421MF0000001"), USCC, social_credit("N2410421MF0000001"), None, None, set()),
    (USCC, social_credit("A1410421MF0000002"), USCC, social_credit("A1410421MF0000002"), None, None, set()),
    (USCC, social_credit("Y1410421MF0000003"), USCC, social_credit("Y1410421MF0000003"), None, None, set()),
    (
        USCC,
        social_credit("B1410421MF0000004"),
        USCC,
        social_credit("B1410421MF0000004"),
        None,
        None,
        {"uscc.authority"},
    ),
    (OTHER, " 南字第　１２３ 号", OTHER, "南字第 123 号", None, None, set()),
]

# kind, typed, key without its prefix, parameters the sentence shows
WRONG = [
    (RESIDENT, "", "identity.empty", {}),
    (RESIDENT, "\u3000 ", "identity.empty", {}),
    (OTHER, " ", "identity.empty", {}),
    (OTHER, "\x0c", "identity.empty", {}),
    # GB 11643: eighteen places, digits 0-9 of ASCII, X in the last one alone; the standard's own example, spoilt
    (RESIDENT, "1101051949123100", "identity.length", {"count": 16}),
    (RESIDENT, "11010519491231002XX", "identity.length", {"count": 19}),
    (RESIDENT, "1101O519491231002X", "identity.character", {"position": 5, "character": "O"}),
    (RESIDENT, "11010519491231X02X", "identity.character", {"position": 15, "character": "X"}),
    (RESIDENT, "11010519491231002Y", "identity.character", {"position": 18, "character": "Y"}),
    (RESIDENT, "1101051949123100²X", "identity.character", {"position": 17, "character": "²"}),
    (RESIDENT, "110105194912310০2X", "identity.character", {"position": 16, "character": "০"}),
    # the calendar: 1900 was no leap year (not divisible by 400), nor 2023; June has 30 days; no month 13 or 00
    (RESIDENT, resident("41042119000229001"), "identity.date", {"year": "1900", "month": "02", "day": "29"}),
    (RESIDENT, resident("41042120230229001"), "identity.date", {"year": "2023", "month": "02", "day": "29"}),
    (RESIDENT, resident("41042119900631001"), "identity.date", {"year": "1990", "month": "06", "day": "31"}),
    (RESIDENT, resident("41042119901301001"), "identity.date", {"year": "1990", "month": "13", "day": "01"}),
    (RESIDENT, resident("41042119900001001"), "identity.date", {"year": "1990", "month": "00", "day": "01"}),
    (RESIDENT, resident("41042100000101001"), "identity.date", {"year": "0000", "month": "01", "day": "01"}),
    # nobody is born after today, 2026-11-23 here
    (RESIDENT, resident("41042120261124001"), "identity.date_future", {"year": "2026", "month": "11", "day": "24"}),
    # GB 11643, ISO 7064 MOD 11-2: of the standard's example, another check digit, and another serial under the same one
    (RESIDENT, "110105194912310021", "identity.check_digit", {}),
    (RESIDENT, "11010519491231003X", "identity.check_digit", {}),
    # GB 11643-1989: fifteen digits, yyMMdd in 7 to 12, no check character
    (RESIDENT, "110105491331002", "identity.date", {"year": "1949", "month": "13", "day": "31"}),
    (RESIDENT, "11010549123100X", "identity.character", {"position": 15, "character": "X"}),
    # no permit and no permanent residence card has the shape of the old fifteen digits (domain: section 3)
    (PERMIT, "110105491231002", "identity.length", {"count": 15}),
    (PERMANENT, "110105491231002", "identity.permanent_shape", {}),
    (PERMANENT, "11010519491231002X", "identity.permanent_shape", {}),
    (PERMANENT, "9311051990", "identity.permanent_length", {"count": 10}),
    # the card of 2023: 9 in front, date in 7 to 14, check digit of GB 11643
    (PERMANENT, resident("93110519901301123"), "identity.date", {"year": "1990", "month": "13", "day": "01"}),
    (PERMANENT, "931105199001011230", "identity.check_digit", {}),
    # 港澳通行证: H/M + 8, 1999 cards + 2 more, HA/MA + 7 (domain: section 3)
    (HMT, "C12345678", "identity.hmt_pass", {}),
    (HMT, "H123456789", "identity.hmt_pass", {}),
    (HMT, "HA12345678", "identity.hmt_pass", {}),
    # 台胞证: 8 digits; old: 10 digits + letter (domain: section 3)
    (TAIWAN, "1234567", "identity.taiwan_pass", {}),
    (TAIWAN, "1234567890", "identity.taiwan_pass", {}),
    # our own wide rule, because every country numbers its own way: 5 to 20 of A-Z and digits
    (PASSPORT, "E１２", "identity.passport", {}),
    (PASSPORT, "护照E12345", "identity.passport", {}),
    # GB 32100: eighteen places, no I O S V Z, weights 3^i mod 31; a right code of the table above, spoilt
    (USCC, "9111000060003734", "uscc.length", {"count": 16}),
    (USCC, "9111000O600037341L", "uscc.letter", {"position": 8, "character": "O", "instead": "0"}),
    (USCC, "91110000600037341I", "uscc.letter", {"position": 18, "character": "I", "instead": "1"}),
    (USCC, "9111A000600037341L", "uscc.character", {"position": 5, "character": "A"}),
    (USCC, "91110000600037341代", "uscc.character", {"position": 18, "character": "代"}),
    (USCC, "911100006000373412", "uscc.check_character", {}),
    (USCC, "91110000600037314L", "uscc.check_character", {}),
    (OTHER, "号" * 65, "identity.other_length", {"count": 65, "limit": 64}),
    (OTHER, "12\x073", "identity.other_character", {}),
]


@pytest.mark.parametrize(("kind", "typed", "seen", "number", "born", "sex", "warnings"), RIGHT)
def test_right_numbers(
    kind: DocumentKind,
    typed: str,
    seen: DocumentKind,
    number: str,
    born: date | None,
    sex: Sex | None,
    warnings: set[str],
) -> None:
    found = check(kind, typed)
    assert (found.kind, found.number, found.birth_date, found.sex) == (seen, number, born, sex)
    assert keys(found) == warnings
    assert found.question is None


@pytest.mark.parametrize(("kind", "typed", "key", "params"), WRONG)
def test_wrong_numbers_are_named_beside_their_field(
    kind: DocumentKind, typed: str, key: str, params: dict[str, object]
) -> None:
    with pytest.raises(InputProblem) as caught:
        check(kind, typed)
    assert (caught.value.key, caught.value.params) == (f"domain.{key}", params)
    assert caught.value.field == "document_number"


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "440524188001010014", "360426199101010071", "34052419800101001X"]
)
def test_the_written_out_weights_agree_with_published_numbers(number: str) -> None:
    assert resident(number[:17]) == number


@pytest.mark.parametrize("serial", ["996", "997", "998", "999"])
def test_fifteen_digits_of_a_centenarian_are_asked_about(serial: str) -> None:
    found = check(RESIDENT, "410421" + "850101" + serial)
    assert found.question is not None
    assert found.question.key == "domain.identity.which_century"
    assert (found.question.params["early"], found.question.params["late"]) == ("1885", "1985")
    assert found.number == resident("41042119850101" + serial)
    assert found.alternative == resident("41042118850101" + serial)


bodies = st.builds(
    lambda area, born, serial: f"{area}{born:%Y%m%d}{serial:03d}",
    st.sampled_from(["410421", "410482", "110105", "412401"]),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


@given(bodies)
def test_every_valid_number_is_taken_with_its_date_and_sex(body: str) -> None:
    found = check(RESIDENT, resident(body))
    assert found.birth_date is not None
    assert f"{found.birth_date:%Y%m%d}" == body[6:14]
    assert found.sex is (Sex.MALE if body[16] in "13579" else Sex.FEMALE)


@given(bodies, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_substitution_of_one_digit_is_refused(body: str, place: int, other: str) -> None:
    number = resident(body)
    if number[place] != other:
        with pytest.raises(InputProblem):
            check(RESIDENT, number[:place] + other + number[place + 1 :])


@given(bodies, st.integers(0, 16))
def test_every_exchange_of_neighbours_is_refused(body: str, place: int) -> None:
    number = resident(body)
    if number[place] != number[place + 1]:
        with pytest.raises(InputProblem):
            check(RESIDENT, number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@given(st.text(GB32100_CHARACTERS, min_size=9, max_size=9), st.integers(0, 17), st.sampled_from(GB32100_CHARACTERS))
def test_every_substitution_in_a_credit_code_is_refused(organ: str, place: int, other: str) -> None:
    code = social_credit("N2410421" + organ)
    assert check(USCC, code).number == code
    if code[place] != other:
        with pytest.raises(InputProblem):
            check(USCC, code[:place] + other + code[place + 1 :])


@given(st.sampled_from(DocumentKind), st.text(max_size=40))
def test_any_text_is_a_number_or_a_named_mistake(kind: DocumentKind, typed: str) -> None:
    try:
        assert check(kind, typed).number
    except InputProblem as problem:
        assert problem.field == "document_number"
