"""What the desk is given from outside: the data folder before sign-in, and room on the disk.

The composition root puts the real ones in; tests put in the same or simulated ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from villagedesk.domain.backup import BackupWritten, MediumChecked
from villagedesk.domain.progress import Progress
from villagedesk.domain.restoring import BackupFound, Restored
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile


@dataclass(frozen=True)
class Access:
    """What a right password, or the county's recovery key, gives.

    Args:
        key: the data key.
        role: what the account is for; of a name without an account: CLERK, who is to get one.
        failed_before: wrong tries since the last right one.
    """

    key: object
    role: Role
    failed_before: int = 0


class Premises(Protocol):
    """The data folder as it stands before sign-in: station file, slots file, waiting count (design: decision 7)."""

    def is_set_up(self) -> bool:
        """Whether keys were ever made here. Cheap."""

    def station(self) -> StationFile:
        """The station as it was kept. Cheap. Raises EnvironmentProblem ``entry.station_lost``."""

    def check_station(self, station: StationFile) -> None:
        """Whether a connection can be built on it. Raises InputProblem ``station.bad_field.ca_pem``."""

    def clerks(self) -> tuple[str, ...]:
        """Who has a slot, in the order they were made. Cheap. Raises EnvironmentProblem ``store.slots_lost``."""

    def waiting(self) -> int | None:
        """Cases that wait to be sent, from the count kept outside the database; None when it is lost. Cheap."""

    def set_up(self, station: StationFile, clerk: str, password: str) -> None:
        """Keep the station, make the data key with its slots, make the database.

        Raises:
            EnvironmentProblem: ``store.already_set_up``, ``store.disk_full``, ``store.write_failed``.
            InputProblem: ``station.bad_field.*`` when certificate or recovery key is none; nothing was kept then.
        """

    def clerks_with_roles(self) -> tuple[tuple[str, Role], ...]:
        """As :meth:`clerks`, with what each account is for. Cheap.

        Raises:
            EnvironmentProblem: ``store.slots_lost``; ``store.newer_schema`` when a role is none this program knows.
        """

    def common_passwords(self) -> frozenset[str]:
        """Passwords everybody thinks of, folded as :mod:`villagedesk.desk.passwords` folds them. Cheap."""

    def unlock(self, clerk: str, password: str) -> Access:
        """Open the slots with a password; the try is counted durably before it is made.

        Raises:
            InputProblem: ``store.wrong_password``; ``entry.locked_out`` (``minutes``, ``seconds``).
            EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``, also for a role unknown here.
        """

    def wait_seconds(self, clerk: str) -> float:
        """How long until that name may try again; 0.0 when now. Cheap."""

    def recover(self, clerk: str, key_file: Path, passphrase: str) -> Access:
        """Open the slots with the county's recovery key; counted like a password. Nothing is written to the slots.

        Raises:
            InputProblem: ``recovery.*``, ``store.wrong_recovery_key``, ``entry.locked_out``.
            EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
        """

    def give_password(self, key: object, clerk: str, password: str) -> None:
        """Give an account a new password without knowing what the database remembers; a new name becomes a clerk.

        Raises:
            EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
        """


class KeyKeeper(Protocol):
    """The slots file of the open desk: who has an account. What it changes is on disk when a call returns.

    All calls raise EnvironmentProblem ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """

    def accounts(self) -> tuple[tuple[str, Role], ...]:
        """Names and roles, in the order they were made."""

    def add(self, name: str, role: Role, password: str) -> None:
        """Give a new name a slot. Raises InputProblem ``store.clerk_exists``."""

    def remove(self, name: str) -> None:
        """Take a slot away. Raises InputProblem ``store.no_such_clerk``."""

    def set_password(self, name: str, password: str) -> None:
        """Wrap the key anew without the old password. Raises InputProblem ``store.no_such_clerk``."""

    def change_password(self, name: str, old: str, new: str) -> int:
        """Wrap the key anew; gives how many wrong tries there were before.

        Raises:
            InputProblem: ``store.wrong_password``, ``entry.locked_out``.
        """

    def hand_over(self, leaving: str, successor: str, password: str, keep_as: Role | None) -> None:
        """Give the successor a clerk's slot and, in the same step, take the leaving clerk's away or change its role.

        Args:
            password: the successor's.
            keep_as: the leaving clerk's role from now on, under the same password; None takes the slot away.

        Raises:
            InputProblem: ``store.clerk_exists``.
        """

    def confirm(self) -> bool:
        """Compare the slots with what the database knows of them; call it before anyone may use the open desk.

        Returns:
            Whether the slots had been changed without the database's knowledge, e.g. by a crash in between.

        Raises:
            EnvironmentProblem: ``store.slots_older``: an older slots file was put back, which may know clerks that
                were removed and passwords that were changed.
        """

    def recover(self, name: str, role: Role, password: str) -> int:
        """Give that name a new password, adding it when it has no slot; the county's key opened the desk.

        Returns:
            How many other accounts were taken away, which happens where an older slots file was put back: nobody can
            tell then who of them had been removed.
        """


class BackupMedium(Protocol):
    """The folder or drive backups go to. All calls block."""

    def places(self) -> tuple[Path, ...]:
        """Removable drives that are plugged in now."""

    def prepare(self, target: Path) -> None:
        """Make it the one for backups. Raises InputProblem ``backup.target_inside``, EnvironmentProblem."""

    def present(self, target: Path) -> bool:
        """Whether it is there now, and the very one that was prepared."""

    def back_up(self, target: Path, progress: Progress, again: Collection[str]) -> BackupWritten:
        """Write one generation and read it back.

        Args:
            again: page files to be copied though they are there.

        Raises:
            EnvironmentProblem: ``backup.*``, ``store.*``; earlier generations are whole then.
        """

    def check(self, target: Path, progress: Progress) -> MediumChecked:
        """Read everything on it. Raises EnvironmentProblem ``backup.*``, ``store.newer_schema``."""


class Restorer(Protocol):
    """Backup media before sign-in, and the data folder they are restored to. All calls block."""

    def is_set_up(self) -> bool:
        """Whether an installation, or what is left of one, lies here. Cheap."""

    def places(self) -> tuple[Path, ...]:
        """The removable drives that are plugged in now. Cheap."""

    def look(self, folder: Path) -> tuple[BackupFound, ...]:
        """Backups in a folder, newest first. Raises EnvironmentProblem ``backup.medium_*``."""

    def restore(
        self,
        found: BackupFound,
        clerk: str,
        password: str,
        newest_local_no: str | None,
        progress: Progress,
        replace: bool,
    ) -> Restored:
        """Put the whole data folder in place, or leave it as it is (:mod:`villagedesk.desk.restoring`)."""

    def restore_by_recovery_key(
        self,
        found: BackupFound,
        clerk: str,
        new_password: str,
        key_file: Path,
        passphrase: str,
        newest_local_no: str | None,
        progress: Progress,
        replace: bool,
    ) -> Restored:
        """As :meth:`restore`, with the county's key; the clerk gets the new password."""


@dataclass(frozen=True)
class Mended:
    """What came of recovering a damaged database.

    Args:
        tables: name, rows kept, rows lost at least.
        unsure: cases of which nobody here knows any more whether they were sent.
    """

    tables: tuple[tuple[str, int, int], ...]
    cases: int
    unsure: int
    pages_missing: int
    epoch: str
    kept_in: Path


class Mender(Protocol):
    """The data folder with a damaged database, before sign-in. All calls block."""

    def unlock(self, clerk: str, password: str) -> Access:
        """As :meth:`Premises.unlock`."""

    def is_damaged(self, key: object) -> bool:
        """Whether the database does not open or is not whole. Raises EnvironmentProblem ``store.*`` otherwise."""

    def mend(self, key: object, clerk: str, newest_local_no: str, progress: Progress) -> Mended:
        """Put a new database made of what is left in place, or leave everything as it is."""


FreeBytes = Callable[[], int]
"""Free bytes on the disk of the data folder. Raises OSError where that cannot be told."""
