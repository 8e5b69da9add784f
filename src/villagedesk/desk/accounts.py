"""Who has an account at this window, and the hand-over to a successor after an election."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

from villagedesk.desk.acting import Acting
from villagedesk.desk.clerk_names import clerk_name
from villagedesk.desk.passwords import check_new_password
from villagedesk.desk.ports import KeyKeeper
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right, Role


class Note(Protocol):
    """Writes a deed into the station's log, e.g. :meth:`villagedesk.desk.audit.AuditDesk.note`."""

    def __call__(self, deed: Deed, case_id: str = "", **detail: str) -> None:
        """Raises EnvironmentProblem ``store.*`` when it could not be written."""


@dataclass(frozen=True)
class AccountView:
    """One account.

    Args:
        me: whether it is the account of who looks.
    """

    name: str
    role: Role
    me: bool


@dataclass(frozen=True)
class OpenWork:
    """What is under way at the window, and a successor takes over.

    Args:
        drafts: cases begun and not taken in.
        unsent: cases taken in that the acceptance system does not have whole yet.
        tray: cases it refused or has otherwise.
        corrections: cases for which it asked for other papers.
        papers: papers still to be printed or asked about.
    """

    drafts: int
    unsent: int
    tray: int
    corrections: int
    papers: int


class Accounts:
    """The accounts of the window. Everybody may see the names and change the own password; the rest is the clerk's.

    Each change stands in the slots file before the log names it: what the log says happened did happen.

    Args:
        keeper: the slots file.
        note: writes into the station's log.
        station_name, common_passwords: what a password must not be (:mod:`villagedesk.desk.passwords`).
    """

    def __init__(
        self,
        keeper: KeyKeeper,
        note: Note,
        store: Store,
        acting: Acting,
        station_name: str,
        common_passwords: Callable[[], frozenset[str]],
    ) -> None:
        self._keeper = keeper
        self._note = note
        self._store = store
        self._acting = acting
        self._station_name = station_name
        self._common_passwords = common_passwords

    def list(self) -> tuple[AccountView, ...]:
        """Every account, in the order they were made. Raises EnvironmentProblem ``store.slots_lost``."""
        return tuple(AccountView(name, role, name == self._acting.clerk) for name, role in self._keeper.accounts())

    def add(self, name: str, role: Role, password: str) -> None:
        """Make an account; logged.

        Raises:
            InputProblem: ``entry.clerk_*``, ``accounts.name_taken`` (``name``), ``entry.password_*``,
                ``desk.not_allowed.keep_accounts``.
            EnvironmentProblem: ``store.*``.
        """
        self._may_keep()
        new = self._new_name(name)
        self._check(password, new)
        self._keeper.add(new, role, password)
        self._note(Deed.ACCOUNT_ADDED, name=new, role=role)

    def remove(self, name: str) -> None:
        """Take an account away; logged.

        Raises:
            InputProblem: ``accounts.no_such`` (``name``); ``accounts.not_oneself``, or ``accounts.last_clerk`` when
                nobody would be left to take in cases; ``desk.not_allowed.keep_accounts``.
            EnvironmentProblem: ``store.*``.
        """
        self._may_keep()
        roles = self._roles()
        if name == self._acting.clerk:
            others = [role for who, role in roles.items() if who != name]
            raise InputProblem("accounts.not_oneself" if Role.CLERK in others else "accounts.last_clerk")
        role = self._role_of(name, roles)
        self._keeper.remove(name)
        self._note(Deed.ACCOUNT_REMOVED, name=name, role=role)

    def change_password(self, old: str, new: str) -> None:
        """Change one's own password; logged, with the wrong tries before it.

        Raises:
            InputProblem: ``entry.password_*`` (field ``new``), ``store.wrong_password``, ``entry.locked_out``.
            EnvironmentProblem: ``store.*``.
        """
        self._check(new, self._acting.clerk, field="new")
        failed = self._keeper.change_password(self._acting.clerk, old, new)
        if failed:
            self._note(Deed.SIGN_IN_REFUSED, count=str(failed))
        self._note(Deed.PASSWORD_CHANGED)

    def reset_password(self, name: str, new: str) -> None:
        """Set somebody else's forgotten password; logged.

        Raises:
            InputProblem: ``accounts.not_oneself``, ``accounts.no_such`` (``name``), ``entry.password_*``,
                ``desk.not_allowed.keep_accounts``.
            EnvironmentProblem: ``store.*``.
        """
        self._may_keep()
        if name == self._acting.clerk:
            # who finds the desk open must not be able to take it over without the password
            raise InputProblem("accounts.not_oneself")
        self._role_of(name, self._roles())
        self._check(new, name)
        self._keeper.set_password(name, new)
        self._note(Deed.PASSWORD_RESET, name=name)

    def open_work(self) -> OpenWork:
        """What a successor takes over, as counts of cases (papers: of print jobs)."""
        return self._store.read(_open_work)

    def hand_over(self, successor: str, password: str, *, keep_as: Role | None) -> OpenWork:
        """Make the successor's account and give up one's own, in one step; logged with what was open.

        The desk stays open, so that what is under way ends well; the screen signs out afterwards.

        Args:
            successor: becomes a clerk.
            password: the successor's.
            keep_as: what the own account is for from now on, under the same password; None takes it away.

        Raises:
            InputProblem: ``entry.clerk_*``, ``accounts.name_taken`` (``name``), ``entry.password_*``,
                ``desk.not_allowed.keep_accounts``.
            EnvironmentProblem: ``store.*``.
        """
        self._may_keep()
        new = self._new_name(successor)
        self._check(password, new)
        work = self.open_work()
        self._keeper.hand_over(self._acting.clerk, new, password, keep_as)
        counts = {kind: str(count) for kind, count in asdict(work).items()}
        self._note(Deed.DESK_HANDED_OVER, name=new, kept_as=keep_as or "", **counts)
        return work

    def confirm(self) -> bool:
        """Compare the slots with what the database knows; the door calls it before anyone may use the desk.

        Returns:
            Whether accounts were changed without the log's knowledge, e.g. by a crash in between.

        Raises:
            EnvironmentProblem: ``store.slots_older`` when an older slots file was put back.
        """
        return self._keeper.confirm()

    def recover(self, password: str) -> None:
        """Set the password of who acts, whom the county's key let in; logged.

        Where an older slots file had been put back all other accounts go: who of them had been removed is not known.

        Raises:
            EnvironmentProblem: ``store.*``.
        """
        dropped = self._keeper.recover(self._acting.clerk, self._acting.role, password)
        self._note(Deed.ACCESS_RECOVERED, **({"accounts_dropped": str(dropped)} if dropped else {}))

    def _may_keep(self) -> None:
        """Also not any more once the desk was handed over, though the screen is still open."""
        self._acting.need(Right.KEEP_ACCOUNTS)
        if self._roles().get(self._acting.clerk) is not self._acting.role:
            raise InputProblem("desk.not_allowed.keep_accounts")

    def _roles(self) -> dict[str, Role]:
        return dict(self._keeper.accounts())

    def _role_of(self, name: str, roles: dict[str, Role]) -> Role:
        if name not in roles:
            raise InputProblem("accounts.no_such", name=name)
        return roles[name]

    def _new_name(self, typed: str) -> str:
        name = clerk_name(typed)
        if name in self._roles():
            raise InputProblem("accounts.name_taken", field="clerk", name=name)
        return name

    def _check(self, password: str, name: str, field: str = "password") -> None:
        trouble = check_new_password(password, name, self._station_name, self._common_passwords())
        if trouble is not None:
            raise InputProblem(trouble.key, field=field, **dict(trouble.params))


def _open_work(snapshot: Snapshot) -> OpenWork:
    counts = snapshot.count_by_status()
    return OpenWork(
        drafts=counts.get(CaseStatus.DRAFT, 0),
        unsent=snapshot.count_outbox(OPEN_STATES),
        tray=snapshot.count_outbox(TRAY_STATES),
        corrections=counts.get(CaseStatus.RETURNED, 0),
        papers=len(snapshot.print_jobs(open_only=True)),
    )
