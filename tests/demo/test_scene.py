"""Hard photographs: repeatable, and true to what they say of themselves, on every kind of paper."""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photograph_kinds import HELD_OUT_KINDS, SCENE_KINDS
from villagedesk.demo.photographs import DEFECTS, Generated, empty_scene, scene

MEGAPIXELS = 2.0
KINDS = (*SCENE_KINDS, *HELD_OUT_KINDS)
Grey = NDArray[np.float64]


@functools.lru_cache(maxsize=12)
def taken(seed: int, kind: str, *defects: str, table: str = "mat", light: str = "even") -> Generated:
    return scene(seed, font=FONT, megapixels=MEGAPIXELS, kind=kind, table=table, light=light, defects=defects)


@functools.lru_cache(maxsize=8)
def grey(made: bytes) -> Grey:
    return np.asarray(cv2.cvtColor(decoded(made), cv2.COLOR_BGR2GRAY), np.float64)


def local(picture: NDArray[Any]) -> Grey:
    """What differs from its surroundings: light and shadow fall out."""
    ink = np.asarray(picture, np.float64)
    return np.asarray(ink - cv2.blur(ink, (31, 31)), np.float64)


def flat_by_corners(made: Generated, per_mm: float) -> Grey:
    """The paper cut out by its four corners alone, in pixels of ``1 / per_mm`` millimetres."""
    width, height = made.size
    rim = np.array([(0, 0), (width, 0), (width, height), (0, height)]) * per_mm - 0.5
    matrix = cv2.getPerspectiveTransform(made.corners.astype(np.float32), rim.astype(np.float32))
    return np.asarray(cv2.warpPerspective(grey(made.jpeg), matrix, (round(width * per_mm), round(height * per_mm))))


def flat_by_mesh(made: Generated, per_mm: float) -> Grey:
    """The paper made flat by the truth for every point of it."""
    width, height = made.size
    x, y = np.meshgrid(
        (np.arange(round(width * per_mm)) + 0.5) / per_mm, (np.arange(round(height * per_mm)) + 0.5) / per_mm
    )
    places = made.in_picture(np.column_stack([x.ravel(), y.ravel()])).reshape(*x.shape, 2).astype(np.float32)
    return np.asarray(cv2.remap(grey(made.jpeg), places, np.zeros(0, np.float32), cv2.INTER_LINEAR))


def drawn_page(made: Generated, per_mm: float) -> Grey:
    size = (round(made.size[0] * per_mm), round(made.size[1] * per_mm))
    page = cv2.cvtColor(made.page, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.float64)


def shifts(seen: Grey, page: Grey, per_mm: float) -> list[float]:
    """By how many millimetres each inked ninth of a flattened paper is moved against the page as drawn."""
    found = []
    rows, columns = page.shape[0] // 3, page.shape[1] // 3
    window = cv2.createHanningWindow((columns, rows), cv2.CV_64F)
    for top in range(0, rows * 3, rows):
        for left in range(0, columns * 3, columns):
            part = (slice(top, top + rows), slice(left, left + columns))
            ink = local(page[part])
            if ink.std() < 12:
                continue
            # The fine waves of a card's ground look alike every half millimetre: they are smoothed away.
            drawn, shown = (cv2.GaussianBlur(picture, (0, 0), 0.3 * per_mm) for picture in (ink, local(seen[part])))
            (x, y), _ = cv2.phaseCorrelate(drawn, shown, window)
            found.append(float(np.hypot(x, y)) / per_mm)
    assert len(found) > 2
    return found


def test_the_same_arguments_give_the_same_picture_and_others_another() -> None:
    first, again = (scene(5, font=FONT, megapixels=0.5) for _ in range(2))
    assert first.jpeg == again.jpeg
    assert np.array_equal(first.mesh, again.mesh)
    assert (first.lines, first.covered, first.defects) == (again.lines, again.covered, again.defects)
    assert first.jpeg != scene(6, font=FONT, megapixels=0.5).jpeg
    assert first.jpeg != scene(5, font=FONT, megapixels=0.5, held_out=True).jpeg
    assert empty_scene(5, megapixels=0.5) == empty_scene(5, megapixels=0.5) != empty_scene(6, megapixels=0.5)


def test_a_smaller_picture_shows_the_same_scene() -> None:
    large, small = (
        scene(31, font=FONT, megapixels=megapixels, kind="bank_card", table="tiles", light="even", defects=())
        for megapixels in (4.0, 1.0)
    )
    assert (large.kind, large.table, large.light, large.turn) == (small.kind, small.table, small.light, small.turn)
    assert small.corners * 2 + 0.5 == pytest.approx(large.corners, abs=1.5)
    shown = grey(small.jpeg)
    half = np.asarray(cv2.resize(grey(large.jpeg), shown.shape[::-1], interpolation=cv2.INTER_AREA), np.float64)
    assert np.corrcoef(half.ravel(), shown.ravel())[0, 1] > 0.97, "the tiles too"


