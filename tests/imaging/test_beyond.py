"""A coloured band or a picture that runs off the paper belongs to it, and is not cut away unseen; and what looks out
from under a thing is not taken for whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.imaging.drawn_papers import Floats, Pixels, drawn, turned_box
from tests.imaging.measure import jaccard
from villagedesk.imaging.finding.beyond import Beyond, beyond
from villagedesk.imaging.finding.outline import SURE, find_page

WOOD, SLATE, MAT = (70, 100, 140), (44, 48, 52), (70, 95, 50)
BLUE, RED, GREY, INK = (140, 70, 30), (30, 30, 150), (110, 110, 110), (60, 45, 40)


def part_of(corners: Floats, side: int, depth: float) -> Floats:
    """The corners of a band of this depth (share of the paper) along the side."""
    turned = np.roll(corners, -side, axis=0)
    inner = turned[:2] + depth * (turned[[3, 2]] - turned[:2])
    return np.array([turned[0], turned[1], inner[1], inner[0]])


def banded(
    corners: Floats, side: int, depth: float, colour: tuple[int, int, int], table: tuple[int, int, int]
) -> Pixels:
    picture = drawn(corners, table=table, shadow=12, lines=12).astype(np.float64)
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, np.rint(16 * part_of(corners, side, depth)).astype(np.int32), 255, cv2.LINE_AA, 4)
    covered = inside[:, :, None] / 255
    band = np.array(colour) + np.random.default_rng(2).normal(0, 1.5, picture.shape)
    return np.asarray(np.clip(picture * (1 - covered) + band * covered, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("side", "depth", "colour", "table"),
    [(0, 0.14, GREY, SLATE), (0, 0.14, INK, WOOD), (2, 0.08, RED, MAT), (3, 0.25, BLUE, WOOD)],
)
def test_a_paper_with_a_band_along_a_side_is_shown_whole_and_asked_about_or_taken_whole(
    side: int, depth: float, colour: tuple[int, int, int], table: tuple[int, int, int]
) -> None:
    paper = turned_box((600, 450), 500, 700, 3)
    outline = find_page(banded(paper, side, depth, colour, table))
    assert outline is not None and jaccard(outline.corners, paper) > 0.97
    assert outline.confidence < SURE or jaccard(outline.corners, paper) > 0.99


@pytest.mark.parametrize("table", [WOOD, SLATE])
def test_the_side_past_which_a_band_goes_on_is_told(table: tuple[int, int, int]) -> None:
    paper = turned_box((600, 450), 500, 700, -4)
    white = np.roll(part_of(np.roll(paper, 2, axis=0), 0, 0.85), 2, axis=0)
    assert beyond(banded(paper, 0, 0.15, BLUE, table), white).past == (0,)
    assert beyond(drawn(paper, table=table, shadow=12), paper) == Beyond((), False)


@pytest.mark.parametrize("joints", [(349,), (348, 852)])
def test_joints_of_the_table_in_line_with_the_sides_are_no_band(joints: tuple[int, ...]) -> None:
    paper = turned_box((600, 450), 500, 700, 0)
    picture = drawn(paper, table=WOOD, shadow=12)
    for x in joints:
        for top, foot in ((0, 99), (801, 899)):
            cv2.line(picture, (x, top), (x, foot), (40, 60, 80), 3)
    assert beyond(picture, paper) == Beyond((), False)
    outline = find_page(picture)
    assert outline is not None and outline.confidence >= SURE
    assert jaccard(outline.corners, paper) > 0.98


@pytest.mark.parametrize(("folder", "table"), [((85, 130, 55), (96, 92, 88)), ((60, 60, 165), WOOD)])
@pytest.mark.parametrize("degrees", [-5, 4])
def test_what_looks_out_from_under_a_folder_is_asked_about(
    folder: tuple[int, int, int], table: tuple[int, int, int], degrees: float
) -> None:
    """The folder is as dark as the table, and differs from it in colour alone."""
    paper = turned_box((600, 450), 700, 460, degrees)
    picture = drawn(paper, table=table, shadow=12)
    across = (paper[1] - paper[0]) / np.linalg.norm(paper[1] - paper[0])
    down = (paper[3] - paper[0]) / np.linalg.norm(paper[3] - paper[0])
    edge = paper[0] + 60 * down
    lying = np.array([edge - 180 * across, edge + 860 * across, edge + 860 * across - 300 * down, edge - 180 * across])
    lying[3] -= 300 * down
    cv2.fillConvexPoly(picture, np.rint(lying).astype(np.int32), folder, cv2.LINE_AA)
    seen = np.array([edge, edge + 700 * across, paper[2], paper[3]])
    assert beyond(picture, seen).covered
    outline = find_page(picture)
    assert outline is None or outline.confidence < SURE
