"""A4 papers in many layouts, drawn from the seed: dense forms, notices and proofs with a red seal, handwriting."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_cards import card_back_on, card_front_on
from villagedesk.demo.photograph_person import Person
from villagedesk.demo.photograph_sheet import BLACK, BLUE_INK, PAPER, PENCIL, SEAL_RED, Colour, Sheet
from villagedesk.demo.photograph_words import (
    CLAUSES,
    FORM_TITLES,
    LETTER_LINES,
    LETTER_TITLES,
    MEMO_LINES,
    NOTICE_TITLES,
    PAIRS,
    date,
    some,
)

A4 = (210.0, 297.0)
DPI = 250
EIGHT_POINT = 2.82
"""The smallest print a paper has here, millimetres a character."""


def any_form(font: Path, rng: np.random.Generator) -> Sheet:
    """A dense form: a table of two to six columns filled in by hand or by machine, small print, promises, a seal."""
    landscape = rng.random() < 0.12
    width, height = A4[::-1] if landscape else A4
    sheet = Sheet(width, height, font, rng, _white(rng), dpi=DPI)
    person = Person(rng, varied=True)
    margin = float(rng.uniform(12, 24))
    right = width - margin
    y = float(rng.uniform(10, 22))
    title = str(rng.choice(FORM_TITLES))
    sheet.text(width / 2, y, title, float(rng.uniform(5.6, 7.6)), anchor="mt", bold=rng.random() < 0.6)
    y += 12
    small = float(rng.uniform(3.2, 3.9))
    sheet.text(margin, y, f"填报单位：{person.village}便民服务站（样张）", small)
    sheet.text(right, y, f"编号：{int(rng.integers(1, 99999)):05}", small, anchor="rt")
    y += 6.5
    y = _cells(sheet, rng, person, margin, y, right - margin)
    y += 3
    print_size = float(rng.choice([EIGHT_POINT, EIGHT_POINT, 3.2, 3.7]))
    foot = height - float(rng.uniform(48, 66))
    for number, clause in enumerate(some(CLAUSES, 14, rng)):
        if y > foot - print_size * 4:
            break
        start = f"{number + 1}. " if rng.random() < 0.7 else f"（{number + 1}）"
        y = sheet.paragraph(margin, y, right - margin, start + clause, print_size, float(rng.uniform(1.4, 1.7))) + 0.6
    ink = _ink(rng)
    sheet.text(right - 82, foot + 4, "申请人（签字）：", 3.7)
    sheet.handwriting(right - 52, foot + 1.6, person.name, 6.2, ink)
    sheet.handwriting(right - 60, foot + 13, date(rng), 5.0, ink)
    if rng.random() < 0.5:
        sheet.text(margin, foot + 4, "村民委员会意见：", 3.7)
        sheet.handwriting(margin + 30, foot + 2, "情况属实，同意上报", 5.2, _ink(rng))
    if rng.random() < 0.4:
        sheet.handwriting(margin, foot + 24, str(rng.choice(MEMO_LINES)), 4.6, PENCIL)
    if rng.random() < 0.75:
        sheet.seal(
            float(rng.uniform(margin + 30, right - 25)), foot + float(rng.uniform(4, 18)), f"{person.village}村民委员会"
        )
    if rng.random() < 0.3:
        sheet.fingerprint(right - float(rng.uniform(20, 50)), foot + 7)
    sheet.text(margin, height - 10, "样张　请勿作为凭证", 3)
    if rng.random() < 0.2:
        # As a village desk prints it onto what it hands out: day, letter, count, check character.
        day, count = int(rng.integers(250101, 261231)), int(rng.integers(1, 400))
        local_no = f"{day}-A-{count:04}-{'0123456789ABCDEFGH'[int(rng.integers(0, 18))]}"
        sheet.code_128(right - 62, height - 17, 60, 11, local_no)
    return sheet


def any_notice(font: Path, rng: np.random.Generator) -> Sheet:
    """A notice, a proof or an agreement in print of one size, with a round red seal over its date."""
    sheet = Sheet(*A4, font, rng, _white(rng), dpi=DPI)
    person = Person(rng, varied=True)
    organ = f"{person.village}村民委员会" if rng.random() < 0.7 else f"样张县示例{rng.choice(['乡', '镇'])!s}人民政府"
    y = float(rng.uniform(22, 36))
    if rng.random() < 0.5:
        sheet.text(105, y, organ, float(rng.uniform(7, 9.5)), SEAL_RED, "mt", bold=True)
        y += 13
        sheet.line(22, y, 188, y, 0.7, SEAL_RED)
        y += 9
        sheet.text(105, y, f"样政〔2026〕{int(rng.integers(1, 90))}号", 4, anchor="mt")
        y += 11
    sheet.text(105, y, str(rng.choice(NOTICE_TITLES)) + "（样张）", float(rng.uniform(6, 8)), anchor="mt", bold=True)
    y += float(rng.uniform(14, 22))
    size, leading = float(rng.uniform(4.2, 5.6)), float(rng.uniform(1.5, 1.9))
    left = float(rng.uniform(22, 30))
    opening = f"　　{person.name}，女，{person.nation}族，公民身份号码{person.number}，住{person.address}。"
    y = sheet.paragraph(left, y, 210 - 2 * left, opening, size, leading)
    for clause in some(CLAUSES, int(rng.integers(2, 8)), rng):
        if y > 190:
            break
        y = sheet.paragraph(left, y, 210 - 2 * left, "　　" + clause, size, leading)
    if rng.random() < 0.4:
        y = sheet.paragraph(
            left, y, 210 - 2 * left, f"　　联系人：{person.name}　电话：{person.telephone}", size, leading
        )
    foot = max(y + 10, float(rng.uniform(190, 225)))
    sheet.text(184, foot, organ, 5, anchor="rt")
    sheet.text(184, foot + 10, date(rng), 5, anchor="rt")
    sheet.seal(158 + float(rng.uniform(-10, 10)), foot + float(rng.uniform(0, 8)), organ)
    return sheet


def any_handwriting(font: Path, rng: np.random.Generator) -> Sheet:
    """A letter written by hand in ink or pencil, on ruled, squared or plain paper; often not full."""
    paper: Colour = [(246, 244, 234), PAPER, (250, 249, 246)][int(rng.integers(0, 3))]
    sheet = Sheet(*A4, font, rng, paper, dpi=DPI)
    person = Person(rng, varied=True)
    step = float(rng.uniform(8.5, 12))
    ruled = int(rng.integers(0, 4))
    tint: Colour = [(196, 160, 160), (170, 182, 206), (176, 200, 176)][int(rng.integers(0, 3))]
    if ruled < 2:
        for row in range(int(240 / step)):
            sheet.line(18, 38 + row * step, 192, 38 + row * step, 0.2, tint)
    elif ruled == 2:
        for row in range(int(240 / step) + 1):
            sheet.line(20, 36 + row * step, 20 + step * int(170 / step), 36 + row * step, 0.2, tint)
        for column in range(int(170 / step) + 1):
            x = 20 + column * step
            sheet.line(x, 36, x, 36 + step * int(240 / step), 0.2, tint)
    pencil = rng.random() < 0.3
    ink = PENCIL if pencil else _ink(rng)
    sheet.handwriting(float(rng.uniform(70, 90)), 20, str(rng.choice(LETTER_TITLES)), 9, ink)
    size = step * float(rng.uniform(0.58, 0.7))
    room = int(160 / size)
    lines = [f"我叫{person.name}，是{person.village}村民。", f"身份证号{person.number}"]
    lines += some(LETTER_LINES, int(rng.integers(3, 13)), rng)
    y = 38 + step
    for line in lines:
        indent = 2 * size if rng.random() < 0.3 else 0.0
        sheet.handwriting(20 + indent, y - size * 1.25, line[:room], size, ink)
        y += step
    if rng.random() < 0.5:
        for line in some(MEMO_LINES, 2, rng):
            sheet.handwriting(24, y - size * 1.25, line, size * 0.9, PENCIL)
            y += step
    sheet.handwriting(118, y + step, "申请人：" + person.name, size, ink)
    sheet.handwriting(118, y + step * 2, date(rng), size * 0.9, ink)
    if rng.random() < 0.5:
        sheet.fingerprint(150, y + step * 1.2)
    sheet.text(18, 287, "样张", 3)
    return sheet


def any_card_sheet(font: Path, rng: np.random.Generator) -> Sheet:
    """Both sides of a resident card, or one, copied onto A4 at 1:1, in colour or grey; at any place of the sheet."""
    sheet = Sheet(*A4, font, rng, dpi=DPI)
    person = Person(rng, varied=True)
    left, top = 62.2 + float(rng.uniform(-40, 40)), float(rng.uniform(25, 90))
    card_front_on(sheet, left, top, person, rng)
    if rng.random() < 0.85:
        card_back_on(sheet, left + float(rng.uniform(-6, 6)), top + 54 + float(rng.uniform(8, 45)), person, rng)
    if rng.random() < 0.5:
        sheet.text(105, 250, "仅供办理" + str(rng.choice(FORM_TITLES))[:8] + "使用　样张", 4, anchor="mt")
    if rng.random() < 0.6:
        sheet.handwriting(46, float(rng.uniform(230, 240)), "与原件一致　" + person.name, 6, _ink(rng))
    if rng.random() < 0.5:
        sheet.desaturate(float(rng.uniform(0.9, 1.0)))
    return sheet


def _cells(sheet: Sheet, rng: np.random.Generator, person: Person, left: float, top: float, wide: float) -> float:
    """A table of labels and answers; gives the y below it."""
    pairs = int(rng.choice([2, 2, 3])) if wide > 150 else 2
    rows = int(rng.integers(5, 11))
    tall = float(rng.uniform(8, 11.5))
    label_share = float(rng.uniform(0.32, 0.4))
    unit = wide / pairs
    columns = [unit * label_share, unit * (1 - label_share)] * pairs
    photo = pairs == 2 and rng.random() < 0.3
    if rng.random() < 0.3:
        for pair in range(pairs):
            sheet.box(left + pair * unit, top, columns[0], tall * rows, None, (228, 230, 228))
    sheet.table(left, top, columns, [tall] * rows)
    print_size = float(rng.uniform(3.0, 3.8)) if pairs == 2 else EIGHT_POINT
    by_hand = rng.random() < 0.7
    ink = _ink(rng)
    fields = [PAIRS[index] for index in rng.permutation(len(PAIRS))[: pairs * rows]]
    for index, (label, answer) in enumerate(fields):
        row, pair = divmod(index, pairs)
        x, y = left + pair * unit, top + row * tall
        if photo and pair == 1 and row < 3:
            continue
        sheet.text(x + 1.5, y + (tall - print_size) / 2, label, print_size)
        written = _answer(answer, person)
        room = columns[1] - 3
        size = min(4.8, tall * 0.5, room / max(1.0, _length(written)))
        if by_hand:
            sheet.handwriting(x + columns[0] + 1, y + tall / 2 - size * 0.78, written, size, ink)
        else:
            sheet.text(x + columns[0] + 1.5, y + (tall - size) / 2, written, min(size, 3.8))
    if photo:
        sheet.box(left + unit + columns[0], top, columns[1], tall * 3, BLACK, PAPER)
        sheet.text(left + unit + columns[0] + columns[1] / 2, top + tall * 1.4, "一寸照片", 3.2, anchor="mm")
    return top + rows * tall


def _answer(answer: str, person: Person) -> str:
    own = {"name": person.name, "sex": person.sex, "nation": person.nation, "number": person.number}
    own |= {"telephone": person.telephone, "village": person.village}
    own["birth"] = f"{person.year}.{person.month}.{person.day}"
    return own.get(answer, answer)


def _length(text: str) -> float:
    return sum(1.0 if ord(character) > 0x2E80 else 0.58 for character in text)


def _ink(rng: np.random.Generator) -> Colour:
    return [BLUE_INK, BLACK, (20, 20, 60), (52, 60, 150)][int(rng.integers(0, 4))]


def _white(rng: np.random.Generator) -> Colour:
    """Copy paper, a little bluish, or recycled and yellowish."""
    return [PAPER, (250, 250, 250), (244, 247, 250), (240, 237, 226)][int(rng.integers(0, 4))]
