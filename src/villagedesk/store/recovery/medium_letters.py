"""Epoch letters on the backup medium, where it is plugged in: a recovery minds and notes them as a restore does.

A letter the damaged database knows nothing of may have been taken by a restore from that medium, on this PC or on
another; and the one a recovery takes must not be taken again by a restore from a backup made before it. Without the
medium a recovery goes on all the same: then the newest receipt at hand decides.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.layout import ROOT_FOLDER, StationFolder, station_folders
from villagedesk.store.backup.medium import UnsoundError
from villagedesk.store.backup.restore import STATION_FILE


def folders_on_medium(data_folder: Path, target: str) -> list[StationFolder]:
    """This village's folders on its medium; none when the medium or the station file is not there.

    Args:
        target: the folder or drive backups went to, "" when that is not known.
    """
    if not target:
        return []
    chosen = Path(target)
    root = chosen if chosen.name == ROOT_FOLDER else chosen / ROOT_FOLDER
    try:
        division = StationFile.from_bytes((data_folder / STATION_FILE).read_bytes()).division_code
        return [folder for folder in station_folders(root) if folder.division_code == division]
    except (OSError, InputProblem, UnsoundError):
        return []


def letters_on(folders: Iterable[StationFolder]) -> frozenset[str]:
    """Every letter noted there, as far as it can be read."""
    found: set[str] = set()
    for folder in folders:
        with contextlib.suppress(OSError, UnsoundError):
            found.update(folder.letters())
    return frozenset(found)


def note(folders: Iterable[StationFolder], letters: frozenset[str]) -> None:
    """Note letters as taken, durably, wherever that is possible."""
    for folder in folders:
        with contextlib.suppress(OSError, UnsoundError, EnvironmentProblem):
            folder.add_letters(letters)
