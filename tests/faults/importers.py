"""Spoiled and hostile files are brought in: the desk says something sensible, in time, and nothing is lost.

Each seed is one spoiled file (every twentieth one of the hand-made ones) that goes the way a clerk's file goes: looked
into, then its first pages read at full size, by the real reading process. A sound file is read in between, and must
give what it gave at first; a page that was kept before must be there afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.desk.counter import SYSTEM_ITEM, Window, open_window
from tests.faults.importers_child import CRASH, EAT, HANG, MOST_MB
from tests.faults.importers_hostile import hostile
from tests.faults.importers_mutations import spoiled
from tests.faults.importers_samples import samples
from tests.imaging.scans import scan_bytes
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.import_views import Pasted
from villagedesk.desk.importing import Importing
from villagedesk.devices.file_process import FileProcess
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import silent

_HARD = {"crash": CRASH, "hang": HANG, "eat": EAT}
_CHILD = (sys.executable, "-m", "tests.faults.importers_child")
_SECONDS = 6.0
"""Given to the reader here for one answer; the clerk's has more patience."""
_MOST_SECONDS = 5 * _SECONDS
"""For one file: start, opening, a few pages, each within the time of one answer."""
_PAGES = 2
_SOUND_EVERY = 25
_COUNTED = ("runs", "accepted", "refused", "crashed_children", "lost", "untruthful")


@dataclass
class Run:
    """What came of one file."""

    seconds: float = 0.0
    peak_mb: int = 0
    accepted: int = 0
    refused: int = 0
    crashed: int = 0
    lost: list[str] = field(default_factory=list)
    untruthful: list[str] = field(default_factory=list)


