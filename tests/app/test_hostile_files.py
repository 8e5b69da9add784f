"""Small files that anybody who gets at the PC can put there: read to a bound, refused in words, never a fault."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk.app.premises import STATION_NAME, DataFolder
from villagedesk.desk.desk import Desk
from villagedesk.desk.entry import Entry
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.status import STATUS_FILE, waiting_count

_GOOD = json.loads(STATION.to_bytes())


def entry(folder: Path) -> Entry:
    def never(*_: object) -> Desk:
        raise AssertionError

    return Entry(DataFolder(folder, FixedClock()), never)


def changed(**fields: object) -> bytes:
    return json.dumps(_GOOD | fields).encode("utf-8", "surrogatepass")


HOSTILE = {
    "nothing": b"",
    "brackets": b"[" * 60_000,
    "objects": b'{"a":' * 12_000,
    "a number without end": b"9" * 60_000,
    "not a number": b"NaN",
    "not utf-8": b"\xff\xfe\x00",
    "a picture": b"\xff\xd8\xff\xe0" + bytes(100),
    "65 KB of blanks": b" " * 65_537 + STATION.to_bytes(),
    "another format": changed(format="x"),
    "a newer version": changed(version=2),
    "a version of many digits": changed(version=0).replace(b'"version": 0', b'"version": ' + b"1" * 4000),
    "a name that is a list": changed(name=["x"]),
    "a name with a bell": changed(name="柳林村\x07"),
    "a name turned round": changed(name="柳林村\u202e"),
    "half a character": changed(name="柳林村").replace(b'"name": "', b'"name": "\\ud800'),
    "a name of a novel": changed(name="长" * 10_000),
    "plain http": changed(address="http://127.0.0.1"),
    "a user in the address": changed(address="https://a@evil.example"),
    "a path in the address": changed(address="https://evil.example/x"),
    "a port without end": changed(address="https://evil.example:" + "9" * 5000),
    "a code with a line feed": changed(one_time_code="a\nb"),
    "a key that is short": changed(recovery_public_key="AAAA"),
    "a key that is none": changed(recovery_public_key="!" * 44),
    "practice as text": changed(practice="no"),
    "the same name twice, the last wrong": STATION.to_bytes()[:-2] + b', "name": 7}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_station_file_is_refused_in_words(name: str, tmp_path: Path) -> None:
    file = tmp_path / "station.json"
    file.write_bytes(HOSTILE[name])
    with pytest.raises(InputProblem) as told:
        entry(tmp_path / "data").read_station_file(file)
    assert told.value.key.startswith("station.")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / STATION_NAME).write_bytes(HOSTILE[name])
    with pytest.raises(EnvironmentProblem, match=r"entry\.station_lost"):
        DataFolder(tmp_path / "data", FixedClock()).station()


@pytest.mark.parametrize("name", ["folder", "no/such/file", "a\0b", "pipe", "/dev/zero"])
def test_what_is_no_file_is_not_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputProblem, match=r"entry\.station_unreadable"):
        entry(tmp_path / "data").read_station_file(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[" * 900,
        b'{"waiting": ' + b"[" * 900,
        b'{"waiting": ' + b"9" * 4000 + b"}",
        b'{"waiting": 1000001}',
        b'{"waiting": -1}',
        b'{"waiting": true}',
        b'{"waiting": 1.5}',
        b'{"waiting": NaN}',
        b'{"waiting": "7"}',
        b"[7]",
        b" " * 2000 + b'{"waiting": 7}',
    ],
)
def test_a_count_that_is_none_is_not_known(text: bytes, tmp_path: Path) -> None:
    (tmp_path / STATUS_FILE).write_bytes(text)
    assert waiting_count(tmp_path) is None
    (tmp_path / STATUS_FILE).write_bytes(b'{"waiting": 7}')
    assert waiting_count(tmp_path) == 7
