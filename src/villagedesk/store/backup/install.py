"""Puts a restored data folder in place in steps that can be cut anywhere: the next start finishes what was begun.

What was restored is made whole in ``restoring.part/`` inside the data folder. Renaming that to ``restored-<time>/`` is
the moment from which it holds: then what was there before is set aside into ``set-aside-<time>/``, the folder becomes
``installing-<time>/``, and its entries are moved out of it. Needs the standard library only, for the program does it
before its first window.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.files import PART_SUFFIX, flush_folder, problem_of, rename_durably
from villagedesk.store.slots import SLOT_FILES

STAGE = f"restoring{PART_SUFFIX}"
_RESTORED, _INSTALLING, _SET_ASIDE = "restored-", "installing-", "set-aside-"
_BELONGS = (
    *SLOT_FILES,
    "villagedesk.db",
    "villagedesk.db-wal",
    "villagedesk.db-shm",
    "villagedesk.db-journal",
    "vault",
    "station.json",
    "status.json",
    "lockout.json",
    "before-upgrade",
    "upgrading.json",
    "check-database",
)
"""What belongs to one installation; lock, fault reports and what was set aside before stay where they are."""


def is_empty_of_data(folder: Path) -> bool:
    """Whether no installation lies in the data folder; a station file alone is none, for nothing was kept under it.

    Raises:
        EnvironmentProblem: ``restoring.write_failed`` when the disk cannot say.
    """
    try:
        return not any((folder / name).exists() for name in _BELONGS if name != "station.json")
    except OSError as error:
        raise EnvironmentProblem("restoring.write_failed") from error


def commit(folder: Path, at: datetime) -> None:
    """Declare ``restoring.part/``, whole and flushed, to be the installation, and put it in place.

    Args:
        folder: the data folder; its lock is held by this process.

    Raises:
        EnvironmentProblem: ``restoring.disk_full``, ``restoring.write_failed``; :func:`finish` goes on where it was
            held up.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    try:
        rename_durably(folder / STAGE, folder / f"{_RESTORED}{stamp}")
    except OSError as error:
        raise _told(error, folder) from error
    finish(folder)


def finish(folder: Path) -> None:
    """Finish a restore that was cut after it held, and clear away one that was cut before. Cheap when there is none.

    Args:
        folder: the data folder; its lock is held by this process, and nothing of it is open.

    Raises:
        EnvironmentProblem: ``restoring.disk_full``, ``restoring.write_failed``; nothing is lost, the next start tries
            again.
    """
    try:
        if not folder.is_dir():
            return
        for restored in sorted(folder.glob(f"{_RESTORED}*")):
            _set_aside(folder, restored.name.removeprefix(_RESTORED))
            rename_durably(restored, folder / f"{_INSTALLING}{restored.name.removeprefix(_RESTORED)}")
        for installing in sorted(folder.glob(f"{_INSTALLING}*")):
            for entry in sorted(installing.iterdir()):
                rename_durably(entry, folder / entry.name)
                flush_folder(installing)
            installing.rmdir()
            flush_folder(folder)
        if (folder / STAGE).exists():
            shutil.rmtree(folder / STAGE)
            flush_folder(folder)
    except OSError as error:
        raise _told(error, folder) from error


def _told(error: OSError, folder: Path) -> EnvironmentProblem:
    full = problem_of(error, folder).key == "store.disk_full"
    return EnvironmentProblem("restoring.disk_full" if full else "restoring.write_failed")


def _set_aside(folder: Path, stamp: str) -> None:
    old = [folder / name for name in _BELONGS if (folder / name).exists()]
    if not old:
        return
    aside = folder / f"{_SET_ASIDE}{stamp}"
    aside.mkdir(exist_ok=True)
    flush_folder(folder)
    for entry in old:
        rename_durably(entry, aside / entry.name)
        flush_folder(folder)
