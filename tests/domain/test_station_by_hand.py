"""A station file of a station that was granted no interface: it says so, and is none by leaving something out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.domain.test_station import STATION, changed
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.station import StationFile

BY_HAND = replace(STATION, address="", one_time_code="", ca_pem="")


def test_it_reads_back_as_written_and_says_so() -> None:
    assert json.loads(BY_HAND.to_bytes())["mode"] == "manual"
    assert StationFile.from_bytes(BY_HAND.to_bytes()) == BY_HAND
    assert BY_HAND.manual
    assert not STATION.manual


def test_the_county_may_leave_out_what_there_is_not() -> None:
    raw = json.loads(BY_HAND.to_bytes())
    for name in ("address", "ca_pem", "one_time_code"):
        del raw[name]
    assert StationFile.from_bytes(json.dumps(raw).encode()) == BY_HAND


def test_a_file_of_an_earlier_version_has_an_interface() -> None:
    raw = json.loads(STATION.to_bytes())
    del raw["mode"]
    assert StationFile.from_bytes(json.dumps(raw).encode()) == STATION


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        ({"address": ""}, "address"),  # forgotten, not manual
        ({"mode": "manual"}, "address"),
        ({"mode": "manual", "address": "", "ca_pem": ""}, "one_time_code"),
        ({"mode": "manual", "address": "", "one_time_code": "", "ca_pem": "x"}, "ca_pem"),
        ({"mode": "by hand"}, "mode"),
        ({"mode": None}, "mode"),
    ],
)
def test_half_of_each_is_refused(entries: dict[str, object], wrong: str) -> None:
    with pytest.raises(InputProblem) as told:
        StationFile.from_bytes(changed(**entries))
    assert told.value.key == f"station.bad_field.{wrong}"


def test_nothing_may_be_left_out_where_there_is_an_interface() -> None:
    for name in ("address", "ca_pem", "one_time_code"):
        raw = json.loads(STATION.to_bytes())
        del raw[name]
        with pytest.raises(InputProblem, match=rf"station\.bad_field\.{name}"):
            StationFile.from_bytes(json.dumps(raw).encode())
