"""Cards: known by their shape, kept at their true resolution, set on A4 at 1:1."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.imaging.lit import FONT, drawn
from tests.imaging.measure import decoded
from villagedesk.demo.photograph_scene import scene
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.flattening.card_sheet import card_sheet
from villagedesk.imaging.flattening.paper import Paper, paper_of
from villagedesk.imaging.page import cards_on_a_sheet, make_page


def extent(sheet: NDArray[np.uint8], top: int, bottom: int) -> tuple[float, float]:
    """Width and height in millimetres of what is not white between two rows of a 300 dpi sheet."""
    rows, columns = np.nonzero(sheet[top:bottom].min(axis=2) < 250)
    return float(np.ptp(columns) + 1) / 300 * 25.4, float(np.ptp(rows) + 1) / 300 * 25.4


def test_both_sides_lie_on_one_a4_page_at_their_true_size() -> None:
    front, back = drawn("id_card_front", 1), drawn("id_card_back", 1)
    grounds = [np.minimum(card, 235) for card in (front, back)]
    sheet = card_sheet(*grounds)
    assert sheet.shape == (3508, 2480, 3)
    middle = round((297 * 0.2 + 54 + 10) / 25.4 * 300)
    for top, bottom in ((0, middle), (middle, 3508)):
        width, height = extent(sheet, top, bottom)
        assert abs(width - 85.6) < 0.2
        assert abs(height - 54.0) < 0.2
    assert (sheet[:600] == 255).all()
    one = card_sheet(grounds[0])
    assert (one[middle:] == 255).all()


def test_an_encoded_sheet_says_what_it_is() -> None:
    cards = [cv2.imencode(".png", drawn(kind, 1))[1].tobytes() for kind in ("id_card_front", "id_card_back")]
    page = cards_on_a_sheet(*cards)
    assert (page.width, page.height, page.dpi, page.paper) == (2480, 3508, 300, Paper.A4)
    assert decoded(page.data).shape == (3508, 2480, 3)


def test_a_card_in_a_photograph_is_known_with_its_true_resolution() -> None:
    for seed in range(3):
        made = scene(seed, font=FONT, kind="id_card_front", table="dark", light="even", defects=())
        page = make_page(made.jpeg, corners=made.corners)
        assert page.paper is Paper.CARD
        assert page.mode is PageMode.PHOTO
        assert abs(max(page.width, page.height) / page.dpi * 25.4 - 85.6) < 0.5
        assert not page.blank


def test_a_passbooks_page_is_not_a_card_for_its_shape_alone() -> None:
    page = np.full((1000, 1600, 3), 236, np.uint8)
    assert paper_of(page, is_a4=False, share=0.08) is Paper.OTHER
    assert paper_of(page[:, :1587], is_a4=False, share=0.08) is Paper.CARD
    assert paper_of(page[:, :1587], is_a4=False, share=0.5) is Paper.OTHER
    for y in (0, 999):
        for x in (0, 1599):
            cv2.circle(page, (x, y), 26, (60, 70, 80), -1)
    assert paper_of(page, is_a4=False, share=0.5) is Paper.CARD
