"""The door of a data folder put together: all there is before sign-in. Light to import, and without Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagedesk.app.premises import DataFolder
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.entry import Entry, OpenDesk
from villagedesk.store.backup.install import finish
from villagedesk.store.lock import FolderLock

if TYPE_CHECKING:
    from pathlib import Path

    from villagedesk.app.run_options import RunOptions
    from villagedesk.desk.damage import Damage
    from villagedesk.desk.restoring import Restoring


def take(folder: Path) -> FolderLock:
    """Hold the data folder for this process, and finish what a cut-off restore began in it.

    Raises:
        EnvironmentProblem: ``store.in_use``, ``store.disk_full``, ``store.write_failed``, ``restoring.write_failed``.
    """
    lock = FolderLock(folder)
    finish(folder)
    return lock


def open_door(options: RunOptions, open_desk: OpenDesk) -> Entry:
    """The door to the desk in a data folder that this process holds.

    Args:
        open_desk: see :class:`villagedesk.desk.entry.Entry`.
    """
    clock = SystemClock()
    premises = DataFolder(options.data_folder, clock)

    # both are for the day something is lost: no start waits for what they load
    def restoring() -> Restoring:
        from villagedesk.app.restorer import FolderRestorer  # noqa: PLC0415
        from villagedesk.desk.restoring import Restoring  # noqa: PLC0415

        restorer = FolderRestorer(options.data_folder, clock)
        return Restoring(restorer, premises.common_passwords, lambda: entry.signed_in)

    def damage() -> Damage:
        from villagedesk.app.mender import FolderMender  # noqa: PLC0415
        from villagedesk.desk.damage import Damage  # noqa: PLC0415

        return Damage(FolderMender(options.data_folder, premises, clock), lambda: entry.signed_in)

    entry = Entry(
        premises,
        open_desk,
        options.station_file,
        practice_only=options.practice_only,
        restoring=restoring,
        damage=damage,
    )
    return entry
