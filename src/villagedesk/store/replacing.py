"""Another database put in place of this installation's, so that a crash leaves the one or the other, no mixture.

A log beside a database is taken for that database's whatever it was written for, so file and log cannot be exchanged by
one rename. The new file is therefore laid beside the old one whole, a note says that it is to take over, and whoever
opens the database next finishes what the note says.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from villagedesk.store.files import PART_SUFFIX, flush_folder, make_folder, problem_of, rename_durably, write_whole

DATABASE_FILE = "villagedesk.db"
NEXT_FILE = f"{DATABASE_FILE}.next"
"""A whole database that is to take over, once the note is there; before that it means nothing."""
NOTE_FILE = f"{DATABASE_FILE}.takes-over"
BESIDE = ("-wal", "-shm", "-journal")


def take_over(folder: Path) -> None:
    """Let :data:`NEXT_FILE`, which was flushed, become the database. Nobody may have either open.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; the next call of :func:`finish` goes on.
    """
    write_whole(folder / NOTE_FILE, b"")
    finish(folder)


def finish(folder: Path) -> None:
    """Go on with what a crash interrupted; nothing to do where there is no note. Cheap.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    note, following = folder / NOTE_FILE, folder / NEXT_FILE
    try:
        if not note.exists():
            # a file without its note was never finished
            following.unlink(missing_ok=True)
            return
        if following.exists():
            for ending in BESIDE:
                (folder / f"{DATABASE_FILE}{ending}").unlink(missing_ok=True)
            flush_folder(folder)
            rename_durably(following, folder / DATABASE_FILE)
        note.unlink()
        flush_folder(folder)
    except OSError as error:
        raise problem_of(error, folder) from error


def keep_aside(folder: Path, aside: Path) -> None:
    """Copy the database with what lies beside it into another folder, durably, as it is: also where it is damaged.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    try:
        make_folder(aside)
        for ending in ("", *BESIDE):
            source = folder / f"{DATABASE_FILE}{ending}"
            if source.exists():
                _copy(source, aside / source.name)
        flush_folder(aside)
        flush_folder(aside.parent)
    except OSError as error:
        raise problem_of(error, folder) from error


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}{PART_SUFFIX}")
    with source.open("rb") as reading, part.open("wb") as writing:
        shutil.copyfileobj(reading, writing, 1 << 20)
        writing.flush()
        os.fsync(writing.fileno())
    rename_durably(part, target)
