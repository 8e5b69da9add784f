"""The calendar: what the library knows is what the State Council said; files add years and mend mistakes."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.domain.holidays import NOTICES
from villagedesk.app.resources import resources_folder
from villagedesk.app.starter_catalogue import contents_of, starter
from villagedesk.catalogue.calendar import library_years, year_of
from villagedesk.catalogue.checked_table import read_toml
from villagedesk.domain.problems import Problem
from villagedesk.domain.working_days import Calendar, YearOff

BY_LAW = (
    *("01-01", "02-06", "02-07", "02-08", "02-09", "04-05", "05-01"),
    *("05-02", "06-09", "09-15", "10-01", "10-02", "10-03"),
)
"""Thirteen days of 2027 as 全国年节及纪念日放假办法 (2024) §2 gives them, without what a notice moves around them."""
DAYS = ", ".join(f'"{{year}}-{day}"' for day in BY_LAW)
FILE = f"""
year = {{year}}
source = "国办发明电〔2026〕某号"
holidays = [{DAYS}]
workdays = ["{{worked}}"]
"""


def read(folder: Path, text: str, encoding: str = "utf-8") -> YearOff:
    """A year from its file; the year is 2027 or what the file says."""
    file = folder / "2027.toml"
    file.write_text(text, encoding=encoding)
    return year_of(read_toml(file))[1]


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_every_day_of_the_year_is_as_the_notice_says(year: int) -> None:
    calendar = Calendar(library_years())
    notice = NOTICES[year]
    for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date.fromordinal(date(year, 1, 1).toordinal() + number)
        worked = day in notice.workdays or (day.weekday() < 5 and day not in notice.holidays)
        assert calendar.is_working(day) is worked, day


def test_the_year_whose_notice_is_not_out_is_not_known() -> None:
    assert 2027 not in {**library_years(), **starter(resources_folder()).contents.years}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_adds_a_year_and_wins_over_the_library(tmp_path: Path, encoding: str) -> None:
    calendar = Calendar({2027: read(tmp_path, FILE.format(year=2027, worked="2027-01-03"), encoding)})
    assert [calendar.is_working(date(2027, 1, day)) for day in (1, 2, 3, 4)] == [False, False, True, True]
    changed = {2026: read(tmp_path, FILE.format(year=2026, worked="2026-01-04"))}
    mended = Calendar(library_years()).with_years(changed)
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
        (re.sub(r"holidays = .*", "holidays = []", FILE.format(year=2027, worked="2027-01-03")), "holidays"),
        (FILE.format(year=2027, worked="2027-01-03").replace('"2027-01-01"', '"2027-05-01"'), "holidays"),  # twice
        (FILE.format(year=2027, worked="2027-01-03").replace('"2027-10-02"', '"2027-10-04"'), "holidays"),
        (re.sub(r'"2027-0[2469]-..", ', "", FILE.format(year=2027, worked="2027-01-03")), "holidays"),  # half of it
    ],
)
def test_a_wrong_file_is_refused_whole(tmp_path: Path, text: str, entry: str) -> None:
    with pytest.raises(Problem) as told:
        read(tmp_path, text)
    assert told.value.key == "catalogue.bad_file"
    assert told.value.params["entry"] == entry


def test_a_catalogues_folder_brings_its_years_and_one_year_once(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(resources_folder() / "catalogue", folder)
    (folder / "calendar").mkdir()
    read(folder / "calendar", FILE.format(year=2027, worked="2027-01-03"))
    assert set(contents_of(folder).years) == {2027}
    shutil.copy(folder / "calendar" / "2027.toml", folder / "calendar" / "again.toml")
    with pytest.raises(Problem) as told:
        contents_of(folder).check()
    assert (told.value.key, told.value.params["file"]) == ("catalogue.bad_file", "calendar/2027")
