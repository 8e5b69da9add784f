"""The generator: repeatable, true to its own corners, wholly in the picture, and nobody on it who could exist."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from stdnum.cn import ric

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photograph_papers import Person, check_digit
from villagedesk.demo.photographs import ALL_TABLES, KINDS, empty_table, photograph
from villagedesk.imaging.flattening.flatten import flatten


def test_the_same_seed_gives_the_same_picture_and_another_seed_another() -> None:
    first, again, other = (photograph(seed, "medical_invoice", font=FONT, megapixels=1) for seed in (5, 5, 6))
    assert first.jpeg == again.jpeg
    assert np.array_equal(first.corners, again.corners)
    assert first.jpeg != other.jpeg


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_paper_is_in_the_picture(kind: str) -> None:
    for seed in range(6):
        made = photograph(seed, kind, font=FONT, table=ALL_TABLES[seed % len(ALL_TABLES)], megapixels=0.3)
        height, width = decoded(made.jpeg).shape[:2]
        assert made.corners.min() > 0
        assert (made.corners[:, 0] < width - 1).all()
        assert (made.corners[:, 1] < height - 1).all()


def test_the_default_picture_is_12_megapixels() -> None:
    assert decoded(photograph(1, "id_card_sheet", font=FONT).jpeg).shape == (3000, 4000, 3)
    assert decoded(empty_table(1)).shape == (3000, 4000, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_corners_are_where_the_paper_was_drawn(kind: str) -> None:
    """Cut out by its stated corners, the picture is the drawn page again (computed without the page finder)."""
    made = photograph(8, kind, font=FONT, megapixels=4)
    height, width = made.page.shape[:2]
    matrix = cv2.getPerspectiveTransform(
        made.corners.astype(np.float32),
        np.array([(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)], np.float32),
    )
    seen = cv2.warpPerspective(decoded(made.jpeg), matrix, (width, height))
    third = (width // 3, height // 3)
    local: list[Any] = []
    for picture in (seen, made.page):
        grey = cv2.cvtColor(cv2.resize(picture, third, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        ink = np.asarray(grey, np.float64)
        # The light is uneven on purpose: only what differs from its surroundings is compared.
        local.append(ink - cv2.blur(ink, (25, 25)))
    assert np.corrcoef(local[0].ravel(), local[1].ravel())[0, 1] > 0.9


def test_nobody_on_the_papers_can_exist() -> None:
    for seed in range(200):
        person = Person(np.random.default_rng(seed))
        assert person.number[14:17] == "000", "serials begin with 001"
        assert person.name[:2] in ("测试", "样张", "示例")
        assert check_digit(person.number[:17]) == ric.calc_check_digit(person.number) == person.number[17]


def test_an_unknown_kind_or_table_is_refused() -> None:
    with pytest.raises(KeyError):
        photograph(1, "nothing", font=FONT, megapixels=1)
    with pytest.raises(KeyError):
        empty_table(1, table="glass", megapixels=1)


def test_a_page_made_flat_by_its_corners_keeps_its_shape() -> None:
    made = photograph(2, "household_register", font=FONT, megapixels=6)
    flat = flatten(decoded(made.jpeg), made.corners, trim=False).pixels
    assert flat.shape[1] / flat.shape[0] == pytest.approx(143 / 105, rel=0.01)
