"""The flatbed scanner that was chosen, as the desk holds it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass

from villagedesk.devices.ports import Photograph, Scanner, ScannerInfo
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Progress
from villagedesk.domain.repositories import Store

SETTING = "scanner"
FINENESS = (200, 300)
"""Dots an inch that can be chosen: for papers, and for what is printed very small."""


@dataclass(frozen=True)
class ScannerChoice:
    """What was chosen.

    Args:
        dpi: one of ``FINENESS``.
    """

    scanner: ScannerInfo
    dpi: int = FINENESS[0]

    def to_text(self) -> str:
        """For the settings."""
        kept = {"id": self.scanner.scanner_id, "name": self.scanner.name, "dpi": self.dpi}
        return json.dumps(kept, ensure_ascii=False)


def scanner_of(text: str) -> ScannerChoice | None:
    """As the settings have it; what cannot be read there is none."""
    try:
        kept = json.loads(text or "{}")
        dpi = int(kept["dpi"])
        return ScannerChoice(ScannerInfo(str(kept["id"]), str(kept["name"])), dpi if dpi in FINENESS else FINENESS[0])
    except (ValueError, TypeError, KeyError):
        return None


class Flatbed:
    """The scanner for several threads, one scan at a time.

    Args:
        device: None where this PC can have none.
    """

    def __init__(self, device: Scanner | None, store: Store) -> None:
        self._device = device
        self._store = store
        self._guard = threading.Lock()

    def chosen(self) -> ScannerChoice | None:
        """The scanner that was chosen, None where there is none."""
        if self._device is None:
            return None
        return self._store.read(lambda snapshot: scanner_of(snapshot.setting(SETTING)))

    def scan(self, progress: Progress) -> Photograph:
        """What lies on the glass.

        Raises:
            InputProblem: ``scanner.none_chosen``.
            EnvironmentProblem: ``scanner.*``.
            Cancelled: as ``progress`` wants it.
        """
        choice = self.chosen()
        if choice is None or self._device is None:
            raise InputProblem("scanner.none_chosen")
        with self._guard:
            return self._device.scan(choice.scanner, choice.dpi, progress=progress)
