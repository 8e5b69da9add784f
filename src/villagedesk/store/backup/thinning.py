"""Old generations go: the last of each of 7 days, 4 weeks and 12 months is kept, and every page one of those names."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.backup.layout import MANIFEST, StationFolder, generation_time
from villagedesk.store.backup.manifest import MAX_MANIFEST_BYTES, Manifest
from villagedesk.store.backup.medium import UnsoundError, read_plain
from villagedesk.store.backup.verify import whole_manifest
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
    folders = _finished(station)
    _, pages = _let_go(station, folders, kept(folders.values(), folders[newest]), backup_key)
    return pages


def make_room(station: StationFolder, at: datetime, backup_key: bytes, wanted: Collection[str]) -> bool:
    """Let go, for a backup the medium is too full for, what that backup would let go once it is written.

    The newest whole generation stays whatever the rule says of it: the one to come may fail again. Where none is whole,
    nothing goes.

    Args:
        at: when the backup to come is made; the rule counts it as if it were there.
        wanted: names of the page files it will name, which stay though no generation names them yet.

    Returns:
        Whether anything went.

    Raises:
        OSError: from the medium; what is left is removed the next time.
    """
    folders = _finished(station)
    whole = _newest_whole(folders, at, backup_key)
    if whole is None:
        return False
    keeping = kept({*folders.values(), at}, at) | {folders[whole]}
    return any(_let_go(station, folders, keeping, backup_key, wanted))


def _finished(station: StationFolder) -> dict[Path, datetime]:
    """Generations with their times, newest first."""
    return {folder: moment for folder in station.finished_generations() if (moment := generation_time(folder))}


def _newest_whole(folders: Mapping[Path, datetime], at: datetime, backup_key: bytes) -> Path | None:
    # one that is ahead of the clock was made under a wrong one: the last resort, not the newest
    for folder in sorted(folders, key=lambda each: folders[each] > at):
        with contextlib.suppress(UnsoundError, FileNotFoundError, EnvironmentProblem):
            whole_manifest(folder, backup_key)
            return folder
    return None


def _let_go(
    station: StationFolder,
    folders: Mapping[Path, datetime],
    keeping: Collection[datetime],
    backup_key: bytes,
    wanted: Collection[str] = (),
) -> tuple[int, int]:
    """Remove all others, and the pages that neither those kept name nor ``wanted``; how many of each went."""
    named = set(wanted)
    going: list[Path] = []
    for folder, moment in folders.items():
        try:
            if moment not in keeping:
                raise UnsoundError(folder.name)
            named.update(Manifest.unseal(read_plain(folder / MANIFEST, MAX_MANIFEST_BYTES), backup_key).pages)
        except UnsoundError:
            going.append(folder)
        except EnvironmentProblem:
            return 0, 0
    for folder in going:
        remove_generation(folder)
    unnamed = station.stored_pages().keys() - named
    for name in unnamed:
        station.page(name).unlink()
    return len(going), len(unnamed)


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
