"""Stored moments: UTC, sortable as text, read back to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.clock import SHANGHAI, moment_of, utc_text

moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))


@given(moments, moments)
def test_text_sorts_as_time_does_and_reads_back(one: datetime, other: datetime) -> None:
    assert moment_of(utc_text(one)) == one
    assert (utc_text(one) < utc_text(other)) == (one < other)


def test_a_moment_in_china_is_stored_in_utc() -> None:
    # 北京时间 is UTC+8, without summer time since 1992
    assert utc_text(datetime(2026, 11, 23, 0, 30, tzinfo=SHANGHAI)) == "2026-11-22T16:30:00.000000Z"
    assert datetime(2026, 7, 1, tzinfo=SHANGHAI).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T01:02:03Z",
        "2026-11-23 01:02:03.000004Z",
        "2026-11-23T01:02:03.000004+00:00",
        "2026-11-23T01:02:03.0000041",
        "2026-W48-1T01:02:03.000004Z",
        "2026-13-23T01:02:03.000004Z",
        "2026-11-23T25:02:03.000004Z",
        "soon and not a moment at allZ",
    ],
)
def test_what_is_not_stored_so_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError):
        moment_of(text)
