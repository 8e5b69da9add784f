"""A card reader that reads prepared records, with faults to set: for the demo, for tests, for training."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from villagedesk.devices.id_record import parse
from villagedesk.devices.ports import IdCard
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

_RECORDS = "*.record"


class ReaderFault(StrEnum):
    """What can be wrong with it."""

    NONE = "none"
    UNPLUGGED = "unplugged"
    NO_CARD = "no_card"
    TORN_RECORD = "torn_record"


class SimulatedIdReader:
    """Reads one prepared record after the other; the last card stays on it.

    Args:
        records: of 256 bytes each, in order; empty: no card lies on it.
        name: as the clerk reads it.
    """

    def __init__(self, records: Sequence[bytes], name: str = "模拟身份证阅读器") -> None:
        self._records = tuple(records)
        self._name = name
        self._lock = threading.Lock()
        self._read = 0
        self._fault = ReaderFault.NONE

    @classmethod
    def from_folder(cls, folder: Path) -> SimulatedIdReader:
        """One whose cards are a folder's ``*.record`` files in the order of their names. Raises OSError."""
        return cls([file.read_bytes() for file in sorted(folder.glob(_RECORDS))])

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it."""
        return self._name

    def set_fault(self, fault: ReaderFault) -> None:
        """Break it, or mend it with ``ReaderFault.NONE``; from any thread."""
        with self._lock:
            self._fault = fault

    def available(self) -> bool:
        """Whether it is plugged in."""
        return self._fault is not ReaderFault.UNPLUGGED

    def read(self) -> IdCard:
        """The card that lies on it; then the next one is laid down.

        Raises:
            EnvironmentProblem: ``reader.unplugged``.
            InputProblem: ``reader.no_card``, ``reader.unreadable``.
        """
        with self._lock:
            if self._fault is ReaderFault.UNPLUGGED:
                raise EnvironmentProblem("reader.unplugged")
            if self._fault is ReaderFault.NO_CARD or not self._records:
                raise InputProblem("reader.no_card")
            record = self._records[min(self._read, len(self._records) - 1)]
            if self._fault is ReaderFault.TORN_RECORD:
                return parse(record[: len(record) // 2])
            self._read += 1
            return parse(record)
