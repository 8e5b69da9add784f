"""The door: first run, sign-in, unlock. Light to import: it is needed before the first window is painted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from villagedesk.desk.acting import Acting
from villagedesk.desk.clerk_names import clerk_name
from villagedesk.desk.door_views import EntryState, Sentence
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile

if TYPE_CHECKING:
    from villagedesk.desk.damage import Damage
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.ports import Access, Premises
    from villagedesk.desk.restoring import Restoring

_NO_DATABASE = frozenset({"store.damaged", "store.unreadable"})

OpenDesk = Callable[[Acting, object, StationFile], "Desk"]


class Entry:
    """What can be done before anyone has signed in.

    Args:
        premises: the data folder as it stands before sign-in; its lock is held by this process.
        open_desk: makes the desk from who acts, data key and station; imports the heavy parts.
        suggested_station_file: offered at the first run, e.g. from the command line.
        practice_only: refuse the file of a station for real work.
        restoring, damage: make what can be done where there is no database, or a damaged one, once it is asked for.
    """

    def __init__(
        self,
        premises: Premises,
        open_desk: OpenDesk,
        suggested_station_file: Path | None = None,
        *,
        practice_only: bool = False,
        restoring: Callable[[], Restoring] | None = None,
        damage: Callable[[], Damage] | None = None,
    ) -> None:
        self._premises = premises
        self._open_desk = open_desk
        self._suggested = suggested_station_file
        self._practice_only = practice_only
        self._make_restoring = restoring
        self._make_damage = damage
        self._guard = threading.Lock()
        self._desk: Desk | None = None
        self._log_guard = threading.Lock()
        self._unwritten: list[tuple[Deed, dict[str, str]]] = []

    @cached_property
    def restoring(self) -> Restoring | None:
        """Bringing a backup back; None where nothing of the kind was wired."""
        return None if self._make_restoring is None else self._make_restoring()

    @property
    def can_restore(self) -> bool:
        """Whether bringing a backup back was wired; it is not made by asking this."""
        return self._make_restoring is not None

    @property
    def signed_in(self) -> bool:
        """Whether a desk is open, also behind the locked screen: its files must stay where they are."""
        return self._desk is not None

    @cached_property
    def damage(self) -> Damage | None:
        """Recovering a damaged database; None where nothing of the kind was wired."""
        return None if self._make_damage is None else self._make_damage()

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
        from villagedesk.desk.station_reading import read_station_file  # noqa: PLC0415 - not needed to paint

        station = read_station_file(path)
        if self._practice_only and not station.practice:
            raise InputProblem("entry.station_not_practice", field="station_file")
        self._premises.check_station(station)
        return station

    def check_new_password(self, password: str, clerk: str = "", station_name: str = "") -> Sentence | None:
        """What is wrong with a new password, None when it will do (:mod:`villagedesk.desk.passwords`)."""
        from villagedesk.desk.passwords import check_new_password  # noqa: PLC0415 - not needed to paint

        return check_new_password(password, clerk, station_name, self._premises.common_passwords())

    def clerks_with_roles(self) -> tuple[tuple[str, Role], ...]:
        """Who can sign in and what for, in the order the accounts were made.

        Raises:
            EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
        """
        return self._premises.clerks_with_roles()

    def wait_seconds(self, clerk: str) -> float:
        """How long until that name may try a password again; 0.0 when now. Cheap."""
        return self._premises.wait_seconds(clerk)

    def set_up(self, station: StationFile, clerk: str, password: str) -> None:
        """First run: keep the station, make the keys with the first clerk's slot, make the database.

        Raises:
            InputProblem: ``entry.clerk_empty``, ``entry.clerk_long``, ``entry.password_*``, ``station.bad_field.*``.
            EnvironmentProblem: ``store.already_set_up``, ``store.disk_full``, ``store.write_failed``.
        """
        name = clerk_name(clerk)
        trouble = self.check_new_password(password, name, station.name)
        if trouble is not None:
            raise InputProblem(trouble.key, field="password", **dict(trouble.params))
        self._premises.check_station(station)
        with self._guard:
            self._premises.set_up(station, name, password)

    def sign_in(self, clerk: str, password: str, before_leaving: Callable[[], None] | None = None) -> Desk:
        """Open the desk. Takes a second or so: the key is derived, the database opened, the runner started.

        It is logged, with the wrong tries before it. Where the log cannot be written, on a full disk, the clerk gets
        in all the same, and the lines are written as soon as the log takes lines again.

        Args:
            before_leaving: called when the password is right and somebody else's desk is still open, behind the locked
                screen, just before that desk is closed: whoever works with it has to come to rest.

        Raises:
            InputProblem: ``store.wrong_password``; ``entry.locked_out`` (``minutes``, ``seconds``).
            EnvironmentProblem: ``store.*`` when database, slots or disk are not in order, among them
                ``store.slots_older``; ``entry.station_lost``, ``entry.station_unusable``.
        """

        def begin(desk: Desk) -> None:
            self._arrive(desk, access, Deed.SIGNED_IN)

        with self._guard:
            access = self._premises.unlock(clerk, password)
            return self._open(clerk, access, begin, before_leaving)

    def recover_access(
        self,
        clerk: str,
        new_password: str,
        key_file: Path,
        passphrase: str = "",
        before_leaving: Callable[[], None] | None = None,
    ) -> Desk:
        """The county's key in place of a forgotten password: sets a new one and signs in; logged.

        A name without an account becomes a clerk: the old clerk is gone. Where an older slots file had been put back,
        every other account is taken away (:meth:`villagedesk.desk.accounts.Accounts.recover`).

        Args:
            key_file: the county's private key, PEM, e.g. on a USB stick.
            passphrase: of that file, "" when it has none.
            before_leaving: as for :meth:`sign_in`.

        Raises:
            InputProblem: ``entry.clerk_*``, ``entry.password_*``, ``recovery.*``, ``store.wrong_recovery_key``,
                ``entry.locked_out``.
            EnvironmentProblem: as :meth:`sign_in`. Where that is ``store.damaged`` or ``store.unreadable``, the new
                password holds already, so that the database can be recovered with it.
        """
        name = clerk_name(clerk)
        trouble = self.check_new_password(new_password, name, self.state().station_name)
        if trouble is not None:
            raise InputProblem(trouble.key, field="password", **dict(trouble.params))

        def begin(desk: Desk) -> None:
            desk.accounts.recover(new_password)
            self._note_arrival(desk, access, Deed.SIGNED_IN)

        with self._guard:
            access = self._premises.recover(name, key_file, passphrase)
            try:
                return self._open(name, access, begin, before_leaving)
            except EnvironmentProblem as problem:
                if problem.key in _NO_DATABASE:
                    self._premises.give_password(access.key, name, new_password)
                raise

    def unlock(self, clerk: str, password: str) -> None:
        """The same person is back at the locked screen; logged, with the wrong tries before it.

        Raises:
            InputProblem: ``store.wrong_password``; ``entry.locked_out``; ``entry.other_clerk`` when somebody else is
                signed in.
            EnvironmentProblem: ``store.slots_older``: it was put back behind the locked screen.
        """
        desk = self._desk
        if desk is not None and desk.clerk != clerk:
            raise InputProblem("entry.other_clerk", name=desk.clerk)
        access = self._premises.unlock(clerk, password)
        if desk is not None:
            self._arrive(desk, access, Deed.UNLOCKED)

    def note_locked(self, left: datetime | None = None) -> None:
        """The screen was locked, by hand or because nobody touched anything for a while: logged.

        Args:
            left: when the desk was left, where the PC slept since and only now could be locked.
        """
        if self._desk is None:
            return
        from villagedesk.domain.clock import utc_text  # noqa: PLC0415 - reads the time zones; not needed to paint
        from villagedesk.domain.desk_hours import LEFT  # noqa: PLC0415 - likewise

        self._note(self._desk, Deed.LOCKED, **({} if left is None else {LEFT: utc_text(left)}))

    def sign_out(self) -> None:
        """Log it and close the desk; what is under way is finished first. Without an open desk nothing happens.

        Raises:
            EnvironmentProblem: ``store.*`` when something could not be closed in order; the desk is closed then too.
        """
        with self._guard:
            self._leave()

    def close(self) -> None:
        """The program ends: as :meth:`sign_out`; a second call does nothing."""
        self.sign_out()

    def _open(
        self,
        clerk: str,
        access: Access,
        begin: Callable[[Desk], None],
        before_leaving: Callable[[], None] | None,
    ) -> Desk:
        if self._desk is not None and before_leaving is not None:
            before_leaving()
        self._leave()
        desk = self._open_desk(Acting(clerk, access.role), access.key, self._premises.station())
        try:
            begin(desk)
        except BaseException:
            self._unwritten.clear()
            desk.close()
            raise
        self._desk = desk
        return desk

    def _leave(self) -> None:
        desk, self._desk = self._desk, None
        if desk is not None:
            self._note(desk, Deed.SIGNED_OUT)
            self._unwritten.clear()
            desk.close()

    def _arrive(self, desk: Desk, access: Access, deed: Deed) -> None:
        """Whoever has the right password is in, unless it is one out of an older slots file; logged either way."""
        try:
            changed = desk.accounts.confirm()
        except EnvironmentProblem as problem:
            self._note(desk, Deed.SIGN_IN_REFUSED, count=str(access.failed_before + 1), reason=problem.key)
            raise
        self._note_arrival(desk, access, deed, **({"accounts_changed": "yes"} if changed else {}))

    def _note_arrival(self, desk: Desk, access: Access, deed: Deed, **detail: str) -> None:
        if access.failed_before:
            self._note(desk, Deed.SIGN_IN_REFUSED, count=str(access.failed_before))
            detail["failed_before"] = str(access.failed_before)
        self._note(desk, deed, role=access.role, **detail)

    def _note(self, desk: Desk, deed: Deed, **detail: str) -> None:
        """Write a line, after those that could not be written before."""
        with self._log_guard:
            self._unwritten.append((deed, detail))
            try:
                while self._unwritten:
                    waiting, its_detail = self._unwritten[0]
                    desk.audit.note(waiting, **its_detail)
                    del self._unwritten[0]
            except EnvironmentProblem:
                detail["late"] = "yes"
