"""I8 over a whole day: taken in, scanned, printed, sent, looked at, backed up, exported, failed, killed at several
moments; then every file of PC, backup medium and stick is searched for the people of that day."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.app.busy_day import ID_NUMBER, MARKS, MOMENTS, NAME, PHONE, lay_out
from tests.app.leaks import ENCODINGS, entropy, findings
from tests.desk.counter import papers
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.server import PracticeServer

_ROOT = Path(__file__).parents[2]
_QUICK = ("exporting",)
_CLEAR = ("station.json", "slots-a", "slots-b", "status.json", "lockout.json", "lock")


@dataclass(frozen=True)
class Evening:
    """What a day left.

    Args:
        searched: the folders nobody may read people from: the PC, the backup medium, the stick.
        marks: what is searched for.
    """

    place: Path
    searched: tuple[Path, ...]
    marks: tuple[str, ...]


def live_through(place: Path, killed_at: tuple[str, ...]) -> Evening:
    """Kill the day at each of these moments, then let it come to its evening."""
    lay_out(place)
    server = PracticeServer(place / "practice", autopilot=AutopilotSetting(accept_after_seconds=0))
    server.start()
    try:
        (place / "station.json").write_bytes(server.practice.station_file().to_bytes())
        for moment in killed_at:
            _run(place, moment)
        told = json.loads(_run(place, "evening"))
    finally:
        server.stop()
    searched = (place / "pc", place / "medium", place / "usb")
    return Evening(place, searched, (*MARKS, told["passphrase"]))


def _run(place: Path, moment: str) -> str:
    temporary = str(place / "pc" / "tmp")
    aside = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), temporary)
    home = {"HOME": str(place / "pc" / "home"), "XDG_CACHE_HOME": str(place / "pc" / "home" / ".cache")}
    with (place / "pc" / "output").open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.app.busy_day", str(place), moment],
            cwd=_ROOT,
            env={**os.environ, **aside, **home},
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
        assert child.stdout is not None
        with child.stdout:
            said = child.stdout.readline()
        if moment == "evening":
            code = child.wait(60)
            assert code == 0, (place / "pc" / "output").read_text(encoding="utf-8")
        else:
            child.kill()
            child.wait()
            assert said == f"{moment}\n", (place / "pc" / "output").read_text(encoding="utf-8")
    return said


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """A day that was killed in the middle of an export."""
    return live_through(tmp_path_factory.mktemp("day"), _QUICK)


def test_i8_nothing_of_the_days_people_can_be_read(evening: Evening) -> None:
    pc, medium, stick = evening.searched
    # what was done that day is there, in ciphertext
    assert len(list((pc / "data" / "vault").iterdir())) >= 6
    assert list((pc / "data" / "fault-reports").iterdir())
    assert list(medium.rglob("manifest")) and list(medium.rglob("pages/*/*"))
    assert {file.suffix for file in stick.iterdir()} == {".zip", ".xlsx"}  # what the killed export left is gone
    assert len(list((evening.place / "printed").glob("*.pdf"))) >= 2
    assert findings(evening.searched, evening.marks) == []


def test_only_these_files_are_not_ciphertext(evening: Evening) -> None:
    """The list that the threat model gives."""
    data = evening.searched[0] / "data"
    clear = set()
    for file in data.rglob("*"):
        if file.is_file() and not file.name.endswith("-shm") and "vault" not in file.parts:
            with file.open("rb") as opened:
                if opened.read(1 << 20).isascii() or _is_text(file):
                    clear.add(file.relative_to(data).parts[0])
    assert clear <= {*_CLEAR, "fault-reports"}, clear
    assert {"station.json", "slots-a", "fault-reports"} <= clear


def _is_text(file: Path) -> bool:
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.slow
def test_i8_killed_at_every_moment_of_the_day(tmp_path: Path) -> None:
    day = live_through(tmp_path, MOMENTS)
    assert findings(day.searched, day.marks) == []


def _page_in_clear(copy: Path) -> None:
    (copy / "pc" / "data" / "vault" / secrets.token_hex(32)).write_bytes(papers()[0])


def _database_in_clear(copy: Path) -> None:
    (generation,) = {file.parent for file in (copy / "medium").rglob("manifest")}
    (generation / "database").unlink()
    with sqlite3.connect(generation / "database") as database:
        database.execute("CREATE TABLE cases (name TEXT)")
        database.execute("INSERT INTO cases VALUES (?)", (NAME,))
    database.close()


def _left_in(file: str, data: bytes) -> Callable[[Path], None]:
    def leave(copy: Path) -> None:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_bytes(data)

    return leave


def _bundle_that_tells(copy: Path) -> None:
    with zipfile.ZipFile(copy / "usb" / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("log.txt", f"saved {NAME}" * 50)


def _odd(before: int, text: str) -> bytes:
    return base64.b64encode(bytes(before) + text.encode() + b"....")


PLANTED: dict[str, Callable[[Path], None]] = {
    "a page in clear": _page_in_clear,
    "a backup database in clear": _database_in_clear,
    "a temporary file": _left_in("pc/tmp/spool.tmp", f"<{NAME}>".encode("gb18030")),
    "a paper in the cache": _left_in("pc/home/.cache/paper", b"\x00" * 9 + b"%PDF-1.4\n" + secrets.token_bytes(100)),
    "hex in a report": _left_in("pc/data/fault-reports/x.txt", b"row " + PHONE.encode().hex().encode()),
    "base64 in a log": _left_in("pc/output", b"".join(_odd(before, ID_NUMBER) + b"\n" for before in (1, 2))),
    "an escape in JSON": _left_in("pc/data/status.json", json.dumps({"last": NAME}).encode()),
    "a name in a file's name": _left_in(f"usb/{NAME}.bin", b""),
    "a page hardly mixed": _left_in("medium/pages/ab", bytes(one ^ 0x5A for one in papers()[0][:60_000])),
    "a support bundle that tells": _bundle_that_tells,
    "a package in clear": _left_in("pc/tmp/.part", b"PK\x03\x04" + secrets.token_bytes(5000)),
}


@pytest.mark.parametrize("what", PLANTED)
def test_each_planted_leak_is_found(evening: Evening, tmp_path: Path, what: str) -> None:
    for name in ("pc", "medium", "usb"):
        shutil.copytree(evening.place / name, tmp_path / name)
    PLANTED[what](tmp_path)
    assert findings([tmp_path / name for name in ("pc", "medium", "usb")], evening.marks) != []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_is_searched(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "log").write_bytes(b"\x00" + NAME.encode(encoding))
    assert findings([tmp_path], [NAME])


def test_random_bytes_pass_and_the_least_regular_plain_text_does_not() -> None:
    assert all(entropy(block) > 7.93 for block in _random_blocks())
    assert entropy(base64.b64encode(secrets.token_bytes(3072))) < 6.1


def _random_blocks() -> Iterator[bytes]:
    yield from (secrets.token_bytes(4096) for _ in range(200))
