"""Two papers that lie side by side are not cut out as one, and one paper is not taken for two."""

from __future__ import annotations

import numpy as np
import pytest

from tests.imaging.drawn_papers import Pixels, drawn, turned_box
from villagedesk.imaging.finding.outline import SURE, find_page
from villagedesk.imaging.finding.parted import parted

WHITE, YELLOW = (236, 240, 242), (190, 232, 240)
TABLE = (70, 70, 70)


def side_by_side(gap: float, second: tuple[int, int, int], degrees: float, table: tuple[int, int, int]) -> Pixels:
    """Two sheets of one size, written on, next to each other."""
    apart = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]) * (390 + gap) / 2
    middle = np.array([600.0, 450.0])
    left, right = (turned_box(tuple(middle + way * apart), 390, 550, degrees) for way in (-1, 1))
    first = drawn(left, table=table, paper=WHITE, lines=24)
    both = drawn(right, table=table, paper=second, lines=24)
    mask = drawn(left, table=(0, 0, 0), paper=(255, 255, 255), lines=0).max(axis=2) > 128
    both[mask] = first[mask]
    return both


@pytest.mark.parametrize("degrees", [4.0, *(pytest.param(turn, marks=pytest.mark.slow) for turn in (0.0, 90.0))])
@pytest.mark.parametrize(
    ("gap", "second", "table"),
    [
        (100, YELLOW, TABLE),
        (100, WHITE, TABLE),
        (30, WHITE, TABLE),
        (14, WHITE, TABLE),
        (0, YELLOW, TABLE),
        (100, WHITE, (170, 190, 205)),
    ],
)
def test_two_papers_side_by_side_are_asked_about(
    gap: float, second: tuple[int, int, int], table: tuple[int, int, int], degrees: float
) -> None:
    found = find_page(side_by_side(gap, second, degrees, table))
    assert found is not None and found.confidence < SURE


@pytest.mark.parametrize("degrees", [0.0, 30.0])
def test_one_paper_is_one_with_print_a_fold_or_a_bar_that_ends_before_its_rim(degrees: float) -> None:
    corners = turned_box((600, 450), 700, 500, degrees)
    for colour in (WHITE, YELLOW, (150, 60, 40)):
        assert not parted(drawn(corners, table=TABLE, paper=colour, lines=24), corners)
    barred = drawn(corners, table=TABLE, paper=WHITE, lines=4)
    middle = corners.mean(axis=0)
    for share, shade in ((0.9, 40), (0.02, 150)):
        # A bar in the table's colour over most of the paper, then a grey fold.
        along = turned_box(tuple(middle), 700 * share if share > 0.5 else 5, 60 if share > 0.5 else 500, degrees)
        inside = drawn(along, table=(0, 0, 0), paper=(255, 255, 255), lines=0).max(axis=2) > 128
        barred[inside] = shade
        assert not parted(barred, corners)
