"""The PC's clock jumps in the middle of a clerk's work: numbers stay unique, nothing but problems is raised."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.desk.counter import Window, open_window, ready_draft
from tests.faults.crash_check import Verdict
from tests.store.fixtures import FixedClock
from villagedesk.domain.problems import Problem

_YEAR = timedelta(days=365)
JUMPS: dict[str, Callable[[datetime], datetime]] = {
    "a year on": lambda now: now + _YEAR,
    "a year back": lambda now: now - _YEAR,
    "a day on": lambda now: now + timedelta(days=1),
    "a second back": lambda now: now - timedelta(seconds=1),
    "before 2000": lambda _now: datetime(1999, 12, 31, 12, 0, tzinfo=UTC),
    "to 1970": lambda _now: datetime(1970, 1, 1, tzinfo=UTC),
    "to 2099": lambda _now: datetime(2099, 12, 31, 16, 0, tzinfo=UTC),
}
"""Where the clock goes."""

_CALLS_UP_TO = 60


class JumpingClock(FixedClock):
    """Moves a second at each look; jumps, and later back, at chosen looks.

    Args:
        jump: name in :data:`JUMPS`.
        looks: at which looks, counted from 1, it jumps and goes back.
    """

    def __init__(self, jump: str, looks: tuple[int, int]) -> None:
        super().__init__()
        self._jump = jump
        self._looks = looks
        self._looked = 0

    @property
    def leaves_the_century(self) -> bool:
        """Whether it jumps to a year no local number can hold, as it is called in Shanghai."""
        return self._jump in ("before 2000", "to 1970", "to 2099")

    def now(self) -> datetime:
        """The time it shows."""
        self._looked += 1
        if self._looked == self._looks[0]:
            self._before = self.moment
            self.moment = JUMPS[self._jump](self.moment)
        elif self._looked == self._looks[1]:
            self.moment = self._before
        self.moment += timedelta(seconds=1)
        return self.moment


def jump_all(seeds: list[int]) -> list[tuple[str, Verdict, str]]:
    """One clerk's morning per seed; gives stratum, verdict and how to find it again."""
    found = []
    with tempfile.TemporaryDirectory(prefix="villagedesk-clocks-") as folder:
        for seed in seeds:
            dice = random.Random(seed)
            jump = dice.choice([*JUMPS])
            first = dice.randint(1, _CALLS_UP_TO)
            clock = JumpingClock(jump, (first, first + dice.randint(1, _CALLS_UP_TO)))
            verdict = _morning(Path(folder) / str(seed), clock)
            found.append((f"clock/{jump}", verdict, f"clock {jump}, seed {seed}"))
    return found


def _morning(folder: Path, clock: JumpingClock) -> Verdict:
    verdict = Verdict()
    numbers: list[str] = []
    try:
        window = open_window(folder, clock=clock, pictures=())
        for _ in range(2):
            for _ in range(3):
                _take_in(window, clock, numbers, verdict)
            window = window.reopened()
        lines = window.store.read(lambda snapshot: snapshot.case_lines(100))
        kept = [line.local_no for line in lines if line.local_no]
        verdict.acknowledged += len(numbers)
        verdict.lost += [number for number in numbers if number not in kept]
        verdict.doubled += [number for number in {*numbers} if numbers.count(number) > 1]
        for line in lines:
            window.desk.cases.case(line.case_id)
        if (broken := window.store.verify_chain()) is not None:
            verdict.untruthful.append(f"audit chain broken at {broken}")
        window.desk.close()
    except Exception as error:
        verdict.untruthful.append(f"ended by {error!r}")
    return verdict


def _take_in(window: Window, clock: JumpingClock, numbers: list[str], verdict: Verdict) -> None:
    try:
        numbers.append(window.desk.intake.take_in(ready_draft(window)).local_no)
    except Problem as problem:
        if problem.key == "domain.local_no.year" and clock.leaves_the_century:
            return
        verdict.untruthful.append(f"not taken in: {problem.key}")
