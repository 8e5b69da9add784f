"""The slots file of the open desk: who has an account. Loads Argon2 and cryptography: not before the first paint."""

from __future__ import annotations

from pathlib import Path

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store
from villagedesk.domain.roles import Role
from villagedesk.store import keys
from villagedesk.store.generation import confirm_generation, known_generation, note_generation
from villagedesk.store.keys import DataKey, PasswordCost
from villagedesk.store.lockout import Gate
from villagedesk.store.slots import roles


class FolderKeys:
    """The desk's :class:`villagedesk.desk.ports.KeyKeeper` on a real folder.

    The slots file is written first and the database told afterwards: a crash in between makes the slots newer than the
    database knows, which the next sign-in mends, never older, which would lock everybody out.

    Each change first asks whether the file is the newest: one built on an older file that was put back meanwhile would
    count as the newest, with the clerks and passwords that had been taken away. It raises EnvironmentProblem
    ``store.slots_older`` then, and changes nothing.

    Args:
        folder: the data folder.
        store: where the newest generation of the slots file is remembered.
        cost: of guessing a password; tests take a cheap one.
    """

    def __init__(
        self, folder: Path, key: DataKey, store: Store, *, cost: PasswordCost | None = None, gate: Gate | None = None
    ) -> None:
        self._folder = folder
        self._key = key
        self._store = store
        self._cost = cost or PasswordCost()
        self._gate = gate or Gate(folder)

    def accounts(self) -> tuple[tuple[str, Role], ...]:
        """Names and roles. Raises EnvironmentProblem ``store.slots_lost``, ``store.newer_schema``."""
        return roles(self._folder)

    def add(self, name: str, role: Role, password: str) -> None:
        """Give a new name a slot. Raises InputProblem ``store.clerk_exists``."""
        self.confirm()
        keys.add_clerk(self._folder, self._key, name, password, role, self._cost)
        self._note()

    def remove(self, name: str) -> None:
        """Take a slot away. Raises InputProblem ``store.no_such_clerk``."""
        self.confirm()
        keys.remove_clerk(self._folder, self._key, name)
        self._note()

    def set_password(self, name: str, password: str) -> None:
        """Wrap the key anew without the old password. Raises InputProblem ``store.no_such_clerk``."""
        self.confirm()
        keys.set_password(self._folder, self._key, name, password, self._cost)
        self._note()

    def change_password(self, name: str, old: str, new: str) -> int:
        """Wrap the key anew; gives how many wrong tries there were before.

        Raises:
            InputProblem: ``store.wrong_password``, ``entry.locked_out``.
        """
        self.confirm()
        _, failed = self._gate.attempt(name, lambda: keys.change_password(self._folder, name, old, new, self._cost))
        self._note()
        return failed

    def hand_over(self, leaving: str, successor: str, password: str, keep_as: Role | None) -> None:
        """Give the successor a clerk's slot and, in the same step, take the leaving clerk's away or change its role.

        Raises:
            InputProblem: ``store.clerk_exists``.
        """
        self.confirm()
        slot = self._key.wrap_for_clerk(successor, password, Role.CLERK, self._cost)
        keys.hand_over(self._folder, self._key, leaving, slot, keep_as or "")
        self._note()

    def confirm(self) -> bool:
        """Compare the slots with what the database knows; whether they were changed without its knowledge.

        Raises:
            EnvironmentProblem: ``store.slots_older``.
        """
        return confirm_generation(self._store, keys.generation_of(self._folder, self._key))

    def recover(self, name: str, role: Role, password: str) -> int:
        """Give that name a new password, adding it when it has no slot; how many others were taken away."""
        dropped = 0
        known = known_generation(self._store)
        if keys.generation_of(self._folder, self._key) < known:
            slot = self._key.wrap_for_clerk(name, password, role, self._cost)
            dropped = keys.only_clerk(self._folder, self._key, slot, known)
        else:
            try:
                keys.set_password(self._folder, self._key, name, password, self._cost)
            except InputProblem:
                keys.add_clerk(self._folder, self._key, name, password, role, self._cost)
        self._note()
        return dropped

    def _note(self) -> None:
        note_generation(self._store, keys.generation_of(self._folder, self._key))
