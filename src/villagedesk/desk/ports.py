"""What the desk is given from outside: the data folder before sign-in, and room on the disk.

The composition root puts the real ones in; tests put in the same or simulated ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from villagedesk.domain.station import StationFile


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

    def waiting(self) -> int:
        """Cases that wait to be sent, from the count kept outside the database. Cheap."""

    def set_up(self, station: StationFile, clerk: str, password: str) -> None:
        """Keep the station, make the data key with its slots, make the database.

        Raises:
            EnvironmentProblem: ``store.already_set_up``, ``store.disk_full``, ``store.write_failed``.
            InputProblem: ``station.bad_field.*`` when certificate or recovery key is none; nothing was kept then.
        """

    def data_key(self, clerk: str, password: str) -> object:
        """The data key. Raises InputProblem ``store.wrong_password``, EnvironmentProblem when slots are damaged."""


FreeBytes = Callable[[], int]
"""Free bytes on the disk of the data folder. Raises OSError where that cannot be told."""
