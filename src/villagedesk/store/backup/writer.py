"""Writes one generation: a copy of the database first, then every page it names, the manifest last of all.

Saving goes on meanwhile: what is taken in after the copy was made is in the next generation. A cut at any place leaves
the earlier generations whole; what it left is removed by the next backup, and whole pages are used by it.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from villagedesk import __version__
from villagedesk.domain.backup import BackupWritten
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.facts import DatabaseFacts, read_facts
from villagedesk.store.backup.layout import (
    DATABASE,
    LABEL_FILE,
    MANIFEST,
    MAX_PAGE_BYTES,
    Label,
    StationFolder,
    generation_name,
    generation_time,
)
from villagedesk.store.backup.manifest import MAX_MANIFEST_BYTES, Manifest
from villagedesk.store.backup.medium import (
    CHUNK,
    UnsoundError,
    Written,
    make_folder,
    medium_trouble,
    read_plain,
    write_small,
    write_verified,
)
from villagedesk.store.backup.thinning import make_room, remove_generation, remove_leftovers, thin
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.files import PART_SUFFIX, flush_folder
from villagedesk.store.files import problem_of as file_problem_of
from villagedesk.store.keys import DataKey
from villagedesk.store.slots import SLOT_FILES, read_copies
from villagedesk.store.vault import PageVault

COPY_NAME = f"backup-copy{PART_SUFFIX}"
"""The database's copy before it goes to the medium; a leftover is removed when the store is opened."""
_COPIES_MADE = 5
_SET_BACK = timedelta(days=2)
_SPARE_BYTES = 4 << 20


@dataclass(frozen=True)
class Source:
    """The installation to be backed up.

    Args:
        folder: the data folder, for its slots files.
    """

    folder: Path
    store: EncryptedStore
    vault: PageVault
    key: DataKey
    station: StationFile

    def on(self, target: Path) -> StationFolder:
        """Its folder on a medium; another after each restore, because the installation is another then."""
        installation_id = self.store.read(lambda snapshot: snapshot.installation_id())
        return StationFolder.of(target, self.station.division_code, installation_id)


def prepare(source: Source, target: Path, at: datetime) -> StationFolder:
    """Make the station's folder with its label on a medium that is to be used from now on.

    Raises:
        EnvironmentProblem: ``backup.medium_*``, ``store.unreadable``.
    """
    station = source.on(target)
    with medium_trouble(target):
        if not target.is_dir():
            raise EnvironmentProblem("backup.medium_gone")
        for folder in (station.path.parent, station.path, station.pages, station.generations):
            make_folder(folder)
        label = Label(source.station.name, source.station.division_code, at, __version__)
        write_small(station.path / LABEL_FILE, label.to_bytes())
    return station


def back_up(
    source: Source,
    target: Path,
    clock: Clock,
    progress: Progress = silent,
    *,
    again: Collection[str] = frozenset(),
) -> BackupWritten:
    """Write one generation and read it back; then thin the old ones. Not to be called twice at once for one medium.

    A medium that is too full is thinned first, as if the new generation were there, and tried once more.

    Args:
        target: the folder or drive the clerk chose.
        progress: counts page files. When it raises, what was begun is taken away again.
        again: names of page files to be copied though they are there, because a check found them damaged.

    Raises:
        EnvironmentProblem: ``backup.medium_*`` for trouble with the medium, ``store.*`` for trouble with this PC;
            ``backup.pages_in_motion`` when pages were removed faster than copies of the database could be made. No
            earlier generation is touched then, but those that had to make room.
    """
    try:
        return _written(source, target, clock, progress, again)
    except EnvironmentProblem as problem:
        if problem.key != "backup.medium_full":
            raise
        try:
            wanted = frozenset(source.vault.stored())
        except OSError as error:
            raise file_problem_of(error, source.folder) from error
        with medium_trouble(target):
            if not make_room(source.on(target), clock.now(), source.key.backup, wanted):
                raise
    return _written(source, target, clock, progress, again)


