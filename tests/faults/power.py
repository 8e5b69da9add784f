"""Cuts the power of a working store at chosen places, and looks whether everything confirmed is there.

The operation runs on a disk that forgets (:mod:`tests.faults.forgetting_disk`). All that is done to the disk, the
confirmations too, stands in its log in one order, so a cut at any place of it needs no run of its own: what the disk
would hold then, and what had been confirmed, is worked out from the log up to that place. That state is written into an
ordinary folder, judged there, the operation is run again to its end, and it is judged once more. One recording serves a
few cuts, so that threads meet in many orders. Needs Linux, root and FUSE.
"""

from __future__ import annotations

import multiprocessing
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.crash_check import Verdict, judge
from tests.faults.forgetting_disk import Recording, World
from tests.faults.mutants import of_harness
from tests.faults.operations import OPERATIONS, run_operation
from tests.faults.place import Place
from tests.faults.tally import Tally, hunted
from tests.faults.workshop import Workshop

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


def cut_power(workshop: Workshop, recording: Recording, cut: Cut, length: int) -> Verdict:
    """What is found after the power was cut when so many changes had been made."""
    with workshop.survivors(recording, length, cut.world, cut.seed) as root:
        verdict = judge(Place(root))
        if verdict.sound:
            try:
                run_operation(Place(root), cut.operation)
            except Exception as error:
                verdict.untruthful.append(f"work could not go on after the cut: {error!r}")
            verdict.add(judge(Place(root)))
        return verdict


def _length(recording: Recording, cut: Cut) -> int:
    dice = random.Random(cut.seed)
    places = [at for at, change in enumerate(recording.log) if change.kind == cut.kind] or range(len(recording.log))
    return dice.choice(places) + dice.randint(0, 1)


def _strata(workshop: Workshop) -> list[tuple[str, str, World]]:
    strata = []
    for operation in OPERATIONS:
        kinds = sorted({change.kind for change in workshop.record(operation)[0].log})
        strata += [(operation, kind, world) for kind in kinds for world in World]
    random.Random("strata").shuffle(strata)
    return strata


def _work(cuts: list[Cut]) -> list[tuple[Cut, Verdict]]:
    with tempfile.TemporaryDirectory(prefix="villagedesk-power-") as folder, Workshop(Path(folder)) as workshop:
        return [*_verdicts(workshop, cuts)]


def _verdicts(workshop: Workshop, cuts: list[Cut]) -> Iterator[tuple[Cut, Verdict]]:
    recording, served, operation = None, 0, ""
    for cut in sorted(cuts, key=lambda cut: cut.operation):
        if recording is None or served == _CUTS_PER_RECORDING or operation != cut.operation:
            recording, served, operation = workshop.record(cut.operation)[0], 0, cut.operation
        served += 1
        yield cut, cut_power(workshop, recording, cut, _length(recording, cut))


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Cut the power once per seed; seeds that follow each other walk over the strata.

    Returns:
        The figures of :class:`tests.faults.tally.Tally`; a stratum is operation/kind of change/world.
    """
    del quick
    with tempfile.TemporaryDirectory(prefix="villagedesk-power-") as folder, Workshop(Path(folder)) as workshop:
        strata = _strata(workshop)
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
    with tempfile.TemporaryDirectory(prefix="villagedesk-power-") as folder, Workshop(Path(folder)) as workshop:
        for seed in range(most):
            if seed % (_CUTS_PER_RECORDING * 2) == 0:
                recording, _counts = workshop.record(operation, mutant)
            world = [*World][seed % len(World)]
            # By kind, as the strata are: most changes are writes, and what matters often follows one of the few others.
            kinds = sorted({change.kind for change in recording.log})
            cut = Cut(operation, random.Random(f"kind {seed}").choice(kinds), world, seed)
            verdict = cut_power(workshop, recording, cut, _length(recording, cut))
            if not verdict.sound:
                return f"{operation}, {world.value}, seed {seed}: {verdict.first}"
    return ""
