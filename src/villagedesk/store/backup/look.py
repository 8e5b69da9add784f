"""What backups lie on a medium, as far as that can be seen without a key."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from villagedesk.domain.restoring import BackupFound
from villagedesk.store.backup.layout import ROOT_FOLDER, StationFolder, generation_time, station_folder, station_folders
from villagedesk.store.backup.medium import medium_trouble
from villagedesk.store.backup.verify import seems_whole, slots_of

_AHEAD = timedelta(days=1)


def look(folder: Path, now: datetime | None = None) -> tuple[BackupFound, ...]:
    """All generations in a folder or drive the clerk chose, newest first.

    Args:
        now: those dated more than a day after it come last: they were made under a wrong clock, and the first one is
            what a clerk takes for the newest.
        folder: the one that was chosen for backups, or ``villagedesk-backup`` in it, or a station's folder in that.

    Raises:
        EnvironmentProblem: ``backup.medium_gone``, ``backup.medium_failed``, ``backup.medium_strange``.
    """
    with medium_trouble(folder):
        found = [each for station in _stations(folder) for each in _generations(station)]
    newest_first = sorted(found, key=lambda each: (each.at, str(each.folder)), reverse=True)
    return tuple(sorted(newest_first, key=lambda each: now is not None and each.at > now + _AHEAD))


def _stations(folder: Path) -> list[StationFolder]:
    itself = station_folder(folder)
    return [itself] if itself is not None else station_folders(folder) or station_folders(folder / ROOT_FOLDER)


def _generations(station: StationFolder) -> list[BackupFound]:
    name = station.label_name()
    found: list[BackupFound] = []
    for folder in station.finished_generations():
        slots, at = slots_of(folder), generation_time(folder)
        clerks = () if slots is None else tuple(slot.name for slot in slots.clerks)
        if at is not None:
            whole = slots is not None and seems_whole(folder)
            found.append(BackupFound(folder, name, station.division_code, at, clerks, whole))
    return found
