"""The kept station file of an open desk, and what goes on with a new one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from villagedesk.app.premises import STATION_NAME
from villagedesk.app.station_trust import check_certificate
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.station import StationFile
from villagedesk.store.files import write_whole


class FolderStation:
    """The desk's :class:`villagedesk.desk.station_renewal.StationKeeper` on a real data folder.

    Args:
        go_on: told of each file that was kept; raises what :meth:`go_on` raises.
    """

    def __init__(self, folder: Path, go_on: Callable[[StationFile], None]) -> None:
        self._file = folder / STATION_NAME
        self._go_on = go_on

    def station(self) -> StationFile:
        """As it is kept now. Raises EnvironmentProblem ``entry.station_lost``."""
        try:
            return StationFile.from_bytes(self._file.read_bytes())
        except (OSError, InputProblem):
            raise EnvironmentProblem("entry.station_lost") from None

    def check(self, station: StationFile) -> None:
        """Whether a connection can be built on it. Raises InputProblem ``station.bad_field.ca_pem``."""
        check_certificate(station)

    def keep(self, station: StationFile) -> None:
        """Write it whole and durably. Raises EnvironmentProblem ``store.disk_full``, ``store.write_failed``."""
        write_whole(self._file, station.to_bytes())

    def go_on(self, station: StationFile) -> None:
        """Tell who goes on with it. Raises EnvironmentProblem ``renewal.after_restart``."""
        self._go_on(station)
