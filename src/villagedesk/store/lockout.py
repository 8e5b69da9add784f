"""Wrong passwords are counted on disk, and each further try has to wait longer (threat model: a colleague's guesses).

The count is written durably *before* a password is tried, so that pulling the plug after a wrong one wins nothing.
Four wrong tries are free; then one try per delay: 30 s, 60 s, doubling up to half an hour. Only the standard library
is needed: the sign-in page shows the wait before anything else is loaded.

What it does not do: who can write to the data folder can delete the file, and who can set the PC's clock forward *and*
start the program anew passes one delay each time (within one run :func:`steady_now` does not follow the clock). A disk
taken out of the PC meets no lock-out at all; there the cost of Argon2id is what stands against guessing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.store.files import flush_folder, problem_of, write_whole

LOCKOUT_FILE = "lockout.json"
RECOVERY = "\x00recovery key"
"""Tries with the county's recovery key are counted under this name; no clerk can have it."""

FREE_TRIES = 4
_FIRST_DELAY_S = 30.0
_LONGEST_DELAY_S = 1800.0
_MAX_BYTES = 64 * 1024
_MAX_FAILURES = 1_000_000

_WALL_AT_START = time.time()
_MONOTONIC_AT_START = time.monotonic()

T = TypeVar("T")


@dataclass(frozen=True)
class _Failures:
    count: int
    at: float


def steady_now() -> float:
    """Seconds since 1970 as the PC's clock said when the program started, plus the time that really passed since."""
    return _WALL_AT_START + (time.monotonic() - _MONOTONIC_AT_START)


def delay_after(failures: int) -> float:
    """Seconds that must pass after that many wrong tries before the next one."""
    if failures < FREE_TRIES:
        return 0.0
    return min(_FIRST_DELAY_S * 2.0 ** min(failures - FREE_TRIES, 16), _LONGEST_DELAY_S)


def seconds_left(folder: Path, clerk: str, now: float) -> float:
    """How long until that name may try again; 0.0 when now.

    Args:
        folder: the data folder.
        now: seconds since 1970, best from :func:`steady_now`.
    """
    with contextlib.suppress(EnvironmentProblem):
        _begin_anew_where_set_back(folder, clerk, now)
    try:
        held = _read(folder).get(_mark(clerk))
    except EnvironmentProblem:
        return 0.0  # the try itself will tell
    if held is None:
        return 0.0
    delay = delay_after(held.count)
    return max(0.0, min(delay, held.at + delay - now))


def begin_try(folder: Path, clerk: str, now: float) -> None:
    """Count a try as wrong before it is made; :func:`succeeded` takes it back.

    Raises:
        InputProblem: ``entry.locked_out`` (``minutes``, ``seconds``) when it is too early; nothing is counted then.
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``, also where what is counted cannot be read; the
            try must not be made then.
    """
    _begin_anew_where_set_back(folder, clerk, now)
    everyone = _read(folder)
    held = everyone.get(_mark(clerk), _Failures(0, now))
    left = held.at + delay_after(held.count) - now
    if left > 0:
        minutes, seconds = divmod(math.ceil(left), 60)
        raise InputProblem("entry.locked_out", field="password", minutes=minutes, seconds=seconds)
    _write(folder, {**everyone, _mark(clerk): _Failures(min(held.count + 1, _MAX_FAILURES), now)})


def take_back(folder: Path, clerk: str, now: float) -> None:
    """A try came to no answer, right or wrong, because the disk or a file failed: do not count it."""
    with contextlib.suppress(EnvironmentProblem):
        everyone = _read(folder)
        held = everyone.get(_mark(clerk))
        if held is not None:
            _write(folder, {**everyone, _mark(clerk): _Failures(max(0, held.count - 1), now)})


def succeeded(folder: Path, clerk: str) -> int:
    """The try that :func:`begin_try` counted last was right: forget the wrong ones; how many there were before it."""
    return max(0, forget(folder, clerk) - 1)


