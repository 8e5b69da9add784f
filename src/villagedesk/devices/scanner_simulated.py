"""A flatbed scanner that gives prepared pictures, with faults to set: for tests and for training."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from villagedesk.devices.camera_picture import PICTURE_SUFFIXES, media_type_of
from villagedesk.devices.ports import Photograph, ScannerInfo
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent

_STEPS = 4
_LOOK_S = 0.05


class SimulatedScanner:
    """Gives one prepared picture after the other; the last one stays on the glass.

    Args:
        pictures: encoded, in order. Empty: nothing is connected.
        name: as the clerk reads it.
    """

    def __init__(self, pictures: Sequence[bytes], name: str = "模拟扫描仪") -> None:
        fixed = list(pictures)
        self._pictures: Callable[[], list[bytes]] = lambda: fixed
        self._info = ScannerInfo("simulated:scanner", name)
        self._lock = threading.Lock()
        self._taken = 0
        self._fault = ""
        self.hold = threading.Event()
        """While it is cleared, a scan stands still half way, and can be stopped."""
        self.hold.set()
        self.asked: list[tuple[int, bool]] = []
        """Dots an inch and colour of each scan."""

    @classmethod
    def from_folder(cls, folder: Path) -> SimulatedScanner:
        """One on whose glass a folder's pictures lie, in the order of their names; read anew each time."""
        scanner = cls(())
        scanner._pictures = lambda: [
            file.read_bytes() for file in sorted(folder.glob("*")) if file.suffix.lower() in PICTURE_SUFFIXES
        ]
        return scanner

    def set_fault(self, key: str) -> None:
        """What each scan fails with, e.g. ``scanner.jammed``; "" mends it."""
        with self._lock:
            self._fault = key

    def scanners(self) -> tuple[ScannerInfo, ...]:
        """The one, where there are pictures."""
        return (self._info,) if self._pictures() else ()

    def scan(self, which: ScannerInfo, dpi: int, *, colour: bool = True, progress: Progress = silent) -> Photograph:
        """The next picture."""
        pictures = self._pictures()
        if which.name != self._info.name or not pictures:
            raise EnvironmentProblem("scanner.missing")
        for step in range(_STEPS):
            progress(step * 100 // _STEPS, 100)
            while step == _STEPS // 2 and not self.hold.wait(_LOOK_S):
                progress(step * 100 // _STEPS, 100)
        with self._lock:
            if self._fault:
                raise EnvironmentProblem(self._fault)
            data = pictures[min(self._taken, len(pictures) - 1)]
            self._taken += 1
            self.asked.append((dpi, colour))
        return Photograph(data, media_type_of(data) or "image/png", self._info.name, float(dpi))
