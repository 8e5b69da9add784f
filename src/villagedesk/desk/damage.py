"""A damaged database: found while working, and recovered before sign-in. Light to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from villagedesk.desk.acting import Acting
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.roles import Right

if TYPE_CHECKING:
    from villagedesk.desk.ports import Mender


@dataclass(frozen=True)
class TableReport:
    """One table.

    Args:
        name: as the county's technician knows it, e.g. ``"cases"``.
        lost_at_least: rows that were there and are gone; there may have been more nobody knows of.
    """

    name: str
    kept: int
    lost_at_least: int


@dataclass(frozen=True)
class RecoveryReport:
    """What came of a recovery.

    Args:
        pages_missing: page files that cases name and that are not there.
        cases: in the recovered database.
        unsure: cases of which nobody here knows any more whether they were sent.
        epoch: the letter new numbers carry.
        kept_in: folder of the damaged files.
        sentence: all of it in one.
    """

    tables: tuple[TableReport, ...]
    pages_missing: int
    cases: int
    unsure: int
    epoch: str
    kept_in: Path
    sentence: Sentence


class Damage:
    """Recovers what is left of a damaged database. Nobody may be signed in meanwhile.

    Args:
        mender: the data folder.
        signed_in: whether a desk is open on it.
    """

    def __init__(self, mender: Mender, signed_in: Callable[[], bool] = lambda: False) -> None:
        self._mender = mender
        self._signed_in = signed_in

    def recover(self, clerk: str, password: str, newest_local_no: str, progress: Progress = silent) -> RecoveryReport:
        """Make a new database of what can be read; the damaged one is kept.

        Args:
            newest_local_no: of the newest receipt at hand, so that no number is printed twice; "" when there is none.

        Raises:
            InputProblem: ``store.wrong_password``, ``entry.locked_out``, ``domain.local_no.*``,
                ``damage.sign_out_first``, ``damage.not_damaged``.
            EnvironmentProblem: ``store.nothing_left`` (a backup is the way then), ``store.*``.
            Cancelled: by ``progress``. Whatever is raised, the damaged database lies where it lay.
        """
        if self._signed_in():
            raise InputProblem("damage.sign_out_first")
        access = self._mender.unlock(clerk, password)
        Acting(clerk, access.role).need(Right.SAFEGUARD)
        if not self._mender.is_damaged(access.key):
            raise InputProblem("damage.not_damaged")
        mended = self._mender.mend(access.key, clerk, newest_local_no, progress)
        lost = sum(rows for _, _, rows in mended.tables)
        params = {"cases": mended.cases, "folder": mended.kept_in.name, "epoch": mended.epoch}
        if lost or mended.unsure:
            sentence = Sentence("damage.some_lost", {**params, "lost": lost, "unsure": mended.unsure}, "warn")
        else:
            sentence = Sentence("damage.all_kept", params, "good")
        tables = tuple(TableReport(*table) for table in mended.tables)
        return RecoveryReport(
            tables, mended.pages_missing, mended.cases, mended.unsure, mended.epoch, mended.kept_in, sentence
        )


class Soundness:
    """What the check of the whole database found, for the line of devices and disk.

    Args:
        found: called once when it found damage, from the thread that checked.
    """

    def __init__(self, found: Callable[[], None]) -> None:
        self._found = found
        self._damaged = False

    def checked(self, whole: bool) -> None:
        """Note the outcome of a check."""
        if not whole and not self._damaged:
            self._damaged = True
            self._found()

    def warning(self) -> Sentence | None:
        """What to tell the clerk, None while nothing was found."""
        return Sentence("damage.found", {}, "bad") if self._damaged else None

    def in_short(self) -> Sentence | None:
        """The warning in a few words, for the status line."""
        return Sentence("damage.found_short", {}, "bad") if self._damaged else None
