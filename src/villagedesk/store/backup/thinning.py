"""Old generations go: the last of each of 7 days, 4 weeks and 12 months is kept, and every page one of those names."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.backup.layout import MANIFEST, StationFolder, generation_time
from villagedesk.store.backup.manifest import MAX_MANIFEST_BYTES, Manifest
from villagedesk.store.backup.medium import UnsoundError, read_plain
from villagedesk.store.files import flush_folder

DAYS, WEEKS, MONTHS = 7, 4, 12


def kept(times: Collection[datetime], newest: datetime) -> frozenset[datetime]:
    """Which generations are kept.

    Args:
        newest: the one just written: kept whatever its time, for the clock may have been set back.
    """
    keeping = {newest}
    spans: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (DAYS, lambda moment: moment.date()),
        (WEEKS, lambda moment: moment.isocalendar()[:2]),
        (MONTHS, lambda moment: (moment.year, moment.month)),
    )
    for count, span_of in spans:
        last_of: dict[object, datetime] = {}
        for moment in sorted(times, reverse=True):
            last_of.setdefault(span_of(moment.astimezone(SHANGHAI)), moment)
        keeping.update(sorted(last_of.values(), reverse=True)[:count])
    return frozenset(keeping)


def thin(station: StationFolder, newest: Path, backup_key: bytes) -> int:
    """Remove what is not kept, and the page files no kept generation names; gives how many page files went.

    A generation whose manifest cannot be opened with this key is of use to nobody and goes as well. Where a newer
    program wrote one, nothing is removed: its list is not known here.

    Args:
        newest: the generation just written and read back.

    Raises:
        OSError: from the medium; what is left is removed the next time.
    """
    folders = {folder: moment for folder in station.finished_generations() if (moment := generation_time(folder))}
    keeping = kept(folders.values(), folders[newest])
    named: set[str] = set()
    going: list[Path] = []
    for folder, moment in folders.items():
        try:
            if moment not in keeping:
                raise UnsoundError(folder.name)
            named.update(Manifest.unseal(read_plain(folder / MANIFEST, MAX_MANIFEST_BYTES), backup_key).pages)
        except UnsoundError:
            going.append(folder)
        except EnvironmentProblem:
            return 0
    for folder in going:
        remove_generation(folder)
    unnamed = station.stored_pages().keys() - named
    for name in unnamed:
        station.page(name).unlink()
    return len(unnamed)


def remove_generation(folder: Path) -> None:
    """Take a generation away so that a cut in the middle leaves it not counting any more. Raises OSError."""
    manifest = folder / MANIFEST
    if manifest.exists() or manifest.is_symlink():
        manifest.unlink()
        flush_folder(folder)
    shutil.rmtree(folder)
    flush_folder(folder.parent)


def remove_leftovers(station: StationFolder) -> None:
    """Take away what a cut backup left: generations without a manifest, half-written page files. Raises OSError."""
    for folder in station.generation_folders():
        if not (folder / MANIFEST).exists():
            remove_generation(folder)
    for part in station.torn_pages():
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
