"""What is shown where nothing is sure is most likely the paper; and what sure is not, though it has all the edges."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.imaging.drawn_papers import drawn, turned_box
from tests.imaging.measure import FONT, decoded, jaccard
from villagedesk.demo.photographs import empty_scene, scene
from villagedesk.imaging.finding.outline import SURE, PageOutline, find_page


def _found(outline: PageOutline | None) -> PageOutline:
    assert outline is not None
    return outline


@pytest.mark.parametrize("seed", [42, 67, 154, 160, 162, 193])
def test_the_guess_is_the_paper_and_not_the_telephone_beside_it(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=2)
    outline = _found(find_page(decoded(made.jpeg)))
    assert jaccard(outline.corners, made.corners) > 0.93


@pytest.mark.parametrize("seed", [26, 41, 227, 240, 356])
def test_a_fold_or_another_paper_beneath_needs_no_asking_where_the_edge_is_seen_all_along(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=2)
    outline = _found(find_page(decoded(made.jpeg)))
    assert outline.confidence >= SURE
    assert jaccard(outline.corners, made.corners) > 0.97


def test_what_sticks_out_from_under_a_thing_is_no_paper() -> None:
    outline = find_page(decoded(empty_scene(668, megapixels=2)))
    assert outline is None or outline.confidence < SURE


@pytest.mark.parametrize("seed", [71, 272, 334, 379, 469])
def test_strips_of_table_shadows_and_papers_taken_together_are_asked_about(seed: int) -> None:
    made = scene(seed, font=FONT, megapixels=2)
    outline = find_page(decoded(made.jpeg))
    assert outline is None or outline.confidence < SURE or jaccard(outline.corners, made.corners) > 0.9


def test_round_a_printed_frame_of_two_lines_the_papers_own_edge_is_found_on_a_light_table() -> None:
    corners = turned_box((600, 450), 500, 680, 4)
    picture = drawn(corners, table=(214, 217, 218), paper=(240, 242, 242), shadow=10)
    for share, width, colour in ((0.93, 7, (40, 40, 170)), (0.9, 3, (60, 150, 200))):
        inner = corners.mean(axis=0) + (corners - corners.mean(axis=0)) * share
        cv2.polylines(picture, [np.rint(inner).astype(np.int32)], True, colour, width, cv2.LINE_AA)
    outline = _found(find_page(picture))
    assert jaccard(outline.corners, corners) > 0.97


def test_a_printed_frame_alone_is_never_used_unseen() -> None:
    corners = turned_box((600, 450), 500, 680, 4)
    picture = drawn(corners, table=(238, 240, 240), paper=(240, 242, 242), shadow=0)
    inner = corners.mean(axis=0) + (corners - corners.mean(axis=0)) * 0.9
    cv2.polylines(picture, [np.rint(inner).astype(np.int32)], True, (40, 40, 170), 5, cv2.LINE_AA)
    outline = find_page(picture)
    assert outline is None or outline.confidence < SURE


def test_a_chip_a_label_or_a_rulers_end_is_never_the_paper_unasked() -> None:
    """Small, light, printed on and clearly outlined, but of no card's shape."""
    for degrees in (0, 25):
        found = find_page(drawn(turned_box((600, 450), 210, 116, degrees), lines=5))
        assert found is None or found.confidence < SURE
        card = find_page(drawn(turned_box((600, 450), 220, 220 / 1.586, degrees), lines=5))
        assert card is not None and card.confidence >= SURE
