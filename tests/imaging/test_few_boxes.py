"""Boxes round what is marked: all of it, none twice, and not much else."""

from __future__ import annotations

import numpy as np
import pytest

from villagedesk.imaging.few_boxes import few_boxes


@pytest.mark.parametrize("seed", range(6))
def test_all_that_is_marked_lies_in_one_box_each(seed: int) -> None:
    rng = np.random.default_rng(seed)
    marked = np.zeros((90, 70), np.bool_)
    for _ in range(int(rng.integers(0, 9))):
        top, left = int(rng.integers(0, 85)), int(rng.integers(0, 65))
        marked[top : top + int(rng.integers(1, 20)), left : left + int(rng.integers(1, 20))] = True
    covered = np.zeros(marked.shape, np.int64)
    for left, top, right, bottom in few_boxes(marked, 30):
        assert 0 <= left < right <= 70 and 0 <= top < bottom <= 90
        covered[top:bottom, left:right] += 1
    assert covered.max(initial=0) <= 1
    assert (covered[marked] == 1).all()
    assert (covered > 0).sum() <= marked.sum() + 30 * 20


def test_two_far_apart_are_two_and_two_close_together_are_one() -> None:
    marked = np.zeros((60, 60), np.bool_)
    marked[3:6, 3:6] = marked[50:55, 50:52] = True
    assert sorted(few_boxes(marked, 100)) == [(3, 3, 6, 6), (50, 50, 52, 55)]
    close = np.zeros((60, 60), np.bool_)
    close[3:6, 3:6] = close[3:6, 8:10] = True
    assert few_boxes(close, 100) == [(3, 3, 10, 6)]
    assert few_boxes(np.zeros((5, 5), np.bool_), 10) == []
