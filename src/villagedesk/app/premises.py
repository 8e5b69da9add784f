"""The data folder before sign-in. Light to import: three small files; keys and database load when they are used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from villagedesk.app.resources import resources_folder
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile
from villagedesk.store.files import is_there, make_folder, problem_of, write_whole
from villagedesk.store.lockout import RECOVERY, Gate
from villagedesk.store.slots import clerks, known_role, read_copies, roles, slots_exist
from villagedesk.store.status import waiting_count

if TYPE_CHECKING:
    from villagedesk.desk.ports import Access
    from villagedesk.domain.clock import Clock

STATION_NAME = "station.json"
_DATABASE = "villagedesk.db"
"""As ``store.database`` calls it, which is not needed to paint the first window."""
_MAX_STATION_BYTES = 64 * 1024
_NOBODY = "\x00nobody"
_NO_GUESS = frozenset({"recovery.file_unreadable", "recovery.not_a_key", "recovery.passphrase_needed"})


class DataFolder:
    """The desk's :class:`villagedesk.desk.ports.Premises` on a real folder.

    Args:
        gate: where tries of passwords are counted; by default the folder's own.
    """

    def __init__(self, folder: Path, clock: Clock, gate: Gate | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._gate = gate or Gate(folder)

    def is_set_up(self) -> bool:
        """Whether keys were ever made here, also where only the database they belong to is left."""
        if slots_exist(self._folder) or waiting_count(self._folder) is not None:
            return True
        return is_there(self._folder / _DATABASE)

    def station(self) -> StationFile:
        """The station as it was kept. Raises EnvironmentProblem ``entry.station_lost``."""
        try:
            with (self._folder / STATION_NAME).open("rb") as file:
                return StationFile.from_bytes(file.read(_MAX_STATION_BYTES + 1))
        except (OSError, InputProblem):
            raise EnvironmentProblem("entry.station_lost") from None

    def check_station(self, station: StationFile) -> None:
        """Whether a connection can be built on it. Raises InputProblem ``station.bad_field.ca_pem``."""
        from villagedesk.app.station_trust import check_certificate  # noqa: PLC0415 - not needed to paint

        check_certificate(station)

    def clerks(self) -> tuple[str, ...]:
        """Who can sign in. Raises EnvironmentProblem ``store.slots_lost``, ``store.newer_schema``."""
        return tuple(clerks(self._folder))

    def clerks_with_roles(self) -> tuple[tuple[str, Role], ...]:
        """Who can sign in and what for. Raises EnvironmentProblem ``store.slots_lost``, ``store.newer_schema``."""
        return roles(self._folder)

    def common_passwords(self) -> frozenset[str]:
        """Passwords everybody thinks of."""
        return common_passwords(resources_folder())

    def waiting(self) -> int | None:
        """Cases that wait to be sent, None when nobody knows."""
        return waiting_count(self._folder)

    def set_up(self, station: StationFile, clerk: str, password: str) -> None:
        """Keep the station, make the data key with its slots, make the database.

        Raises:
            EnvironmentProblem: ``store.already_set_up``, ``store.disk_full``, ``store.write_failed``.
            InputProblem: ``station.bad_field.recovery_public_key`` when the recovery key is none.
        """
        # Argon2, cryptography and SQLAlchemy are not needed to paint the first window
        from villagedesk.store.database import EncryptedStore  # noqa: PLC0415
        from villagedesk.store.keys import create_keys  # noqa: PLC0415

        if self.is_set_up():
            raise EnvironmentProblem("store.already_set_up")
        try:
            make_folder(self._folder)
        except OSError as error:
            raise problem_of(error, self._folder) from error
        # the station goes first: keys without a station would look like a station file that was lost
        write_whole(self._folder / STATION_NAME, station.to_bytes())
        key = create_keys(self._folder, clerk, password, station.recovery_public_key, Role.CLERK)
        EncryptedStore.create(self._folder, key, self._clock).close()

    def unlock(self, clerk: str, password: str) -> Access:
        """Open the slots with a password; the try is counted durably before it is made.

        Raises:
            InputProblem: ``store.wrong_password``; ``entry.locked_out`` (``minutes``, ``seconds``).
            EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
        """
        from villagedesk.desk.ports import Access  # noqa: PLC0415 - as above
        from villagedesk.store.keys import unlock_slot  # noqa: PLC0415 - as above

        (key, slot), failed = self._gate.attempt(
            self._counted_as(clerk), lambda: unlock_slot(self._folder, clerk, password)
        )
        return Access(key, known_role(slot.role), failed)

    def wait_seconds(self, clerk: str) -> float:
        """How long until that name may try again; 0.0 when now."""
        return self._gate.wait_seconds(self._counted_as(clerk))

    def recover(self, clerk: str, key_file: Path, passphrase: str) -> Access:
        """Open the slots with the county's recovery key; counted like a password.

        Raises:
            InputProblem: ``recovery.*``, ``store.wrong_recovery_key``, ``entry.locked_out``.
            EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
        """
        from villagedesk.desk.ports import Access  # noqa: PLC0415 - as above
        from villagedesk.store.keys import open_with_recovery_key  # noqa: PLC0415 - as above
        from villagedesk.store.recovery_key import read  # noqa: PLC0415 - as above

        key, failed = self._gate.attempt(
            RECOVERY, lambda: open_with_recovery_key(self._folder, read(key_file, passphrase)), _NO_GUESS
        )
        slot = read_copies(self._folder)[0].slots.clerk(clerk)
        # who forgot a password has mostly tried too often; the new one must not wait for that
        failed += self._gate.forget(self._counted_as(clerk))
        return Access(key, Role.CLERK if slot is None else known_role(slot.role), failed)

    def give_password(self, key: object, clerk: str, password: str) -> None:
        """Give an account a new password without knowing what the database remembers; a new name becomes a clerk.

        Raises:
            EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
        """
        from villagedesk.store.keys import DataKey, add_clerk, set_password  # noqa: PLC0415 - as above

        if not isinstance(key, DataKey):
            raise TypeError("the data key of the slots file is wanted")
        if clerk in self.clerks():
            set_password(self._folder, key, clerk, password)
        else:
            add_clerk(self._folder, key, clerk, password, Role.CLERK)

    def _counted_as(self, clerk: str) -> str:
        """All names without a slot share one count, so that invented ones do not fill the file."""
        try:
            return clerk if clerk in clerks(self._folder) else _NOBODY
        except EnvironmentProblem:
            return _NOBODY


def common_passwords(resources: Path) -> frozenset[str]:
    """Passwords everybody thinks of; none where the program's own list is missing, which ``doctor`` tells."""
    from villagedesk.desk.passwords import read_common  # noqa: PLC0415 - as above

    try:
        return read_common((resources / "code_lists" / "common_passwords.txt").read_text("utf-8"))
    except OSError:
        return frozenset()
