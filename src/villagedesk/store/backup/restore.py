"""From a generation on a medium to a data folder, whole or not at all, under an epoch letter that was never used.

Everything is made in ``restoring.part/`` first (:mod:`villagedesk.store.backup.install` puts it in place). The letter
is noted on the medium before it is used: a restore that is cut wastes a letter and never uses one twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock, utc_text
from villagedesk.domain.local_no import LocalNo, parse_local_no
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import BACKUP_LAST, BACKUP_TARGET, RESTORED, Reason, Restoration, Restored
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.facts import DatabaseFacts, read_facts
from villagedesk.store.backup.install import STAGE, commit, finish, is_empty_of_data
from villagedesk.store.backup.layout import DATABASE, MAX_PAGE_BYTES, StationFolder, generation_time
from villagedesk.store.backup.letters import check_writable, take_letter
from villagedesk.store.backup.manifest import Manifest
from villagedesk.store.backup.medium import (
    UnsoundError,
    Written,
    hash_plain,
    is_plain_folder,
    medium_trouble,
    open_plain,
    pieces_of,
    problem_of,
    read_plain,
)
from villagedesk.store.backup.verify import MAX_SLOTS_BYTES, read_manifest
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.files import flush_folder, make_folder, write_whole
from villagedesk.store.files import problem_of as file_problem_of
from villagedesk.store.keys import DataKey, PasswordCost, add_clerk, open_with_recovery_key, set_password, unlock
from villagedesk.store.replacing import finish as finish_taking_over
from villagedesk.store.slots import SLOT_FILES, clerks
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.store.waiting_papers import ask_about_waiting_papers

STATION_FILE = "station.json"
_FUTURE = timedelta(days=1)
_IN_RESTORE = {
    "store.disk_full": "restoring.disk_full",
    "store.write_failed": "restoring.write_failed",
    "store.unreadable": "restoring.damaged",
    "store.damaged": "restoring.damaged",
    "store.slots_lost": "restoring.damaged",
}


@dataclass(frozen=True)
class Wish:
    """What the clerk wants restored.

    Args:
        generation: its folder on the medium.
        data_folder: where to; its lock is held by this process, and nothing of it is open.
        clerk: who restores, for the log.
        newest_local_no: of the newest receipt at hand, as typed or scanned; None when there is none at hand.
        replace: set aside what lies in the data folder; without it, an installation there is refused.
    """

    generation: Path
    data_folder: Path
    clerk: str
    newest_local_no: str | None
    replace: bool = False


def restore(wish: Wish, password: str, clock: Clock, progress: Progress = silent) -> Restored:
    """Restore with the password the clerk had when the backup was made.

    Args:
        progress: counts page files. When it raises, nothing was restored.

    Raises:
        InputProblem: ``store.wrong_password``; ``restoring.newest_no_empty``, ``restoring.newest_no_future``,
            ``domain.local_no.*``; ``restoring.already_set_up``; ``restoring.other_station``;
            ``domain.local_no.epochs_used_up``; ``restoring.newest_no_wanted`` when the medium's own record of letters
            is damaged and only a receipt can tell.
        EnvironmentProblem: ``restoring.damaged`` (an older generation may do); ``restoring.medium_read_only``;
            ``restoring.no_room`` (``megabytes``), ``restoring.disk_full``, ``restoring.write_failed``;
            ``backup.medium_*``; ``store.newer_schema``. The data folder is then as it was.
    """
    return _Restore(wish, clock, progress, lambda folder: unlock(folder, wish.clerk, password)).run()


def restore_by_recovery_key(
    wish: Wish,
    private_key: bytes,
    new_password: str,
    clock: Clock,
    progress: Progress = silent,
    cost: PasswordCost | None = None,
) -> Restored:
    """Restore with the county's recovery key; the clerk gets a new password, or an account where there was none.

    Args:
        private_key: 32 bytes, X25519.

    Raises:
        InputProblem: ``store.wrong_recovery_key``, and as :func:`restore`.
        EnvironmentProblem: as :func:`restore`.
    """

    def give_password(folder: Path, key: DataKey) -> None:
        if wish.clerk in clerks(folder):
            set_password(folder, key, wish.clerk, new_password, cost)
        else:
            add_clerk(folder, key, wish.clerk, new_password, Role.CLERK, cost)

    def open_slots(folder: Path) -> DataKey:
        return open_with_recovery_key(folder, private_key)

    return _Restore(wish, clock, progress, open_slots, give_password).run()


class _Restore:
    """One restore in the making."""

    def __init__(
        self,
        wish: Wish,
        clock: Clock,
        progress: Progress,
        open_slots: Callable[[Path], DataKey],
        give_password: Callable[[Path, DataKey], None] = lambda _folder, _key: None,
    ) -> None:
        self._wish = wish
        self._clock = clock
        self._progress = progress
        self._open_slots = open_slots
        self._give_password = give_password
        self._folder = wish.data_folder
        self._stage = wish.data_folder / STAGE
        self._generation = wish.generation
        self._station = StationFolder(wish.generation.parent.parent)

    def run(self) -> Restored:
        """Make it aside, take a letter, put it in place."""
        newest = self._newest()
        finish(self._folder)
        with self._on_this_pc():
            # A recovery that was cut once it held: left lying, it would take the restored database's place as soon as
            # that is opened, and the letter it took is known only to it.
            finish_taking_over(self._folder)
        if not self._wish.replace and not is_empty_of_data(self._folder):
            raise InputProblem("restoring.already_set_up")
        with medium_trouble(self._generation):
            self._check_places()
        try:
            with self._on_this_pc():
                make_folder(self._stage)
                restored = self._made_aside(newest)
        except BaseException:
            shutil.rmtree(self._stage, ignore_errors=True)
            raise
        commit(self._folder, self._clock.now())
        return restored

    def _newest(self) -> LocalNo | None:
        text = self._wish.newest_local_no
        if text is None:
            return None
        if not text.strip():
            raise InputProblem("restoring.newest_no_empty", field="local_no")
        number = parse_local_no(text)
        if number.day > (self._clock.now().astimezone(SHANGHAI) + _FUTURE).date():
            raise InputProblem("restoring.newest_no_future", field="local_no")
        return number

    def _check_places(self) -> None:
        folders = (self._station.path.parent, self._station.path, self._generation.parent, self._generation)
        if not all(is_plain_folder(folder) for folder in folders) or generation_time(self._generation) is None:
            raise EnvironmentProblem("backup.medium_gone")

    def _made_aside(self, newest: LocalNo | None) -> Restored:
        key = self._key()
        with self._sound():
            manifest = read_manifest(self._generation, key.backup)
        self._take_slots(manifest)
        self._check_station(manifest.station)
        self._check_room(manifest)
        check_writable(self._station)
        self._take_database(manifest)
        store = EncryptedStore.open(self._stage, key, self._clock)
        try:
            facts = read_facts(self._stage / DATABASE_FILE, key.database)
            pages = self._take_pages(facts, key)
            missing = len(facts.pages) - pages
            letter = None if newest is None else newest.epoch
            epoch = take_letter(self._station, facts, letter, self._folder / DATABASE_FILE, key)
            restoration = Restoration(
                at=self._clock.now(),
                of=manifest.at,
                reason=Reason.BACKUP,
                epoch=epoch,
                installation_id=str(uuid.uuid4()),
                newest_local_no="" if newest is None else str(newest),
            )
            store.write(lambda transaction: self._begin_anew(transaction, restoration, missing)).result()
        finally:
            store.close()
        self._give_password(self._stage, key)
        write_whole(self._stage / STATION_FILE, manifest.station)
        flush_folder(self._stage / VAULT_FOLDER)
        flush_folder(self._stage)
        return Restored(facts.cases, pages, missing, epoch, manifest.at)

    def _key(self) -> DataKey:
        """The data key, from copies of the slots: opening them may heal one from the other, which is a write."""
        for name in SLOT_FILES:
            data = self._slots_file(name)
            if data is not None:
                write_whole(self._stage / name, data)
        return self._open_slots(self._stage)

    def _take_slots(self, manifest: Manifest) -> None:
        """Keep the very slots that were backed up: others of the same key may know clerks that were removed."""
        for data in map(self._slots_file, SLOT_FILES):
            if data is not None and Written(hashlib.sha256(data).hexdigest(), len(data)) == manifest.slots:
                for name in SLOT_FILES:
                    write_whole(self._stage / name, data)
                return
        raise EnvironmentProblem("restoring.damaged")

    def _slots_file(self, name: str) -> bytes | None:
        with medium_trouble(self._generation):
            try:
                return read_plain(self._generation / name, MAX_SLOTS_BYTES)
            except (UnsoundError, FileNotFoundError):
                return None

    def _check_station(self, station: bytes) -> None:
        try:
            division = StationFile.from_bytes(station).division_code
        except InputProblem:
            raise EnvironmentProblem("restoring.damaged") from None
        try:
            here = StationFile.from_bytes((self._folder / STATION_FILE).read_bytes())
        except (OSError, InputProblem):
            return  # a new PC, or a station file that was lost
        if here.division_code != division:
            raise InputProblem("restoring.other_station")

    def _check_room(self, manifest: Manifest) -> None:
        # twice the database: an older schema is copied before it is upgraded
        wanted = 2 * manifest.database.size + sum(page.size for page in manifest.pages.values())
        free = shutil.disk_usage(self._folder).free
        if free < wanted:
            raise EnvironmentProblem("restoring.no_room", megabytes=-(-wanted // (1 << 20)))

    def _take_database(self, manifest: Manifest) -> None:
        target = self._stage / DATABASE_FILE
        with self._sound(), open_plain(self._generation / DATABASE, manifest.database.size) as file:
            for piece in pieces_of(file):
                self._progress(0, 0)
                with self._on_this_pc(), target.open("ab") as copy:
                    copy.write(piece)
        try:
            copied = hash_plain(target, manifest.database.size)
        except (UnsoundError, FileNotFoundError):
            raise EnvironmentProblem("restoring.damaged") from None
        if copied != manifest.database:
            raise EnvironmentProblem("restoring.damaged")

    def _take_pages(self, facts: DatabaseFacts, key: DataKey) -> int:
        """Bring every page that can be had, from this installation's pages or another's of the same village."""
        vault = PageVault(self._stage / VAULT_FOLDER, key.vault)
        with medium_trouble(self._generation):
            stations = [(station, station.stored_pages()) for station in self._station.siblings()]
        here = self._folder / VAULT_FOLDER

        def take(page: tuple[str, str]) -> bool:
            name = vault.name_of(*page)
            places = [station.page(name) for station, stored in stations if name in stored]
            return any(self._take_page(place, vault, *page) for place in (*places, here / name))

        left = []
        for done, page in enumerate(sorted(facts.pages)):
            self._progress(done, len(facts.pages))
            if not take(page):
                left.append(page)
        # A stick that sits loosely may give at the second reading what it did not at the first.
        missing = sum(not take(page) for page in left)
        self._progress(len(facts.pages), len(facts.pages))
        return len(facts.pages) - missing

    def _take_page(self, place: Path, vault: PageVault, page_id: str, sha256: str) -> bool:
        """Whether the page was there and is what its name says: the key decides, not the list."""
        try:
            data = read_plain(place, MAX_PAGE_BYTES)
        except UnsoundError:
            return False
        except OSError as error:
            # a page that cannot be read is one page; a medium that is gone is none of them
            if not self._generation.is_dir():
                raise problem_of(error, self._generation) from error
            return False
        target = vault.folder / vault.name_of(page_id, sha256)
        # nothing counts before the whole folder does, which is flushed then: no renaming, no flush of it per page
        with target.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if vault.verify(page_id, sha256):
            return True
        target.unlink()
        return False

    def _begin_anew(self, transaction: Transaction, restoration: Restoration, missing: int) -> None:
        transaction.begin_epoch(restoration.epoch, restoration.installation_id)
        transaction.put_setting(RESTORED, restoration.to_text())
        transaction.put_setting(BACKUP_TARGET, "")
        transaction.put_setting(BACKUP_LAST, "")
        detail = {
            "from": utc_text(restoration.of),
            "reason": str(restoration.reason),
            "epoch": restoration.epoch,
            "pages_missing": str(missing),
        }
        transaction.append_event(
            CaseEvent(STATION, restoration.at, self._wish.clerk, str(Deed.RESTORED), detail=detail)
        )
        ask_about_waiting_papers(transaction, restoration.at, self._wish.clerk)

    @contextlib.contextmanager
    def _sound(self) -> Iterator[None]:
        """What is wrong with this generation may be right with an older one."""
        with medium_trouble(self._generation):
            try:
                yield
            except (UnsoundError, FileNotFoundError):
                self._check_places()
                raise EnvironmentProblem("restoring.damaged") from None

    @contextlib.contextmanager
    def _on_this_pc(self) -> Iterator[None]:
        """What the store says of a save is said of a restore."""
        try:
            try:
                yield
            except OSError as error:
                raise file_problem_of(error, self._folder) from error
        except EnvironmentProblem as problem:
            if problem.key in _IN_RESTORE:
                raise EnvironmentProblem(_IN_RESTORE[problem.key]) from problem
            raise
