"""Deterministic simulation of outbox and changes under faults at every step (``dev.py faults histories``).

Everything of a history hangs on its seed: the same seed plays the same history. ``python -m tests.faults.histories 17``
plays seed 17 alone and says what came of it; ``python -m tests.faults.histories record`` looks where each mutant shows.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
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
_REAL_SHARE = 100
"""Of so many histories two run on the real encrypted store as well, one with restored backups and one without; what
came of them there counts."""
_MUTANT_SEEDS = 3000
_SEEN_FILE = Path(__file__).with_name("histories_mutants.json")
_SHOWS_AT: dict[str, int] = json.loads(_SEEN_FILE.read_text(encoding="utf-8"))
"""By mutant, a seed at which it was seen. It is tried first; a change of program or scene can end that, and then the
mutant is hunted again (``python -m tests.faults.histories record`` writes the new seeds down)."""
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
            verdict = play(seed)
            figures["runs"] += 1
            if seed % _REAL_SHARE < 2:
                figures["on_real_store"] += 1
                verdict = _the_same(verdict, play(seed, template=template))
            for name in ("acknowledged", "lost", "doubled", "untruthful"):
                figures[name] += getattr(verdict, name)
            if verdict.why:
                print(f"seed {seed}: {verdict.why}", file=sys.stderr)
    return figures | {"transitions_reached": dict(reached)}


def hunt(quick: bool) -> dict[str, Any]:
    """Look whether every mutant is caught.

    Args:
        quick: at the seed at which it was seen before; it is hunted only where it shows there no more. Otherwise each
            is hunted through the first seeds.

    Returns:
        ``mutants``, ``mutants_caught``, and ``mutants_caught_at``: the seed at which each shows, -1 for one that
        survives.
    """
    caught = {name: caught_at(name, known=quick) for name in MUTANTS}
    return {
        "mutants": len(caught),
        "mutants_caught": sum(seed is not None for seed in caught.values()),
        "mutants_caught_at": {name: -1 if seed is None else seed for name, seed in caught.items()},
    }


def caught_at(name: str, *, known: bool) -> int | None:
    """A seed at which a planted mistake shows; None when it survives.

    Args:
        known: try the seed first at which it was seen before.
    """
    build, patch = MUTANTS[name]
    with patch():
        if known and name in _SHOWS_AT and play(_SHOWS_AT[name], build).why:
            return _SHOWS_AT[name]
        for seed in range(_MUTANT_SEEDS):
            if play(seed, build).why:
                if known:
                    print(f"{name!r} does not show where it was seen before, but at seed {seed}", file=sys.stderr)
                return seed
    return None


def _the_same(in_memory: Verdict, on_disk: Verdict) -> Verdict:
    """The store in memory stands for the real one: a history goes the same way on both, to the last event."""
    if in_memory.trace != on_disk.trace and not on_disk.why:
        return replace(on_disk, untruthful=1, why="the history goes another way on the real store than in memory")
    return on_disk


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


def record() -> None:
    """Hunt the mutants that do not show where they were seen before, and write down where they do."""
    found = {name: caught_at(name, known=True) for name in sorted(MUTANTS)}
    seen = {name: seed for name, seed in found.items() if seed is not None}
    _SEEN_FILE.write_text(json.dumps(seen, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
    else:
        with _template() as empty:
            for number in map(int, sys.argv[1:]):
                print(number, play(number, template=empty if number % _REAL_SHARE < 2 else None))
