"""Deterministic simulation of outbox and changes under faults at every step (``dev.py faults histories``).

Everything of a history hangs on its seed: the same seed plays the same history. ``python -m tests.faults.histories 17``
plays seed 17 alone and says what came of it.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from unittest import mock

from tests.faults.histories_mutants import MUTANTS
from tests.faults.histories_restored import RestoringWorld
from tests.faults.histories_scene import Build, Durable, Verdict, in_memory
from tests.faults.histories_world import World
from tests.sync.window import SimClock
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Store
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.table import TABLE, Event, Line, transition

QUICK = range(400)
_REAL_SHARE = 200
"""Of so many histories two run on the real encrypted store, one with restored backups and one without."""
_MUTANT_SEEDS = 2000
_SHOWS_LATE = {
    "a refused withdrawal closes the case": 1500,
    "a restart asks nothing of what is held": 980,
    "a swapped answer believed": 460,
    "cursor before storing": 300,
    "granted letter ignored": 200,
}
"""Where to begin the hunt for mistakes that need a rare chance; every other seed is tried after those."""
_KEY = DataKey(bytes(range(32)))


@contextmanager
def _template() -> Iterator[Path]:
    """An empty real data folder on a memory disk, made once: migrating a database for each history costs the most."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        EncryptedStore.create(empty, _KEY, SimClock()).close()
        yield empty


def _on_disk(template: Path) -> Durable:
    folder = Path(tempfile.mkdtemp(dir=template.parent))
    shutil.copytree(template, folder, dirs_exist_ok=True)
    clock = SimClock()

    def back_up() -> Callable[[], Durable]:
        kept = Path(tempfile.mkdtemp(dir=template.parent))
        shutil.copytree(folder, kept, dirs_exist_ok=True)
        return lambda: _on_disk(kept)

    def opened() -> Store:
        return EncryptedStore.open(folder, _KEY, clock)

    return Durable(opened, lambda store: store.close(), PageVault(folder / VAULT_FOLDER, _KEY.vault), back_up)


def play(seed: int, build: Build | None = None, template: Path | None = None) -> Verdict:
    """Play one history, on the real store when a template is given. In odd ones backups are made and restored."""
    durable = in_memory() if template is None else _on_disk(template)
    world = RestoringWorld if seed % 2 else World
    threshold = logging.root.manager.disable
    logging.disable(logging.ERROR)  # the planted mistakes of the program are told in its log
    try:
        return world(seed, build or Build(), durable).play()
    finally:
        logging.disable(threshold)


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Play the histories.

    Args:
        seeds: which histories.
        quick: a share of 400 of them at the most, for the test suite.

    Returns:
        ``runs``, ``acknowledged``, ``lost``, ``doubled``, ``untruthful``; ``on_real_store``, how many of the runs used
        the encrypted store; and ``transitions_reached``, by "state × event" of the table, how often that happened.
    """
    if quick:
        seeds = seeds[: len(QUICK)]
    figures: dict[str, Any] = dict.fromkeys(
        ("runs", "acknowledged", "lost", "doubled", "untruthful", "on_real_store"), 0
    )
    with _template() as template, _counted() as reached:
        for seed in seeds:
            real = seed % _REAL_SHARE < 2
            verdict = play(seed, template=template if real else None)
            figures["runs"] += 1
            figures["on_real_store"] += real
            for name in ("acknowledged", "lost", "doubled", "untruthful"):
                figures[name] += getattr(verdict, name)
            if verdict.why:
                print(f"seed {seed}: {verdict.why}", file=sys.stderr)
    return figures | {"transitions_reached": dict(reached)}


def hunt(quick: bool) -> dict[str, Any]:
    """Hunt every mutant through the first seeds.

    Returns:
        ``mutants``, ``mutants_caught``, and ``mutants_caught_at``: the seed at which each shows, -1 for one that
        survives.
    """
    caught = {name: caught_at(name) for name in MUTANTS}
    return {
        "mutants": len(caught),
        "mutants_caught": sum(seed is not None for seed in caught.values()),
        "mutants_caught_at": {name: -1 if seed is None else seed for name, seed in caught.items()},
    }


def caught_at(name: str) -> int | None:
    """The first seed at which a planted mistake shows; None when it survives."""
    build, patch = MUTANTS[name]
    first = _SHOWS_LATE.get(name, 0)
    with patch():
        for seed in chain(range(first, _MUTANT_SEEDS), range(first)):
            if play(seed, build).why:
                return seed
    return None


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Count what the table is asked for; each line begins with none."""
    reached = Counter({f"{state} × {line.event}": 0 for line in TABLE for state in sorted(line.states)})

    def counting(state: SendingState, event: Event) -> Line:
        line = transition(state, event)
        reached[f"{state} × {event}"] += 1
        return line

    with mock.patch("villagedesk.sync.rows.transition", counting):
        yield reached


if __name__ == "__main__":
    with _template() as empty:
        for text in sys.argv[1:]:
            number = int(text)
            print(number, play(number, template=empty if number % _REAL_SHARE < 2 else None))
