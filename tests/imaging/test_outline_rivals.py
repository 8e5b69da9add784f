"""What else lies there, on the table, on the paper or across it, neither hides the paper nor passes for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.imaging.drawn_papers import Floats, Pixels, drawn, turned_box
from tests.imaging.measure import FONT, decoded, jaccard
from villagedesk.demo.photographs import empty_scene, scene
from villagedesk.imaging.finding.candidates import candidates
from villagedesk.imaging.finding.cues import cues
from villagedesk.imaging.finding.looks import looks
from villagedesk.imaging.finding.outline import SURE, find_page


def _checked(picture: Pixels, corners: Floats, square: int) -> Pixels:
    """The picture with checks for a table."""
    rows, columns = (np.arange(length) // square for length in picture.shape[:2])
    table = np.where((rows[:, None] + columns[None, :]) % 2, 205, 95).astype(np.uint8)
    on = cv2.fillConvexPoly(np.zeros(table.shape, np.uint8), np.rint(corners).astype(np.int32), 1)
    return np.asarray(np.where(on[:, :, None] > 0, picture, table[:, :, None]), np.uint8)


@pytest.mark.parametrize("degrees", [0, 12])
def test_of_a_checked_table_and_a_paper_on_it_the_paper_is_looked_at(degrees: int) -> None:
    corners = turned_box((225, 170), 190, 130, degrees)
    picture = _checked(drawn(corners, size=(450, 338), paper=(150, 160, 165), lines=6), corners, 40)
    best = max(jaccard(one, corners) for one in candidates(cues(picture), 12))
    assert best > 0.9


@pytest.mark.parametrize("seed", [2387, 3794, 4186, 5936])
def test_tiles_and_things_do_not_crowd_out_the_paper(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=3)
    outline = find_page(decoded(made.jpeg))
    assert outline is not None
    assert jaccard(outline.corners, made.corners) > 0.9


@pytest.mark.parametrize("noise", [1.5, 9.0])
def test_a_blank_thing_of_a_cards_shape_is_no_card_however_noisy_the_camera(noise: float) -> None:
    corners = turned_box((600, 450), 260, 260 / 1.586, 8)
    blank = find_page(drawn(corners, paper=(150, 100, 130), lines=0, noise=noise))
    assert blank is None or blank.confidence < SURE
    card = find_page(drawn(corners, paper=(150, 130, 140), lines=4, noise=noise))
    assert card is not None and card.confidence >= SURE


def test_a_pen_across_a_label_is_no_writing_on_it() -> None:
    label = drawn(turned_box((600, 450), 400, 180, 3), lines=0)
    cv2.line(label, (640, 260), (690, 430), (120, 120, 20), 26, cv2.LINE_AA)
    found = find_page(label)
    assert found is None or found.confidence < SURE
    # The same in a photograph.
    found = find_page(decoded(empty_scene(3008, megapixels=3)))
    assert found is None or found.confidence < SURE


def test_print_is_told_in_each_of_many_insides() -> None:
    insides = np.full((4, 96, 96, 3), 220, np.uint8)
    insides[1, 30:34, 20:70] = 60  # a line of print
    insides[2, 30:34, :] = 60  # a pen that reaches the rim
    insides[3, ::7, ::7] = 150  # specks
    print_there = [one.written > 0.002 for one in looks(insides)]
    assert print_there == [False, True, False, False]


@pytest.mark.parametrize("seed", [0, 4844])
def test_a_bank_card_on_grained_wood_needs_no_asking(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=3)
    assert (made.kind, made.table) == ("bank_card", "wood")
    outline = find_page(decoded(made.jpeg))
    assert outline is not None and outline.confidence >= SURE
    assert jaccard(outline.corners, made.corners) > 0.97


def test_a_card_that_is_printed_on_a_written_paper_is_asked_about() -> None:
    paper = drawn(turned_box((600, 450), 1300, 1000, 2), lines=30)
    cv2.rectangle(paper, (400, 320), (718, 520), (150, 120, 90), -1)
    for row in range(350, 500, 30):
        cv2.line(paper, (430, row), (640, row), (40, 40, 40), 4)
    found = find_page(paper)
    assert found is None or found.confidence < SURE


@pytest.mark.parametrize("seed", [1239, 2184, 1589, 3332, 3514, 133])
def test_neither_a_chip_nor_a_strip_of_what_lies_beside_it_makes_a_paper_unsure(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=3)
    outline = find_page(decoded(made.jpeg))
    assert outline is not None and outline.confidence >= SURE
    assert jaccard(outline.corners, made.corners) > 0.97


@pytest.mark.parametrize("seed", [574, 3129, 3563])
def test_the_guess_is_the_whole_paper_and_not_its_lit_part_or_its_printed_frame(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=3)
    outline = find_page(decoded(made.jpeg))
    assert outline is not None
    assert jaccard(outline.corners, made.corners) > 0.95


@pytest.mark.parametrize("seed", [2230, 2542])
def test_half_a_page_and_two_sheets_in_line_are_never_cut_unseen(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=3)
    outline = find_page(decoded(made.jpeg))
    assert outline is None or outline.confidence < SURE or jaccard(outline.corners, made.corners) > 0.97


@pytest.mark.parametrize(("top", "bottom"), [(25, 20), (-20, -25)])
def test_a_sheet_that_looks_out_from_under_the_paper_is_not_taken_for_a_part_of_it(top: int, bottom: int) -> None:
    paper = turned_box((650, 450), 620, 420, 0)
    picture = drawn(paper, table=(160, 80, 30), lines=10)
    # It begins lower than the paper or higher, and ends lower or higher.
    picture[240 + top : 660 + bottom, 250:340] = (228, 230, 231)
    outline = find_page(picture)
    assert outline is None or outline.confidence < SURE or jaccard(outline.corners, paper) > 0.97
