"""The data folder before sign-in. Light to import: three small files; keys and database load when they are used."""

from __future__ import annotations

from pathlib import Path

from villagedesk.app.station_trust import check_certificate
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.station import StationFile
from villagedesk.store.files import make_folder, write_whole
from villagedesk.store.slots import clerks, slots_exist
from villagedesk.store.status import waiting_count

STATION_NAME = "station.json"
FIRST_CLERK_ROLE = "clerk"


class DataFolder:
    """The desk's :class:`villagedesk.desk.ports.Premises` on a real folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def is_set_up(self) -> bool:
        """Whether keys were ever made here, also where only the database they belong to is left."""
        return slots_exist(self._folder) or waiting_count(self._folder) is not None

    def station(self) -> StationFile:
        """The station as it was kept. Raises EnvironmentProblem ``entry.station_lost``."""
        try:
            return StationFile.from_bytes((self._folder / STATION_NAME).read_bytes())
        except (OSError, InputProblem):
            raise EnvironmentProblem("entry.station_lost") from None

    def check_station(self, station: StationFile) -> None:
        """Whether a connection can be built on it. Raises InputProblem ``station.bad_field.ca_pem``."""
        check_certificate(station)

    def clerks(self) -> tuple[str, ...]:
        """Who can sign in. Raises EnvironmentProblem ``store.slots_lost``, ``store.newer_schema``."""
        return tuple(clerks(self._folder))

    def waiting(self) -> int:
        """Cases that wait to be sent, 0 when nobody knows."""
        return waiting_count(self._folder) or 0

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
            raise EnvironmentProblem("store.write_failed") from error
        # the station goes first: keys without a station would look like a station file that was lost
        write_whole(self._folder / STATION_NAME, station.to_bytes())
        key = create_keys(self._folder, clerk, password, station.recovery_public_key, FIRST_CLERK_ROLE)
        EncryptedStore.create(self._folder, key, self._clock).close()

    def data_key(self, clerk: str, password: str) -> object:
        """The data key. Raises InputProblem ``store.wrong_password``, EnvironmentProblem ``store.slots_lost``."""
        from villagedesk.store.keys import unlock  # noqa: PLC0415 - as above

        return unlock(self._folder, clerk, password)
