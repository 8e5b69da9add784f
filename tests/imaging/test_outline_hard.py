"""Papers are found in every light and on every table, and where they are not surely found the clerk is asked."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tests.imaging.drawn_papers import Pixels, drawn, turned_box
from tests.imaging.measure import FONT, decoded, jaccard
from villagedesk.demo.photographs import Generated, empty_scene, scene
from villagedesk.imaging.finding.outline import SURE, PageOutline, find_page

WHITE_TABLE = (226, 229, 230)


def _seen(made: Generated) -> tuple[float, bool]:
    """How much of the paper's place was found (Jaccard), and whether it would be used unseen."""
    outline = find_page(decoded(made.jpeg))
    return (0.0, False) if outline is None else (jaccard(outline.corners, made.corners), outline.confidence >= SURE)


def _found(outline: PageOutline | None) -> PageOutline:
    assert outline is not None
    return outline


@pytest.mark.parametrize("light", ["even", "lamp", "window", "warm", "cold", "arm", "head", "hard"])
def test_papers_are_found_in_every_light(light: str) -> None:
    seen = [
        _seen(scene(seed, font=FONT, megapixels=1.5, kind=kind, table=table, light=light, defects=()))
        for seed, kind, table in (
            (1, "application_form", "dark"),
            (2, "household_register", "wood"),
            (3, "receipt", "glass"),
        )
    ]
    assert min(overlap for overlap, _ in seen) > 0.96
    assert sum(sure for _, sure in seen) >= 2


@pytest.mark.parametrize("table", ["dark", "wood", "light", "tiles", "stone", "glass", "mat"])
@pytest.mark.parametrize("kind", ["notice_with_seal", "id_card_front"])
def test_papers_and_cards_are_found_on_every_table(table: str, kind: str) -> None:
    seen = [
        _seen(scene(seed, font=FONT, megapixels=1.5, kind=kind, table=table, light="even", defects=()))
        for seed in (4, 5, 6)
    ]
    assert min(overlap for overlap, _ in seen) > 0.95
    assert sum(sure for _, sure in seen) >= 2


@pytest.mark.parametrize(
    "defect", ["fold", "curl", "dog_ear", "crumple", "thumb", "on_top", "two_papers", "glare", "clutter"]
)
def test_an_accident_never_makes_a_wrong_crop_that_nobody_sees(defect: str) -> None:
    for seed in range(30, 36):
        overlap, sure = _seen(scene(seed, font=FONT, megapixels=1.5, defects=(defect,)))
        assert overlap >= 0.9 or not sure, seed


def test_a_paper_that_leaves_the_picture_is_asked_about() -> None:
    for seed in range(40, 50):
        made = scene(seed, font=FONT, megapixels=1.5, defects=("outside",))
        assert not made.whole
        assert not _seen(made)[1], seed


def test_notes_labels_and_other_things_on_an_empty_table_are_never_taken_for_a_paper() -> None:
    for seed in range(0, 60, 3):
        found = find_page(decoded(empty_scene(seed, megapixels=1.5)))
        assert found is None or found.confidence < SURE, seed


@pytest.mark.parametrize("degrees", range(0, 180, 15))
def test_a_paper_may_lie_at_any_angle(degrees: int) -> None:
    corners = turned_box((610, 440), 520, 370, degrees)
    outline = _found(find_page(drawn(corners)))
    assert outline.confidence >= SURE
    assert jaccard(outline.corners, corners) > 0.99


@pytest.mark.parametrize("share", [0.01, 0.02, 0.05])
def test_a_card_may_be_small_in_the_picture(share: float) -> None:
    height = float(np.sqrt(1200 * 900 * share / 1.586))
    corners = turned_box((760, 330), 1.586 * height, height, 12)
    outline = _found(find_page(drawn(corners, lines=4)))
    assert jaccard(outline.corners, corners) > 0.95
    assert outline.confidence >= SURE


@pytest.mark.parametrize("ratio", [3, 6, 9.5])
def test_a_receipt_may_be_long(ratio: float) -> None:
    corners = turned_box((600, 450), 800 / ratio, 800, 8)
    outline = _found(find_page(drawn(corners, lines=40)))
    assert jaccard(outline.corners, corners) > 0.96
    assert outline.confidence >= SURE


