"""Kills village and county with SIGKILL at random moments while cases are on their way, starts them again at once, and
looks in the end whether all that was confirmed is there, once, and nothing else.

A run is one installation and one practice system, each a real process with TLS between them, over a lossy line (of
three runs one goes over loopback, which is quicker and meets other moments). Small pages, short waits: many kills in
little time. kill -9 says nothing about power cuts. Needs Linux, and root for the line.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.crash_check import Verdict
from tests.faults.kills_check import judge
from tests.faults.kills_mutants import MUTANTS
from tests.faults.kills_processes import Process, Processes
from tests.faults.kills_village import enough_file, settled_file
from tests.faults.place import Place
from tests.faults.tally import Tally, hunted
from tests.line.line import COUNTY_END, VILLAGE_END, Line
from tests.line.namespaces import COUNTY
from tests.line.setting import LineSetting
from villagedesk.practice.station_file import make_practice

_KILLS, _KILLS_QUICK, _KILLS_MUTANT = 20, 4, 6
_AT_WORK_SHARE = 0.8
"""Of so many kills the moment is counted in the county's commits, so that they come amid work on a slow machine too; of
the others in seconds after the last kill: those come while a process starts."""
_COMMITS, _COMMITS_MUTANT = (1, 10), (1, 6)
_SECONDS = (0.0, 0.3)
_NO_WORK_SECONDS = 10.0
_REST_SECONDS = 90.0
_MUTANT_RUNS, _MUTANT_RUNS_QUICK = 12, 8
_AT_ONCE = 2
_PORT = 7443
_VICTIMS = ("village", "county", "both")


@dataclass
class Outcome:
    """What came of one run.

    Args:
        killed: how often each was killed.
        faults: what went wrong with the run itself: a process that ended by itself, or work that came to no end.
    """

    verdict: Verdict
    killed: Counter[str]
    faults: tuple[str, ...]


class Run:
    """One installation and one practice system.

    Args:
        seed: of the moments, the victims and the line.
        kills: how many.
        loopback: no line between them.
    """

    def __init__(self, processes: Processes, root: Path, seed: int, kills: int, mutant: str, loopback: bool) -> None:
        self._processes = processes
        self._place = Place(root, mutant)
        self._chance = random.Random(f"kills/{seed}")
        self._seed = seed
        self._kills = kills
        self._life = 0
        self._running: dict[str, Process] = {}
        self._faults: list[str] = []
        self._loopback = loopback
        self._host = "127.0.0.1" if loopback else COUNTY
        self._namespaces = {"village": "", "county": ""}

    def play(self) -> Outcome:
        """Kill, let it come to rest, and judge."""
        killed: Counter[str] = Counter()
        practice = make_practice(self._place.root / "county", 0 if self._loopback else _PORT, host=self._host)
        shutil.copy(practice.station_file_path, self._place.root)
        with contextlib.ExitStack() as all_:
            if not self._loopback:
                line = all_.enter_context(Line(self._line()))
                self._namespaces = {"village": line.namespace(VILLAGE_END), "county": line.namespace(COUNTY_END)}
            try:
                self._start("county")
                self._start("village")
                for _ in range(self._kills):
                    self._wait()
                    victim = MUTANTS.get(self._place.mutant) or self._chance.choices(_VICTIMS, (5, 5, 1))[0]
                    killed[victim] += 1
                    for what in ("county", "village"):
                        if victim in (what, "both"):
                            self._kill(what)
                            self._start(what)
                self._rest()
            finally:
                for what in list(self._running):
                    self._kill(what)
        return Outcome(judge(self._place), killed, tuple(self._faults))

    def _line(self) -> LineSetting:
        slow = bool(self._place.mutant)
        # A mutant's moment lies on the way of one answer: a long way is met sooner.
        return LineSetting(rate=8e6, rtt=0.3 if slow else 0.04, loss=0.0 if slow else 0.02, seed=self._seed)

    def _start(self, what: str) -> None:
        self._life += 1
        job = {"host": self._host} if what == "county" else {"life": self._life}
        self._running[what] = self._processes.start(what, self._place, self._namespaces[what], **job)

    def _kill(self, what: str) -> None:
        said = self._running.pop(what).kill()
        if said:
            self._faults.append(f"{what} {said}")

    def _wait(self) -> None:
        """Until the moment of the next kill, which is the seed's."""
        at_work, commits = (
            self._chance.random() < _AT_WORK_SHARE,
            self._chance.randint(*(_COMMITS_MUTANT if self._place.mutant else _COMMITS)),
        )
        then = self._chance.uniform(*_SECONDS)
        seen, deadline = self._written(), time.monotonic() + _NO_WORK_SECONDS
        while at_work and commits and time.monotonic() < deadline:
            now = self._written()
            commits -= now != seen
            seen = now
            time.sleep(0.002)
        time.sleep(then)

    def _written(self) -> tuple[int, int]:
        """Changes whenever the county commits something."""
        with contextlib.suppress(FileNotFoundError):
            found = (self._place.root / "county" / "acceptance.sqlite-wal").stat()
            return found.st_mtime_ns, found.st_size
        return 0, 0

    def _rest(self) -> None:
        """Nothing is killed any more, so all work must come to its end."""
        enough_file(self._place).touch()
        deadline = time.monotonic() + _REST_SECONDS
        while not settled_file(self._place).exists():
            ended = [what for what, process in self._running.items() if process.ended()]
            if ended or time.monotonic() > deadline:
                self._faults.append(f"never at rest; ended: {ended}")
                return
            time.sleep(0.05)


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """One installation per seed.

    Args:
        quick: four kills each instead of twenty.

    Returns:
        As :class:`tests.faults.tally.Tally`, but ``runs`` counts processes killed and a stratum is who was killed over
        what; ``installations``: how many there were.
    """
    kills = _KILLS_QUICK if quick else _KILLS
    tally = Tally()
    strata: Counter[str] = Counter()
    with _stage() as (stage, pool):
        for seed, outcome in zip(seeds, pool.map(lambda seed: stage.play(seed, kills), seeds), strict=True):
            outcome.verdict.untruthful += outcome.faults
            over = "loopback" if _over_loopback(seed) else "line"
            tally.add(over, outcome.verdict, f"seed {seed} over {over}")
            strata.update({f"{victim}/{over}": count for victim, count in outcome.killed.items()})
    figures = tally.figures()
    return {
        **figures,
        "runs": sum(strata.values()),
        "installations": figures["runs"],
        "strata": dict(sorted(strata.items())),
    }


