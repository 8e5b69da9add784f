"""From a backup medium to this PC, before anyone has signed in. Light to import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from villagedesk.desk.clerk_names import clerk_name
from villagedesk.desk.passwords import check_new_password
from villagedesk.desk.ports import Restorer
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.restoring import BackupFound, Restored

__all__ = ["BackupFound", "Restored", "Restoring"]


class Restoring:
    """Finds backups and restores one. Calls block, and nobody may be signed in meanwhile.

    Args:
        common_passwords: what a new password must not be (:mod:`villagedesk.desk.passwords`).
        signed_in: whether a desk is open on the data folder; its files must not be moved from under it.
    """

    def __init__(
        self,
        restorer: Restorer,
        common_passwords: Callable[[], frozenset[str]],
        signed_in: Callable[[], bool] = lambda: False,
    ) -> None:
        self._restorer = restorer
        self._common_passwords = common_passwords
        self._signed_in = signed_in

    def replaces(self) -> bool:
        """Whether something lies on this PC already, so that ``replace`` has to be confirmed by the clerk."""
        return self._restorer.is_set_up()

    def places(self) -> tuple[Path, ...]:
        """The removable drives that are plugged in now. Cheap."""
        return self._restorer.places()

    def look(self, folder: Path) -> tuple[BackupFound, ...]:
        """Every backup in a folder or drive, newest first; ``whole`` tells those that are plainly not.

        Raises:
            InputProblem: ``restoring.nothing_found``.
            EnvironmentProblem: ``backup.medium_*``.
        """
        found = self._restorer.look(folder)
        if not found:
            raise InputProblem("restoring.nothing_found", field="folder")
        return found

    def restore(
        self,
        found: BackupFound,
        clerk: str,
        password: str,
        newest_local_no: str | None,
        progress: Progress = silent,
        *,
        replace: bool = False,
    ) -> Restored:
        """Restore with the password the clerk had when the backup was made.

        Args:
            newest_local_no: of the newest receipt at hand, typed or scanned; None when the clerk says there is none.
            progress: counts pages; when it raises, nothing was restored.
            replace: set aside what lies on this PC.

        Raises:
            InputProblem: ``store.wrong_password``, ``restoring.*``, ``domain.local_no.*``.
            EnvironmentProblem: ``restoring.*``, ``backup.medium_*``, ``store.newer_schema``. All is as it was then.
        """
        self._nobody_signed_in()
        return self._restorer.restore(found, clerk, password, newest_local_no, progress, replace)

    def restore_by_recovery_key(
        self,
        found: BackupFound,
        clerk: str,
        new_password: str,
        key_file: Path,
        passphrase: str,
        newest_local_no: str | None,
        progress: Progress = silent,
        *,
        replace: bool = False,
    ) -> Restored:
        """Restore with the county's recovery key; the clerk, also a new one, gets this password.

        Raises:
            InputProblem: ``entry.clerk_*``, ``entry.password_*``, ``recovery.*``, ``store.wrong_recovery_key``, and as
                :meth:`restore`.
            EnvironmentProblem: as :meth:`restore`.
        """
        self._nobody_signed_in()
        name = clerk_name(clerk)
        trouble = check_new_password(new_password, name, found.station_name, self._common_passwords())
        if trouble is not None:
            raise InputProblem(trouble.key, field="password", **dict(trouble.params))
        return self._restorer.restore_by_recovery_key(
            found, name, new_password, key_file, passphrase, newest_local_no, progress, replace
        )

    def _nobody_signed_in(self) -> None:
        if self._signed_in():
            raise InputProblem("restoring.sign_out_first")
