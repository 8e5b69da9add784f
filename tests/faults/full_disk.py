"""A disk that fails at chosen places: full, read-only, or with errors of reading, writing and flushing.

The operation works on a real store on a mounted disk (:mod:`tests.faults.mounted_disk`). When the disk fails, it must
end with a problem a clerk is told, and with the right one, or succeed; it is tried a second time while the disk still
fails, then the disk is mended (room is made) and the same process must come to the operation's end at the next attempt,
and so must a fresh sign-in. At last the power is cut, in every world: whatever was confirmed meanwhile must be there,
also where a flush had failed and a later one said it was well (Linux does not write such pages again). Some seeds
make the clock jump instead (:mod:`tests.faults.clock_jumps`). Needs Linux, root and FUSE.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import select
import signal
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import clock_jumps
from tests.faults.crash_check import Verdict, judge
from tests.faults.forgetting_disk import World
from tests.faults.mounted_disk import Fault, make_room
from tests.faults.mutants import of_harness, plant
from tests.faults.operations import OPERATIONS
from tests.faults.place import Desk, Place
from tests.faults.tally import Tally, hunted
from tests.faults.workshop import Workshop, fork
from villagedesk.domain.problems import EnvironmentProblem, Problem

_CHILD_SECONDS = 60.0
_PER_MUTANT, _PER_MUTANT_QUICK = 400, 120
_CLOCK_EVERY = 8

_CHANGES = ("create", "mkdir", "write", "truncate", "rename", "unlink", "open")
_ROOM_TAKERS = ("create", "mkdir", "write", "fsync")
# The read-only medium of a restore is one that cannot be noted on, and its sentence asks for room as well.
_FULL = frozenset(
    {"store.disk_full", "restoring.disk_full", "restoring.no_room", "restoring.medium_read_only", "backup.medium_full"}
)
_UNWRITABLE = frozenset(
    {"store.write_failed", "restoring.write_failed", "restoring.medium_read_only", "backup.medium_read_only"}
)
_BROKEN = _UNWRITABLE | {
    "store.unreadable",
    "store.damaged",
    "store.slots_lost",
    "store.page_damaged",
    "store.page_missing",
    "store.page_unreadable",
    "store.upgrade_failed",
    "store.nothing_left",
    "restoring.damaged",
    "restoring.newest_no_wanted",
    "backup.medium_failed",
    "backup.medium_gone",
    "backup.medium_unreliable",
}


@dataclass(frozen=True)
class Mode:
    """A way for the disk to fail.

    Args:
        error, kinds: as of :class:`Fault`.
        most: how many operations fail at most; 0: all, until the disk is mended.
        told: keys of the problems that may be told.
    """

    error: str
    kinds: tuple[str, ...]
    most: int
    told: frozenset[str]


MODES = {
    "full for ever": Mode("ENOSPC", _ROOM_TAKERS, 0, _FULL),
    "full for a while": Mode("ENOSPC", _ROOM_TAKERS, 8, _FULL),
    "read-only": Mode("EROFS", _CHANGES, 0, _UNWRITABLE),
    "reading fails": Mode("EIO", ("read",), 2, _BROKEN),
    "writing fails": Mode("EIO", ("write",), 2, _BROKEN),
    "flushing fails": Mode("EIO", ("fsync", "fsyncdir"), 1, _BROKEN),
    "looking fails": Mode("EIO", ("look", "list"), 2, _BROKEN),
    "all fails": Mode("EIO", ("read", "look", "list", "fsync", "fsyncdir", *_CHANGES), 0, _BROKEN),
}


@dataclass(frozen=True)
class Failure:
    """One failing disk; the seed says from which of the operations that can fail, and how many."""

    operation: str
    mode: str
    seed: int
    mutant: str = ""


def _look_up(desk: Desk | None) -> None:
    """What a screen does all the while, whether the disk is well or not."""
    if desk is not None:
        with contextlib.suppress(EnvironmentProblem):
            desk.store.read(lambda snapshot: snapshot.case_lines(10))


def _endure(place: Place, name: str, say: dict[str, Any]) -> None:
    """Work on the failing disk, and on when it is mended; put into ``say`` what was told and what went wrong."""
    plant(place.mutant)
    operation, desk = OPERATIONS[name], None
    say |= {"told": [], "wrong": []}

    def attempt() -> bool:
        nonlocal desk
        _look_up(desk)
        try:
            if desk is None:
                if operation.first is not None:
                    operation.first(place)
                desk = Desk.open(place)
            operation.run(desk)
        except Problem as problem:
            say["told"].append(problem.key)
            if operation.closes:
                desk = None
            return False
        if operation.closes:
            desk = None
        return True

    if not attempt():
        attempt()
    _look_up(desk)
    make_room(place.root)
    if not attempt():
        say["wrong"].append(f"work does not go on when the disk is well again: {say['told'].pop()}")
    if desk is not None:
        desk.close()
    desk = None
    if not attempt():
        say["wrong"].append(f"a later start cannot work: {say['told'].pop()}")
    if desk is not None:
        desk.close()


def _child(place: Place, name: str) -> dict[str, Any]:
    """Run :func:`_endure` in a process of its own."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        say: dict[str, Any] = {}
        try:
            _endure(place, name, say)
        except BaseException as error:
            say.setdefault("wrong", []).append(f"ended by {error!r}")
        finally:
            os.write(writing, json.dumps(say).encode())
            os._exit(0)
    os.close(writing)
    said = b""
    try:
        if select.select([reading], [], [], _CHILD_SECONDS)[0]:
            said = os.read(reading, 1 << 16)
        else:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(reading)
        status = os.waitpid(child, 0)[1]
    answer: dict[str, Any] = json.loads(said) if said else {"told": [], "wrong": [f"ended with status {status}"]}
    return answer


