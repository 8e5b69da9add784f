"""The door on a real data folder: first run, sign-in, unlock, and what is told when files are lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk.app.composition import open_desk
from villagedesk.app.gui import Media
from villagedesk.app.premises import STATION_NAME, DataFolder
from villagedesk.app.run_options import RunOptions
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.desk.entry import Entry
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.station import StationFile
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.slots import SLOT_FILES
from villagedesk.store.status import STATUS_FILE

PASSWORD = "老槐树下1962"


class Opened(Exception):
    """Raised in place of a desk: the door let the clerk through."""

    def __init__(self, acting: Acting, key: object, station: StationFile) -> None:
        super().__init__(acting.clerk)
        self.key = key
        self.station = station


def through(acting: Acting, key: object, station: StationFile) -> Desk:
    raise Opened(acting, key, station)


def door(folder: Path) -> Entry:
    return Entry(DataFolder(folder, FixedClock()), through)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder after its first run."""
    folder = tmp_path / "data"
    door(folder).set_up(STATION, "  王会计 ", PASSWORD)
    return folder


def test_before_the_first_run_nothing_is_known(tmp_path: Path) -> None:
    suggested = tmp_path / "station.json"
    state = Entry(DataFolder(tmp_path / "data", FixedClock()), through, suggested).state()
    assert (state.set_up, state.clerks, state.waiting) == (False, (), 0)
    assert state.suggested_station_file == str(suggested)
    assert not (tmp_path / "data").exists()


def test_after_the_first_run_the_clerk_and_the_station_are_known(folder: Path) -> None:
    state = door(folder).state()
    assert (state.set_up, state.station_name, state.clerks, state.waiting) == (True, STATION.name, ("王会计",), 0)
    assert state.practice
    assert EncryptedStore.exists(folder)


def test_a_lost_count_is_not_told_as_none_waiting(folder: Path) -> None:
    (folder / STATUS_FILE).unlink()
    assert door(folder).state().waiting is None


def test_the_right_password_opens_with_the_key_that_made_the_database(folder: Path) -> None:
    with pytest.raises(Opened) as opened:
        door(folder).sign_in("王会计", PASSWORD)
    assert opened.value.station == STATION
    assert isinstance(opened.value.key, DataKey)
    EncryptedStore.open(folder, opened.value.key, FixedClock()).close()


@pytest.mark.parametrize(("clerk", "password"), [("王会计", PASSWORD + "3"), ("李会计", PASSWORD), ("王会计", "")])
def test_a_wrong_password_opens_nothing(folder: Path, clerk: str, password: str) -> None:
    entry = door(folder)
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        entry.sign_in(clerk, password)
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        entry.unlock(clerk, password)
    entry.unlock("王会计", PASSWORD)


def test_a_second_first_run_is_refused_and_harms_nothing(folder: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"store\.already_set_up"):
        door(folder).set_up(STATION, "李会计", PASSWORD)
    assert door(folder).state().clerks == ("王会计",)


def test_a_database_whose_keys_are_lost_is_no_place_for_a_first_run(folder: Path) -> None:
    for name in (*SLOT_FILES, STATUS_FILE):
        (folder / name).unlink()
    assert (folder / DATABASE_FILE).exists()
    with pytest.raises(EnvironmentProblem, match=r"store\.slots_lost"):
        door(folder).state()
    with pytest.raises(EnvironmentProblem, match=r"store\.already_set_up"):
        door(folder).set_up(STATION, "李会计", PASSWORD)
    assert not any((folder / name).exists() for name in SLOT_FILES), "no keys that open nothing"


def test_a_lost_station_file_is_told_at_sign_in(folder: Path) -> None:
    (folder / STATION_NAME).unlink()
    assert door(folder).state().station_name == ""
    with pytest.raises(EnvironmentProblem, match=r"entry\.station_lost"):
        door(folder).sign_in("王会计", PASSWORD)