def _written(source: Source, target: Path, clock: Clock, progress: Progress, again: Collection[str]) -> BackupWritten:
    station = prepare(source, target, clock.now())
    with medium_trouble(target):
        remove_leftovers(station)
        return _Run(source, target, station, clock, progress, frozenset(again)).run()


class _Run:
    """One backup in the making; raises OSError for trouble with the medium."""

    def __init__(
        self,
        source: Source,
        target: Path,
        station: StationFolder,
        clock: Clock,
        progress: Progress,
        again: frozenset[str],
    ) -> None:
        self._source = source
        self._target = target
        self._station = station
        self._progress = progress
        self._generation, self._at = _new_generation(station, clock.now())
        self._known = self._newest_list()
        self._there = {name: size for name, size in station.stored_pages().items() if name not in again}
        self._pages_new = self._bytes_new = 0

    def run(self) -> BackupWritten:
        """Copy, list, thin."""
        copy = self._source.folder / COPY_NAME
        try:
            facts, pages, missing = self._copied(copy)
            make_folder(self._generation)
            database = self._add_database(copy)
            slots = self._add_slots()
            self._station.add_letters(facts.letters | {facts.epoch})
            self._seal(facts, pages, missing, database, slots)
        except BaseException:
            # an interrupt as well: a generation without its manifest would only be in the way
            with contextlib.suppress(OSError, UnsoundError):
                if self._generation.exists():
                    remove_generation(self._generation)
            raise
        finally:
            with contextlib.suppress(OSError):
                copy.unlink(missing_ok=True)
        # The backup stands: what of the old ones cannot be removed today is removed the next time.
        with contextlib.suppress(OSError, UnsoundError):
            thin(self._station, self._generation, self._source.key.backup)
        return BackupWritten(self._at, self._pages_new, self._bytes_new, len(pages), facts.cases, missing)

    def _newest_list(self) -> dict[str, Written]:
        # One made under a clock gone wild would be the newest for years, and lack every page since.
        for folder in sorted(self._station.finished_generations(), key=self._is_ahead):
            with contextlib.suppress(UnsoundError, EnvironmentProblem):
                sealed = read_plain(folder / MANIFEST, MAX_MANIFEST_BYTES)
                return dict(Manifest.unseal(sealed, self._source.key.backup).pages)
        return {}

    def _is_ahead(self, generation: Path) -> bool:
        at = generation_time(generation)
        return at is None or at >= self._at

    def _copied(self, copy: Path) -> tuple[DatabaseFacts, dict[str, Written], int]:
        """A copy of the database, and on the medium all pages it names as far as they can be had."""
        for _ in range(_COPIES_MADE):
            copy.unlink(missing_ok=True)
            self._source.store.copy_to(copy, lambda _done, _total: self._progress(0, 0))
            facts = read_facts(copy, self._source.key.database)
            names = {self._source.vault.name_of(*page): page for page in facts.pages}
            pages = self._pages_on_medium(names)
            lacking = {names[name] for name in names.keys() - pages.keys()}
            if not lacking & self._removed_since(lacking):
                return facts, pages, len(lacking)
        raise EnvironmentProblem("backup.pages_in_motion")

    def _removed_since(self, lacking: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those a clerk removed, or retention gave up, after the copy was made: the copy is out of date then."""
        if not lacking:
            return frozenset()
        now = read_facts(self._source.folder / DATABASE_FILE, self._source.key.database)
        return frozenset(lacking) - now.pages

    def _pages_on_medium(self, names: dict[str, tuple[str, str]]) -> dict[str, Written]:
        pages = {name: file for name in names if (file := self._kept_as_it_is(name)) is not None}
        todo = sorted(names.keys() - pages.keys())
        self._check_room(todo)
        folders: set[Path] = set()
        for done, name in enumerate(todo):
            self._progress(done, len(todo))
            file = self._page(name, *names[name], folders)
            if file is not None:
                pages[name] = file
        for folder in folders:
            flush_folder(folder)
        self._progress(len(todo), len(todo))
        return pages

    def _kept_as_it_is(self, name: str) -> Written | None:
        file = self._known.get(name)
        return file if file is not None and self._there.get(name) == file.size else None

    def _page(self, name: str, page_id: str, sha256: str, folders: set[Path]) -> Written | None:
        place = self._station.page(name)
        data = self._from_vault(name, page_id, sha256)
        if data is None:
            return None
        file = Written(hashlib.sha256(data).hexdigest(), len(data))
        if self._there.get(name) == file.size and _holds(place, data):
            # Left whole by a backup that was cut, maybe before its folder was flushed.
            folders.update((place.parent, self._station.pages))
            self._known[name] = file
            return file
        make_folder(place.parent, flush=False)
        folders.update((place.parent, self._station.pages))
        written = write_verified(place, (data,))
        self._known[name], self._there[name] = written, written.size
        self._pages_new += 1
        self._bytes_new += written.size
        return written

    def _from_vault(self, name: str, page_id: str, sha256: str) -> bytes | None:
        """The page's file as it is, if it is sound: a damaged one is no backup of anything."""
        if not self._source.vault.verify(page_id, sha256):
            return None
        try:
            return (self._source.vault.folder / name).read_bytes()
        except OSError:
            return None

    def _check_room(self, todo: Collection[str]) -> None:
        wanted = _SPARE_BYTES + (self._source.folder / COPY_NAME).stat().st_size
        for name in todo:
            with contextlib.suppress(OSError):
                wanted += (self._source.vault.folder / name).stat().st_size
        if shutil.disk_usage(self._target).free < wanted:
            raise EnvironmentProblem("backup.medium_full")

    def _add_database(self, copy: Path) -> Written:
        written = write_verified(self._generation / DATABASE, self._pieces(copy))
        self._bytes_new += written.size
        return written

    def _pieces(self, copy: Path) -> Iterator[bytes]:
        try:
            with copy.open("rb") as file:
                while chunk := file.read(CHUNK):
                    self._progress(0, 0)
                    yield chunk
        except OSError as error:
            raise file_problem_of(error, copy.parent) from error

    def _add_slots(self) -> Written:
        # After the copy of the database, never before: the database knows which slots are too old for it.
        newest = read_copies(self._source.folder)[0].file
        try:
            data = (self._source.folder / newest).read_bytes()
        except OSError as error:
            raise file_problem_of(error, self._source.folder) from error
        for name in SLOT_FILES:
            written = write_verified(self._generation / name, (data,))
            self._bytes_new += written.size
        return written

    def _seal(
        self, facts: DatabaseFacts, pages: dict[str, Written], missing: int, database: Written, slots: Written
    ) -> None:
        manifest = Manifest(
            at=self._at,
            station=self._source.station.to_bytes(),
            database=database,
            slots=slots,
            audit_seq=facts.audit_seq,
            audit_mac=facts.audit_mac,
            epoch=facts.epoch,
            installation_id=facts.installation_id,
            cases=facts.cases,
            missing=missing,
            program=__version__,
            pages=pages,
        )
        for folder in (self._generation, self._station.pages, self._station.generations):
            flush_folder(folder)
        written = write_small(self._generation / MANIFEST, manifest.seal(self._source.key.backup))
        self._bytes_new += written.size


def _new_generation(station: StationFolder, now: datetime) -> tuple[Path, datetime]:
    """A folder not there yet, and the second it is named for: after all others, also where the clock was set back."""
    at = now.replace(microsecond=0)
    taken = {generation_time(folder) for folder in station.generation_folders()}
    # One that was made under a clock gone wild must not draw all later ones after it.
    ahead = [time for time in taken if time is not None and at <= time < at + _SET_BACK]
    if ahead:
        at = max(ahead) + timedelta(seconds=1)
    return station.generations / generation_name(at), at


def _holds(place: Path, data: bytes) -> bool:
    try:
        return read_plain(place, MAX_PAGE_BYTES) == data
    except UnsoundError:
        return False