def hunt(quick: bool, mutants: Collection[str] = MUTANTS) -> dict[str, Any]:
    """Look whether each planted mutant is caught.

    Args:
        quick: fewer kills each, and fewer runs before a mutant is given up as not caught.
    """
    kills, most = (_KILLS_QUICK, _MUTANT_RUNS_QUICK) if quick else (_KILLS_MUTANT, _MUTANT_RUNS)
    with _stage() as (stage, pool):
        caught = pool.map(lambda mutant: _caught_at(stage, mutant, kills, most), mutants)
        return hunted(dict(zip(mutants, caught, strict=True)))


def _caught_at(stage: _Stage, mutant: str, kills: int, most: int) -> str:
    for seed in range(most):
        verdict = stage.play(seed, kills, mutant).verdict  # a run that broke down caught nothing
        if not verdict.sound:
            return f"seed {seed}: {verdict.first}"
    return ""


def _over_loopback(seed: int) -> bool:
    return seed % 3 == 2


class _Stage:
    """Plays runs in folders of its own, with processes for each thread."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._local = threading.local()
        self._all: list[Processes] = []

    def play(self, seed: int, kills: int, mutant: str = "") -> Outcome:
        """One run."""
        if not hasattr(self._local, "processes"):
            self._local.processes = Processes()
            self._all.append(self._local.processes)
        with tempfile.TemporaryDirectory(dir=self._workspace) as root:
            loopback = _over_loopback(seed) and not mutant
            return Run(self._local.processes, Path(root), seed, kills, mutant, loopback).play()

    def close(self) -> None:
        """End the processes."""
        for processes in self._all:
            processes.close()


@contextlib.contextmanager
def _stage() -> Iterator[tuple[_Stage, ThreadPoolExecutor]]:
    memory = Path("/dev/shm")
    workspace = tempfile.mkdtemp(prefix="villagedesk-kills-", dir=memory if memory.is_dir() else None)
    stage = _Stage(Path(workspace))
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield stage, pool
    finally:
        stage.close()
        shutil.rmtree(workspace)
