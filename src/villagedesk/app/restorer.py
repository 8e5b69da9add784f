"""Backup media before sign-in. Light to import: what reads and writes them loads when it is asked."""

from __future__ import annotations

from pathlib import Path

from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress
from villagedesk.domain.restoring import BackupFound, Restored
from villagedesk.store.backup.install import is_empty_of_data
from villagedesk.store.backup.places import removable_places


class FolderRestorer:
    """The desk's :class:`villagedesk.desk.ports.Restorer` for a data folder whose lock this process holds."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def is_set_up(self) -> bool:
        """Whether an installation, or what is left of one, lies here; also where the disk cannot say."""
        try:
            return not is_empty_of_data(self._folder)
        except EnvironmentProblem:
            return True

    def places(self) -> tuple[Path, ...]:
        """The removable drives that are plugged in now (:mod:`villagedesk.store.backup.places`)."""
        return removable_places()

    def look(self, folder: Path) -> tuple[BackupFound, ...]:
        """Backups on a medium, newest first. Raises EnvironmentProblem ``backup.medium_*``."""
        # cryptography and SQLAlchemy are not needed to paint the first window
        from villagedesk.store.backup.look import look  # noqa: PLC0415

        return look(folder, self._clock.now())

    def restore(
        self,
        found: BackupFound,
        clerk: str,
        password: str,
        newest_local_no: str | None,
        progress: Progress,
        replace: bool,
    ) -> Restored:
        """Restore with a clerk's password (:func:`villagedesk.store.backup.restore.restore`); where nothing but the
        slots file is lost, only that (:mod:`villagedesk.store.backup.keys_back`)."""
        from villagedesk.store.backup.keys_back import keys_back  # noqa: PLC0415 - as above
        from villagedesk.store.backup.restore import Wish, restore  # noqa: PLC0415 - as above

        wish = Wish(found.folder, self._folder, clerk, newest_local_no, replace)
        back = keys_back(wish, password, self._clock)
        return back if back is not None else restore(wish, password, self._clock, progress)

    def restore_by_recovery_key(
        self,
        found: BackupFound,
        clerk: str,
        new_password: str,
        key_file: Path,
        passphrase: str,
        newest_local_no: str | None,
        progress: Progress,
        replace: bool,
    ) -> Restored:
        """Restore with the county's key (:func:`villagedesk.store.backup.restore.restore_by_recovery_key`), or only the
        slots file, as :meth:`restore`."""
        from villagedesk.store.backup.keys_back import keys_back_by_recovery_key  # noqa: PLC0415 - as above
        from villagedesk.store.backup.restore import Wish, restore_by_recovery_key  # noqa: PLC0415 - as above
        from villagedesk.store.recovery_key import read  # noqa: PLC0415 - as above

        wish = Wish(found.folder, self._folder, clerk, newest_local_no, replace)
        private_key = read(key_file, passphrase)
        back = keys_back_by_recovery_key(wish, private_key, new_password, self._clock)
        if back is not None:
            return back
        return restore_by_recovery_key(wish, private_key, new_password, self._clock, progress)
