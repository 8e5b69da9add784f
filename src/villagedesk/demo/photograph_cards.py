"""Cards of plastic, 85.6 × 54.0 mm with round corners: resident card (both sides) and bank card."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_person import Person, portrait
from villagedesk.demo.photograph_sheet import SEAL_RED, Colour, Sheet

SIZE = (85.6, 54.0)
"""ISO/IEC 7810 ID-1, millimetres."""
RADIUS = 3.18
DPI = 400
_LABEL: Colour = (48, 104, 158)


def id_card_front(font: Path, rng: np.random.Generator) -> Sheet:
    """The side with name, address, number and portrait (GA 448-2013's layout), marked as a sample."""
    sheet = Sheet(*SIZE, font, rng, dpi=DPI, radius=RADIUS)
    card_front_on(sheet, 0, 0, Person(rng, varied=True), rng)
    return sheet


def id_card_back(font: Path, rng: np.random.Generator) -> Sheet:
    """The side with emblem, issuing office and validity, marked as a sample."""
    sheet = Sheet(*SIZE, font, rng, dpi=DPI, radius=RADIUS)
    card_back_on(sheet, 0, 0, Person(rng, varied=True), rng)
    return sheet


def card_front_on(sheet: Sheet, left: float, top: float, person: Person, rng: np.random.Generator) -> None:
    """Draw a card's front at 1:1, its left upper corner at a place in millimetres."""
    sheet.ground(_guilloche(rng, (236, 226, 214), (206, 226, 236)), (left, top, *SIZE), RADIUS)
    sheet.watermark(left + 42, top + 31, "样　张", 13, (206, 214, 224))
    labels = [(4.6, 6.0, "姓 名"), (4.6, 13.2, "性 别"), (24.0, 13.2, "民 族"), (4.6, 20.0, "出 生")]
    labels += [
        (23.8, 20.0, "年"),
        (33.2, 20.0, "月"),
        (42.4, 20.0, "日"),
        (4.6, 26.8, "住 址"),
        (4.6, 46.0, "公民身份号码"),
    ]
    for x, y, label in labels:
        sheet.text(left + x, top + y, label, 2.7, _LABEL)
    sheet.text(left + 15.2, top + 5.4, person.name, 3.9)
    sheet.text(left + 15.2, top + 12.8, person.sex, 3.2)
    sheet.text(left + 33.0, top + 12.8, person.nation, 3.2)
    for x, part in ((15.2, person.year), (28.6, person.month), (38.0, person.day)):
        sheet.text(left + x, top + 19.6, f"{part}", 3.2)
    for row in range(0, len(person.address), 11):
        sheet.text(left + 15.2, top + 26.4 + row / 11 * 4.7, person.address[row : row + 11], 3.2)
    sheet.text(left + 28.0, top + 45.2, person.number, 4.3)
    sheet.paste(left + 57.6, top + 7.4, portrait(rng), 24.0)


def card_back_on(sheet: Sheet, left: float, top: float, person: Person, rng: np.random.Generator) -> None:
    """Draw a card's back at 1:1, its left upper corner at a place in millimetres."""
    sheet.ground(_guilloche(rng, (238, 232, 226), (232, 214, 222)), (left, top, *SIZE), RADIUS)
    sheet.watermark(left + 43, top + 33, "样　张", 13, (222, 214, 216))
    sheet.ellipse(left + 6.5, top + 5.5, 15, 15, SEAL_RED)
    sheet.ellipse(left + 8.8, top + 7.8, 10.4, 10.4, (226, 178, 60))
    sheet.text(left + 54.0, top + 7.0, "中华人民共和国", 5.4, anchor="mt", bold=True)
    sheet.text(left + 54.0, top + 16.0, "居民身份证", 7.2, anchor="mt", bold=True)
    sheet.text(left + 16.0, top + 38.4, "签发机关", 2.7, bold=True)
    office = "样张县公安局" if rng.random() < 0.6 else f"样张县公安局{person.village[:2]}分局"
    sheet.text(left + 33.6, top + 38.0, office, 3.1)
    sheet.text(left + 16.0, top + 45.6, "有效期限", 2.7, bold=True)
    since = int(rng.integers(2008, 2026))
    month, day = int(rng.integers(1, 13)), int(rng.integers(1, 29))
    # The law's terms of validity: 5 years for children, 10, 20, and without end from 46 on.
    years = int(rng.choice([5, 10, 20, 0]))
    until = f"{since + years}.{month:02}.{day:02}" if years else "长期"
    sheet.text(left + 33.6, top + 45.2, f"{since}.{month:02}.{day:02}-{until}", 3.1)


def bank_card(font: Path, rng: np.random.Generator) -> Sheet:
    """A coloured bank card whose number has a right last digit, of an issuer that does not exist."""
    colours: list[Colour] = [(26, 96, 62), (156, 26, 36), (24, 60, 130), (196, 152, 74), (60, 62, 70), (206, 212, 216)]
    colour = colours[int(rng.integers(0, len(colours)))]
    sheet = Sheet(*SIZE, font, rng, dpi=DPI, radius=RADIUS)
    paler: Colour = (min(255, colour[0] + 40), min(255, colour[1] + 40), min(255, colour[2] + 40))
    sheet.ground(_guilloche(rng, colour[::-1], paler[::-1]))
    ink: Colour = (248, 248, 246) if sum(colour) < 480 else (40, 42, 46)
    bank = str(rng.choice(["样张县农村信用社", "示例农商银行", "测试村镇银行", "样张储蓄银行"]))
    sheet.text(7, 5.2, bank, 4.4, ink, bold=True)
    sheet.text(79, 5.8, str(rng.choice(["借记卡", "惠农卡", "社保一折通"])), 3.2, ink, "rt")
    sheet.box(8, 18.5, 12.6, 9.6, (120, 96, 40), (214, 186, 108), 1.6)
    for row in (21.6, 24.8):
        sheet.line(8.4, row, 20.2, row, 0.2, (130, 104, 50))
    number = card_number(rng)
    sheet.text(42.8, 31.5, " ".join(number[at : at + 4] for at in range(0, len(number), 4)), 5.6, ink, "mt")
    sheet.text(8, 41.5, f"有效期 {int(rng.integers(1, 13)):02}/{int(rng.integers(27, 39))}", 2.8, ink)
    sheet.text(8, 46.5, "样张　不得使用", 3.0, ink)
    sheet.ellipse(66, 40.0, 9, 9, (206, 60, 50))
    sheet.ellipse(71, 40.0, 9, 9, (60, 120, 150))
    return sheet


def card_number(rng: np.random.Generator) -> str:
    """A card number of 16 or 19 digits with a right check digit (ISO/IEC 7812-1, Luhn), its issuer 0000: nobody's."""
    body = "0000" + "".join(str(digit) for digit in rng.integers(0, 10, int(rng.choice([11, 14]))))
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def _guilloche(
    rng: np.random.Generator, first: tuple[int, int, int], second: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """A card's ground: two colours (BGR) running into each other, with fine waves; 216 × 342 × 3."""
    x, y = np.meshgrid(np.linspace(0, 1, 342), np.linspace(0, 1, 216))
    share = np.clip(x * 0.7 + y * 0.4 + 0.1 * np.sin(x * 5 + float(rng.uniform(0, 6))), 0, 1)[:, :, None]
    ground = np.array(first) * (1 - share) + np.array(second) * share
    bend = float(rng.uniform(6, 12))
    wave = np.sin((y + 0.06 * np.sin(x * bend)) * 190) + np.sin((x + 0.05 * np.sin(y * bend)) * 150)
    ground += (wave * 3.5)[:, :, None]
    return np.asarray(cv2.GaussianBlur(np.clip(ground, 0, 255).astype(np.uint8), (0, 0), 0.6), np.uint8)
