"""The station file: reads back as written, and says which entry is wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.station import StationFile

STATION = StationFile("410421100201", "柳林村便民服务站", "https://10.1.2.3:8443", "", "once-1", bytes(range(32)))


def changed(**entries: object) -> bytes:
    return json.dumps(json.loads(STATION.to_bytes()) | entries).encode()


def test_it_reads_back_as_written() -> None:
    assert StationFile.from_bytes(STATION.to_bytes()) == STATION
    assert StationFile.from_bytes(changed(address="https://10.1.2.3:8443/")) == STATION


@pytest.mark.parametrize(
    ("entries", "key", "name"),
    [
        ({"format": "other"}, "station.not_a_station_file", None),
        ({"version": 2}, "station.newer_version", None),
        ({"division_code": "4104"}, "station.bad_field", "division_code"),
        ({"division_code": 410421100201}, "station.bad_field", "division_code"),
        ({"name": " "}, "station.bad_field", "name"),
        ({"one_time_code": ""}, "station.bad_field", "one_time_code"),
        ({"address": "http://10.1.2.3"}, "station.bad_field", "address"),
        ({"address": "https://"}, "station.bad_field", "address"),
        ({"address": "https://10.1.2.3:99999"}, "station.bad_field", "address"),
        ({"recovery_public_key": "AAAA"}, "station.bad_field", "recovery_public_key"),
        ({"recovery_public_key": "秘"}, "station.bad_field", "recovery_public_key"),
    ],
)
def test_a_wrong_entry_is_named(entries: dict[str, object], key: str, name: str | None) -> None:
    with pytest.raises(InputProblem) as caught:
        StationFile.from_bytes(changed(**entries))
    assert (caught.value.key, caught.value.params.get("name")) == (key, name)


@given(st.one_of(st.binary(max_size=200), st.just(b"[" * 50_000), st.just(b" " * 70_000)))
def test_any_other_file_is_no_station_file(data: bytes) -> None:
    with pytest.raises(InputProblem):
        StationFile.from_bytes(data)