@pytest.mark.parametrize("kind", KINDS)
def test_the_paper_lies_where_its_four_corners_say(kind: str) -> None:
    """A flat paper without lens errors, cut out by OpenCV from the corners alone, is the page as it was drawn."""
    made = taken(1, kind)
    per_mm = min(8.0, 900 / max(made.size))
    seen, page = flat_by_corners(made, per_mm), drawn_page(made, per_mm)
    assert np.corrcoef(local(seen).ravel(), local(page).ravel())[0, 1] > 0.7
    assert max(shifts(seen, page, per_mm)) < 0.25, "millimetres"
    assert made.whole
    assert made.covered == made.unreadable == ()


@pytest.mark.parametrize("defect", ["curl", "fold", "crumple", "lens"])
def test_a_paper_that_is_not_flat_lies_where_its_mesh_says(defect: str) -> None:
    bent = []
    for seed in (3, 4, 5):
        made = taken(seed, "application_form", defect)
        page = drawn_page(made, 3.0)
        assert max(shifts(flat_by_mesh(made, 3.0), page, 3.0)) < 0.35, "millimetres"
        plane = cv2.getPerspectiveTransform(
            np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32), made.corners.astype(np.float32)
        )
        steps = np.linspace(0, 1, made.mesh.shape[0])
        grid = np.stack(np.meshgrid(steps, steps), -1).reshape(1, -1, 2)
        bent.append(float(np.abs(cv2.perspectiveTransform(grid, plane)[0] - made.mesh.reshape(-1, 2)).max()))
    assert max(bent) > 2.5, "pixels: the corners alone would not have told"


def test_every_accident_can_be_drawn_at_full_size() -> None:
    made = scene(16, font=FONT, kind="notice_with_seal", defects=sorted(DEFECTS))
    assert sorted(grey(made.jpeg).shape) == [3000, 4000]
    assert set(made.defects) >= set(DEFECTS) - {"table_edge"}, "where there is room for an edge"


def test_the_first_corner_is_the_papers_own_top_left_whichever_way_it_lies() -> None:
    turns = set()
    for seed in range(12):
        made = taken(seed, "notice_with_seal")
        turns.add(made.turn)
        x, y = made.corners[1] - made.corners[0]
        apart = (np.degrees(np.arctan2(y, x)) - made.turn - made.slant + 180) % 360 - 180
        assert abs(apart) < 14, "perspective turns an edge by some degrees"
        x, y = made.corners.T
        assert np.dot(x, np.roll(y, -1)) > np.dot(y, np.roll(x, -1)), "clockwise in the picture"
    assert turns == {0, 90, 180, 270}


def test_a_paper_over_the_pictures_edge_says_so() -> None:
    for seed in range(8):
        made = taken(seed, "household_register", "outside")
        height, width = grey(made.jpeg).shape
        low, high = -0.5, np.array([width, height]) - 0.5
        beyond = {index for index, corner in enumerate(made.corners) if (corner < low).any() or (corner > high).any()}
        assert beyond
        assert beyond == set(made.covered)
        assert not made.whole


@pytest.mark.parametrize("kind", KINDS)
def test_each_line_of_text_is_where_its_box_says_and_fills_it(kind: str) -> None:
    made = taken(1, kind)
    per_mm = made.dpi / 25.4
    page = np.asarray(made.page, np.float64).min(axis=2)
    assert len(made.lines) >= 5
    for line in made.lines:
        left, top, right, low = (round(edge * per_mm) for edge in line.box)
        assert 0 <= left < right <= page.shape[1], line
        assert 0 <= top < low <= page.shape[0], line
        inside = page[top:low, left:right]
        # A bank card's ink is white on its colour; elsewhere it is darker than the ground.
        away = np.abs(inside - np.median(page[max(0, top - 3) : low + 3, max(0, left - 3) : right + 3]))
        inked = away > 25
        assert inked.mean() > 0.02, line
        edge = max(2, round(0.6 * per_mm))
        assert inked[:, :edge].any() and inked[:, -edge:].any(), line
        assert inked[:edge].any() and inked[-edge:].any(), line
    assert {line.hand for line in made.lines} <= {"printed", "handwritten", "pencil"}


def test_handwriting_in_ink_and_pencil_is_told_from_print() -> None:
    hands = {line.hand for seed in range(8) for line in taken(seed, "handwritten_note").lines}
    assert hands == {"printed", "handwritten", "pencil"}


def test_text_goes_down_to_eight_points() -> None:
    boxes = [line.box for seed in range(4) for line in taken(seed, "application_form").lines]
    sizes = [low - top for _, top, _, low in boxes]
    assert 2.0 < np.percentile(sizes, 5) < 3.2, "millimetres of ink; 8 pt are 2.82 mm with the space between lines"
