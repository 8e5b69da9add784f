"""Next year's holidays: from a file at the desk, from the county, and what the clocks make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.catalogue.test_calendar import FILE
from tests.catalogue.test_package import KEY, PUBLIC, raw
from tests.desk.counter import STATION, Window, open_window
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import package_from, seal
from villagedesk.domain.audit import STATION as OF_STATION
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.working_days import NoCalendar

MONDAY, MADE_UP = date(2027, 1, 4), date(2027, 1, 3)


def year_file(folder: Path, year: int = 2027, worked: str = "2027-01-03", source: str = "某号") -> Path:
    file = folder / f"{year}.toml"
    file.write_text(FILE.format(year=year, worked=worked).replace("国办发明电〔2026〕某号", source), encoding="utf-8")
    return file


def told(window: Window) -> dict[int, str]:
    return {one.year: one.sentence.key for one in window.desk.holidays.years()}


def test_a_year_nobody_knows_is_told_and_read_in_from_a_file_for_good(window: Window, tmp_path: Path) -> None:
    assert told(window) == {2026: "items.holidays.known_by_program", 2027: "items.holidays.missing"}
    with pytest.raises(NoCalendar):
        window.desk.holidays.calendar().is_working(MONDAY)
    assert window.desk.holidays.install_file(year_file(tmp_path)) == 2027
    assert told(window)[2027] == "items.holidays.known"
    assert window.desk.holidays.calendar().is_working(MADE_UP)
    (line,) = [one for one in window.store.read(lambda s: s.events(OF_STATION)) if one.kind == Deed.CALENDAR_INSTALLED]
    assert line.detail == {"year": "2027", "source": "某号"} and line.actor == window.desk.clerk
    again = window.reopened()
    assert again.desk.holidays.calendar().is_working(MADE_UP)
    again.desk.close()


def test_a_later_file_of_the_same_year_wins(window: Window, tmp_path: Path) -> None:
    window.desk.holidays.install_file(year_file(tmp_path))
    window.desk.holidays.install_file(year_file(tmp_path, worked="2027-01-10"))
    assert not window.desk.holidays.calendar().is_working(MADE_UP)


@pytest.mark.parametrize("spoilt", ["", "year = 2027", "x" * 70_000, "\x00", 'year = 2027\nsource = "x"\nholidays = 3'])
def test_a_bad_file_changes_nothing(window: Window, tmp_path: Path, spoilt: str) -> None:
    file = tmp_path / "2027.toml"
    file.write_text(spoilt, encoding="utf-8")
    with pytest.raises(InputProblem) as problem:
        window.desk.holidays.install_file(file)
    assert problem.value.key in ("catalogue.unreadable", "catalogue.bad_file")
    with pytest.raises(InputProblem) as problem:
        window.desk.holidays.install_file(tmp_path / "nowhere.toml")
    assert problem.value.key == "items.no_file"
    assert told(window)[2027] == "items.holidays.missing"


def test_what_the_county_signed_wins_over_a_file(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", station=replace(STATION, catalogue_public_key=PUBLIC))
    window.desk.holidays.install_file(year_file(tmp_path, worked="2027-01-10"))
    county = {
        "year": 2027,
        "source": "县里发的",
        "holidays": [day.isoformat() for day in sorted(window.desk.holidays.calendar().years[2027].holidays)],
        "workdays": ["2027-01-03"],
    }
    whole = Contents((raw("XX-1"),), (), (json.loads(json.dumps(county)),))
    window.desk.items.arrived(seal(package_from(None, None, whole, 3, "2026-11-23T00:00:00Z"), KEY))
    assert window.desk.holidays.calendar().is_working(MADE_UP)
    window.desk.close()


def test_the_first_screen_stops_asking_for_the_year(window: Window, tmp_path: Path) -> None:
    window.clock.moment = datetime(2026, 12, 2, 4, tzinfo=UTC)
    asked = [todo for todo in window.desk.cases.today().todos if todo.kind == "calendar"]
    assert [todo.sentence.params["year"] for todo in asked] == [2027]
    window.desk.holidays.install_file(year_file(tmp_path))
    assert not [todo for todo in window.desk.cases.today().todos if todo.kind == "calendar"]
