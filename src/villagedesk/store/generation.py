"""The database remembers how new the slots file was: putting both copies of an older one back is noticed.

An older slots file knows clerks who were removed since, and passwords that were changed because somebody had seen them.
"""

from __future__ import annotations

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store

_GENERATION = "slots.generation"


def known_generation(store: Store) -> int:
    """The newest generation the database knows of; 0 when it knows of none."""
    text = store.read(lambda snapshot: snapshot.setting(_GENERATION))
    return int(text) if text else 0


def confirm_generation(store: Store, generation: int) -> bool:
    """Compare the slots file's generation with the newest known, and remember it.

    Returns:
        Whether the slots file was changed and the database was not told, e.g. by a crash in between.

    Raises:
        EnvironmentProblem: ``store.slots_older`` when an older slots file was put back.
    """
    known = known_generation(store)
    if generation < known:
        raise EnvironmentProblem("store.slots_older")
    if generation > known:
        note_generation(store, generation)
    return 0 < known < generation


def note_generation(store: Store, generation: int) -> None:
    """Remember a generation that was just written. Raises EnvironmentProblem ``store.disk_full`` …"""
    store.write(lambda transaction: transaction.put_setting(_GENERATION, str(generation))).result()
