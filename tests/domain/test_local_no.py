"""收件流水号: mistyped numbers are refused, well-meant spellings are understood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.local_no import LocalNo, local_no, parse_local_no
from villagedesk.domain.problems import InputProblem, Problem

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
numbers = st.builds(LocalNo, st.sampled_from(ALPHABET), days, st.integers(1, 9999))


def hybrid_check(body: str) -> str:
    """ISO 7064, clause on hybrid systems, written out: P(j+1) = ((P(j) + a(j)) || 36) * 2 mod 37; ends at 1 mod 36."""
    product = 36
    for char in body:
        total = (product + ALPHABET.index(char)) % 36
        product = (36 if total == 0 else total) * 2 % 37
    return ALPHABET[(1 - product) % 36]


def let_through(body: str, place: int) -> bool:
    """Whether MOD 37,36 itself cannot see the exchange of characters ``place`` and ``place + 1``."""
    exchanged = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    return hybrid_check(exchanged[:-1]) == exchanged[-1]


def refused(text: str) -> str:
    with pytest.raises(InputProblem) as caught:
        parse_local_no(text)
    return caught.value.key


def test_the_standards_own_example_agrees_with_the_written_out_system() -> None:
    # ISO 7064 MOD 37,36 as used by GRid (IFPI): A1-2425G-ABC1234002-M
    assert hybrid_check("A12425GABC1234002") == "M"


@given(numbers)
def test_every_number_reads_back_and_its_check_character_is_the_standards(number: LocalNo) -> None:
    text = str(number)
    assert parse_local_no(text) == number
    bare = text.replace("-", "")
    assert bare == f"{number.day:%y%m%d}{number.epoch}{number.count:04d}{hybrid_check(bare[:-1])}"


@given(numbers)
def test_every_substitution_of_one_character_is_refused(number: LocalNo) -> None:
    bare = str(number).replace("-", "")
    for place, char in enumerate(bare):
        for other in ALPHABET.replace(char, ""):
            refused(bare[:place] + other + bare[place + 1 :])


@given(numbers)
def test_every_exchange_of_neighbours_is_refused_but_the_few_the_standard_cannot_see(number: LocalNo) -> None:
    bare = str(number).replace("-", "")
    for place in range(len(bare) - 1):
        if bare[place] != bare[place + 1] and not let_through(bare, place):
            refused(bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :])


def test_the_exchanges_the_standard_cannot_see_stay_under_half_a_percent() -> None:
    seen = unseen = 0
    for count in range(1, 10000, 7):
        bare = local_no("A", date(2026, 11, 23), count).replace("-", "")
        for place in range(len(bare) - 1):
            if bare[place] == bare[place + 1]:
                continue
            try:
                parse_local_no(bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :])
                unseen += 1
            except InputProblem:
                seen += 1
    assert seen > 8_000
    assert unseen / (seen + unseen) < 0.005


@given(numbers, st.data())
def test_full_width_lower_case_blanks_and_missing_hyphens_are_folded(number: LocalNo, data: st.DataObject) -> None:
    typed = ""
    for char in str(number):
        spelling = data.draw(st.sampled_from(["plain", "wide", "lower", "blank"]))
        if char == "-":
            typed += {"plain": "-", "wide": "－", "lower": "", "blank": " "}[spelling]
        elif spelling == "wide":
            typed += chr(ord(char) + 0xFEE0)
        else:
            typed += (char.lower() if spelling == "lower" else char) + ("\u3000" if spelling == "blank" else "")
    assert parse_local_no(typed) == number


def test_no_two_cases_share_a_number() -> None:
    texts = {
        local_no(epoch, date(2026, 11, day), count) for epoch in "AB" for day in (1, 2) for count in range(1, 10000)
    }
    assert len(texts) == 4 * 9999


def test_the_ten_thousandth_case_of_a_day_is_told() -> None:
    with pytest.raises(Problem) as caught:
        local_no("A", date(2026, 11, 23), 10000)
    assert caught.value.key == "domain.local_no.day_full"


@pytest.mark.parametrize("year", [1970, 1999, 2100])
def test_a_year_no_number_can_hold_is_told(year: int) -> None:
    with pytest.raises(Problem) as caught:
        local_no("A", date(year, 1, 1), 1)
    assert caught.value.key == "domain.local_no.year"


@pytest.mark.parametrize(("epoch", "count"), [("A", 0), ("AB", 1), ("a", 1)])
def test_what_no_number_can_hold_is_a_programming_error(epoch: str, count: int) -> None:
    with pytest.raises(ValueError, match="no local number"):
        local_no(epoch, date(2026, 1, 1), count)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "domain.local_no.length"),
        ("261123-A-0001", "domain.local_no.length"),
        ("261123A0001号号", "domain.local_no.length"),
        ("26112号A0001M", "domain.local_no.character"),
        ("2611²3A0001M", "domain.local_no.character"),
        ("261123A000OM", "domain.local_no.character"),
        ("261323A0001" + hybrid_check("261323A0001"), "domain.local_no.date"),
        ("261123A0000" + hybrid_check("261123A0000"), "domain.local_no.date"),
    ],
)
def test_each_mistake_is_named(text: str, key: str) -> None:
    assert refused(text) == key


@given(st.text(max_size=20))
def test_any_text_is_either_a_number_or_a_named_mistake(text: str) -> None:
    try:
        assert isinstance(parse_local_no(text), LocalNo)
    except InputProblem as problem:
        assert problem.key.startswith("domain.local_no.")
