"""Kills a working store at chosen system calls, starts again, and looks whether everything confirmed is there.

One crash point is (operation, system call, its N-th time in a thread): strace kills the process with SIGKILL when it is
about to make that call. The operation is then run again to its end, because a crash must not keep work from going on.
kill -9 says nothing about power cuts: what was written and not flushed survives it. Needs Linux and strace.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.bases import Bases
from tests.faults.crash_check import Verdict, judge
from tests.faults.mutants import of_harness
from tests.faults.operations import OPERATIONS
from tests.faults.place import Place
from tests.faults.tally import Tally, hunted

CALLS = (
    "openat",
    "write",
    "pwrite64",
    "pread64",
    "fsync",
    "fdatasync",
    "rename",
    "unlink",
    "ftruncate",
    "close",
    "mmap",
    "fcntl",
    "lseek",
    "newfstatat",
)
"""System calls of the save path; the ones an operation never makes are left out for it."""

CHANGING = frozenset({"openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "ftruncate"})
"""Those a planted fault is looked for at."""

_ROOT = Path(__file__).parents[2]
_CHILD_SECONDS = 60.0
_TRIES = 3
_CALL_LINE = re.compile(r"^(\d+) +(\w+)\(")
_PER_MUTANT, _PER_MUTANT_QUICK = 300, 100


@dataclass(frozen=True)
class Point:
    """One place to kill at; ``nth`` counts from 1 in each thread."""

    operation: str
    call: str
    nth: int
    mutant: str = ""


class Driver:
    """A zygote of the driver process, asked for one forked child at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crash_driver"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, place: Place, operation: str, strace: list[str]) -> int:
        """Run an operation in a child held by strace with these arguments; gives the child's wait status.

        Raises:
            TimeoutError: when the child does not come to an end.
            RuntimeError: when strace cannot take hold of any child.
        """
        for _ in range(_TRIES):
            status = self._run(place, operation, strace)
            if status is not None:
                return status
        raise RuntimeError("strace could not take hold of the driver")

    def _run(self, place: Place, operation: str, strace: list[str]) -> int | None:
        """The child's wait status; None when strace did not take hold of it (on a busy PC), and nothing was done."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        fifo = place.root / "fifo"
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo)
        job = {"root": str(place.root), "operation": operation, "mutant": place.mutant, "fifo": str(fifo)}
        print(json.dumps(job), file=process.stdin, flush=True)
        child = int(process.stdout.readline())
        late = threading.Event()

        def give_up() -> None:
            late.set()
            os.kill(child, signal.SIGKILL)

        watch = threading.Timer(_CHILD_SECONDS, give_up)
        tracer = subprocess.Popen(["strace", "-f", "-qq", *strace, "-p", str(child)], stderr=subprocess.DEVNULL)
        try:
            if not _is_held(child, tracer):
                os.kill(child, signal.SIGKILL)
                process.stdout.readline()
                return None
            watch.start()
            # Open for both: opening for writing alone would wait for a child that may be no more.
            go = os.open(fifo, os.O_RDWR)
            try:
                os.write(go, b"g")
                status = int(process.stdout.readline())
            finally:
                os.close(go)
            if late.is_set():
                raise TimeoutError(f"{operation} did not end within {_CHILD_SECONDS:.0f} s")
            return status
        finally:
            watch.cancel()
            _end(tracer)

    def close(self) -> None:
        """End the zygote."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(_CHILD_SECONDS)
        self._process.stdout.close()


def _is_held(child: int, tracer: subprocess.Popen[bytes]) -> bool:
    """Whether strace took hold of it; also of one it killed there and then, at the call the child was waiting in."""
    status = Path(f"/proc/{child}/status")
    deadline = time.monotonic() + _CHILD_SECONDS
    while time.monotonic() < deadline:
        ended = tracer.poll() is not None
        try:
            said = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if f"TracerPid:\t{tracer.pid}\n" in said or "State:\tZ" in said:
            return True
        if ended:
            return False
        time.sleep(0.001)
    return False


def _end(tracer: subprocess.Popen[bytes]) -> None:
    try:
        tracer.wait(_CHILD_SECONDS)
    except subprocess.TimeoutExpired:
        tracer.kill()
        tracer.wait()


