"""Blank pages, repeats and glare: what is only suggested or warned of must seldom be wrong."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.imaging.lit import FONT, blank_sheet, drawn, photographed, shadowed
from villagedesk.demo.photograph_kinds import SCENE_KINDS
from villagedesk.imaging.flattening.upright import seen_lines
from villagedesk.imaging.likeness.fingerprint import fingerprint_of, same_page
from villagedesk.imaging.page import make_page
from villagedesk.imaging.signs.blank import is_blank
from villagedesk.imaging.signs.glare import hides_text

Pixels = NDArray[np.uint8]


def ruled_sheet() -> Pixels:
    page = blank_sheet()
    for y in range(160, 2300, 63):
        cv2.line(page, (80, y), (1570, y), (205, 180, 160), 2)
    return page


def holed_sheet() -> Pixels:
    page = blank_sheet()
    for y in (850, 1480):
        cv2.circle(page, (95, y), 24, (40, 42, 46), -1)
    return page


def showing_through() -> Pixels:
    behind = cv2.GaussianBlur(np.ascontiguousarray(drawn("application_form", 1)[:, ::-1]), (0, 0), 3.0)
    return np.asarray(246 - (255 - behind.astype(np.float32)) * 0.1, np.uint8)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("sheet", [blank_sheet, ruled_sheet, holed_sheet, showing_through])
def test_an_empty_page_is_blank(sheet: object, seed: int) -> None:
    assert callable(sheet)
    page = photographed(sheet(), seed)
    assert is_blank(seen_lines(page))
    assert is_blank(seen_lines(shadowed(page, [(0, 0), (700, 0), (500, 900), (0, 1100)], 20, 0.4)))


@pytest.mark.parametrize("kind", SCENE_KINDS)
def test_a_paper_with_something_on_it_is_not(kind: str) -> None:
    assert not is_blank(seen_lines(photographed(drawn(kind, 5), 5)))


def test_a_stamp_a_signature_in_pencil_and_a_page_number_are_something() -> None:
    stamped, signed, numbered = ruled_sheet(), ruled_sheet(), blank_sheet()
    cv2.circle(stamped, (900, 1500), 160, (70, 60, 200), 8)
    cv2.putText(signed, "Wang", (1000, 1990), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.8, (140, 140, 142), 3, cv2.LINE_AA)
    cv2.putText(numbered, "12", (820, 2200), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30, 30, 30), 2, cv2.LINE_AA)
    for page in (stamped, signed, numbered):
        assert not is_blank(seen_lines(photographed(page, 1)))


@pytest.mark.parametrize("grey", [204, 210])
def test_a_letter_in_faint_pencil_that_can_be_read_is_not_blank(grey: int) -> None:
    letter = Image.fromarray(blank_sheet())
    pen, type_face = ImageDraw.Draw(letter), ImageFont.truetype(str(FONT), 44)
    for row, text in enumerate(("兹有本村村民张家明因病住院申请临时救助", "请村民委员会予以核实并上报镇人民政府")):
        pen.text((190, 300 + row * 75), text, font=type_face, fill=(grey,) * 3)
    page = photographed(np.asarray(letter, np.uint8), 1)
    assert not make_page(page, corners=whole(page)).blank
    empty = photographed(blank_sheet(), 1)
    assert make_page(empty, corners=whole(empty)).blank


def whole(page: Pixels) -> NDArray[np.float64]:
    height, width = page.shape[:2]
    return np.array([(0, 0), (width, 0), (width, height), (0, height)]) - 0.5


def taken(page: Pixels, seed: int, turns: int = 0) -> bytes:
    seen = photographed(page, seed, moved=0.002)
    return fingerprint_of(seen_lines(np.ascontiguousarray(np.rot90(seen, -turns))))


@pytest.mark.parametrize("kind", ["application_form", "id_card_front", "household_register"])
def test_the_same_page_again_is_known(kind: str) -> None:
    page = drawn(kind, 7)
    first = taken(page, 1)
    assert same_page(first, taken(page, 2))
    assert same_page(first, taken(page, 3, turns=2))
    assert len(first) < 25_000


@pytest.mark.parametrize("kind", ["application_form", "id_card_front", "household_register"])
def test_another_paper_of_the_same_kind_is_not_taken_for_it(kind: str) -> None:
    prints = [taken(drawn(kind, seed), seed) for seed in range(3)]
    assert not any(same_page(one, other) for at, one in enumerate(prints) for other in prints[:at])


def test_one_form_with_another_name_is_another_page() -> None:
    form = blank_sheet()
    for row in range(34):
        cv2.putText(
            form,
            f"{row * 37 % 89} Each line differs {row * row}",
            (150, 200 + row * 60),
            cv2.FONT_HERSHEY_SIMPLEX,
            1.0,
            (25,) * 3,
            2,
        )
        cv2.line(form, (140, 215 + row * 60), (1500, 215 + row * 60), (90, 90, 90), 2)
    pages = []
    for name in ("LI MING 4104021971", "WANG FANG 4104251945"):
        page = form.copy()
        cv2.putText(page, name, (900, 860), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (130, 60, 40), 2, cv2.LINE_AA)
        pages.append(page)
    assert same_page(taken(pages[0], 1), taken(pages[0], 2))
    assert not same_page(taken(pages[0], 1), taken(pages[1], 2))
    assert not same_page(taken(form, 1), taken(pages[0], 2)), "before and after it was filled in"


def test_blank_pages_are_never_repeats() -> None:
    assert not same_page(taken(blank_sheet(), 1), taken(blank_sheet(), 1))


def gleaming(page: Pixels, x: int, y: int, radius: float) -> Pixels:
    across, down = np.meshgrid(np.arange(page.shape[1]), np.arange(page.shape[0]))
    away = np.hypot(across - x, down - y) / radius
    light = np.clip(1.6 - away, 0, 1)[:, :, None] ** 1.2
    return np.asarray(np.clip(page + light * 330, 0, 255), np.uint8)


@pytest.mark.parametrize("seed", range(2))
def test_glare_over_print_is_told_and_a_bright_corner_is_not(seed: int) -> None:
    page = photographed(drawn("application_form", seed), seed)
    dim = np.asarray(page * 0.85, np.uint8)
    assert hides_text(gleaming(dim, 700, 900, 150), seen_lines(gleaming(dim, 700, 900, 150)))
    assert not hides_text(dim, seen_lines(dim))
    bright = np.asarray(np.clip(page * np.linspace(0.8, 1.7, page.shape[1])[None, :, None], 0, 255), np.uint8)
    assert not hides_text(bright, seen_lines(bright))
    beside = gleaming(np.asarray(photographed(blank_sheet(), seed) * 0.85, np.uint8), 700, 900, 150)
    assert not hides_text(beside, seen_lines(beside)), "nothing is hidden there"


@pytest.mark.parametrize("radius", [110, 330])
def test_a_small_and_a_large_mirrored_lamp_over_print_are_told(radius: float) -> None:
    page = np.asarray(photographed(drawn("notice_with_seal", 2), 2) * 0.85, np.uint8)
    lines = seen_lines(page)
    rows = np.flatnonzero(lines.marks.mean(axis=1) > 20)
    y = int(rows[len(rows) // 2] / lines.scale)
    columns = np.flatnonzero(lines.marks[int(y * lines.scale)])
    seen = gleaming(page, int(np.median(columns) / lines.scale), y, radius)
    assert hides_text(seen, seen_lines(seen))


def test_paper_that_a_lamp_lights_too_brightly_is_no_glare_while_its_print_is_seen() -> None:
    page = photographed(drawn("medical_invoice", 1), 1).astype(np.float32)
    across, down = np.meshgrid(np.arange(page.shape[1]), np.arange(page.shape[0]))
    for reach in (500, 900):
        away = np.hypot(across - page.shape[1] / 2, down - page.shape[0] / 2) / reach
        lit = np.asarray(np.clip(page * (0.7 + 0.6 * np.exp(-(away**2)))[:, :, None], 0, 255), np.uint8)
        assert not hides_text(lit, seen_lines(lit))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("across", [True, False])
def test_a_mirrored_tube_with_a_hard_rim_is_told(across: bool, seed: int) -> None:
    """It wiped out whole lines and nothing was said: its rim was looked for too far from it."""
    page = photographed(drawn("application_form", seed), seed) * 0.85
    shine = np.zeros(page.shape[:2], np.float32)
    middle = np.s_[1000:1130, 200:1500] if across else np.s_[:, 700:860]
    shine[middle] = 400
    seen = np.asarray(np.clip(page + cv2.GaussianBlur(shine, (0, 0), 5)[:, :, None], 0, 255), np.uint8)
    assert hides_text(seen, seen_lines(seen))


def test_a_mirrored_window_over_more_than_a_quarter_of_the_page_is_told() -> None:
    page = photographed(drawn("application_form", 0), 0) * 0.85
    across, down = np.meshgrid(np.arange(page.shape[1]), np.arange(page.shape[0]))
    shine = 400 * np.exp(-(np.hypot(across - 700, down - 900) ** 2) / 2 / 400**2)
    seen = np.asarray(np.clip(page + shine[:, :, None], 0, 255), np.uint8)
    assert hides_text(seen, seen_lines(seen))


@pytest.mark.parametrize(
    "kind", ["application_form", "medical_invoice", "receipt", "household_register", "id_card_back"]
)
def test_white_fields_between_the_print_of_a_tinted_page_are_no_glare(kind: str) -> None:
    page = drawn(kind, 301)
    empty = cv2.erode(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.ones((31, 31))) > 215
    fields = cv2.morphologyEx(empty.astype(np.uint8), cv2.MORPH_OPEN, np.ones((90, 200), np.uint8)) > 0
    assert fields.any()
    tinted = page * 0.84
    tinted[fields] = 250
    noise = np.random.default_rng(1).normal(0, 3, page.shape)
    seen = np.asarray(np.clip(cv2.GaussianBlur(tinted, (0, 0), 0.8) * 1.08 + noise, 0, 255), np.uint8)
    assert not hides_text(seen, seen_lines(seen))
