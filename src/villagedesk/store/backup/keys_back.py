"""Only the slots file was lost: it comes back from a backup, and the database on this PC, newer than any backup, stays.

A whole restore would put the cases taken in since the backup out of reach, though nothing but their key was missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.restoring import Restored
from villagedesk.domain.roles import Role
from villagedesk.store.backup.facts import read_facts
from villagedesk.store.backup.install import STAGE
from villagedesk.store.backup.medium import UnsoundError, medium_trouble, read_plain
from villagedesk.store.backup.restore import STATION_FILE, Wish
from villagedesk.store.backup.verify import MAX_SLOTS_BYTES
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.files import is_there, make_folder, write_whole
from villagedesk.store.generation import known_generation, note_generation
from villagedesk.store.keys import DataKey, PasswordCost, generation_of, only_clerk, open_with_recovery_key, unlock
from villagedesk.store.slots import SLOT_FILES, read_copies

_NO_WAY = frozenset({"store.slots_lost", "store.damaged", "store.unreadable", "store.newer_schema"})


def keys_back(wish: Wish, password: str, clock: Clock) -> Restored | None:
    """Bring the slots file back with the password the clerk had when the backup was made.

    Returns:
        None where this is no case for it, and a whole restore is the way: the slots are there, the database is not or
        does not open with the backup's key, or it knows of newer slots (the backup's may have a removed clerk).

    Raises:
        InputProblem: ``store.wrong_password``.
        EnvironmentProblem: ``backup.medium_*``, ``store.disk_full``, ``store.write_failed``; nothing was changed then.
    """

    def still_good(stage: Path, key: DataKey, known: int) -> bool:
        return generation_of(stage, key) >= known

    return _bring(wish, lambda stage: unlock(stage, wish.clerk, password), still_good, clock)


def keys_back_by_recovery_key(
    wish: Wish, private_key: bytes, new_password: str, clock: Clock, cost: PasswordCost | None = None
) -> Restored | None:
    """As :func:`keys_back`, with the county's key: the clerk gets this password, and every other account goes, for
    whether one of them had been removed since the backup is not known.

    Args:
        private_key: 32 bytes, X25519.

    Raises:
        InputProblem: ``store.wrong_recovery_key``.
    """

    def only_this_one(stage: Path, key: DataKey, known: int) -> bool:
        slot = key.wrap_for_clerk(wish.clerk, new_password, Role.CLERK, cost or PasswordCost())
        only_clerk(stage, key, slot, known)
        return True

    return _bring(wish, lambda stage: open_with_recovery_key(stage, private_key), only_this_one, clock)


def _bring(
    wish: Wish,
    open_slots: Callable[[Path], DataKey],
    made_good: Callable[[Path, DataKey, int], bool],
    clock: Clock,
) -> Restored | None:
    folder, stage = wish.data_folder, wish.data_folder / STAGE
    if not _only_slots_lost(folder):
        return None
    try:
        make_folder(stage)
        for name in SLOT_FILES:
            with medium_trouble(wish.generation):
                try:
                    data = read_plain(wish.generation / name, MAX_SLOTS_BYTES)
                except (UnsoundError, FileNotFoundError):
                    continue
            write_whole(stage / name, data)
        return _with_key(wish, stage, open_slots(stage), made_good, clock)
    except EnvironmentProblem as problem:
        if problem.key in _NO_WAY:
            return None
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _only_slots_lost(folder: Path) -> bool:
    if not (is_there(folder / DATABASE_FILE) and is_there(folder / STATION_FILE)):
        return False
    try:
        read_copies(folder)
    except EnvironmentProblem as problem:
        return problem.key == "store.slots_lost"
    return False


def _with_key(
    wish: Wish, stage: Path, key: DataKey, made_good: Callable[[Path, DataKey, int], bool], clock: Clock
) -> Restored | None:
    folder = wish.data_folder
    store = EncryptedStore.open(folder, key, clock)
    try:
        if not store.integrity() or not made_good(stage, key, known_generation(store)):
            return None
        for name in SLOT_FILES:
            write_whole(folder / name, (stage / read_copies(stage)[0].file).read_bytes())
        note_generation(store, generation_of(folder, key))
        event = CaseEvent(STATION, clock.now(), wish.clerk, str(Deed.RESTORED), detail={"reason": "slots"})
        store.write(lambda transaction: transaction.append_event(event)).result()
    finally:
        store.close()
    facts = read_facts(folder / DATABASE_FILE, key.database)
    return Restored(facts.cases, len(facts.pages), 0, facts.epoch, clock.now(), keys_only=True)