def forget(folder: Path, clerk: str) -> int:
    """Forget the wrong tries of that name; how many were counted, 0 where that cannot be read."""
    try:
        everyone = _read(folder)
    except EnvironmentProblem:
        return 0
    held = everyone.pop(_mark(clerk), None)
    if held is None:
        return 0
    # what cannot be forgotten today, on a full disk, only means a wait
    with contextlib.suppress(EnvironmentProblem, OSError):
        if everyone:
            _write(folder, everyone)
        else:
            (folder / LOCKOUT_FILE).unlink(missing_ok=True)
            flush_folder(folder)
    return held.count


class Gate:
    """The one way to try a password or key file in this run of the program.

    On a disk that cannot be written to, or does not give what is counted, the tries are counted in memory, and no more
    than the free ones are let through: a full disk must not keep the clerk from her cases.

    Args:
        folder: the data folder.
        now: seconds since 1970; a clock set while the program runs should not move it.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = steady_now) -> None:
        self._folder = folder
        self._now = now
        self._unwritten: dict[str, int] = {}

    def wait_seconds(self, who: str) -> float:
        """How long until that name may try again; 0.0 when now."""
        return seconds_left(self._folder, who, self._now())

    def attempt(self, who: str, work: Callable[[], T], no_guess: frozenset[str] = frozenset()) -> tuple[T, int]:
        """Try: ``work`` raises InputProblem for a wrong password; gives its answer and the wrong tries before.

        Args:
            no_guess: keys of InputProblems that say nothing about a password; those tries are not counted.

        Raises:
            InputProblem: ``entry.locked_out`` (``minutes``, ``seconds``), or what ``work`` raised.
            EnvironmentProblem: what ``work`` raised (that is no try), or why the try could not be counted.
        """
        counted = self._count(who)
        try:
            answer = work()
        except Problem as problem:
            if isinstance(problem, EnvironmentProblem) or problem.key in no_guess:
                self._take_back(who, counted=counted)
            raise
        return answer, max(0, self.forget(who) - 1)

    def forget(self, who: str) -> int:
        """Forget the wrong tries of that name; how many were counted."""
        return forget(self._folder, who) + self._unwritten.pop(who, 0)

    def _take_back(self, who: str, *, counted: bool) -> None:
        if counted:
            take_back(self._folder, who, self._now())
        else:
            self._unwritten[who] -= 1

    def _count(self, who: str) -> bool:
        """Count a try; whether it is on disk."""
        try:
            begin_try(self._folder, who, self._now())
        except EnvironmentProblem:
            if self._unwritten.get(who, 0) >= FREE_TRIES:
                raise
            self._unwritten[who] = self._unwritten.get(who, 0) + 1
            return False
        return True


def _begin_anew_where_set_back(folder: Path, clerk: str, now: float) -> None:
    """A clock that was set back: how long was waited is not known, so the present delay begins anew, once."""
    everyone = _read(folder)
    held = everyone.get(_mark(clerk))
    if held is not None and now < held.at:
        _write(folder, {**everyone, _mark(clerk): _Failures(held.count, now)})


def _mark(clerk: str) -> str:
    """Names stay out of files that are not encrypted (invariant I8)."""
    return hashlib.sha256(clerk.encode()).hexdigest()[:16]


def _read(folder: Path) -> dict[str, _Failures]:
    """What is counted; a file that is lost or damaged counts nothing (it is written whole, so no crash damages it).

    Raises:
        EnvironmentProblem: when the disk does not give it: written anew, the file would forget what was counted.
    """
    try:
        with (folder / LOCKOUT_FILE).open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise problem_of(error, folder) from error
    try:
        raw = json.loads(data) if len(data) <= _MAX_BYTES else {}
        return {str(mark): _failures(held) for mark, held in raw["failures"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def _failures(raw: dict[str, float]) -> _Failures:
    count, at = int(raw["count"]), float(raw["at"])
    if not 0 <= count <= _MAX_FAILURES or not math.isfinite(at):
        raise ValueError("no count of failures")
    return _Failures(count, at)


def _write(folder: Path, everyone: dict[str, _Failures]) -> None:
    marks = {mark: {"count": held.count, "at": held.at} for mark, held in everyone.items()}
    write_whole(folder / LOCKOUT_FILE, json.dumps({"failures": marks}).encode("ascii"))
