"""A new station file after the first run: another one-time code, address or certificate for the same station."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from villagedesk.desk.acting import Acting
from villagedesk.desk.audit import AuditDesk
from villagedesk.desk.station_reading import read_station_file
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile


class StationKeeper(Protocol):
    """Where the station file is kept, and who goes on with it. Calls block and may come from several threads."""

    def station(self) -> StationFile:
        """As it is kept now. Raises EnvironmentProblem ``entry.station_lost``."""

    def check(self, station: StationFile) -> None:
        """Whether a connection can be built on it. Raises InputProblem ``station.bad_field.ca_pem``."""

    def keep(self, station: StationFile) -> None:
        """Write it whole and durably. Raises EnvironmentProblem ``store.disk_full``, ``store.write_failed``."""

    def go_on(self, station: StationFile) -> None:
        """The road out and the backups go on with what was kept, without a restart.

        Raises:
            EnvironmentProblem: ``renewal.after_restart`` when that will be so only after the next start.
        """


class StationRenewal:
    """Takes a new station file in. Calls block, for some seconds while the road out is built anew."""

    def __init__(self, keeper: StationKeeper, audit: AuditDesk, acting: Acting) -> None:
        self._keeper = keeper
        self._audit = audit
        self._acting = acting

    def renew(self, path: Path) -> StationFile:
        """Read the county's new file, keep it, and enrol with it; logged. Cases and queue stay as they are.

        A new name of the station appears on papers after the next start. The recovery key of the file is kept with it;
        the passwords' slots go on with the one they were made for.

        Raises:
            InputProblem: ``entry.station_unreadable``, ``station.*``; ``renewal.other_station`` for another division;
                ``renewal.practice_for_real``, ``renewal.real_for_practice``; ``renewal.same`` when it says nothing new.
                Nothing was changed then.
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; ``renewal.after_restart``: the file is
                kept, and counts from the next start on.
        """
        self._acting.need(Right.SAFEGUARD)
        new, present = read_station_file(path), self._keeper.station()
        if new.division_code != present.division_code:
            raise InputProblem("renewal.other_station", field="station_file", name=new.name)
        if new.practice != present.practice:
            key = "renewal.practice_for_real" if new.practice else "renewal.real_for_practice"
            raise InputProblem(key, field="station_file")
        if new == present:
            raise InputProblem("renewal.same", field="station_file")
        self._keeper.check(new)
        self._keeper.keep(new)
        self._audit.note(Deed.STATION_RENEWED, address=new.address, before=present.address)
        self._keeper.go_on(new)
        return new
