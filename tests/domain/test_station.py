"""The station file: reads back as written, and says which entry is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlsplit

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
    ("entries", "key"),
    [
        ({"format": "other"}, "station.not_a_station_file"),
        ({"version": 2}, "station.newer_version"),
        ({"division_code": "4104"}, "station.bad_field.division_code"),
        ({"division_code": 410421100201}, "station.bad_field.division_code"),
        ({"name": " "}, "station.bad_field.name"),
        ({"one_time_code": ""}, "station.bad_field.one_time_code"),
        ({"address": "http://10.1.2.3"}, "station.bad_field.address"),
        ({"address": "https://"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3:99999"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3:0"}, "station.bad_field.address"),
        ({"address": "https://county@10.1.2.3"}, "station.bad_field.address"),
        ({"address": "https://county:pass@10.1.2.3:8443"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3/v1"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3//"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3?a=b"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3/?"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.3#a"}, "station.bad_field.address"),
        ({"address": "https://county .cn"}, "station.bad_field.address"),
        ({"address": "https://cou\nnty.cn"}, "station.bad_field.address"),
        ({"address": "https://cou\tnty.cn"}, "station.bad_field.address"),
        ({"address": "https://county\\.cn"}, "station.bad_field.address"),
        ({"address": "https://-county.cn"}, "station.bad_field.address"),
        ({"address": "https://county..cn"}, "station.bad_field.address"),
        ({"address": "https://县.cn"}, "station.bad_field.address"),
        ({"address": "https://10.1.2.300"}, "station.bad_field.address"),
        ({"address": "https://2130706433"}, "station.bad_field.address"),
        ({"address": "https://[::1"}, "station.bad_field.address"),
        ({"address": "https://[1:2]"}, "station.bad_field.address"),
        ({"address": "https://" + "a." * 130 + "cn"}, "station.bad_field.address"),
        ({"address": "https://\ud800.cn"}, "station.bad_field.address"),
        ({"name": "柳" * 61}, "station.bad_field.name"),
        ({"name": "柳林\n村"}, "station.bad_field.name"),
        ({"name": "柳林\u202e村"}, "station.bad_field.name"),
        ({"name": "柳林\u2028村"}, "station.bad_field.name"),
        ({"name": "柳林\ue000村"}, "station.bad_field.name"),
        ({"name": "柳林\ud842村"}, "station.bad_field.name"),
        ({"ca_pem": "\udfff"}, "station.bad_field.ca_pem"),
        ({"practice": "yes"}, "station.bad_field.practice"),
        ({"practice": 1}, "station.bad_field.practice"),
        ({"practice": None}, "station.bad_field.practice"),
        ({"one_time_code": "a" * 65}, "station.bad_field.one_time_code"),
        ({"one_time_code": "a b"}, "station.bad_field.one_time_code"),
        ({"one_time_code": "码"}, "station.bad_field.one_time_code"),
        ({"one_time_code": "a\x7f"}, "station.bad_field.one_time_code"),
        ({"recovery_public_key": "AAAA"}, "station.bad_field.recovery_public_key"),
        ({"recovery_public_key": "秘"}, "station.bad_field.recovery_public_key"),
        ({"networks": "10.41.0.0/16"}, "station.bad_field.networks"),
        ({"networks": ["10.41.0.1/16"]}, "station.bad_field.networks"),
        ({"networks": [10]}, "station.bad_field.networks"),
        ({"networks": ["10.41.0.0/16"] * 33}, "station.bad_field.networks"),
    ],
)
def test_a_wrong_entry_is_named(entries: dict[str, object], key: str) -> None:
    with pytest.raises(InputProblem) as caught:
        StationFile.from_bytes(changed(**entries))
    assert caught.value.key == key


def test_networks_may_be_listed_and_need_not() -> None:
    listed = replace(STATION, networks=("10.41.0.0/16", "fd00::/8", "10.50.1.7/32"))
    assert StationFile.from_bytes(listed.to_bytes()) == listed
    assert StationFile.from_bytes(changed(networks=[" 10.50.1.7 "])).networks == ("10.50.1.7/32",)
    earlier = json.loads(STATION.to_bytes())
    del earlier["networks"]
    assert StationFile.from_bytes(json.dumps(earlier).encode()).networks == ()


def test_practice_is_said_in_the_file_and_is_never_meant_by_silence() -> None:
    practice = replace(STATION, practice=True)
    assert StationFile.from_bytes(practice.to_bytes()) == practice
    silent = json.loads(STATION.to_bytes())
    del silent["practice"]
    assert not StationFile.from_bytes(json.dumps(silent).encode()).practice


@pytest.mark.parametrize(
    "address", ["https://county.example.cn", "https://county:1", "https://[fd00::1]:8443", "https://127.0.0.1:65535"]
)
def test_addresses_of_all_kinds_are_taken(address: str) -> None:
    assert StationFile.from_bytes(changed(address=address)).address == address


@given(st.text(max_size=70), st.text(max_size=70), st.text(max_size=70))
def test_what_is_taken_can_be_printed_sent_and_kept(name: str, host: str, code: str) -> None:
    try:
        station = StationFile.from_bytes(changed(name=name, address=f"https://{host}", one_time_code=code))
    except InputProblem:
        return
    assert station.name.isprintable() or "\u3000" in station.name or "\xa0" in station.name
    assert urlsplit(station.address)._replace(netloc="") == ("https", "", "", "", "")
    assert "@" not in station.address
    assert StationFile.from_bytes(station.to_bytes()) == station


@given(st.one_of(st.binary(max_size=200), st.just(b"[" * 50_000), st.just(b" " * 70_000)))
def test_any_other_file_is_no_station_file(data: bytes) -> None:
    with pytest.raises(InputProblem):
        StationFile.from_bytes(data)
