"""The program as a person at the screen meets it: first run, one instance, wrong password, an orderly end."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.child import Child
from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk.app.gui import FIRST_PAINT_NAME, HOOK_NAME
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import STATION_NAME, DataFolder
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.slots import SLOT_FILES

PASSWORD = "old locust tree 7"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder after its first run."""
    DataFolder(tmp_path / "data", FixedClock()).set_up(STATION, "王会计", PASSWORD)
    return tmp_path


@pytest.fixture
def child(folder: Path) -> Iterator[Child]:
    """The program at its sign-in page."""
    running = Child(folder, "--data", str(folder / "data"), "--camera", "none", "--printer", "none")
    yield running
    running.end()
    assert not list(fault_reports_folder(folder / "data").glob("*")), "the program had a fault of its own"


def test_the_first_run_is_done_by_keyboard_alone(tmp_path: Path) -> None:
    station = tmp_path / "station.json"
    station.write_bytes(STATION.to_bytes())
    data = tmp_path / "data"
    child = Child(
        tmp_path, "--data", str(data), "--camera", "none", "--printer", "none", "--station-file", str(station)
    )
    try:
        child.do("wait_for", widget="station_name", text=STATION.name)
        child.do("key", text="王会计", widget="clerk")
        assert child.widget("clerk")["text"] == "王会计"
        child.do("key", text=PASSWORD, widget="password")
        child.do("key", text=PASSWORD, widget="password_again")
        child.do("key", key="Return")
        child.do("wait_for", widget="clerk_name", text="王会计", seconds=60)
        assert STATION.name + "（练习）" in {row["text"] for row in child.do("tree")["widgets"]}
        child.do("screenshot", file=str(tmp_path / "today.png"))
        assert (tmp_path / "today.png").stat().st_size > 10_000
    finally:
        child.end()
    assert DataFolder(data, FixedClock()).clerks() == ("王会计",)
    assert not fault_reports_folder(data).exists()


def test_a_wrong_password_is_told_and_the_right_one_opens(child: Child) -> None:
    child.do("wait_for", widget="password")
    child.do("key", text="wrong horse 7", widget="password")
    child.do("key", key="Return", widget="password")
    child.do("wait_for", widget="password_trouble", text="密码不对", seconds=20)
    child.do("key", key="Ctrl+A", widget="password")
    child.do("key", text=PASSWORD, widget="password")
    child.do("key", key="Return", widget="password")
    child.do("wait_for", widget="clerk_name", text="王会计", seconds=60)


def spoilt_database(data: Path) -> None:
    with (data / DATABASE_FILE).open("r+b") as file:
        file.write(bytes(64))


def lost_database(data: Path) -> None:
    for file in data.glob(f"{DATABASE_FILE}*"):
        file.unlink()


def lost_station(data: Path) -> None:
    (data / STATION_NAME).unlink()


def lost_slots(data: Path) -> None:
    for name in SLOT_FILES:
        (data / name).unlink()


def spoilt_slots(data: Path) -> None:
    for name in SLOT_FILES:
        (data / name).write_bytes(bytes(100))


def wait_for_words(child: Child, words: str) -> None:
    """Until some widget says so."""
    until = time.monotonic() + 30
    while not any(words in row["text"] for row in child.do("tree")["widgets"]):
        assert time.monotonic() < until, [row["text"] for row in child.do("tree")["widgets"]]
        time.sleep(0.05)  # another process's screen: there is no event to wait for


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (spoilt_database, "坏了一部分"),
        (lost_database, "数据库打不开"),
        (lost_station, "站点文件丢失或损坏"),
    ],
)
def test_what_is_lost_is_told_at_sign_in_and_the_program_lives(
    folder: Path, harm: Callable[[Path], None], words: str
) -> None:
    harm(folder / "data")
    child = Child(folder, "--data", str(folder / "data"), "--camera", "none", "--printer", "none")
    try:
        for _ in range(2):
            child.do("wait_for", widget="password", state="enabled")
            child.do("click", widget="password")  # the button of the next step has the focus the second time
            child.do("key", key="Ctrl+A", widget="password")
            child.do("key", text=PASSWORD, widget="password")
            child.do("key", key="Return", widget="password")
            wait_for_words(child, words)
            if harm is spoilt_database:
                child.do("key", key="Esc", widget="damage_back")  # from the card that can recover it to the sign-in
        assert child.process.poll() is None
    finally:
        child.end()
    assert not list(fault_reports_folder(folder / "data").glob("*")), "a fault of the program's own"


@pytest.mark.parametrize("harm", [lost_slots, spoilt_slots])
def test_lost_keys_are_told_at_the_start_and_no_new_ones_are_made(folder: Path, harm: Callable[[Path], None]) -> None:
    data = folder / "data"
    harm(data)
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    child = Child(folder, "--data", str(data), "--camera", "none", "--printer", "none")
    try:
        child.do("wait_for", widget="why_closed")
        wait_for_words(child, "密钥文件丢失或损坏")
        assert child.process.poll() is None
    finally:
        child.end()
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.name != "lock"} == before


def test_a_second_start_says_that_one_is_running(child: Child, folder: Path) -> None:
    child.do("wait_for", widget="password")
    (folder / "second").mkdir()
    second = Child(folder / "second", "--data", str(folder / "data"))
    try:
        second.do("wait_for", widget="cannot_start")
        assert "已经在运行" in "".join(row["text"] for row in second.do("tree")["widgets"])
        second.send("key", key="Return", token=second.token)  # it may be gone before it has answered
        assert second.process.wait(60) == 1
    finally:
        second.end()


def test_the_hook_answers_everything_and_only_those_who_hold_the_token(child: Child) -> None:
    assert child.ask("tree", token="guessed") == {"ok": False, "error": "wrong token"}
    assert not child.ask("fly")["ok"]
    assert not child.ask("click", widget="no such widget")["ok"]
    assert not child.ask("key", key="Ctrl+X, Ctrl+S")["ok"]
    missed = child.ask("wait_for", widget="password", state="hidden", seconds=0.1)
    assert missed == {"ok": False, "error": "'password' is visible"}
    assert child.do("window")["name"] == "main_window"
    assert child.do("click", widget="password")["widget"] == "password"
    assert child.widget("password")["focused"]


def test_a_practice_system_beside_the_program_ends_with_it(tmp_path: Path) -> None:
    child = Child(
        tmp_path, "--with-practice", "--data", str(tmp_path / "data"), "--camera", "none", "--printer", "none"
    )
    try:
        child.do("wait_for", widget="station_address", text="https://")
        address = str(child.widget("station_address")["text"])
        port = int(address.rsplit(":", 1)[1])
        socket.create_connection(("127.0.0.1", port), timeout=20).close()
    finally:
        child.end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=20)


def test_without_the_variable_there_is_no_hook(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOOK_NAME, raising=False)
    monkeypatch.setenv(FIRST_PAINT_NAME, "1")
    command = [sys.executable, "-X", "importtime", "-m", "villagedesk", "--data", str(folder / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("first_paint ")
    assert "villagedesk.app.gui" in done.stderr
    assert "event_hook" not in done.stderr