def test_lost_slots_are_told(folder: Path) -> None:
    for name in SLOT_FILES:
        (folder / name).write_bytes(b"\x00" * 100)
    with pytest.raises(EnvironmentProblem, match=r"store\.slots_lost"):
        door(folder).sign_in("王会计", PASSWORD)


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("1234567", "entry.password_short"),
        ("12345678", "entry.password_simple"),
        ("hgfedcba", "entry.password_simple"),
        ("88888888", "entry.password_simple"),
        ("王王王王王王王王", "entry.password_simple"),
    ],
)
def test_simple_passwords_are_refused_with_a_reason(tmp_path: Path, password: str, key: str) -> None:
    entry = door(tmp_path / "data")
    trouble = entry.check_new_password(password)
    assert trouble is not None
    assert trouble.key == key
    with pytest.raises(InputProblem) as caught:
        entry.set_up(STATION, "王会计", password)
    assert caught.value.key == key
    assert not entry.state().set_up


def test_passwords_people_can_keep_are_taken(tmp_path: Path) -> None:
    entry = door(tmp_path / "data")
    assert [
        entry.check_new_password(password) for password in ("老槐树下1962", "cun kou laohuai", "村口有棵老槐树1962")
    ] == [
        None,
        None,
        None,
    ]


def test_a_file_that_is_no_station_file_is_named_so(tmp_path: Path) -> None:
    entry = door(tmp_path / "data")
    right = tmp_path / "station.json"
    right.write_bytes(STATION.to_bytes())
    assert entry.read_station_file(right) == STATION
    for content, key in ((b"{}", "station.not_a_station_file"), (b"x" * (2 << 20), "station.not_a_station_file")):
        right.write_bytes(content)
        with pytest.raises(InputProblem) as caught:
            entry.read_station_file(right)
        assert caught.value.key == key
    with pytest.raises(InputProblem, match=r"entry\.station_unreadable"):
        entry.read_station_file(tmp_path / "none.json")


BROKEN = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"


@pytest.mark.parametrize("ca_pem", ["no certificate", BROKEN, BROKEN.replace("AAAA", "=="), BROKEN[:20]])
def test_a_certificate_that_is_none_is_named_before_anything_is_kept(tmp_path: Path, ca_pem: str) -> None:
    entry = door(tmp_path / "data")
    station = replace(STATION, ca_pem=ca_pem)
    file = tmp_path / "station.json"
    file.write_bytes(station.to_bytes())
    for attempt in (lambda: entry.read_station_file(file), lambda: entry.set_up(station, "王会计", PASSWORD)):
        with pytest.raises(InputProblem) as caught:
            attempt()
        assert caught.value.key == "station.bad_field.ca_pem"
    assert not entry.state().set_up
    assert not (tmp_path / "data").exists()


def test_a_kept_station_file_whose_certificate_was_spoilt_is_told_with_advice(folder: Path) -> None:
    options = RunOptions(folder, "none", "none")

    def opener(acting: Acting, key: object, station: StationFile) -> Desk:
        return open_desk(options, lambda work: work(), Media(), acting, key, station)

    entry = Entry(DataFolder(folder, FixedClock()), opener)
    (folder / STATION_NAME).write_bytes(replace(STATION, ca_pem=BROKEN).to_bytes())
    with pytest.raises(EnvironmentProblem, match=r"entry\.station_unusable"):
        entry.sign_in("王会计", PASSWORD)
    (folder / STATION_NAME).write_bytes(STATION.to_bytes())
    entry.sign_in("王会计", PASSWORD)
    entry.close()


def test_a_clerk_has_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match=r"entry\.clerk_empty"):
        door(tmp_path / "data").set_up(STATION, "  ", PASSWORD)


def test_practice_takes_no_file_of_a_station_for_real_work(tmp_path: Path) -> None:
    file = tmp_path / "real.json"
    file.write_bytes(replace(STATION, practice=False).to_bytes())
    entry = Entry(DataFolder(tmp_path / "data", FixedClock()), through, practice_only=True)
    with pytest.raises(InputProblem, match=r"entry\.station_not_practice"):
        entry.read_station_file(file)
    file.write_bytes(replace(STATION, practice=True).to_bytes())
    assert entry.read_station_file(file).practice
