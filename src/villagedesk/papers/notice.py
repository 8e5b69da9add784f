"""What the organ's notices have in common: the type area of official papers, and room for the seal.

GB/T 9704-2012: head margin 天头 37 mm, binding margin 订口 28 mm, type area 版心 156 × 225 mm (5.2.1); in it 22 lines
of 28 characters 三号仿宋 (5.2.2, 5.2.3); the seal stands over organ and date (7.3.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from villagedesk.domain.clock import SHANGHAI
from villagedesk.papers.fonts import Face, FontSet
from villagedesk.papers.form import Form, Frame, draw_form
from villagedesk.papers.layout import Block, Cell, Gap, Picture, Row, TextStyle, Together
from villagedesk.papers.sheet import A4

WIDTH = 156.0
LINES, CHARACTERS = 22, 28
"""On one sheet, and in one line."""
NOTICE = Frame(A4, 28.0, 37.0, WIDTH, 225.0)
LINE_MM = 225.0 / LINES
_BODY_PT = 15.75  # 三号; 28 of them are 155.6 mm
_MM_PER_POINT = 25.4 / 72
BODY = TextStyle(_BODY_PT, leading=LINE_MM / (_BODY_PT * _MM_PER_POINT), face=Face.FANGSONG)
_TITLE = TextStyle(22.0, leading=LINE_MM / (22.0 * _MM_PER_POINT), bold=True)
_NUMBER = TextStyle(12.0, leading=LINE_MM / (12.0 * _MM_PER_POINT), face=Face.FANGSONG)
SMALL = TextStyle(11.0, leading=1.45)
_LABEL = TextStyle(11.0, leading=1.45, grey=0.3)
_LABEL_WIDTH = 30.0
_AIR = TextStyle(1.0)
SEAL_MM = 45.0
"""Room for the round seal of a county's organ, which measures 42 mm (国发〔1999〕25号)."""
ORGAN_WIDTH = 80.0
_ORGAN = TextStyle(_BODY_PT, leading=1.45, face=Face.FANGSONG)


def draw_notice(
    fonts: FontSet, title: str, local_no: str, blocks: Sequence[Block], *, reprint: int, practice: bool
) -> bytes:
    """The notice as a PDF of A4 sheets."""
    return draw_form(fonts, Form(f"{title} {local_no}", NOTICE, blocks, reprint=reprint, practice=practice))


def opening(number: str, title: str, applicant_name: str) -> Iterator[Block]:
    """The number at the top right, the title, and to whom it is written."""
    yield Row((Cell(f"编号：{number}", WIDTH, _NUMBER, align="right"),))
    yield Gap(LINE_MM)
    yield Row((Cell(title, WIDTH, _TITLE, align="centre"),))
    yield Gap(LINE_MM)
    yield paragraph(f"{applicant_name}：", indent=False)


def paragraph(text: str, *, indent: bool = True) -> Row:
    """Running text on the lines of the type area, begun two characters in."""
    return Row((Cell(f"　　{text}" if indent else text, WIDTH, BODY),))


def air(height_mm: float) -> Row:
    """Air between rows that belong together."""
    return Row((Cell("", WIDTH, _AIR),), least_mm=height_mm)


def closing(
    last_words: Row, pairs: Sequence[tuple[str, str]], organ: str, day: date, beside: Sequence[Cell | Picture] = ()
) -> Together:
    """The end of a notice, kept on one sheet where it fits on one: the seal never stands apart from text (GB/T
    9704-2012, 7.3.5.4). Organ and date are at the right, with room for the seal over them.

    Args:
        last_words: of the running text.
        pairs: names and values, in ruled rows below that.
        beside: what stands at the left of organ and date, together 76 mm wide.
    """
    rows = [last_words, air(3.0)]
    for label, value in pairs:
        cells = (Cell(label, _LABEL_WIDTH, _LABEL, shade=0.96), Cell(value, WIDTH - _LABEL_WIDTH, SMALL))
        rows.append(Row(cells, ruled=True, pad_x_mm=2.0, pad_y_mm=1.2))
    left = beside or (Cell("", WIDTH - ORGAN_WIDTH, SMALL),)
    # The seal goes over organ and date, so these stand in the middle of its height.
    signed = Cell(f"\n{organ}\n{day_words(day)}\n（印章）", ORGAN_WIDTH, _ORGAN, align="centre")
    return Together((*rows, air(5.0), Row((*left, signed), least_mm=SEAL_MM)), end=3)


def beside_seal(pairs: Sequence[tuple[str, str]]) -> tuple[Cell]:
    """At the left of organ and date: names and values, those without a value left out; then where the applicant signs
    for the paper."""
    lines = [f"{label}：{value}" for label, value in pairs if value]
    return (Cell("\n".join([*lines, "", "签收人、日期："]), WIDTH - ORGAN_WIDTH, SMALL, write_on=True),)


def day_words(day: date) -> str:
    """A day as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_of(moment: datetime) -> date:
    """The day of a moment by Shanghai's calendar."""
    return moment.astimezone(SHANGHAI).date()
