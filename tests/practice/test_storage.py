"""Database and files below the contract: several processes on one database, stale writers, bytes never acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from villagedesk.practice.page_files import PageFiles
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import Storage, insert_once
from villagedesk.practice.tables import SERIALS, STATIONS
from villagedesk.practice.uploads import Uploads

STATION = "410421103207"


@pytest.fixture
def storages(tmp_path: Path) -> Iterator[list[Storage]]:
    """Two openings of one SQLite file, as two processes have it."""
    opened = [Storage(f"sqlite:///{tmp_path / 'acceptance.sqlite'}") for _ in range(2)]
    yield opened
    for storage in opened:
        storage.close()


def test_sqlite_is_opened_for_durability(storages: list[Storage]) -> None:
    with storages[0].write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_two_processes_read_and_write_without_losing_a_step(storages: list[Storage]) -> None:
    with storages[0].write() as connection:
        connection.execute(insert(SERIALS).values(day="20261123", last=0))
    start = threading.Barrier(2)

    def count(storage: Storage) -> None:
        start.wait()
        for _ in range(25):
            with storage.write() as connection:
                last = connection.execute(select(SERIALS.c.last)).scalar_one()
                connection.execute(update(SERIALS).values(last=last + 1))

    threads = [threading.Thread(target=count, args=(storage,)) for storage in storages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with storages[0].read() as connection:
        assert connection.execute(select(SERIALS.c.last)).scalar_one() == 50


def test_failed_transaction_leaves_nothing(storages: list[Storage]) -> None:
    def fail() -> None:
        with storages[0].write() as connection:
            assert insert_once(connection, SERIALS, {"day": "20261123", "last": 1})
            assert not insert_once(connection, SERIALS, {"day": "20261123", "last": 2})
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    with storages[1].read() as connection:
        assert connection.execute(select(SERIALS)).all() == []


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL"):
        Storage("mysql://localhost/x")


def test_stale_acknowledgement_is_refused(storages: list[Storage], tmp_path: Path) -> None:
    uploads = Uploads(storages[0], PageFiles(tmp_path), lambda: datetime(2026, 11, 23, tzinfo=UTC))
    with storages[0].write() as connection:
        connection.execute(insert(STATIONS).values(division_code=STATION, name="柳林村"))
    upload_id = uploads.create(STATION, "0" * 64, "image/jpeg", 10)
    seen = uploads.get(STATION, upload_id)
    uploads.acknowledge(seen, 4)
    with pytest.raises(WireProblem) as refused:
        uploads.acknowledge(seen, 6)
    assert (refused.value.status, refused.value.code) == (409, "offset")
    assert uploads.get(STATION, upload_id).received == 4


def test_bytes_never_acknowledged_are_dropped_when_a_part_is_continued(tmp_path: Path) -> None:
    files = PageFiles(tmp_path)
    files.create_part("u")
    first = files.open_part("u", 0)
    first.write(b"acknowledged and not")
    first.sync()
    first.close()
    again = files.open_part("u", len(b"acknowledged"))
    again.write(b"!")
    again.sync()
    again.close()
    assert (tmp_path / "parts" / "u").read_bytes() == b"acknowledged!"