class Importers:
    """A desk with a draft and one kept page, and a reader of files that is told to go wrong.

    Args:
        mistake: planted in the reading process, "" for none.
        reader: made of a command; another one is a mistake planted on this side.
        seconds: given to the reader for one answer.
    """

    def __init__(
        self,
        folder: Path,
        mistake: str = "",
        reader: Callable[..., FileProcess] = FileProcess,
        seconds: float = _SECONDS,
    ) -> None:
        self._aside = folder / "aside"
        self._aside.mkdir()
        self._window: Window = open_window(folder / "data")
        self._messages = Messages.from_folder(messages_folder(resources_folder()))
        command = (*_CHILD, mistake) if mistake else _CHILD
        self._reader = reader(command, read_seconds=20.0, open_seconds=seconds, page_seconds=seconds)
        self._importing = Importing(self._reader, self._window.desk.acting)
        self._sound = scan_bytes(2)
        case_id = self._window.desk.intake.start(SYSTEM_ITEM).case.case_id
        proposal = self._window.desk.scanning.capture(case_id, "id_card")
        self._kept = self._window.desk.scanning.keep(proposal.proposal_id)
        self._shown = self._picture_hash()
        with _temporary_files_in(self._aside):
            self._wanted = self._read_sound()

    def close(self) -> None:
        """End the reader and the desk."""
        self._importing.close()
        self._window.desk.close()

    def bring_in(self, data: bytes) -> Run:
        """One file, and then the sound one."""
        run = Run()
        before = self._pid()
        self._forget_peak()
        watch = threading.Timer(_MOST_SECONDS, self._importing.stop)
        watch.start()
        ended = threading.Event()
        peaks: list[int] = []
        looking = threading.Thread(target=self._look_at_memory, args=(ended, peaks))
        looking.start()
        began = time.monotonic()
        try:
            with _temporary_files_in(self._aside):
                self._look(data, run)
        finally:
            watch.cancel()
            ended.set()
            looking.join()
        run.seconds = time.monotonic() - began
        run.peak_mb = max([self._peak_mb(), *peaks])
        run.crashed = int(before is not None and self._pid() != before)
        if run.seconds >= _MOST_SECONDS:
            run.untruthful.append(f"{run.seconds:.0f} s")
        if run.peak_mb > MOST_MB * 1.15:
            run.untruthful.append(f"{run.peak_mb} MB")
        left = [*self._aside.iterdir()]
        for file in left:
            run.untruthful.append(f"left {file.name} on the disk")
            file.unlink()
        return run

    def _picture_hash(self) -> str:
        image = self._window.desk.scanning.image(self._kept.page_id, self._kept.case_id)
        return hashlib.sha256(image).hexdigest()

    def check(self, run: Run) -> None:
        """Whether the next sound file is read as ever, and the kept page is there."""
        with _temporary_files_in(self._aside):
            try:
                found = self._read_sound()
            except Problem as problem:
                found = problem.key
        if found != self._wanted:
            run.lost.append(f"the sound file after it: {found[:20]}")
        if self._picture_hash() != self._shown:
            run.lost.append("the kept page")

    def _look(self, data: bytes, run: Run) -> None:
        try:
            seen = self._importing.look([Pasted(data, "x")], silent)
            for problem in seen.refused:
                self._messages.of(problem)
            run.refused = len(seen.refused)
            for page in seen.pages[:_PAGES]:
                self._importing.photograph(page)
                run.accepted += 1
        except Problem as problem:
            run.refused += 1
            self._messages.of(problem)
        except Exception as error:
            run.untruthful.append(f"{type(error).__name__}: {error}")
        if not run.refused and not run.accepted:
            run.untruthful.append("nothing was said")

    def _read_sound(self) -> str:
        seen = self._importing.look([Pasted(self._sound, "sound")], silent)
        if seen.refused:
            raise seen.refused[0]
        return hashlib.sha256(self._importing.photograph(seen.pages[0]).data).hexdigest()

    def _pid(self) -> int | None:
        process = self._reader._process
        return process.pid if process is not None and process.poll() is None else None

    def _forget_peak(self) -> None:
        pid = self._pid()
        if pid is not None:
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")

    def _look_at_memory(self, ended: threading.Event, peaks: list[int]) -> None:
        """Again and again, because nobody can ask a process that died."""
        while not ended.wait(0.03):
            peaks.append(self._peak_mb())

    def _peak_mb(self) -> int:
        """Since it was forgotten; 0 where the process is gone."""
        pid = self._pid()
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), 0)


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Where the reading process would put a file aside, if it did."""
    kept = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if kept is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = kept


def file_of(seed: int) -> tuple[str, bytes]:
    """The file of a seed, and of which kind it is."""
    chance = random.Random(f"importers {seed}")
    if seed % 20 == 0:
        made = hostile()
        name = [*made][seed // 20 % len(made)]
        return f"made {name}", made[name]()
    if seed % 400 == 7:
        name = [*_HARD][seed // 400 % len(_HARD)]
        return f"hard {name}", _HARD[name]
    names = [*samples()]
    name = chance.choice(names)
    return name, spoiled(name, samples()[name], chance, [*samples().values()])


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """``runs``, in how many of them pages were ``accepted`` and something was ``refused``, ``crashed_children`` (also
    those that were ended for being late), ``longest_s``, ``peak_mb``, ``lost``, ``untruthful``; ``strata`` by kind, and
    ``crashed_at``: by which file how often."""
    del quick
    counts: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
    strata: Counter[str] = Counter()
    crashed_at: Counter[str] = Counter()
    longest, peak = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        desk = Importers(Path(folder))
        try:
            for seed in seeds:
                name, data = file_of(seed)
                found = desk.bring_in(data)
                if found.crashed or seed % _SOUND_EVERY == 0 or seed == seeds[-1]:
                    desk.check(found)
                counts["runs"] += 1
                counts["accepted"] += found.accepted > 0
                counts["refused"] += found.refused > 0
                counts["crashed_children"] += found.crashed
                crashed_at.update([name] if found.crashed else ())
                counts["lost"] += len(found.lost)
                counts["untruthful"] += len(found.untruthful)
                longest, peak = max(longest, found.seconds), max(peak, found.peak_mb)
                strata[f"{name.partition(' ')[0]} {'refused' if found.refused else 'accepted'}"] += 1
                if found.lost or found.untruthful:
                    print(f"seed {seed} {name}: {found}", file=sys.stderr, flush=True)
        finally:
            desk.close()
    return {
        **counts,
        "longest_s": round(longest, 1),
        "peak_mb": peak,
        "strata": dict(strata),
        "crashed_at": dict(crashed_at),
    }


class _NeverAnew(FileProcess):
    """A planted mistake: a reader that died stays dead."""

    def _start(self) -> None:
        if not hasattr(self, "_started"):
            self._started = True
            super()._start()
        if self._running() is None:
            raise Problem("files.no_reader")


class _Patient(FileProcess):
    """A planted mistake: whoever hangs is waited for."""

    def __init__(self, command: Sequence[str], **_seconds: float) -> None:
        super().__init__(command, read_seconds=600, open_seconds=600, page_seconds=600)


MUTANTS: Mapping[str, tuple[str, Callable[..., FileProcess], str]] = {
    "memory without bounds": ("no bounds", FileProcess, "eat"),
    "a copy left on the disk": ("leaves a file", FileProcess, ""),
    "waits for what hangs": ("", _Patient, "hang"),
    "not started anew": ("", _NeverAnew, "crash"),
}


def hunt(quick: bool) -> dict[str, Any]:
    """Plant each mistake and see whether the harness notices."""
    caught_at: dict[str, str] = {}
    for name, (mistake, reader, hard) in MUTANTS.items():
        if quick and name == "waits for what hangs":
            continue  # it takes its half minute
        with tempfile.TemporaryDirectory() as folder:
            # time enough for a slow PC: a mutant must not live because it was ended for being late
            desk = Importers(Path(folder), mistake, reader, seconds=4 * _SECONDS)
            try:
                found = desk.bring_in(_HARD[hard] if hard else samples()["png colour"])
                desk.check(found)
            finally:
                desk.close()
        caught_at[name] = "; ".join(found.lost + found.untruthful)
    return {
        "mutants": len(caught_at),
        "mutants_caught": sum(1 for what in caught_at.values() if what),
        "mutants_caught_at": caught_at,
    }
