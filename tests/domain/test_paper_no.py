"""Numbers on papers that come back: a letter before a local number, read however they were typed or scanned."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.local_no import EPOCHS, MAX_COUNT, local_no
from villagedesk.domain.paper_no import (
    PaperMark,
    PaperNo,
    case_no,
    is_batch_no,
    is_own_no,
    is_paper_no,
    is_visit_no,
    parse_paper_no,
)
from villagedesk.domain.problems import InputProblem

LOCAL = st.builds(
    local_no,
    st.sampled_from(EPOCHS),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, MAX_COUNT),
)
MARKS = st.sampled_from(PaperMark)


@given(MARKS, LOCAL)
def test_what_was_printed_is_read_again_with_and_without_hyphens(mark: PaperMark, local: str) -> None:
    number = PaperNo(mark, local)
    for typed in (str(number), str(number).replace("-", "").lower(), f" {number} "):
        assert parse_paper_no(typed) == number and is_paper_no(typed) and is_own_no(typed)


@given(MARKS, LOCAL)
def test_a_number_of_a_paper_is_never_one_of_a_case(mark: PaperMark, local: str) -> None:
    number = str(PaperNo(mark, local))
    assert is_own_no(local) and not is_paper_no(local)
    assert is_batch_no(number) == (mark is PaperMark.BATCH)
    assert is_visit_no(number) == (mark is PaperMark.VISIT)
    assert case_no(number) == (number if mark is PaperMark.BATCH else local)
    assert case_no(local) == local


@given(MARKS, LOCAL, st.integers(0, 13), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_is_found(mark: PaperMark, local: str, place: int, other: str) -> None:
    number = str(PaperNo(mark, local)).replace("-", "")
    place %= len(number)
    wrong = number[:place] + other + number[place + 1 :]
    if wrong != number and place > 0:  # the letter itself has no check, and says another paper of the same case
        assert not is_paper_no(wrong)


@pytest.mark.parametrize("typed", ["", "X261123-A-0007-K", "261123A0007K", "王秀英"])
def test_what_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InputProblem):
        parse_paper_no(typed)
