"""Backups of the open installation, as the desk asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from villagedesk.domain.backup import BackupWritten, MediumChecked
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Progress
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.layout import LABEL_FILE
from villagedesk.store.backup.medium import UnsoundError
from villagedesk.store.backup.places import removable_places
from villagedesk.store.backup.verify import check
from villagedesk.store.backup.writer import Source, back_up, prepare


class MediumKeeper:
    """The desk's :class:`villagedesk.desk.ports.BackupMedium` on real folders."""

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock

    def renew(self, station: StationFile) -> None:
        """The next generations carry this station file: a restored PC must not come back with a used-up one."""
        self._source = replace(self._source, station=station)

    def places(self) -> tuple[Path, ...]:
        """Removable drives that are plugged in now."""
        return removable_places()

    def prepare(self, target: Path) -> None:
        """Make a folder or drive the one for backups, and see that it can be written to.

        Raises:
            InputProblem: ``backup.target_inside`` for a folder within the data folder: it would be lost with it.
            EnvironmentProblem: ``backup.medium_*``.
        """
        if target.resolve().is_relative_to(self._source.folder.resolve()):
            raise InputProblem("backup.target_inside", field="target")
        prepare(self._source, target, self._clock.now())

    def present(self, target: Path) -> bool:
        """Whether it is there now, and one that was prepared: an empty mount point is not.

        A label of this village's earlier installation will do: a recovered database is another installation on the same
        PC, and its backups go on by themselves.
        """
        try:
            return any((folder.path / LABEL_FILE).is_file() for folder in self._source.on(target).siblings())
        except (OSError, UnsoundError):
            return False

    def back_up(self, target: Path, progress: Progress, again: Collection[str]) -> BackupWritten:
        """Write one generation (:func:`villagedesk.store.backup.writer.back_up`)."""
        return back_up(self._source, target, self._clock, progress, again=again)

    def check(self, target: Path, progress: Progress) -> MediumChecked:
        """Read everything again (:func:`villagedesk.store.backup.verify.check`)."""
        return check(self._source.on(target), self._source.key.backup, progress)
