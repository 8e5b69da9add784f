"""Copies of an encrypted database under its own key, and whether the pages of one are whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.domain.progress import Progress, silent
from villagedesk.store.connection import keyed, problem_of_driver
from villagedesk.store.files import PART_SUFFIX, problem_of, rename_durably

_STEPS_BETWEEN_LOOKS = 20_000
_CHECKED = "ok"


def copy_database(source: Path, database_key: bytes, target: Path, progress: Progress = silent) -> None:
    """Write one consistent state of a database as a whole new file, encrypted under the same key.

    Works while the database is written to: what is committed meanwhile is not in the copy. The copy is flushed, and
    renamed into place last.

    Args:
        source: may have a log beside it; what that holds is in the copy.
        target: a file of that name is replaced.
        progress: told of bytes, about those of the copy and those of the source.

    Raises:
        EnvironmentProblem: ``store.disk_full`` (the target's), ``store.write_failed``, ``store.damaged`` when a page of
            the source cannot be read; the target is then as it was.
        Cancelled: by ``progress``; likewise.
    """
    part = target.with_name(f"{target.name}{PART_SUFFIX}")
    try:
        total = source.stat().st_size
        part.unlink(missing_ok=True)
        with _watched(source, database_key, lambda: progress(min(_size(part), total), total)) as connection:
            # Free pages, and with them what was removed, stay behind. Not to be had inside a transaction.
            connection.execute("VACUUM INTO ?", (str(part),))
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        rename_durably(part, target)
        progress(total, total)
    except OSError as error:
        raise problem_of(error, target.parent) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def is_whole(path: Path, database_key: bytes, progress: Progress = silent) -> bool:
    """Whether every page in use, in the file or its log, decrypts under its HMAC and stands in its tree.

    SQLite's quick check reads each through the pager. SQLCipher's own ``cipher_integrity_check`` is not asked: it reads
    the file beside the pager, so that a page being moved out of the log meanwhile would look damaged, and it
    complains of free pages that hold nothing.

    Args:
        progress: told of nothing but that it goes on (0 of 1, then 1 of 1); may cancel.

    Raises:
        EnvironmentProblem: ``store.write_failed`` when the file cannot be opened at all.
        Cancelled: by ``progress``.
    """
    try:
        with _watched(path, database_key, lambda: progress(0, 1)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except EnvironmentProblem as problem:
        if problem.key != "store.damaged":
            raise
        return False
    progress(1, 1)
    return bool(found == (_CHECKED,))


@contextlib.contextmanager
def _watched(path: Path, database_key: bytes, look: Callable[[], None]) -> Iterator[Any]:
    """A connection of its own that asks ``look`` again and again whether to go on."""
    stopped: list[Problem] = []

    def ask() -> int:
        try:
            look()
        except Problem as problem:
            stopped.append(problem)
            return 1
        return 0

    connection = None
    try:
        connection = keyed(path, database_key)
        connection.set_progress_handler(ask, _STEPS_BETWEEN_LOOKS)
        yield connection
    except sqlcipher.Error as error:
        if stopped:
            raise stopped[0] from None
        raise problem_of_driver(error, path.parent, "store.write_failed") or error from error
    finally:
        if connection is not None:
            connection.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
