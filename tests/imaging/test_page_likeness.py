"""The same page laid down again is known; another form of the same kind is not taken for it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.imaging.small_pictures import laid_down, paper
from villagedesk.demo.photograph_papers import PAPERS
from villagedesk.imaging.page_likeness import PageView, same_page, view_of


@cache
def seen(kind: str, page_seed: int, seed: int, turn: float = 0.0, light: float = 1.0) -> PageView:
    """The view of a paper laid down; corners are known to a pixel and a half, as a finder knows them."""
    picture, corners = laid_down(paper(kind, page_seed), seed, turn=turn, light=light)
    return view_of(picture, corners + np.random.default_rng(seed).uniform(-1.5, 1.5, (4, 2)))


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize(
    ("turn", "light"),
    [(-4, 0.6), (268, 1.0), *(pytest.param(*way, marks=pytest.mark.slow) for way in ((7, 1.0), (180, 1.0), (90, 0.9)))],
)
def test_the_same_page_is_known(kind: str, turn: float, light: float) -> None:
    """Moved, in other light, and whichever way round."""
    assert same_page(seen(kind, 1, 10), seen(kind, 1, 11, turn, light))


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("other", [2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4))])
def test_another_paper_of_the_same_kind_is_another_page(kind: str, other: int) -> None:
    """Two neighbours' forms differ by names, numbers and writing alone."""
    assert not same_page(seen(kind, 1, 10), seen(kind, other, 12))


def test_a_page_and_its_empty_back_differ_both_ways() -> None:
    """What is on one only counts, whichever was seen first."""
    blank = np.full((2339, 1654, 3), 245, np.uint8)
    picture, corners = laid_down(blank, 20)
    back, front = view_of(picture, corners), seen("application_form", 1, 10)
    assert not same_page(front, back)
    assert not same_page(back, front)
    again, corners = laid_down(blank, 21, turn=5)
    assert same_page(back, view_of(again, corners))
