"""The planted faults: each is put around the store or into the process that works, never into the program's files.

Those that need a different order of steps are looked for by name in the operations (``place.mutant``); the others are
planted here. Each harness must catch those that are its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from sqlcipher3 import dbapi2

from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store import connection, database, database_file, files, keys, slots, vault
from villagedesk.store.backup import medium, restore, writer
from villagedesk.store.backup.medium import Written
from villagedesk.store.slots import SLOT_FILES, Slots


@dataclass(frozen=True)
class Mutant:
    """A planted fault.

    Args:
        operation: under which it is looked for.
        harnesses: which must catch it.
        plant: plants it in this process; None when the operation itself does it.
        shows_under: the failing disk it was seen under before, which the quick hunt tries first.
    """

    operation: str
    harnesses: tuple[str, ...]
    plant: Callable[[], None] | None = None
    shows_under: str = ""


def _slots_unlinked_first() -> None:
    careful = slots.write_slots

    def unlink_first(folder: Path, new: Slots, mac_key: bytes) -> None:
        for name in SLOT_FILES:
            (folder / name).unlink(missing_ok=True)
        careful(folder, new, mac_key)

    vars(keys)["write_slots"] = unlink_first


def _slots_in_place() -> None:
    def in_place(target: Path, data: bytes) -> None:
        with target.open("wb") as file:
            file.write(data)

    vars(slots)["write_whole"] = in_place


def _database_in_place() -> None:
    aside = database_file.build

    def in_place(path: Path, key: keys.DataKey, clock: Clock) -> None:
        aside(path.with_name(database.DATABASE_FILE), key, clock)

    vars(database)["build"] = in_place
    vars(database)["rename_durably"] = lambda _source, _target: None


def _no_flush_of_files() -> None:
    class Careless:
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        @staticmethod
        def fsync(handle: int) -> None:
            if Path(f"/proc/self/fd/{handle}").is_dir():
                os.fsync(handle)

    vars(files)["os"] = Careless()


def _no_flush_of_folders() -> None:
    vars(files)["flush_folder"] = lambda _folder: None


def _told_by_pragma(pragma: str, said: str) -> None:
    class Careless(dbapi2.Connection):  # type: ignore[misc]
        def execute(self, statement: str, *values: Any) -> Any:
            return super().execute(said if statement.startswith(pragma) else statement, *values)

    class Driver:
        @staticmethod
        def connect(*values: Any, **named: Any) -> Any:
            return dbapi2.connect(*values, factory=Careless, **named)

        def __getattr__(self, name: str) -> Any:
            return getattr(dbapi2, name)

    vars(connection)["sqlcipher"] = Driver()


def _synchronous_off() -> None:
    _told_by_pragma("PRAGMA synchronous", "PRAGMA synchronous=OFF")


def _no_write_ahead_log() -> None:
    # What a pragma inside a transaction comes to when its answer is not read: nothing was changed.
    _told_by_pragma("PRAGMA journal_mode", "SELECT 'wal'")


def _failed_flush_believed() -> None:
    class Trusting:
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        @staticmethod
        def fsync(handle: int) -> None:
            with contextlib.suppress(OSError):
                os.fsync(handle)

    vars(files)["os"] = Trusting()


def _failed_write_swallowed() -> None:
    real = vault.PageVault.put

    def put(kept: vault.PageVault, page_id: str, data: bytes) -> str:
        with contextlib.suppress(EnvironmentProblem):
            return real(kept, page_id, data)
        return hashlib.sha256(data).hexdigest()

    mock.patch.object(vault.PageVault, "put", put).start()


def _every_error_alike() -> None:
    def problem_of(_error: Exception, _folder: Path, _otherwise: str = "") -> EnvironmentProblem:
        return EnvironmentProblem("store.write_failed")

    vars(files)["problem_of"] = problem_of
    vars(database)["problem_of"] = problem_of


def _errors_raw() -> None:
    def problem_of(error: OSError, _folder: Path) -> OSError:
        return error

    vars(files)["problem_of"] = problem_of


def _manifest_first() -> None:
    held: list[tuple[Path, bytes]] = []
    verified, small = medium.write_verified, medium.write_small

    def write_verified(target: Path, pieces: Iterable[bytes]) -> Written:
        data = b"".join(pieces)
        held.append((target, data))
        return Written(hashlib.sha256(data).hexdigest(), len(data))

    def write_small(target: Path, data: bytes) -> Written:
        written = small(target, data)
        while held:
            late, body = held.pop()
            verified(late, (body,))
        return written

    vars(writer).update(write_verified=write_verified, write_small=write_small)


def _restore_in_place() -> None:
    vars(restore).update(STAGE=".", commit=lambda _folder, _at: None)


MUTANTS = {
    "row before file": Mutant("take in", ("crashes", "power")),
    "ack before commit": Mutant("take in", ("crashes", "power")),
    "case and outbox row apart": Mutant("take in", ("crashes",)),
    "event apart": Mutant("take in", ("crashes",)),
    "no transaction": Mutant("take in", ("crashes", "power")),
    "number printed before it is taken": Mutant("take in", ("crashes",)),
    "slots unlinked first": Mutant("password", ("crashes",), _slots_unlinked_first),
    "slots written in place": Mutant("password", ("power",), _slots_in_place),
    "database made in place": Mutant("first run", ("crashes",), _database_in_place),
    "no fsync of page files": Mutant("take in", ("power",), _no_flush_of_files),
    "no fsync of folders": Mutant("take in", ("power",), _no_flush_of_folders),
    "synchronous off": Mutant("take in", ("power",), _synchronous_off),
    "write-ahead log not really on": Mutant("first run", ("power",), _no_write_ahead_log),
    "failed flush believed": Mutant("take in", ("full_disk",), _failed_flush_believed, "flushing fails"),
    "failed write swallowed": Mutant("take in", ("full_disk",), _failed_write_swallowed, "flushing fails"),
    "full disk told as any error": Mutant("take in", ("full_disk",), _every_error_alike),
    "errors left raw": Mutant("take in", ("full_disk",), _errors_raw),
    "page file removed before its row": Mutant("retention", ("crashes", "power")),
    "manifest before what it lists": Mutant("back up", ("crashes", "power"), _manifest_first),
    "restore in place": Mutant("restore", ("crashes", "power"), _restore_in_place),
    "counter after the try": Mutant("wrong tries", ("crashes", "power")),
}


def of_harness(harness: str) -> dict[str, Mutant]:
    """The mutants one harness must catch."""
    return {name: mutant for name, mutant in MUTANTS.items() if harness in mutant.harnesses}


def plant(name: str) -> None:
    """Plant a fault in this process, for good; "" plants nothing."""
    if name and (planting := MUTANTS[name].plant) is not None:
        planting()
