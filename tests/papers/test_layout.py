"""Flow over pages: all lines come out once and in order, within the page, heads again on each."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.samples import fonts
from villagedesk.papers.layout import Cell, Gap, Picture, Placed, Row, Table, TextStyle, Together, flow, lay
from villagedesk.papers.sheet import Sheets

STYLE = TextStyle(10.0)


def row(*texts: str) -> Row:
    return Row(tuple(Cell(text, 30.0, STYLE) for text in texts), ruled=True, pad_x_mm=1.0, pad_y_mm=0.5)


def column_lines(pages: list[list[Placed]], column: int) -> list[str]:
    return [line for page in pages for placed in page for line in placed.laid.lines[column] if line]


texts = st.text(alphabet="一二三四abc \n，（", max_size=120)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8), st.floats(min_value=12, max_value=80))
def test_rows_come_out_whole_and_within_the_page(contents: list[tuple[str, str]], height_mm: float) -> None:
    rows = [row(*content) for content in contents]
    head = row("头", "头")
    pages = flow(fonts(), [Table(head, tuple(rows))], height_mm)
    for column in range(2):
        expected = [line for one in rows for line in lay(fonts(), one).lines[column] if line]
        assert [line for line in column_lines(pages, column) if line != "头"] == expected
    for page in pages:
        assert page[0].laid.lines[0] == ("头",)
        assert page[-1].y_mm + page[-1].laid.height_mm <= height_mm + 1e-6
        for upper, lower in pairwise(page):
            assert upper.y_mm + upper.laid.height_mm <= lower.y_mm + 1e-6


def test_rows_that_belong_together_move_to_the_next_page_together() -> None:
    line = lay(fonts(), row("一")).height_mm
    pages = flow(fonts(), [row("一"), row("二"), Together((row("三"), row("四")))], line * 3.5)
    assert [column_lines([page], 0) for page in pages] == [["一", "二"], ["三", "四"]]


def test_of_rows_too_many_for_a_page_the_last_ones_stay_together() -> None:
    line = lay(fonts(), row("一")).height_mm
    rows = tuple(row(text) for text in "一二三四五六七")
    pages = flow(fonts(), [Together(rows, end=3)], line * 5.5)
    assert [column_lines([page], 0) for page in pages] == [["一", "二", "三", "四"], ["五", "六", "七"]]


def test_a_gap_is_no_air_at_the_top_of_a_page() -> None:
    line = lay(fonts(), row("一")).height_mm
    pages = flow(fonts(), [Gap(5.0), row("一"), Gap(5.0), row("二")], line * 1.5)
    assert [[placed.y_mm for placed in page] for page in pages] == [[0.0], [0.0]]


def test_a_picture_higher_than_the_page_is_still_placed() -> None:
    def nothing(_sheets: Sheets, _x: float, _y: float) -> None:
        """Draw nothing."""

    picture = Row((Picture(10.0, 50.0, nothing),))
    assert [len(page) for page in flow(fonts(), [row("一"), picture], 20.0)] == [1, 1]