@pytest.mark.parametrize("paper", [(238, 240, 240), (214, 217, 218)], ids=["lighter", "darker"])
def test_a_white_paper_on_a_white_table_is_found_by_its_rim(paper: tuple[int, int, int]) -> None:
    corners = turned_box((600, 450), 480, 680, 5)
    outline = _found(find_page(drawn(corners, table=WHITE_TABLE, paper=paper, shadow=14)))
    assert jaccard(outline.corners, corners) > 0.97


def test_what_is_dark_or_coloured_and_no_card_is_asked_about() -> None:
    for colour in ((40, 40, 150), (150, 90, 30), (30, 30, 32)):
        outline = find_page(drawn(turned_box((600, 450), 600, 430, 5), table=(200, 205, 205), paper=colour))
        assert outline is None or outline.confidence < SURE


def test_a_dark_bank_card_on_a_light_table_is_a_card() -> None:
    corners = turned_box((600, 450), 420, 420 / 1.586, 20)
    outline = _found(find_page(drawn(corners, table=(205, 208, 208), paper=(130, 60, 30), lines=3)))
    assert jaccard(outline.corners, corners) > 0.97


def test_a_frame_printed_on_the_paper_is_not_the_paper() -> None:
    corners = turned_box((600, 450), 560, 760, 3)
    picture = drawn(corners, lines=6)
    inner = corners.mean(axis=0) + (corners - corners.mean(axis=0)) * 0.88
    cv2.polylines(picture, [np.rint(inner).astype(np.int32)], True, (30, 30, 160), 5, cv2.LINE_AA)
    assert jaccard(_found(find_page(picture)).corners, corners) > 0.98


def test_of_two_papers_side_by_side_neither_is_taken_unseen() -> None:
    left, right = turned_box((330, 450), 420, 590, 2), turned_box((880, 450), 420, 590, -3)
    one = drawn(left)
    other = drawn(right)
    both = np.where(np.arange(1200)[None, :, None] < 600, one, other)
    assert _found(find_page(both)).confidence < SURE
    assert _found(find_page(one)).confidence >= SURE


def _without_corner(picture: Pixels) -> Pixels:
    return np.ascontiguousarray(picture[:, 330:])


def _half_in_shadow(picture: Pixels) -> Pixels:
    light = np.ones(picture.shape[:2], np.float32)
    light[:, 500:] = 0.55
    return np.asarray(picture * cv2.GaussianBlur(light, (0, 0), 3)[:, :, None], np.uint8)


def _under_a_thumb(picture: Pixels) -> Pixels:
    shown = picture.copy()
    cv2.ellipse(shown, (330, 380), (70, 40), 20, 0, 360, (110, 140, 200), -1, cv2.LINE_AA)
    return shown


@pytest.mark.parametrize(
    ("change", "moved", "sure"),
    [(_without_corner, 330, False), (_half_in_shadow, 0, True), (_under_a_thumb, 0, True)],
    ids=["corner outside", "half in shadow", "thumb"],
)
def test_what_covers_a_part_of_it(change: Callable[[Pixels], Pixels], moved: int, sure: bool) -> None:
    corners = turned_box((600, 450), 500, 700, 6)
    outline = _found(find_page(change(drawn(corners))))
    assert (outline.confidence >= SURE) is sure
    if sure:
        assert jaccard(outline.corners, corners - (moved, 0)) > 0.98


def test_the_preview_sees_what_the_photograph_shows() -> None:
    for seed in (1, 2, 3):
        made = scene(seed, font=FONT, megapixels=6, kind="application_form", table="dark", light="lamp", defects=())
        pixels = decoded(made.jpeg)
        scale = 640 / max(pixels.shape[:2])
        frame = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        outline = _found(find_page(np.asarray(frame, np.uint8)))
        assert outline.confidence >= SURE
        assert jaccard((outline.corners + 0.5) / scale - 0.5, made.corners) > 0.97
