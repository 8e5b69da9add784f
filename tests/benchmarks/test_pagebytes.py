"""The bench ``pagebytes`` gives every figure it promises, from real work, and finds a coding that cannot be read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.benchmarks.page_texts import Reader, distance, page_of
from tests.benchmarks.pagebytes import figures, run, smallest_lines


def test_all_figures_come_out() -> None:
    found = figures(run(range(1), quick=True)["runs"])
    assert set(found) == {"median_kb", "p95_kb", "ocr_error", "ocr_error_lossless", "pdf_share", "kinds"}
    assert 10 < found["median_kb"] <= found["p95_kb"] < 150
    assert 0 <= found["ocr_error_lossless"] < 0.05
    assert found["ocr_error"] < 0.05
    assert list(found["kinds"]) == ["application_form"]


def test_what_cannot_be_read_is_told() -> None:
    page = page_of(0, 5.0)
    lines = smallest_lines(page, 4)
    reader = Reader()
    wrong, characters = reader.errors(page.pixels, lines)
    assert wrong <= 0.1 * characters > 2
    small = cv2.resize(page.pixels, None, fx=0.14, fy=0.14, interpolation=cv2.INTER_AREA)
    smeared = cv2.resize(small, (page.pixels.shape[1], page.pixels.shape[0]), interpolation=cv2.INTER_CUBIC)
    assert reader.errors(np.asarray(smeared, np.uint8), lines)[0] > 0.3 * characters


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [("", "", 0), ("abc", "abc", 0), ("kitten", "sitting", 3), ("", "ab", 2), ("ab", "", 2)],
)
def test_distance(first: str, second: str, steps: int) -> None:
    assert distance(first, second) == steps
