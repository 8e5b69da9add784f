"""The calendar: what the library knows is what the State Council said; files add years and mend mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.domain.holidays import NOTICES
from villagedesk.app.resources import resources_folder
from villagedesk.catalogue.calendar import load_calendar
from villagedesk.domain.problems import Problem

FILE = """
year = {year}
source = "国办发明电〔2026〕某号"
holidays = ["{year}-01-01"]
workdays = ["{worked}"]
"""


def write(folder: Path, text: str) -> Path:
    (folder / "2027.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_every_day_of_the_year_is_as_the_notice_says(year: int) -> None:
    calendar = load_calendar(resources_folder() / "catalogue" / "calendar")
    notice = NOTICES[year]
    for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date.fromordinal(date(year, 1, 1).toordinal() + number)
        worked = day in notice.workdays or (day.weekday() < 5 and day not in notice.holidays)
        assert calendar.is_working(day) is worked, day


def test_the_year_whose_notice_is_not_out_is_not_known() -> None:
    assert 2027 not in load_calendar(resources_folder() / "catalogue" / "calendar").years


def test_a_file_adds_a_year_and_wins_over_the_library(tmp_path: Path) -> None:
    calendar = load_calendar(write(tmp_path, FILE.format(year=2027, worked="2027-01-03")))
    assert [calendar.is_working(date(2027, 1, day)) for day in (1, 2, 3, 4)] == [False, False, True, True]
    (tmp_path / "2027.toml").rename(tmp_path / "2026.toml")
    (tmp_path / "2026.toml").write_text(FILE.format(year=2026, worked="2026-01-04"), encoding="utf-8")
    mended = load_calendar(tmp_path)
    assert mended.is_working(date(2026, 1, 2))  # off by the notice, worked by the file
    assert 2027 not in mended.years


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (FILE.format(year=1999, worked="1999-01-03"), "year"),
        (FILE.format(year=2101, worked="2101-01-02"), "year"),
        (FILE.format(year=2027, worked="2026-01-04"), "workdays"),  # another year
        (FILE.format(year=2027, worked="2027-01-04"), "workdays"),  # a Monday is worked anyway
        (FILE.format(year=2027, worked="2027-02-30"), "workdays"),
        (FILE.format(year=2027, worked="2027-01-03").replace('["2027-01-01"]', "[]"), "holidays"),
        (
            FILE.format(year=2027, worked="2027-01-03").replace('["2027-01-01"]', '["2027-01-01", "2027-01-01"]'),
            "holidays",
        ),
    ],
)
def test_a_wrong_file_is_refused_whole(tmp_path: Path, text: str, entry: str) -> None:
    with pytest.raises(Problem) as told:
        load_calendar(write(tmp_path, text))
    assert told.value.key == "catalogue.bad_file"
    assert told.value.params["entry"] == entry


def test_a_folder_that_is_not_there_leaves_the_librarys_years(tmp_path: Path) -> None:
    assert 2026 in load_calendar(tmp_path / "nowhere").years
