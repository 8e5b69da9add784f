"""What is kept of old generations, and that no page one of them names is ever removed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from villagedesk.domain.clock import SHANGHAI
from villagedesk.store.backup.layout import MANIFEST, StationFolder, generation_name, generation_time
from villagedesk.store.backup.manifest import Manifest
from villagedesk.store.backup.medium import Written
from villagedesk.store.backup.thinning import kept, remove_leftovers, thin

_KEY = bytes(range(32))
_START = datetime(2026, 1, 1, 2, tzinfo=UTC)
_MOMENTS = st.integers(0, 500 * 24).map(lambda hours: _START + timedelta(hours=hours))


def test_a_year_of_daily_backups_keeps_days_weeks_and_months() -> None:
    times = [_START + timedelta(days=day) for day in range(365)]
    keeping = sorted(kept(times, times[-1]), reverse=True)
    assert keeping[:7] == times[:-8:-1]
    assert [moment.astimezone(SHANGHAI).isocalendar()[:2] for moment in keeping[7:9]] == [(2026, 51), (2026, 50)]
    assert len({(moment.year, moment.month) for moment in keeping}) == 12
    assert len(keeping) == 7 + 2 + 11  # of the four weeks two lie in the seven days, of the twelve months one


@given(st.sets(_MOMENTS, min_size=1, max_size=40), st.data())
def test_kept_is_bounded_and_holds_the_newest_of_each_of_the_last_days(
    times: set[datetime], data: st.DataObject
) -> None:
    newest = data.draw(st.sampled_from(sorted(times)))
    keeping = kept(times, newest)
    assert newest in keeping <= times
    assert len(keeping) <= 7 + 4 + 12 + 1
    assert max(times) in keeping
    days = sorted({moment.astimezone(SHANGHAI).date() for moment in times}, reverse=True)[:7]
    assert set(days) <= {moment.astimezone(SHANGHAI).date() for moment in keeping}


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(_MOMENTS, st.sets(st.integers(0, 12), max_size=5), min_size=1, max_size=9),
    st.sets(st.integers(0, 12)),
    st.data(),
)
def test_no_page_a_kept_generation_names_is_removed_and_no_other_stays(
    generations: dict[datetime, set[int]], orphans: set[int], data: st.DataObject
) -> None:
    newest = data.draw(st.sampled_from(sorted(generations)))
    damaged = data.draw(st.sampled_from([None, *sorted(set(generations) - {newest})]))
    with TemporaryDirectory() as folder:
        station = StationFolder(Path(folder))
        for number in orphans.union(*generations.values()):
            place = station.page(_name(number))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"page")
        for moment, numbers in generations.items():
            _write(station, moment, numbers)
        if damaged is not None:
            (station.generations / generation_name(damaged) / MANIFEST).write_bytes(b"VDBACK\x01" + bytes(80))
        thin(station, station.generations / generation_name(newest), _KEY)
        left = {generation_time(path): path for path in station.finished_generations()}
        assert set(left) == kept(generations, newest) - {damaged}
        named = {_name(number) for moment in left if moment is not None for number in generations[moment]}
        assert station.stored_pages().keys() == named


def test_what_a_newer_program_wrote_keeps_everything() -> None:
    with TemporaryDirectory() as folder:
        station = StationFolder(Path(folder))
        place = station.page(_name(1))
        place.parent.mkdir(parents=True)
        place.write_bytes(b"page")
        for day in range(2):
            _write(station, _START + timedelta(days=day), set())
        older, newest = sorted(station.finished_generations())
        data = bytearray((older / MANIFEST).read_bytes())
        data[6] = 99
        (older / MANIFEST).write_bytes(data)
        assert thin(station, newest, _KEY) == 0
        assert len(station.finished_generations()) == 2
        assert place.exists()


def test_leftovers_are_what_has_no_manifest() -> None:
    with TemporaryDirectory() as folder:
        station = StationFolder(Path(folder))
        _write(station, _START, set())
        unfinished = station.generations / generation_name(_START + timedelta(days=1))
        unfinished.mkdir()
        (unfinished / "database").write_bytes(b"half")
        torn = station.page(_name(1)).with_name(_name(1) + ".part")
        torn.parent.mkdir(parents=True)
        torn.write_bytes(b"half")
        (station.generations / "holiday pictures").mkdir()
        remove_leftovers(station)
        assert not torn.exists()
        assert {path.name for path in station.generations.iterdir()} == {generation_name(_START), "holiday pictures"}


def _name(number: int) -> str:
    return f"{number:02x}" * 32


def _write(station: StationFolder, moment: datetime, numbers: set[int]) -> None:
    folder = station.generations / generation_name(moment)
    folder.mkdir(parents=True)
    file = Written("0" * 64, 4)
    pages = {_name(number): file for number in numbers}
    manifest = Manifest(moment, b"{}", file, file, 0, "", "A", "id", 0, 0, "1", pages)
    (folder / MANIFEST).write_bytes(manifest.seal(_KEY))
    (folder / "database").write_bytes(os.urandom(10))
