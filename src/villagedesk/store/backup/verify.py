"""Everything on the medium read again and compared with what was written."""

from __future__ import annotations

from pathlib import Path

from villagedesk.domain.backup import MediumChecked
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.store.backup.layout import DATABASE, MANIFEST, MAX_PAGE_BYTES, StationFolder, generation_time
from villagedesk.store.backup.manifest import MAX_MANIFEST_BYTES, Manifest, looks_like_one
from villagedesk.store.backup.medium import UnsoundError, Written, hash_plain, medium_trouble, open_plain, read_plain
from villagedesk.store.slots import SLOT_FILES, Slots, read_copies

MAX_SLOTS_BYTES = 1 << 20
MAX_DATABASE_BYTES = 1 << 40


def check(station: StationFolder, backup_key: bytes, progress: Progress = silent) -> MediumChecked:
    """Read all generations and every page file they name, once each.

    Args:
        progress: counts page files.

    Raises:
        EnvironmentProblem: ``backup.medium_gone``, ``backup.medium_failed``, ``backup.medium_strange``,
            ``store.newer_schema``.
    """
    with medium_trouble(station.path):
        wanted: dict[str, set[Written]] = {}
        whole = damaged = 0
        for folder in station.finished_generations():
            try:
                manifest = whole_manifest(folder, backup_key)
            except (UnsoundError, FileNotFoundError):
                damaged += 1
                continue
            whole += 1
            for name, page in manifest.pages.items():
                wanted.setdefault(name, set()).add(page)
        bad: set[str] = set()
        for done, (name, expected) in enumerate(sorted(wanted.items())):
            progress(done, len(wanted))
            try:
                if {hash_plain(station.page(name), MAX_PAGE_BYTES)} != expected:
                    bad.add(name)
            except (UnsoundError, FileNotFoundError, NotADirectoryError):
                bad.add(name)
        progress(len(wanted), len(wanted))
    return MediumChecked(whole, damaged, len(wanted), frozenset(bad))


def read_manifest(generation: Path, backup_key: bytes) -> Manifest:
    """The manifest of that very generation.

    Raises:
        UnsoundError: when it is damaged, another key's or another generation's.
        EnvironmentProblem: ``store.newer_schema``.
        OSError: from the medium.
    """
    manifest = Manifest.unseal(read_plain(generation / MANIFEST, MAX_MANIFEST_BYTES), backup_key)
    if manifest.at != generation_time(generation):
        raise UnsoundError(generation.name)
    return manifest


def whole_manifest(generation: Path, backup_key: bytes) -> Manifest:
    """The manifest of a generation whose database and slots were read and are as it says; pages are not looked at.

    Raises:
        UnsoundError, FileNotFoundError: when something of it is damaged or missing.
        EnvironmentProblem, OSError: as :func:`read_manifest`.
    """
    manifest = read_manifest(generation, backup_key)
    for name in SLOT_FILES:
        _compare(generation / name, manifest.slots)
    _compare(generation / DATABASE, manifest.database)
    return manifest


def seems_whole(generation: Path) -> bool:
    """Whether nothing of a generation is plainly missing, as far as can be told in a moment and without the key."""
    try:
        with open_plain(generation / MANIFEST, MAX_MANIFEST_BYTES) as file:
            if not looks_like_one(file.read(16)):
                return False
        with open_plain(generation / DATABASE, MAX_DATABASE_BYTES) as file:
            return bool(file.read(1))
    except (UnsoundError, OSError):
        return False


def slots_of(generation: Path) -> Slots | None:
    """The slots of a generation, their checksum right; None when neither copy is whole. Raises OSError."""
    for name in SLOT_FILES:
        try:
            read_plain(generation / name, MAX_SLOTS_BYTES)
        except FileNotFoundError:
            continue
        except UnsoundError:
            return None
    try:
        return read_copies(generation)[0].slots
    except EnvironmentProblem:
        return None


def _compare(file: Path, expected: Written) -> None:
    if hash_plain(file, expected.size) != expected:
        raise UnsoundError(file.name)
