"""Lines hold all of a text, fit their width, and begin with nothing that belongs to the line before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.papers.samples import fonts
from villagedesk.papers.wrap import wrap


@given(st.text(max_size=80), st.floats(min_value=8, max_value=180), st.sampled_from([8.0, 10.5, 16.0]))
def test_no_text_is_lost_and_no_line_is_too_wide(text: str, width_mm: float, size_pt: float) -> None:
    lines = wrap(fonts(), text, size_pt, width_mm)
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "")
    assert "".join(lines) == expected
    assert all(fonts().width_mm(line, size_pt) <= width_mm or len(line) == 1 for line in lines)


def test_closing_marks_stay_with_what_they_close() -> None:
    # Ten characters to a line: 10.5 pt are 3.704 mm.
    lines = wrap(fonts(), "一二三四五六七八九十。一二三四五六七八九（十", 10.5, 37.5)
    assert lines == ["一二三四五六七八九", "十。一二三四五六七八", "九（十"]


def test_numbers_and_latin_words_stay_whole() -> None:
    assert wrap(fonts(), "编号是261123-A-0007-X的办件", 10.5, 35.0) == ["编号是", "261123-A-0007-X的", "办件"]


def test_a_code_point_stays_whole() -> None:
    assert wrap(fonts(), "王王王王王王王王王😀", 10.5, 37.5) == ["王王王王王王王王王", "😀"]
    assert fonts().width_mm("😀", 10.5) > 2 * fonts().width_mm("王", 10.5)


def test_line_feeds_end_lines_and_nothing_is_one_empty_line() -> None:
    assert wrap(fonts(), "甲\r\n乙\n\n丙", 10.5, 100.0) == ["甲", "乙", "", "丙"]
    assert wrap(fonts(), "", 10.5, 100.0) == [""]
