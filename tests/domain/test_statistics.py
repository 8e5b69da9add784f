"""The median of counted values against the library's, and shares of nothing."""

from __future__ import annotations

from collections import Counter
from statistics import median as library_median

from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.statistics import Finish, median


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_the_median_is_that_of_the_values(values: list[int]) -> None:
    assert median(Counter(values)) == library_median(values)


def test_of_nothing_there_is_none() -> None:
    assert median({}) is None and median({3: 0}) is None
    assert Finish().share_in_time is None
    assert Finish(in_time=3, late=1).share_in_time == 0.75
