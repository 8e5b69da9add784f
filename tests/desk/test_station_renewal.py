"""A new station file after the first run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desk.counter import STATION, Window
from villagedesk.app.premises import STATION_NAME
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.station import StationFile


@pytest.fixture
def kept(window: Window) -> Path:
    """The station file as the first run left it."""
    file = window.folder / STATION_NAME
    file.write_bytes(STATION.to_bytes())
    return file


def given(tmp_path: Path, **changed: Any) -> Path:
    """The county's file on a stick."""
    file = tmp_path / "new-station.json"
    file.write_bytes(replace(STATION, **changed).to_bytes())
    return file


def test_a_new_file_is_kept_logged_and_used_at_once(window: Window, kept: Path, tmp_path: Path) -> None:
    renewed = window.desk.station_renewal.renew(
        given(tmp_path, one_time_code="another", address="https://example.invalid:8443")
    )
    assert (renewed.one_time_code, renewed.address) == ("another", "https://example.invalid:8443")
    assert StationFile.from_bytes(kept.read_bytes()) == renewed
    assert window.kicked == ["renewed another"]
    lines = [line for line in window.store.read(lambda snapshot: snapshot.events("")) if line.kind == "station_renewed"]
    assert [line.detail["address"] for line in lines] == ["https://example.invalid:8443"]
    assert "another" not in str(lines)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"division_code": "410421103208"}, "renewal.other_station"),
        (
            {"practice": not STATION.practice},
            f"renewal.{'real_for_practice' if STATION.practice else 'practice_for_real'}",
        ),
        ({}, "renewal.same"),
        ({"ca_pem": "no certificate"}, "station.bad_field.ca_pem"),
    ],
)
def test_what_is_not_for_this_station_changes_nothing(
    window: Window, kept: Path, tmp_path: Path, changed: dict[str, Any], key: str
) -> None:
    before = kept.read_bytes()
    with pytest.raises(InputProblem) as refused:
        window.desk.station_renewal.renew(given(tmp_path, **changed))
    assert refused.value.key == key
    assert (kept.read_bytes(), window.kicked) == (before, [])


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (None, "entry.station_unreadable"),
        (b"{", "station.not_a_station_file"),
        (b" " * (1 << 21), "station.not_a_station_file"),
    ],
)
def test_what_is_no_station_file_is_named(
    window: Window, kept: Path, tmp_path: Path, content: bytes | None, key: str
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputProblem) as refused:
        window.desk.station_renewal.renew(file)
    assert refused.value.key == key
    assert kept.exists()
