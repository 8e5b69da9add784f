"""Cuts the power of a working store at chosen places, and looks whether everything confirmed is there.

The operation runs on a disk that forgets (:mod:`tests.faults.forgetting_disk`). All that is done to the disk, the
confirmations too, stands in its log in one order, so a cut at any place of it needs no run of its own: what the disk
would hold then, and what had been confirmed, is worked out from the log up to that place. That state is written into an
ordinary folder, judged there, the operation is run again to its end, and it is judged once more. One recording serves a
few cuts, so that threads meet in many orders. Needs Linux, root and FUSE.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.bases import Bases
from tests.faults.crash_check import Verdict, judge
from tests.faults.forgetting_disk import Recording, World
from tests.faults.mounted_disk import MountedDisk
from tests.faults.mutants import of_harness
from tests.faults.operations import OPERATIONS, run_operation
from tests.faults.place import Place
from tests.faults.tally import Tally, hunted

_CUTS_PER_RECORDING = 10
_PER_MUTANT, _PER_MUTANT_QUICK = 600, 200


@dataclass(frozen=True)
class Cut:
    """One cut.

    Args:
        kind: of the change in the log that it comes before or after.
        seed: decides which of that kind, whether before or after, and what of the rest survives.
    """

    operation: str
    kind: str
    world: World
    seed: int

    @property
    def stratum(self) -> str:
        """Operation, kind of change and world."""
        return f"{self.operation}/{self.kind}/{self.world.value}"


class Workshop:
    """A forgetting disk with what operations start from, for one process.

    Args:
        folder: an ordinary folder to work in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bases = Bases(folder / "bases")
        self._disk = MountedDisk(folder)
        self._serial = iter(range(10**9))

    def close(self) -> None:
        """Unmount."""
        self._disk.close()

    def record(self, operation: str, mutant: str = "") -> Recording:
        """Run an operation to its end on the disk. Raises RuntimeError when it does not come to it."""
        name = f"run-{next(self._serial)}"
        root = self._disk.begin(name, self._bases.of(operation))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run_operation(Place(root, mutant), operation)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        status = os.waitpid(child, 0)[1]
        recording, _counts = self._disk.end(name)
        if status != 0:
            raise RuntimeError(f"{operation} does not run to its end: {status}")
        return recording

    def cut(self, recording: Recording, cut: Cut, length: int) -> Verdict:
        """What is found after the power was cut when so many changes had been made."""
        root = self._folder / f"cut-{next(self._serial)}"
        recording.survivors(length, cut.world, cut.seed).write_into(root)
        try:
            verdict = judge(Place(root))
            if verdict.sound:
                try:
                    run_operation(Place(root), cut.operation)
                except Exception as error:
                    verdict.untruthful.append(f"work could not go on after the cut: {error!r}")
                verdict.add(judge(Place(root)))
            return verdict
        finally:
            shutil.rmtree(root)


def _length(recording: Recording, cut: Cut) -> int:
    dice = random.Random(cut.seed)
    places = [at for at, change in enumerate(recording.log) if change.kind == cut.kind] or range(len(recording.log))
    return dice.choice(places) + dice.randint(0, 1)


def _strata(workshop: Workshop) -> list[tuple[str, str, World]]:
    strata = []
    for operation in OPERATIONS:
        kinds = sorted({change.kind for change in workshop.record(operation).log})
        strata += [(operation, kind, world) for kind in kinds for world in World]
    random.Random("strata").shuffle(strata)
    return strata


def _work(cuts: list[Cut]) -> list[tuple[Cut, Verdict]]:
    with tempfile.TemporaryDirectory(prefix="villagedesk-power-") as folder:
        workshop = Workshop(Path(folder))
        try:
            return [*_verdicts(workshop, cuts)]
        finally:
            workshop.close()


def _verdicts(workshop: Workshop, cuts: list[Cut]) -> Iterator[tuple[Cut, Verdict]]:
    recording, served, operation = None, 0, ""
    for cut in sorted(cuts, key=lambda cut: cut.operation):
        if recording is None or served == _CUTS_PER_RECORDING or operation != cut.operation:
            recording, served, operation = workshop.record(cut.operation), 0, cut.operation
        served += 1
        yield cut, workshop.cut(recording, cut, _length(recording, cut))


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Cut the power once per seed; seeds that follow each other walk over the strata.

    Returns:
        The figures of :class:`tests.faults.tally.Tally`; a stratum is operation/kind of change/world.
    """
    del quick
    with tempfile.TemporaryDirectory(prefix="villagedesk-power-") as folder:
        workshop = Workshop(Path(folder))
        try:
            strata = _strata(workshop)
        finally:
            workshop.close()
    cuts = [Cut(*strata[seed % len(strata)], seed) for seed in seeds]
    cuts.sort(key=lambda cut: cut.operation)
    middle = len(cuts) // 2
    tally = Tally()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(_work, [cuts[:middle], cuts[middle:]]):
            for cut, verdict in found:
                tally.add(cut.stratum, verdict, str(cut))
    return tally.figures()


def hunt(quick: bool) -> dict[str, Any]:
    """Look whether each planted mutant is caught.

    Args:
        quick: try fewer cuts before a mutant is given up as not caught.
    """
    mutants = of_harness("power")
    most = _PER_MUTANT_QUICK if quick else _PER_MUTANT
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        return hunted(dict(zip(mutants, pool.map(_caught_at, mutants, [most] * len(mutants)), strict=True)))


def _caught_at(mutant: str, most: int) -> str:
    operation = of_harness("power")[mutant].operation
    with tempfile.TemporaryDirectory(prefix="villagedesk-power-") as folder:
        workshop = Workshop(Path(folder))
        try:
            for seed in range(most):
                if seed % (_CUTS_PER_RECORDING * 2) == 0:
                    recording = workshop.record(operation, mutant)
                world = [*World][seed % len(World)]
                cut = Cut(operation, "", world, seed)
                length = random.Random(seed).randint(0, len(recording.log))
                verdict = workshop.cut(recording, cut, length)
                if not verdict.sound:
                    return f"{operation}, {world.value}, seed {seed}: {verdict.first}"
        finally:
            workshop.close()
    return ""