def fail(workshop: Workshop, failure: Failure, counts: dict[str, int]) -> Verdict:
    """What is found after an operation met a failing disk.

    Args:
        counts: how often each kind of operation happens when all is well.
    """
    mode, dice = MODES[failure.mode], random.Random(failure.seed)
    most = sum(counts.get(kind, 0) for kind in mode.kinds)
    count = dice.randint(1, mode.most) if mode.most else 0
    fault = Fault(mode.error, mode.kinds, dice.randint(1, max(1, most)), count)
    said: dict[str, Any] = {}

    def work(root: Path) -> None:
        said.update(_child(Place(root, failure.mutant), failure.operation))

    recording, _counts = workshop.on_disk(failure.operation, work, fault)
    verdict = Verdict()
    verdict.untruthful += said.get("wrong", [])
    verdict.untruthful += [f"told {key}" for key in said.get("told", []) if key not in mode.told]
    for world in World:
        with workshop.survivors(recording, len(recording.log), world, failure.seed) as root:
            verdict.add(judge(Place(root)))
    return verdict


def _work(failures: list[Failure]) -> list[tuple[Failure, Verdict]]:
    with tempfile.TemporaryDirectory(prefix="villagedesk-full-disk-") as folder, Workshop(Path(folder)) as workshop:
        counts: dict[str, dict[str, int]] = {}
        found = []
        for failure in failures:
            if failure.operation not in counts:
                counts[failure.operation] = workshop.record(failure.operation, failure.mutant)[1]
            found.append((failure, fail(workshop, failure, counts[failure.operation])))
        return found


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Let the disk fail once per seed; seeds that follow each other walk over operations and modes.

    Returns:
        The figures of :class:`tests.faults.tally.Tally`; a stratum is operation/mode.
    """
    del quick
    strata = [(operation, mode) for operation in OPERATIONS for mode in MODES]
    random.Random("strata").shuffle(strata)
    failures = [Failure(*strata[seed % len(strata)], seed) for seed in seeds if seed % _CLOCK_EVERY]
    failures.sort(key=lambda failure: failure.operation)
    middle = len(failures) // 2
    jumps = [seed for seed in seeds if seed % _CLOCK_EVERY == 0]
    tally = Tally()
    context = multiprocessing.get_context("spawn")
    # The jumps in a process of their own: the pictures' library leaves a thread behind, and the others fork.
    with ProcessPoolExecutor(2, context) as pool, ProcessPoolExecutor(1, context) as clocks:
        jumped = clocks.submit(clock_jumps.jump_all, jumps)
        for found in pool.map(_work, [failures[:middle], failures[middle:]]):
            for failure, verdict in found:
                tally.add(f"{failure.operation}/{failure.mode}", verdict, str(failure))
        for stratum, verdict, point in jumped.result():
            tally.add(stratum, verdict, point)
    return tally.figures()


def hunt(quick: bool) -> dict[str, Any]:
    """Look whether each planted mutant is caught.

    Args:
        quick: try fewer failures before a mutant is given up as not caught, beginning with the disk it was seen under.
    """
    mutants = of_harness("full_disk")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        return hunted(dict(zip(mutants, pool.map(_caught_at, mutants, [quick] * len(mutants)), strict=True)))


def _tries(mutant: str, quick: bool) -> list[tuple[str, int]]:
    """Modes and seeds, in the order they are tried."""
    modes = [*MODES]
    tries = [(modes[seed % len(modes)], seed) for seed in range(_PER_MUTANT_QUICK if quick else _PER_MUTANT)]
    if quick and (known := of_harness("full_disk")[mutant].shows_under):
        tries.sort(key=lambda one: one[0] != known)
    return tries


def _caught_at(mutant: str, quick: bool) -> str:
    operation = of_harness("full_disk")[mutant].operation
    with tempfile.TemporaryDirectory(prefix="villagedesk-full-disk-") as folder, Workshop(Path(folder)) as workshop:
        counts = workshop.record(operation, mutant)[1]
        for mode, seed in _tries(mutant, quick):
            verdict = fail(workshop, Failure(operation, mode, seed, mutant), counts)
            if not verdict.sound:
                return f"{operation}, {mode}, seed {seed}: {verdict.first}"
    return ""
