"""Two sheets that touch, overlap or lie a few pixels apart are not cut out as one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.imaging.drawn_papers import Floats, Pixels, drawn, turned_box
from tests.imaging.measure import jaccard
from villagedesk.imaging.finding.outline import SURE, find_page
from villagedesk.imaging.finding.seam import seamed

TABLE = (50, 60, 80)


def laid(left: Floats, right: Floats) -> Pixels:
    """Two sheets, the right one on top; its shadow falls on the left one where they overlap."""
    first = drawn(left, table=TABLE, shadow=14, lines=24).astype(np.float64)
    second = drawn(right, table=TABLE, shadow=14, lines=12).astype(np.float64)
    sheet = np.zeros(first.shape[:2], np.uint8)
    cv2.fillConvexPoly(sheet, np.rint(16 * right).astype(np.int32), 255, cv2.LINE_8, 4)
    near, on = (cv2.GaussianBlur(sheet, (0, 0), soft)[:, :, None] / 255 for soft in (2.0, 0.5))
    under = first * (1 - 0.18 * near)
    return np.asarray(np.clip(under * (1 - on) + second * on, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("gap", "degrees"), [(-20, 0.0), (-20, 1.2), (0, 0.0), (0, 0.5), (0, 1.2), (2, 0.5), (5, 0.0), (9, 1.2)]
)
def test_two_sheets_side_by_side_are_asked_about_however_near(gap: float, degrees: float) -> None:
    left = turned_box((390, 450), 400, 566, 0)
    right = turned_box((790 + gap, 452), 400, 566, degrees)
    outline = find_page(laid(left, right))
    assert outline is None or outline.confidence < SURE


@pytest.mark.parametrize("degrees", [0.0, 25.0])
def test_neither_a_table_that_ends_before_the_rim_nor_the_fold_of_a_booklet_is_a_seam(degrees: float) -> None:
    paper = turned_box((600, 450), 800, 560, degrees)
    picture = drawn(paper, table=TABLE, lines=0)
    ruled, folded = picture.copy(), picture.astype(np.float64)

    def across(share: float, ends: float) -> tuple[tuple[int, int], tuple[int, int]]:
        top, foot = (paper[a] + share * (paper[b] - paper[a]) for a, b in ((0, 1), (3, 2)))
        first, last = top + ends * (foot - top), foot + ends * (top - foot)
        return (round(float(first[0])), round(float(first[1]))), (round(float(last[0])), round(float(last[1])))

    for share in (0.2, 0.4, 0.5, 0.6, 0.8):
        cv2.line(ruled, *across(share, 0.05), (60, 60, 60), 2, cv2.LINE_AA)
    crease = np.zeros(picture.shape[:2], np.float32)
    cv2.line(crease, *across(0.5, 0.0), 1.0, 3)
    folded -= 26 * cv2.GaussianBlur(crease, (0, 0), 2.0)[:, :, None]
    for one in (ruled, np.asarray(np.clip(folded, 0, 255), np.uint8)):
        assert not seamed(one, paper)
        outline = find_page(one)
        assert outline is not None and outline.confidence >= SURE and jaccard(outline.corners, paper) > 0.98