class Harness:
    """Prepared places, copied for every crash point."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._local = threading.local()
        self._drivers: list[Driver] = []
        self._serial = iter(range(10**9))
        self._bases = Bases(workspace / "bases")

    def close(self) -> None:
        """End all driver processes."""
        for driver in self._drivers:
            driver.close()

    def counts(self, operation: str, mutant: str = "") -> dict[str, int]:
        """How often an operation makes each call in the thread that makes it most, measured on one whole run."""
        with self._place(operation, mutant) as place:
            log = place.root / "strace"
            status = self._driver().run(place, operation, ["-e", f"trace={','.join(CALLS)}", "-o", str(log)])
            if status != 0:
                raise RuntimeError(f"{operation} does not run to its end: {status}")
            lines = (_CALL_LINE.match(line) for line in log.read_text(errors="replace").splitlines())
            per_thread = Counter(line.groups() for line in lines if line)
        most: dict[str, int] = {}
        for (_thread, call), count in per_thread.items():
            most[call] = max(most.get(call, 0), count)
        return most

    def crash(self, point: Point) -> Verdict | None:
        """Kill there, judge, run to the end, judge again; None when the process ended before it could be killed."""
        inject = f"inject={point.call}:signal=KILL:when={point.nth}"
        try:
            return self._crash(point, inject)
        except TimeoutError as error:
            return Verdict(untruthful=[str(error)])

    def _crash(self, point: Point, inject: str) -> Verdict | None:
        with self._place(point.operation, point.mutant) as place:
            kill = ["-e", f"trace={point.call}", "-e", inject, "-o", "/dev/null"]
            status = self._driver().run(place, point.operation, kill)
            if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == 9):
                if status != 0:
                    raise RuntimeError(f"{point}: the driver failed by itself: {status}")
                return None
            verdict = judge(place)
            if verdict.sound:
                status = self._driver().run(place, point.operation, ["-e", "trace=none"])
                verdict.add(judge(place))
                if status != 0:
                    verdict.untruthful.append("work could not go on after the crash")
            return verdict

    @contextmanager
    def _place(self, operation: str, mutant: str) -> Iterator[Place]:
        root = self._workspace / f"run-{next(self._serial)}"
        self._bases.copy(operation, root)
        try:
            yield Place(root, mutant)
        finally:
            shutil.rmtree(root)

    def _driver(self) -> Driver:
        if not hasattr(self._local, "driver"):
            self._local.driver = Driver()
            self._drivers.append(self._local.driver)
        driver: Driver = self._local.driver
        return driver


def _points(counts: dict[str, dict[str, int]], seeds: range) -> Iterator[Point]:
    """One point per seed; seeds that follow each other walk over the strata (operation × call)."""
    strata = [(operation, call) for operation, calls in counts.items() for call in sorted(calls)]
    random.Random("strata").shuffle(strata)
    for seed in seeds:
        operation, call = strata[seed % len(strata)]
        yield Point(operation, call, random.Random(seed).randint(1, counts[operation][call]))


def _mutant_points(mutant: str, counts: dict[str, int], most: int) -> Iterator[Point]:
    operation = of_harness("crashes")[mutant].operation
    # What only looks changes nothing that a mutant could be seen by, and would be most of all places.
    places = [(call, nth) for call, count in counts.items() if call in CHANGING for nth in range(1, count + 1)]
    random.Random(mutant).shuffle(places)
    for call, nth in places[:most]:
        yield Point(operation, call, nth, mutant)


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Kill at one place per seed.

    Returns:
        The figures of :class:`tests.faults.tally.Tally`; ``runs`` counts processes killed, a stratum is operation/call.
    """
    del quick
    tally = Tally()
    with _harness() as (harness, pool):
        counts = dict(zip(OPERATIONS, pool.map(harness.counts, OPERATIONS), strict=True))
        points = list(_points(counts, seeds))
        for point, verdict in zip(points, pool.map(harness.crash, points), strict=True):
            if verdict is not None:
                tally.add(f"{point.operation}/{point.call}", verdict, str(point))
    return tally.figures()


def hunt(quick: bool) -> dict[str, Any]:
    """Look whether each planted mutant is caught.

    Args:
        quick: try fewer places before a mutant is given up as not caught.
    """
    with _harness() as (harness, pool):
        mutants = of_harness("crashes")
        most = _PER_MUTANT_QUICK if quick else _PER_MUTANT
        caught = pool.map(lambda mutant: _caught_at(harness, mutant, most), mutants)
        return hunted(dict(zip(mutants, caught, strict=True)))


@contextmanager
def _harness() -> Iterator[tuple[Harness, ThreadPoolExecutor]]:
    with tempfile.TemporaryDirectory(prefix="villagedesk-crashes-") as workspace, ThreadPoolExecutor(2) as pool:
        harness = Harness(Path(workspace))
        try:
            yield harness, pool
        finally:
            harness.close()


def _caught_at(harness: Harness, mutant: str, most: int) -> str:
    operation = of_harness("crashes")[mutant].operation
    for point in _mutant_points(mutant, harness.counts(operation, mutant), most):
        verdict = harness.crash(point)
        if verdict is not None and not verdict.sound:
            return f"{operation}, {point.call} {point.nth}: {verdict.first}"
    return ""
