"""A damaged database before sign-in. Light to import: what reads and writes it loads when it is asked."""

from __future__ import annotations

from pathlib import Path

from villagedesk.app.premises import DataFolder
from villagedesk.desk.ports import Access, Mended
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress

_TO_BE_MENDED = frozenset({"store.damaged", "store.unreadable"})


class FolderMender:
    """The desk's :class:`villagedesk.desk.ports.Mender` for a data folder whose lock this process holds.

    Args:
        premises: of the same folder: tries of passwords are counted there.
    """

    def __init__(self, folder: Path, premises: DataFolder, clock: Clock) -> None:
        self._folder = folder
        self._premises = premises
        self._clock = clock

    def unlock(self, clerk: str, password: str) -> Access:
        """Open the slots with a password. Raises as :meth:`DataFolder.unlock`."""
        return self._premises.unlock(clerk, password)

    def is_damaged(self, key: object) -> bool:
        """Whether the database does not open or is not whole. Raises EnvironmentProblem ``store.*`` otherwise."""
        # cryptography and SQLAlchemy are not needed to paint the first window
        from villagedesk.store.database import EncryptedStore  # noqa: PLC0415
        from villagedesk.store.keys import DataKey  # noqa: PLC0415

        if not isinstance(key, DataKey):
            raise TypeError("the data key of the slots file is wanted")
        try:
            store = EncryptedStore.open(self._folder, key, self._clock)
        except EnvironmentProblem as problem:
            if problem.key in _TO_BE_MENDED:
                return True
            raise
        try:
            return not store.integrity()
        finally:
            store.close()

    def mend(self, key: object, clerk: str, newest_local_no: str, progress: Progress) -> Mended:
        """Recover (:func:`villagedesk.store.recovery.recover.recover`)."""
        from villagedesk.store.keys import DataKey  # noqa: PLC0415 - as above
        from villagedesk.store.recovery.recover import recover  # noqa: PLC0415 - as above

        if not isinstance(key, DataKey):
            raise TypeError("the data key of the slots file is wanted")
        done = recover(self._folder, key, self._clock, clerk, newest_local_no, progress)
        return Mended(
            tuple((table.name, table.kept, table.lost_at_least) for table in done.tables),
            done.cases,
            done.unqueued,
            done.pages_missing,
            done.epoch,
            done.kept_in,
        )
