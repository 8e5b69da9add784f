"""The door: first run, sign-in, unlock. Light to import: it is needed before the first window is painted."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from villagedesk.desk.acting import Acting
from villagedesk.desk.views import EntryState, Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.station import StationFile

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.ports import Premises

_MIN_PASSWORD = 8
_MAX_CLERK = 40
_MAX_STATION_BYTES = 1 << 20

OpenDesk = Callable[[Acting, object, StationFile], "Desk"]


class Entry:
    """What can be done before anyone has signed in.

    Args:
        premises: the data folder as it stands before sign-in; its lock is held by this process.
        open_desk: makes the desk from clerk, data key and station; imports the heavy parts.
        suggested_station_file: offered at the first run, e.g. from the command line.
        practice_only: refuse the file of a station for real work.
    """

    def __init__(
        self,
        premises: Premises,
        open_desk: OpenDesk,
        suggested_station_file: Path | None = None,
        *,
        practice_only: bool = False,
    ) -> None:
        self._premises = premises
        self._open_desk = open_desk
        self._suggested = suggested_station_file
        self._practice_only = practice_only
        self._guard = threading.Lock()
        self._desk: Desk | None = None

    def state(self) -> EntryState:
        """Whether the station is set up, who can sign in, and how many cases wait. Reads a few small files only.

        Raises:
            EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
        """
        suggested = str(self._suggested) if self._suggested is not None else ""
        if not self._premises.is_set_up():
            return EntryState(False, "", (), 0, suggested)
        try:
            station = self._premises.station()
            name, practice = station.name, station.practice
        except Problem:
            name, practice = "", False  # told at sign-in, where it can be mended
        return EntryState(True, name, self._premises.clerks(), self._premises.waiting(), suggested, practice)

    def read_station_file(self, path: Path) -> StationFile:
        """Read and check the county's file.

        Raises:
            InputProblem: ``entry.station_unreadable``, ``entry.station_not_practice``, ``station.*``, also for a
                certificate that is none.
        """
        try:
            if path.stat().st_size > _MAX_STATION_BYTES:
                raise InputProblem("station.not_a_station_file", field="station_file")
            data = path.read_bytes()
        except OSError:
            raise InputProblem("entry.station_unreadable", field="station_file") from None
        station = StationFile.from_bytes(data)
        if self._practice_only and not station.practice:
            raise InputProblem("entry.station_not_practice", field="station_file")
        self._premises.check_station(station)
        return station

    def check_new_password(self, password: str) -> Sentence | None:
        """What is wrong with a new password, None when it will do: length, and more than one simple pattern."""
        if len(password) < _MIN_PASSWORD:
            return Sentence("entry.password_short", {"least": _MIN_PASSWORD, "count": len(password)}, "bad")
        if len(set(password)) < 4 or _is_a_run(password):
            return Sentence("entry.password_simple", {}, "bad")
        return None

    def set_up(self, station: StationFile, clerk: str, password: str) -> None:
        """First run: keep the station, make the keys with the first clerk's slot, make the database.

        Raises:
            InputProblem: ``entry.clerk_empty``, ``entry.clerk_long``, ``entry.password_*``, ``station.bad_field.*``.
            EnvironmentProblem: ``store.already_set_up``, ``store.disk_full``, ``store.write_failed``.
        """
        name = _clerk_name(clerk)
        trouble = self.check_new_password(password)
        if trouble is not None:
            raise InputProblem(trouble.key, field="password", **dict(trouble.params))
        self._premises.check_station(station)
        with self._guard:
            self._premises.set_up(station, name, password)

    def sign_in(self, clerk: str, password: str) -> Desk:
        """Open the desk. Takes a second or so: the key is derived, the database opened, the runner started.

        Raises:
            InputProblem: ``store.wrong_password``.
            EnvironmentProblem: ``store.*`` when database, slots or disk are not in order; ``entry.station_lost``,
                ``entry.station_unusable``.
        """
        with self._guard:
            key = self._premises.data_key(clerk, password)
            if self._desk is not None:
                self._desk.close()
                self._desk = None
            self._desk = self._open_desk(Acting(clerk), key, self._premises.station())
            return self._desk

    def unlock(self, clerk: str, password: str) -> None:
        """The same person is back at the locked screen.

        Raises:
            InputProblem: ``store.wrong_password``; ``entry.other_clerk`` when somebody else is signed in.
        """
        desk = self._desk
        if desk is not None and desk.clerk != clerk:
            raise InputProblem("entry.other_clerk", name=desk.clerk)
        self._premises.data_key(clerk, password)

    def close(self) -> None:
        """Close the desk when one is open; a second call does nothing."""
        with self._guard:
            if self._desk is not None:
                self._desk.close()
                self._desk = None


def _clerk_name(typed: str) -> str:
    name = unicodedata.normalize("NFC", " ".join(typed.split()))
    if not name:
        raise InputProblem("entry.clerk_empty", field="clerk")
    if len(name) > _MAX_CLERK:
        raise InputProblem("entry.clerk_long", field="clerk", limit=_MAX_CLERK)
    return name


def _is_a_run(password: str) -> bool:
    """Whether each character follows the one before it, as in 12345678 or abcdefgh, or backwards."""
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
